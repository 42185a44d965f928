"""A whole night with the model's own predictions, from who is there to the scoreboard."""

from __future__ import annotations

from datetime import date, time

import pandas as pd
import pytest
from an_evening import here, voting
from furnished import Open
from streamlit.testing.v1 import AppTest

from club.store import Store
from ui import nights, state

ANA, BRUNO, CHIARA = 1, 2, 3
UP, CONTACT, CHINATOWN = 68954, 1584, 1252


@pytest.fixture
def night(store: Store) -> int:
    return store.nights.plan(date(2026, 12, 4), [ANA, BRUNO], starts_at=time(20), place="at *Ana*")


def said(app: AppTest) -> str:
    parts = [*app.markdown, *app.caption, *app.info, *app.subheader, *app.title]
    return " ".join(element.value for element in parts).replace("\\", "").replace("\u2060", "")


def see(open_page: Open, night: int, **query: str) -> AppTest:
    return open_page("night", night=str(night), **query)


def press(app: AppTest, label: str) -> AppTest:
    next(button for button in app.button if button.label.replace("\\", "") == label).click().run()
    assert not app.exception
    return app


def decide(store: Store, night: int, movie: int = UP, by: str = "average") -> pd.DataFrame:
    """Decide as the page does, and return what is frozen."""
    club = state.view()
    found = nights.find(club, night)
    assert found is not None
    promised = nights.snapshot(club, found, nights.candidates(club, found).movies)
    model = state.model(club)
    assert promised is not None
    assert model is not None
    name = nights.model_name(model)
    store.nights.decide(night, movie, promised, model=name, by=by)
    return store.nights.predictions(night)


def test_unknown_night_is_explained(open_page: Open) -> None:
    assert "There is no such night" in said(open_page("night"))


def test_head_shows_date_place_and_state(open_page: Open, night: int) -> None:
    app = see(open_page, night)
    assert app.title[0].value == "Friday, 4 December 2026"
    assert "20:00 · at *Ana*" in said(app)
    assert r"at \*Ana\*" in " ".join(caption.value for caption in app.caption)


def test_attendance_is_stored(open_page: Open, store: Store, night: int) -> None:
    app = see(open_page, night)
    assert list(app.dataframe[0].value.columns) == ["Movie", "Group", "Ana", "Bruno"]
    here(app).set_value([ANA, CHIARA]).run()
    assert store.nights.get(night).present == (ANA, CHIARA)
    assert list(app.dataframe[0].value.columns) == ["Movie", "Group", "Ana", "Chiara"]
    here(app).set_value([]).run()
    assert "Nobody is here yet" in said(app)


def test_guest_is_predicted(open_page: Open, store: Store, night: int) -> None:
    zoe = store.members.add_guest("Zoe", loves=[296, 2571], hates=[1721], likes=["heist"])
    max_ = store.members.add_guest("Max", loves=[1721], hates=[296])
    store.nights.attend(night, [ANA, zoe, max_])
    table = see(open_page, night).dataframe[0].value
    assert list(table.columns) == ["Movie", "Group", "Ana", "Zoe", "Max"]
    assert (table["Zoe"] - table["Max"]).abs().max() > 0.1  # tastes, not the crowd's opinion


def test_rules_filter_candidates(open_page: Open, store: Store, night: int) -> None:
    own = store.movies.add("Our holiday", 2024)
    store.movies.add_to_shortlist(own)
    store.ratings.rate(ANA, UP, 4.0)
    store.nights.edit(night, longest=100, rewatch=True)
    app = see(open_page, night)
    shown = set(app.dataframe[0].value["Movie"])
    assert "Up" in shown
    assert "Chinatown" not in shown
    assert "takes 130 minutes" in said(app)
    assert "Nobody knows how long Our holiday takes." in said(app)
    assert "Seen by Ana (4)" in said(app)


def test_votes_are_hidden_until_all_are_in(open_page: Open, store: Store, night: int) -> None:
    store.nights.edit(night, voting="rank")
    store.nights.vote(night, ANA, [UP, CONTACT])
    app = see(open_page, night, do="Vote", me="Bruno")
    assert "1 of 2 have voted" in app.get("progress")[0].proto.text
    assert not len(app.dataframe)
    assert "Up" not in said(app)
    mine = see(open_page, night, do="Vote", me="Ana")
    assert "Your vote is in." in said(mine)
    store.nights.vote(night, BRUNO, [CONTACT, UP])
    app.run()
    assert "Up and Contact are tied" in said(app)
    assert "Ana: Up and Contact" in said(app)
    assert list(app.dataframe[0].value.columns) == ["Movie", "Copeland", "Borda", "Plurality"]


