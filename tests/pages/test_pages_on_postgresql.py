"""The app does on a PostgreSQL server what it does on a file: rate, undo, bring, hold a night."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from an_evening import ANA, BRUNO, CONTACT, FRIDAY, UP, metrics, progress, rated, said
from furnished import Open, click
from streamlit.testing.v1 import AppTest

from club.store import Store
from ui import state

pytestmark = pytest.mark.parametrize("database", ["postgresql"], indirect=True)


def given(store: Store, member: int) -> dict[int, float]:
    mine = store.ratings.current().query("member_id == @member")
    return dict(zip(mine["movie_id"], mine["rating"], strict=True))


def predicted(app: AppTest) -> pd.DataFrame:
    """Everyone's stars for every candidate."""
    return app.dataframe[0].value


def test_grid_rating_and_undo(open_page: Open, store: Store, var: Path) -> None:
    assert store.file is None
    before, first = given(store, ANA), predicted(open_page())
    rate = open_page("rate", way="Grid")
    row = list(rate.data_editor[0].value.index).index(UP)
    rate.session_state[f"grid_{rate.session_state['grid_round']}"] = {
        "edited_rows": {row: {str(ANA): 0.5}},
        "added_rows": [],
        "deleted_rows": [],
    }
    rate.run()
    assert given(store, ANA) == before | {UP: 0.5}
    assert not predicted(open_page()).equals(first)
    rate.button("undo").click().run()
    assert given(store, ANA) == before
    assert predicted(open_page()).equals(first)
    assert not (var / "club.db").exists()


def test_night_from_plan_to_result(open_page: Open, store: Store) -> None:
    night = store.nights.plan(FRIDAY, [ANA, BRUNO])
    store.nights.edit(night, voting="rank")
    store.nights.vote(night, ANA, [CONTACT, UP])
    app = open_page("night", night=str(night), me="Bruno", do="Vote")
    assert progress(app) == ["1 of 2 have voted, sealed; waiting for Bruno."]
    assert not app.dataframe
    app.session_state[f"ballot_{night}_{BRUNO}"] = [CONTACT]
    app.run()
    click(app, "Cast my vote")
    assert "#### :material/how_to_vote: Contact wins the vote" in said(app)
    app = open_page("night", night=str(night), do="Decide")
    app.button("decide_now").click().run()
    assert (store.nights.get(night).movie, store.nights.get(night).decided_by) == (CONTACT, "vote")
    frozen = store.nights.predictions(night)
    assert len(frozen) == 2 * 6
    rated(store, night, {ANA: 4.0})
    assert (ANA, CONTACT) not in state.view().stars
    rated(store, night, {BRUNO: 2.0})
    assert metrics(open_page("night", night=str(night)))["Given"] == "3.00 ★"
    assert state.view().stars[ANA, CONTACT] == 4.0
    assert store.nights.predictions(night).equals(frozen)
