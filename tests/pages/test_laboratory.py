"""The laboratory: a training with other options, its row, its model in use, and the keywords."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from furnished import SMALL, Open, click

from ui import state
from ui.jobs import StoppedError
from ui.runs import Choice


def choose(app, kind: str, key: str, value: object) -> None:
    getattr(app, kind)(key=key).set_value(value)


def test_train_and_use_a_model(open_page: Open) -> None:
    app = open_page("settings", set="Laboratory")
    before = state.trainer().generation
    choose(app, "radio", "lab_loss", "bpr")
    choose(app, "number_input", "lab_max_keywords", 50)
    choose(app, "toggle", "lab_measure", False)
    click(app, "Train")
    assert not app.exception
    state.trainer().wait(120)
    assert state.trainer().generation == before  # it was not asked to serve
    (run,) = state.runs().all()
    assert (run.options.loss, run.options.max_keywords) == ("bpr", 50)
    assert run.options.components == SMALL.components

    app = open_page("settings", set="Laboratory", lab="Runs")
    assert "BPR" in str(app.dataframe[0].value.iloc[0].to_dict())
    choose(app, "selectbox", "lab_run", run)
    app.run()
    click(app, "Use its model")
    assert not app.exception
    serving = state.trainer().model
    assert serving is not None
    assert serving.options.loss == "bpr"
    assert serving.n_keywords <= 50
    assert state.serving_options().loss == "bpr"  # what the evaluation is about


@pytest.mark.parametrize("since", [None, 2010])
def test_only_what_was_chosen_is_learned_from(var: object, since: int | None) -> None:
    choice = Choice(since=since, club_movies=True, measure=False)
    assert state.learn(SMALL, choice)
    state.trainer().wait(120)
    (run,) = state.runs().all()
    assert 0 < run.ratings < len(state.base_dataset().ratings)
    assert run.figures() == {}
    rated = state.store().ratings.current()["movie_id"].nunique()
    counts = state.runs().model(run).counts
    assert 0 < (counts > 0).sum() <= rated


def test_a_stopped_training_changes_nothing(var: object, monkeypatch: pytest.MonkeyPatch) -> None:
    trainer = state.trainer()
    before = trainer.generation

    def stop_first(fit: Callable) -> Callable:
        def stopped(data, options, on_epoch):
            trainer.stop()
            with pytest.raises(StoppedError):
                on_epoch(1, 2)
            return fit(data, options, on_epoch)

        return stopped

    monkeypatch.setattr("ui.jobs.HybridModel.fit", stop_first(state.HybridModel.fit))
    assert state.learn(SMALL, Choice(measure=False, serve=True))
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
    predictions = app.dataframe[-1].value
    assert list(predictions) == ["Member", "With its keywords", "With these"]
    assert (predictions["With its keywords"] == predictions["With these"]).all()


@pytest.mark.reads
def test_downloads(open_page: Open) -> None:
    app = open_page("settings", set="Laboratory", lab="Download")
    assert len(app.get("download_button")) == 2