def test_changing_the_vote_drops_ballots(open_page: Open, store: Store, night: int) -> None:
    store.nights.edit(night, voting="rank")
    store.nights.vote(night, ANA, [UP])
    app = see(open_page, night, do="Vote")
    voting(app).set_value("Approve").run()
    assert store.nights.get(night).voting == "approve"
    assert store.nights.ballot_box(night).voted == ()


def test_strategies_side_by_side(open_page: Open, night: int) -> None:
    app = see(open_page, night, do="Side by side")
    table = app.dataframe[0].value
    assert len(table) == 10
    assert table["Source"].str.len().min() > 3
    assert "strategies choose" in said(app)
    assert "Fairness has no earlier night to go by yet" in said(app)


def test_decision_stores_shown_predictions(open_page: Open, store: Store, night: int) -> None:
    app = see(open_page, night, do="Decide")
    title = state.view().title(int(app.selectbox[1].value))
    press(app, f"Watch {title}")
    decided = store.nights.get(night)
    frozen = store.nights.predictions(night)
    assert decided.decided_by == "average"
    assert decided.movie not in store.movies.shortlist()
    assert len(frozen) == 2 * 6
    watched = frozen[frozen["movie_id"] == decided.movie]
    assert app.metric[0].value == f"{watched['mean'].mean():.2f} ★"
    assert f"from the model {decided.model}" in said(app)
    # Whatever comes later, the page goes on saying what was promised.
    store.ratings.rate_many([(ANA, CHINATOWN, 0.5), (BRUNO, CHINATOWN, 0.5), (ANA, 296, 0.5)])
    app.run()
    assert app.metric[0].value == f"{watched['mean'].mean():.2f} ★"
    pd.testing.assert_frame_equal(store.nights.predictions(night), frozen)


def test_night_rating_counts_once_revealed(open_page: Open, store: Store, night: int) -> None:
    decide(store, night)
    before = state.view().ratings
    store.nights.rate(night, ANA, 4.5)
    pd.testing.assert_frame_equal(state.view().ratings, before)
    assert UP not in [movie for _, movie in state.view().stars]
    assert "It was just watched" in said(open_page("rate", movie=str(UP)))
    store.nights.reveal(night)
    assert state.view().stars[ANA, UP] == 4.5


def test_scoreboard_uses_snapshots(open_page: Open, store: Store) -> None:
    misses, owns, inside = [], [], 0
    for number, movie in enumerate([UP, CONTACT, CHINATOWN]):
        night = store.nights.plan(date(2026, 10, 2 + number), [ANA, BRUNO])
        frozen = decide(store, night, movie).set_index(["member_id", "movie_id"])
        for member, stars in ((ANA, 4.0), (BRUNO, 2.5)):
            row = frozen.loc[(member, movie)]
            misses.append(abs(row["mean"] - stars))
            owns.append(abs(row["own_mean"] - stars))
            inside += int(row["low"] <= stars <= row["high"])
            store.nights.rate(night, member, stars)
    assert "3 nights watched and rated so far." in said(open_page("nights"))
    text = said(open_page("nights", view="Scoreboard"))
    assert f"off by {sum(misses) / 6:.2f} stars on average" in text
    assert f"everyone's own mean by {sum(owns) / 6:.2f}" in text
    assert f"{inside} of 6 ratings" in text
    assert "3 nights cannot tell which strategy serves the club best" in text


def test_decision_escapes_names_and_titles(open_page: Open, store: Store, night: int) -> None:
    store.members.rename(ANA, "![x](http://example.org/x.png)")
    own = store.movies.add("**Bold** <b>", 1999)
    store.movies.add_to_shortlist(own)
    decide(store, night, own)
    store.nights.rate(night, ANA, 1.0)
    for app in (see(open_page, night), open_page()):
        texts = [e.value for e in [*app.markdown, *app.caption, *app.subheader]]
        assert not [text for text in texts if "![x]" in text or "**Bold**" in text]
