"""Our taste: findings that are true of the club, and words where there are too few ratings."""

import re

import pandas as pd
import pytest
from an_evening import ANA, tap, words
from furnished import Open, component_data
from streamlit.testing.v1 import AppTest

from club.store import Store
from ui import state
from ui.jobs import Trainer
from ui.sections.taste import generosity


@pytest.mark.reads
def test_matches_rank_pairs_that_are_sure(open_page: Open) -> None:
    app = open_page("club", about="Our taste")
    assert not app.get("plotly_chart")
    alike, apart = (component_data(app, f"{key}_pairs")["rows"] for key in ("alike", "apart"))
    for rows, falls in ((alike, True), (apart, False)):
        shares = [int(re.search(r": (\d+)%", row["note"])[1]) for row in rows]
        assert shares == sorted(shares, reverse=falls)
        assert all(len(row["faces"]) == 2 for row in rows)
    assert re.search(r"\d+ other pairs? could go either way", words(app))

    table = app.dataframe[0].value.set_index("Member")
    assert table.at["Ana", "Bruno"] == table.at["Bruno", "Ana"]
    assert table.index.tolist() == list(table)
    assert all(re.fullmatch(r"(\d+%( \?)?)?", cell) for cell in table.to_numpy().ravel())


@pytest.mark.reads
def test_divides_of_the_demo_club(open_page: Open) -> None:
    app = open_page("club", about="Our taste", part="Divides")
    assert len(app.get("plotly_chart")) == 4
    first = app.dataframe[0].value.iloc[0]
    assert first["Movie"] == "The Lord of the Rings: The Fellowship of the Ring"
    assert (first.drop("Movie").min(), first.drop("Movie").max()) == (0.5, 5.0)


@pytest.mark.reads
def test_profile_of_the_member_in_the_address(open_page: Open) -> None:
    app = open_page("club", about="Our taste", part="Members", who="Bruno")
    assert "Bruno gave 128 ratings, on 11 Apr 2016." in words(app)
    assert "Bruno is the strictest of us" in words(app)
    assert len(app.get("plotly_chart")) == 3
    app = tap(app, "whose", ANA, True)
    assert "Ana gave 166 ratings, from 14 Jul 2008 to 30 Jul 2008." in words(app)


@pytest.mark.parametrize(
    ("member", "part"),
    [(1, "the strictest of us: 0.5 stars fewer"), (2, "as much as most people"),
     (3, "the most generous of us: 0.4 stars more")],
)  # fmt: skip
def test_generosity_is_named_when_it_is_sure(member: int, part: str) -> None:
    value = pd.Series({1: -0.5, 2: 0.1, 3: 0.4})
    frame = pd.DataFrame({"value": value, "low": value - 0.2, "high": value + 0.2})
    assert part in generosity("Ana", frame.loc[member], value)


def test_new_club_is_told_what_is_missing(open_page: Open, store: Store) -> None:
    def taste(**part: str) -> AppTest:
        return open_page("club", about="Our taste", **part)

    store.start_own_club("Friday club")
    assert "to_club" in {button.key for button in taste().button}
    mia = store.members.add("Mia")
    assert "to_rate" in {button.key for button in taste().button}
    famous = state.base_dataset().rating_counts.nlargest(12).index
    store.ratings.rate_many([(mia, int(movie), 4.0) for movie in famous])
    assert "A match takes two" in words(taste())
    divides = taste(part="Divides")
    assert words(divides).count("too early") == 3  # movies, keywords, genres
    assert not divides.get("plotly_chart")
    assert "Mia gave 12 ratings" in words(taste(part="Members"))
    store.members.add("Noah")
    assert "too early to say who matches whom" in words(taste())
    assert "Noah has rated 0 movies" in words(taste(part="Members", who="Noah"))


@pytest.mark.reads
def test_without_a_model_it_shows_what_needs_none(
    open_page: Open, tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nothing = Trainer(tmp_path / "nothing")
    monkeypatch.setattr(state, "trainer", lambda: nothing)
    monkeypatch.setattr(state, "learn", lambda: False)
    for part in ("Matches", "Divides", "Members"):
        app = open_page("club", about="Our taste", part=part)
        assert len(app.get("plotly_chart")) == 2 * (part == "Divides")
        assert "the first answer takes a second or two" in words(app)
