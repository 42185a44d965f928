"""Model promises: what it knows, how old that is, and what happens while it learns."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import sources
from an_evening import metrics, words
from furnished import Open, component_data

from club.cli import main
from club.store import Store
from recommender import Dataset
from ui import state
from ui.jobs import Trainer


@pytest.mark.reads
def test_what_the_model_knows_is_counted(open_page: Open) -> None:
    app = open_page("settings", set="Model")
    counts = metrics(app)
    assert counts.keys() == {"Ratings", "People", "Movies", "Keywords"}
    movies = f"{len(state.bundled().movies):,}"
    assert (counts["Ratings"], counts["People"], counts["Movies"]) == ("100,004", "671", movies)
    assert int(counts["Keywords"]) > 100
    assert "new rating" not in words(app)


def test_ratings_since_the_learning_are_counted(open_page: Open, store: Store) -> None:
    ana, bruno = store.members.all().index[:2]
    store.ratings.rate(ana, 68954, 4.0)
    store.ratings.rate(ana, 68954, 4.5)
    store.ratings.rate(bruno, 68954, 2.0)
    app = open_page("settings", set="Model")
    assert "2 new ratings since" in words(app)


def _status(monkeypatch: pytest.MonkeyPatch, **changes: object) -> None:
    now = replace(state.trainer().status, **changes)
    monkeypatch.setattr(Trainer, "status", property(lambda _self: now))


@pytest.mark.reads
@pytest.mark.parametrize("page", ["tonight", "rate", "club", "settings"])
def test_every_page_shows_the_learning(
    open_page: Open, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    _status(monkeypatch, state="running", done=3, total=10)
    pill = component_data(open_page(page), "learning_pill")
    assert pill["text"] == "Learning … 30%"
    assert (pill["share"], pill["failed"]) == (0.3, False)


@pytest.mark.reads
def test_a_failure_is_a_sentence_and_the_old_model_serves(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    _status(monkeypatch, state="failed", message="The disk is full.")
    assert component_data(open_page(), "learning_pill")["failed"]
    app = open_page("settings", set="Model")
    assert app.warning[0].value == "The disk is full\\."
    assert not app.button("retrain").disabled


@pytest.mark.reads
def test_retrain_starts_the_learning(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    started = []
    monkeypatch.setattr(state, "learn", lambda: started.append(True) or True)
    open_page("settings", set="Model").button("retrain").click().run()
    assert started == [True]


def test_another_base_dataset_is_learned_from(
    var: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[bool] = []
    monkeypatch.setattr(state, "learn", lambda: started.append(True) or True)
    state.learn_if_needed()
    assert started == []
    archive = sources.zipped(sources.latest(), tmp_path / "ml-latest-small.zip", "ml-latest-small/")
    assert main(["import-catalogue", str(archive)]) == 0
    state.learn_if_needed()
    assert started == [True]


@pytest.mark.reads
def test_an_edited_keyword_is_learned_from(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = state.base_dataset()
    movies = data.movies.copy()
    movies.at[1, "keywords"] = (*movies.at[1, "keywords"], "a new one")
    started: list[bool] = []
    monkeypatch.setattr(state, "learn", lambda: started.append(True) or True)
    monkeypatch.setattr(state, "bundled", lambda: Dataset(data.ratings, movies))
    state.learn_if_needed()
    assert started == [True]
