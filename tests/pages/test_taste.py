"""Our taste: findings that are true of the club, and words where there are too few ratings."""

from __future__ import annotations

import re

import pytest
from an_evening import ANA, tap, words
from furnished import Open, component_data

from club.store import Store
from ui import state
from ui.jobs import Trainer

PARTS = ("Matches", "Divides", "Members")


def famous(n: int) -> list[int]:
    return [int(movie) for movie in state.base_dataset().rating_counts.nlargest(n).index]


def club_of(store: Store, *people: dict[int, float]) -> list[int]:
    """A club of our own: each member with stars by movie."""
    store.start_own_club("Friday club")
    members = [store.members.add(f"Member {i}") for i in range(len(people))]
    store.ratings.rate_many(
        [(m, movie, s) for m, own in zip(members, people, strict=True) for movie, s in own.items()]
    )
    return members


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


@pytest.mark.reads
def test_everyone_with_everyone_on_demand(open_page: Open) -> None:
    app = open_page("club", about="Our taste", pairs="true")
    assert len(app.get("plotly_chart")) == 1
    table = app.dataframe[0].value
    assert len(table) == 28
    assert table["Match"].is_monotonic_decreasing
    assert (
        (table["Usually from"] <= table["Match"]) & (table["Match"] <= table["Usually to"])
    ).all()
    assert table.set_index("Who").loc["Ana and Bruno", "Both rated"] == 28
    assert table.set_index("Who").loc["Dev and Hugo", "Stars apart on these"] == pytest.approx(
        3 / 11
    )


@pytest.mark.reads
def test_divides_of_the_demo_club(open_page: Open) -> None:
    app = open_page("club", about="Our taste", part="Divides")
    assert len(app.get("plotly_chart")) == 4
    movies, keywords, genres = (table.value for table in app.dataframe)
    assert len(movies) == 97  # that three of them rated
    assert movies["Spread"].is_monotonic_decreasing
    first = movies.iloc[0]
    assert first["Movie"] == "The Lord of the Rings: The Fellowship of the Ring (2001)"
    assert (first["Ratings"], first["Least"], first["Most"]) == (4, 0.5, 5.0)
    assert (keywords["Members"] >= 3).all()
    assert (genres["Movies"] >= 5).all()


@pytest.mark.reads
def test_profile_of_the_member_in_the_address(open_page: Open) -> None:
    app = open_page("club", about="Our taste", part="Members", who="Bruno")
    assert "Bruno gave 128 ratings, on 11 Apr 2016." in words(app)
    assert len(app.get("plotly_chart")) == 4
    kindness = app.dataframe[0].value.set_index("Member")
    assert kindness["Stars more than most"].idxmin() == "Bruno"
    assert kindness.loc["Bruno", "Usually to"] < 0
    app = tap(app, "whose", ANA, True)
    assert "Ana gave 166 ratings, from 14 Jul 2008 to 30 Jul 2008." in words(app)


def test_club_without_members_or_ratings_is_told_what_to_do(open_page: Open, store: Store) -> None:
    store.start_own_club("Friday club")
    app = open_page("club", about="Our taste")
    assert "to_club" in {button.key for button in app.button}
    assert not app.get("plotly_chart")
    store.members.add("Mia")
    app = open_page("club", about="Our taste")
    assert "to_rate" in {button.key for button in app.button}


def test_one_member_is_described_but_not_matched(open_page: Open, store: Store) -> None:
    club_of(store, dict.fromkeys(famous(12), 4.0))
    assert "A match takes two" in words(open_page("club", about="Our taste"))
    divides = open_page("club", about="Our taste", part="Divides")
    assert words(divides).count("too early") == 3  # movies, keywords, genres
    assert not divides.get("plotly_chart")
    assert "Member 0 gave 12 ratings" in words(open_page("club", about="Our taste", part="Members"))


def test_member_without_ratings_has_no_profile(open_page: Open, store: Store) -> None:
    club_of(store, dict.fromkeys(famous(12), 4.0), {})
    said = words(open_page("club", about="Our taste"))
    assert "too early to say who matches whom" in said
    app = open_page("club", about="Our taste", part="Members", who="Member 1")
    assert "Member 1 has rated 0 movies" in words(app)


@pytest.mark.parametrize("part", PARTS)
def test_without_a_model_it_shows_what_needs_none(
    open_page: Open, tmp_path, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    nothing = Trainer(tmp_path / "nothing")
    monkeypatch.setattr(state, "trainer", lambda: nothing)
    monkeypatch.setattr(state, "learn", lambda: False)
    app = open_page("club", about="Our taste", part=part)
    assert len(app.get("plotly_chart")) == 2 * (part == "Divides")
    assert "the first answer takes a second or two" in words(app)
