"""Whatever people type or bring is shown letter by letter, or refused in one sentence."""

import json
import re
from pathlib import Path

import pytest
import sources
import streamlit as st
from fake_tmdb import V3_KEY, FakeTmdb, services
from furnished import Open, change_member, click
from hostile_club import MARK, Hostile, spoil, strings, texts
from hostile_texts import NAMES, TITLES, WORDS
from streamlit.testing.v1 import AppTest

from club.store import Store
from ui.components.stars import rating
from ui.components.widget import new_taps
from ui.sections import explore

# Where Streamlit reads no Markdown: data of our own widgets, what people typed, options of lists,
# names of columns, and words for who sees no picture. All other places want `plain`.
LETTERS = {
    "BidiComponent.json",
    "Dataframe.alt",
    "Dataframe.columns",
    "ImageList.imgs.alt",
    "MultiSelect.options",
    "PageLink.query_string",
    "PlotlyChart.alt",
    "Selectbox.options",
    "TextArea.default",
    "TextInput.default",
}
CHART = "PlotlyChart.spec"
OUR_TAGS = re.compile(r"</?b>|<br>|</?extra>")


def harmless(app: AppTest) -> int:
    """Assert that a page takes no text that means harm for more than letters.

    Returns:
        How often it shows one where Markdown is read.
    """
    assert not app.exception
    shown = 0
    for element in app:
        proto = getattr(element, "proto", None)
        for place, text in () if proto is None else strings(proto, type(proto).__name__):
            if place == CHART:
                harmless_chart(json.loads(text))
            elif place not in LETTERS:
                assert MARK not in text, (place, text)
            shown += MARK.replace(".", "\\.") in text
    return shown


def harmless_chart(spec: object) -> None:
    for place, text in texts(spec):
        assert "<" not in OUR_TAGS.sub("", text), (place, text)
        assert f"<b>{MARK}" not in text, (place, text)
        if place.endswith("template"):
            assert MARK not in text, (place, text)


@pytest.fixture
def spoiled(store: Store) -> Hostile:
    return spoil(store)


def test_pages_escape_every_text(open_page: Open, spoiled: Hostile) -> None:
    def shown(page: str, **query: str) -> int:
        return harmless(open_page(page, **query))

    assert shown("tonight", seen="yes") > 0
    for page in ("explore", "rate", "club", "nights"):
        assert shown(page) > 0, page
    assert shown("club", about="Our taste", part="Members") > 0
    shown("club", about="Our taste", part="Matches")
    shown("club", about="Our year")
    shown("club", about="Our taste", part="Divides")
    shown("nights", view="Scoreboard")
    for movie_id in spoiled.movies[::3]:
        assert shown("movie", movie=str(movie_id)) > 0
    assert shown("rate", movie=str(spoiled.movies[0])) > 0
    shown("movie")
    shown("bring")
    for part in (
        "Sharing",
        "Catalogue",
        "Laboratory",
        "How we know",
        "Backups",
        "Changes",
    ):
        shown("settings", set=part)
    me = NAMES[7]
    found = {state: shown("night", night=str(n), me=me) for state, n in spoiled.nights.items()}
    assert found["planned"] > 0
    assert found["opened"] > 0


def test_notices_escape_every_text(open_page: Open, spoiled: Hostile, store: Store) -> None:
    app = change_member(open_page("club"), 1)
    app.text_input("rename_1").set_value(f"# {MARK}")
    told(app.button("rename_1_save").click().run())
    told(change_member(app, 2).button("leave_2").click().run())
    told(app.button("back_2").click().run())
    told(app.button(f"promote_{spoiled.guest}").click().run())
    app = open_page("settings", set="Catalogue")
    app.text_input("own_title").set_value(f"<u>{MARK}</u>")
    told(click(app, "Add the movie"))
    app = open_page("rate")
    person = app.session_state["rates_now"]
    store.ratings.rate(person, spoiled.movies[0], 4.5)
    app = open_page("rate")
    app.session_state["rates_now"] = person
    app.run()
    told(app.button("undo").click().run())
    app = open_page("night", night=str(spoiled.nights["planned"]), me=NAMES[7])
    assert harmless(app.button("tonight_watch").click().run()) > 0
    assert store.nights.get(spoiled.nights["planned"]).state == "decided"


