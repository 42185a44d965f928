"""The laboratory: what the model knows, other trainings, their models in use, and keywords."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from an_evening import metrics, words
from furnished import SMALL, Open, click, component_data

from club.store import Store
from recommender import HybridModel
from ui import state
from ui.jobs import Trainer
from ui.runs import Choice
from ui.sections.laboratory import WORTH


def choose(app, kind: str, key: str, value: object) -> None:
    getattr(app, kind)(key=key).set_value(value)


def test_train_and_use_a_model(open_page: Open, store: Store) -> None:
    store.ratings.rate_many([(1, 68954, 4.0), (2, 68954, 2.0)])
    app = open_page("settings", set="Laboratory")
    assert "2 new ratings since" in words(app)
    counts = metrics(app)
    assert (counts["Ratings"], counts["People"]) == ("100,004", "671")
    assert len(app.get("download_button")) == 1
    before = state.trainer().generation
    choose(app, "radio", "lab_loss", "bpr")
    choose(app, "number_input", "lab_max_keywords", 50)
    choose(app, "number_input", "lab_since", 2014)
    choose(app, "toggle", "lab_measure", False)
    click(app, "Train")
    state.trainer().wait(120)
    assert state.trainer().generation == before  # it was not asked to serve
    (run,) = state.runs().all()
    assert (run.options.loss, run.options.max_keywords) == ("bpr", 50)
    assert run.options.components == SMALL.components
    assert run.figures() == {}

    app = open_page("settings", set="Laboratory", lab="Runs")
    assert "BPR" in str(app.dataframe[0].value.iloc[0].to_dict())
    choose(app, "selectbox", "lab_run", run)
    beside = app.run().dataframe[-1].value
    assert (beside["Now"] != beside["With this run"]).any()
    click(app, "Use its model")
    assert not app.exception
    serving = state.trainer().model
    assert serving is not None
    assert serving.options.loss == "bpr"
    assert serving.n_keywords <= 50
    assert state.serving_options().loss == "bpr"  # what the evaluation is about
    club = state.view()
    now = state.reactions(club, club.shortlist, tuple(club.names))
    assert now.mean.ravel().round(1).tolist() == beside["With this run"].tolist()


def test_a_recipe_of_chosen_ratings_predicts(open_page: Open) -> None:
    app = open_page("settings", set="Laboratory")
    choose(app, "radio", "lab_recipe", "keyword")
    choose(app, "toggle", "lab_club_movies", True)
    choose(app, "number_input", "lab_since", 2012)
    choose(app, "toggle", "lab_measure", False)
    choose(app, "toggle", "lab_serve", True)
    click(app, "Train")
    state.trainer().wait(120)
    (run,) = state.runs().all()
    assert 0 < run.ratings < len(state.base_dataset().ratings)
    rated = state.store().ratings.current()["movie_id"].nunique()
    assert 0 < (state.runs().model(run.name).counts > 0).sum() <= rated
    for query in ({"set": "How we know"}, {"set": "Laboratory", "lab": "Keywords"}):
        assert not open_page("settings", **query).exception
    assert not open_page().exception


def test_a_stopped_training_changes_nothing(var: object, monkeypatch: pytest.MonkeyPatch) -> None:
    trainer = state.trainer()
    before = trainer.generation

    fit = HybridModel.fit

    def stopped(*args: Any, **how: Any) -> HybridModel:
        trainer.stop()
        return fit(*args, **how)

    monkeypatch.setattr("ui.jobs.HybridModel.fit", stopped)
    assert state.learn(SMALL, Choice(since=2014, measure=False, serve=True))
    trainer.wait(60)
    assert (trainer.status.state, trainer.status.message) == ("stopped", "")
    assert trainer.generation == before
    assert state.runs().all() == []


@pytest.mark.reads
def test_keywords_for_all_and_for_a_member(open_page: Open) -> None:
    app = open_page("settings", set="Laboratory", lab="Keywords")
    everybody = app.dataframe[0].value
    assert len(everybody) == state.trainer().model.n_keywords
    choose(app, "selectbox", "lab_who", app.selectbox(key="lab_who").options[1])
    choose(app, "selectbox", "lab_word", everybody["Keyword"].iloc[0])
    choose(app, "selectbox", "lab_movie", state.view().shortlist[0])
    app.run()
    assert not app.exception
    assert app.dataframe[0].value["Stars"].tolist() != everybody["Stars"].tolist()
    assert set(app.dataframe[-2].value["Member"]) == set(state.view().names.values())
    predictions = app.dataframe[-1].value
    assert list(predictions) == ["Member", "With its keywords", "With these"]
    assert (predictions["With its keywords"] == predictions["With these"]).all()


def test_the_worth_of_keywords_is_as_measured() -> None:
    table = (Path(__file__).parents[2] / "benchmarks" / "RESULTS.md").read_text("utf-8")
    for where in ("warm", "cold"):
        for model in ("**ours**", "ours with permuted keywords"):
            rmse = table.partition(f"| {where} | {model} | ")[2].partition(" |")[0].strip("*")
            assert f"{float(rmse):.3f}" in WORTH


def _status(monkeypatch: pytest.MonkeyPatch, **changes: object) -> None:
    now = replace(state.trainer().status, **changes)
    monkeypatch.setattr(Trainer, "status", property(lambda _self: now))


@pytest.mark.reads
def test_a_page_shows_the_learning(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    _status(monkeypatch, state="running", done=3, total=10)
    app = open_page("settings", set="Laboratory")
    pill = component_data(app, "learning_pill")
    assert pill["text"] == "Learning … 30%"
    assert (pill["share"], pill["failed"]) == (0.3, False)
    assert "retrain" not in {button.key for button in app.button}
    assert app.button("lab_stop")


@pytest.mark.reads
def test_a_failure_is_a_sentence_and_the_old_model_serves(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    _status(monkeypatch, state="failed", message="The disk is full.")
    assert component_data(open_page(), "learning_pill")["failed"]
    app = open_page("settings", set="Laboratory")
    assert app.warning[0].value == "The disk is full\\."
    assert app.button("retrain")


@pytest.mark.reads
def test_retrain_starts_the_learning(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    started = []
    monkeypatch.setattr(state, "learn", lambda: started.append(True) or True)
    open_page("settings", set="Laboratory").button("retrain").click().run()
    assert started == [True]
