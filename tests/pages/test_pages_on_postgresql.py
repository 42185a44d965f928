"""The app does on a PostgreSQL server what it does on a file: rate, undo, bring, hold a night."""

from __future__ import annotations

from pathlib import Path

import pytest
from an_evening import ANA, BRUNO, CONTACT, FRIDAY, UP, candidates, rated, tap, widget
from furnished import Open, click
from streamlit.testing.v1 import AppTest

from club.store import Store
from ui import state

pytestmark = pytest.mark.parametrize("database", ["postgresql"], indirect=True)


def given(store: Store, member: int) -> dict[int, float]:
    mine = store.ratings.current().query("member_id == @member")
    return dict(zip(mine["movie_id"], mine["rating"], strict=True))


def predicted(app: AppTest) -> dict[str, list]:
    """Everyone's stars for every candidate."""
    return {title: tile["people"] for title, tile in candidates(app).items()}


def test_rating_and_undo(open_page: Open, store: Store, var: Path) -> None:
    assert store.file is None
    before, first = given(store, ANA), predicted(open_page())
    tap(open_page("rate", movie=str(UP)), "stars_", ANA, 0.5)
    assert given(store, ANA) == before | {UP: 0.5}
    assert predicted(open_page(seen="yes")) != first
    open_page("rate").button("undo").click().run()
    assert given(store, ANA) == before
    assert predicted(open_page()) == first
    assert not (var / "club.db").exists()


def test_night_from_plan_to_result(open_page: Open, store: Store) -> None:
    night = store.nights.plan(FRIDAY, [ANA, BRUNO])
    store.nights.edit(night, voting="rank")
    store.nights.vote(night, ANA, [CONTACT, UP])
    draft = f"{night}-{BRUNO}:{CONTACT}"
    app = open_page("night", night=str(night), me="Bruno", ballot=draft)
    click(app, "Vote")
    app.button("tonight_watch").click().run()
    assert (store.nights.get(night).movie, store.nights.get(night).decided_by) == (CONTACT, "vote")
    frozen = store.nights.predictions().query("night_id == @night")
    assert len(frozen) == 2 * 6
    rated(store, night, {ANA: 4.0})
    assert (ANA, CONTACT) not in state.view().stars
    rated(store, night, {BRUNO: 2.0})
    assert widget(open_page("night", night=str(night)), "reveal")["gave"] == "3.0"
    assert state.view().stars[ANA, CONTACT] == 4.0
    assert store.nights.predictions().query("night_id == @night").equals(frozen)
