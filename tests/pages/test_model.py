"""Model promises: what it knows, how old that is, and what happens while it learns."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import sources
from an_evening import metrics
from furnished import Open

from club.cli import main
from club.store import Store
from recommender import Dataset
from ui import state
from ui.jobs import Trainer


def test_what_the_model_knows_is_counted(open_page: Open) -> None:
    app = open_page("model")
    counts = metrics(app)
    assert counts.keys() == {"Ratings", "People", "Movies", "Keywords"}
    assert (counts["Ratings"], counts["People"], counts["Movies"]) == ("100,004", "671", "9,066")
    assert int(counts["Keywords"]) > 100
    assert app.success[0].value == "It is up to date: nothing has changed since."


def test_ratings_since_the_learning_are_counted(open_page: Open, store: Store) -> None:
    ana, bruno = store.members.all().index[:2]
    store.ratings.rate(ana, 68954, 4.0)
    store.ratings.rate(ana, 68954, 4.5)
    store.ratings.rate(bruno, 68954, 2.0)
    app = open_page("model")
    assert app.info[0].value.startswith("2 ratings have changed since.")


def _status(monkeypatch: pytest.MonkeyPatch, **changes: object) -> None:
    now = replace(state.trainer().status, **changes)
    monkeypatch.setattr(Trainer, "status", property(lambda _self: now))


@pytest.mark.parametrize("page", ["tonight", "rate", "club", "model"])
def test_every_page_shows_the_learning(
    open_page: Open, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    _status(monkeypatch, state="running", done=3, total=10)
    (bar,) = open_page(page).get("progress")
    assert bar.proto.value == 30
    assert bar.proto.text == (
        "The model is learning, 30% done. The earlier model serves until then."
    )


def test_a_failure_is_a_sentence_and_the_old_model_serves(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    _status(monkeypatch, state="failed", message="The disk is full.")
    app = open_page()
    assert app.warning[0].value == (
        "The disk is full\\. The earlier model keeps serving. Try “Retrain” on the Model page."
    )
    assert len(app.dataframe[0].value) == 6


def test_retrain_starts_the_learning(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    started = []
    monkeypatch.setattr(state, "learn", lambda: started.append(True) or True)
    open_page("model").button("retrain").click().run()
    assert started == [True]


def test_a_model_that_could_not_be_saved_is_told(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    _status(monkeypatch, state="done", message="It could not be saved.")
    assert open_page().warning[0].value == "It could not be saved\\."


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


def test_an_edited_keyword_is_learned_from(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = state.base_dataset()
    movies = data.movies.copy()
    movies.at[1, "keywords"] = (*movies.at[1, "keywords"], "a new one")
    started: list[bool] = []
    monkeypatch.setattr(state, "learn", lambda: started.append(True) or True)
    monkeypatch.setattr(state, "bundled", lambda: Dataset(data.ratings, movies))
    state.learn_if_needed()
    assert started == [True]
