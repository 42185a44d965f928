"""The shared state: predictions are kept for as long as they hold, and no longer."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pandas as pd
from furnished import Open, change_member

from club.store import Store
from recommender import HybridModel
from recommender.evaluation.evaluate import leave_one_out
from recommender.taste import compare, draw_member
from ui import evaluation, state, taste


def test_cached_reactions_equal_fresh_ones(store: Store) -> None:
    club = state.view()
    movies, members = tuple(club.movies.index[:40]), tuple(club.names)
    state.reactions(club, movies, members)
    store.ratings.rate(members[2], movies[3], 0.5)
    club = state.view()
    found, serving = state.reactions(club, movies, members), state.model(club)
    whole = serving.react(club.evidence, movies, member_ids=members)
    assert (found.member_ids, found.movie_ids) == (whole.member_ids, whole.movie_ids)
    for name in ("mean", "sd", "shared_sd", "thresholds"):
        np.testing.assert_array_equal(getattr(found, name), getattr(whole, name))


def test_rating_recomputes_only_its_member(store: Store, monkeypatch) -> None:
    club = state.view()
    movies, members = tuple(club.movies.index[77:99]), tuple(club.names)  # no other test's
    state.reactions(club, movies, members)
    asked: list[int] = []
    react = HybridModel.react

    def noted(self, ratings, movie_ids, member_ids):
        asked.extend(member_ids)
        return react(self, ratings, movie_ids, member_ids=member_ids)

    monkeypatch.setattr(HybridModel, "react", noted)
    store.ratings.rate(members[2], movies[3], 0.5)
    state.reactions(state.view(), movies, members)
    assert asked == [members[2]]


def test_cached_evaluation_equals_fresh_one(store: Store) -> None:
    club = state.view()
    before = evaluation.left_out(club), taste.matches(club)
    store.ratings.rate(list(club.names)[2], int(club.ratings["movie_id"].iloc[0]), 0.5)
    club = state.view()
    serving, learned = state.model(club), state.learned_ratings(club)
    found = evaluation.left_out(club), taste.matches(club)
    anew = (
        leave_one_out(serving, club.ratings, learned.frame),
        compare(
            club.ratings,
            {one: draw_member(serving, club.evidence_of(one).frame, one) for one in club.names},
        ),
    )
    for kept, computed, old in zip(found, anew, before, strict=True):
        pd.testing.assert_frame_equal(kept, computed)
        assert not kept.equals(old)


def test_a_backup_copied_over_the_file_is_noticed(
    open_page: Open, store: Store, tmp_path: Path
) -> None:
    """The same version of another club: names are shown anew, and no change meets wrong people."""
    assert store.file is not None
    ana, copied = int(store.members.all().index[0]), tmp_path / "copied.db"
    with (
        closing(sqlite3.connect(store.file)) as ours,
        closing(sqlite3.connect(copied)) as theirs,
    ):
        ours.backup(theirs)
    Store(copied).members.rename(ana, "Theirs")
    store.members.rename(ana, "Ours")
    app = change_member(open_page("club"), ana)
    for suffix in ("-wal", "-shm"):
        store.file.with_name(store.file.name + suffix).unlink(missing_ok=True)
        copied.with_name(copied.name + suffix).unlink(missing_ok=True)
    shutil.copy(copied, store.file)

    app.text_input(f"rename_{ana}").set_value("Wrong")
    app.button(f"rename_{ana}_save").click().run()
    assert state.view().names[ana] == "Theirs"
    assert "Nothing was changed" in app.error[0].value
    assert app.text_input(f"rename_{ana}").value != "Ours"