def told(app: AppTest) -> None:
    harmless(app)
    (toast,) = app.toast
    assert r"evil\.test" in toast.value


def test_tmdb_answers_are_escaped(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    with FakeTmdb() as fake:
        monkeypatch.setattr(st, "secrets", {"tmdb": {"key": V3_KEY, "url": fake.url}})
        shops = {"watch/providers": {"results": {"DE": {"rent": services(*WORDS, *TITLES)}}}}
        fake.movies[949] = fake.movies[949] | shops
        app = open_page("movie", movie="6")
        app.session_state["offers_6"] = True
        assert harmless(app.run()) > 0


def test_uploads_are_escaped(open_page: Open, tmp_path: Path) -> None:
    rows = [(title, 2020, 4.5, name) for title, name in zip(TITLES, NAMES, strict=True)]
    table = sources.table(("Title", "Year", "Rating", "Member"), *rows, *rows[:1]).encode()
    for name in (f"![f](http://{MARK})-{'n' * 300}.csv", f"../../.<b>{MARK}\x1b[2J.csv"):
        app = open_page("bring")
        app.file_uploader[0].set_value([(name, table, "")]).run()
        assert harmless(app) > 5
        assert len(app.selectbox) == len(NAMES)
    app.toggle("bring_0_add").set_value(True).run()
    assert harmless(app) > 5
    zipped = sources.zipped({f"<b>{MARK}</b>\x1b.txt": "x"}, tmp_path / "x.zip").read_bytes()
    for page, part in (("bring", ""), ("settings", "Catalogue"), ("settings", "Backups")):
        app = open_page(page, set=part)
        kind = "db" if part == "Backups" else "zip"
        for name, content in ((f"[{MARK}](x)", zipped), (f"\x1b[2J{MARK}", b"\xff\x00")):
            app.file_uploader[0].set_value([(f"{name}.{kind}", content, "")]).run()
            if part == "Catalogue":
                click(app, "Look inside")
            harmless(app)
            (error,) = app.error
            assert r"evil\.test" in error.value
            assert "\n" not in error.value


ADDRESSES = ["9" * 5000, NAMES[0], ["1", "-1", "\x00"]]


@pytest.mark.reads
@pytest.mark.parametrize(
    ("page", "names"),
    [
        ("movie", ("movie",)),
        ("rate", ("movie",)),
        ("night", ("night", "me", "ballot")),
        ("nights", ("view",)),
        ("club", ("about", "part", "who", "year")),
        ("tonight", ("away", "by", "seen", "longest")),
        ("explore", ("genre", "decade", "keyword", "longest", "variety", "away")),
    ],
)
def test_any_address_is_harmless(open_page: Open, page: str, names: tuple[str, ...]) -> None:
    for value in ADDRESSES:
        harmless(open_page(page, **dict.fromkeys(names, value)))


@pytest.mark.parametrize(
    "points",
    [None, {}, [], [1], ["x"], [{}], [{"customdata": None}], [{"customdata": []}],
     [{"customdata": ["9"]}], [{"customdata": [[]]}], [{"customdata": [1.5]}], [{"customdata": 5}]],
)  # fmt: skip
def test_any_map_message_is_harmless(points: object) -> None:
    assert explore.tapped({"points": points}) is None
    assert explore.tapped(points) is None
    assert explore.tapped({"points": [{"customdata": [6]}]}) == 6


@pytest.mark.parametrize(
    "log",
    [None, "x", 5, {}, [5], [[]], [[1, 2]], [["1", 2, 3]], [[1, None, 3]], [[1, 2, "3"]],
     [[1, 2, []]], [[1, 2, 0.4]], [[1, 2, float("nan")]], [[1, 2, 1e300]], [[-5, 2, 3]]],
)  # fmt: skip
def test_any_star_board_message_is_harmless(log: object) -> None:
    assert new_taps(log, 0, rating)[0] == []
