"""An evening of the demo club: who comes, what may be watched, and what a page says of it."""

import datetime
import json
import re
import time
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from streamlit.testing.v1 import AppTest

from club.store import Store

ANA, BRUNO, CHIARA, DEV = 1, 2, 3, 4
CHINATOWN, SHAUN, UP, CASINO, CONTACT, HOT = 1252, 8874, 68954, 49272, 1584, 910
SIX = [CHINATOWN, SHAUN, UP, CASINO, CONTACT, HOT]
FRIDAY = datetime.date(2026, 12, 4)
MODEL = "learned by hand"


def frozen(
    expected: Mapping[int, tuple[float, float]], movies: Sequence[int] = (UP, CONTACT)
) -> pd.DataFrame:
    """Predictions of people given as {member_id: (mean, own_mean)}; a star each way.

    Every later one of `movies` is expected half a star lower.
    """
    return pd.DataFrame(
        [
            {
                "member_id": person,
                "movie_id": movie,
                "mean": mean - place / 2,
                "sd": 0.8,
                "low": mean - place / 2 - 1,
                "high": mean - place / 2 + 1,
                "like": 0.5,
                "own_mean": own,
                "crowd": 3.0,
                "shared_sd": 0.4,
                "known": False,
            }
            for person, (mean, own) in expected.items()
            for place, movie in enumerate(movies)
        ]
    )


def decided(
    store: Store,
    expected: Mapping[int, tuple[float, float]],
    *,
    by: str = "average",
    on: datetime.date = FRIDAY,
    movies: Sequence[int] = (UP, CONTACT),
) -> int:
    """A night whose movie, the first of `movies`, is decided."""
    night = store.nights.plan(on, expected)
    predictions = frozen(expected, movies)
    store.nights.decide(night, movies[0], predictions, model=MODEL, by=by)
    return night


def rated(store: Store, night: int, stars: Mapping[int, float]) -> None:
    """Everybody rates the night's movie."""
    for person, given in stars.items():
        store.nights.rate(night, person, given)


def widget(app: AppTest, key: str) -> dict[str, Any]:
    """The data of the widget of ours whose key begins with `key`."""
    return json.loads(_found(app, key).json)


def tap(app: AppTest, key: str, number: int, value: float | bool | None) -> AppTest:
    """Tap a person's face or a movie's stars in the widget whose key begins with `key`."""
    full = key + _found(app, key).id.partition(f"-{key}")[2]
    log = [[time.monotonic_ns(), number, value]]
    app.session_state[full] = {"log": log}
    return app.run()


def _found(app: AppTest, key: str) -> Any:
    return next(e.proto for e in app.get("bidi_component") if f"-{key}" in e.proto.id)


def here(app: AppTest, key: str = "present_") -> list[int]:
    """Who is here, as the faces say."""
    return [face["member"] for face in widget(app, key)["faces"] if face["on"]]


def pick(app: AppTest) -> dict[str, Any]:
    """The tile of the pick."""
    (tile,) = widget(app, "candidates_L")["tiles"]
    return tile


def candidates(app: AppTest, *, out: bool = False) -> dict[str, dict[str, Any]]:
    """The tiles of what may be watched, the pick first, or of what is `out`, by title."""
    rows = widget(app, "candidates_S")["tiles"] if "candidates_S" in str(app) else []
    tiles = [*([] if out else [pick(app)]), *rows]
    return {tile["title"]: tile for tile in tiles if tile["dimmed"] == out}


def expected(tile: Mapping[str, Any]) -> dict[str, float]:
    """The stars that a tile expects of each person, by name."""
    return {one["name"]: one["value"] for one in tile["people"]}


def said(app: AppTest) -> list[str]:
    """Every sentence of a page, as Markdown."""
    parts = [app.title, app.header, app.subheader, app.markdown, app.caption, app.info, app.error]
    return [element.value for part in parts for element in part]


def words(app: AppTest) -> str:
    """All that `said` returns in one text, without the escapes of Markdown."""
    return " ".join(said(app)).replace("\\", "").replace("\u2060", "")


def metrics(app: AppTest) -> dict[str, str]:
    """Every figure of a page by its label."""
    return {metric.label: metric.value for metric in app.metric}


def dump(app: AppTest) -> str:
    """All that a page sends to the browser: words, tables, charts and data of widgets."""
    sent = "\n".join(
        f"{element.type} {element.proto}" for element in app if hasattr(element, "proto")
    )
    # The number of a download that waits to be asked for is another one in every run, and whether
    # the day's backup is made already is a matter of moments.
    backup = r"There is no backup yet\.|The last backup was made .*\."
    return re.sub(rf'deferred_file_id: "\w+"|{backup}', "", sent)
