"""The world's raters: the figures come by themselves, once, and are kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from furnished import Open

from recommender import DataError, evaluation
from recommender.evaluation import Evaluation
from ui import state
from ui.jobs import Evaluator


def made_up() -> Evaluation:
    metrics = ("auc", "precision@10", "recall@10", "reciprocal rank")
    ranking = pd.DataFrame(
        [
            (model, split, metric, 0.5 + 0.1 * (model == "hybrid"))
            for model in ("hybrid", "popularity")
            for split in ("train", "test")
            for metric in metrics
        ],
        columns=["model", "split", "metric", "value"],
    )
    errors = pd.DataFrame(
        [
            (model, metric, value, value - 0.1, value + 0.1, 0.0, 0.0, 0.0)
            for model, value in (("ours", 0.8), ("constant", 1.0))
            for metric in ("rmse", "mae")
        ],
        columns=[
            "model", "metric", "value", "low", "high", "excess", "excess_low", "excess_high",
        ],
    )  # fmt: skip
    actual = np.resize(np.arange(1, 11) / 2, 200)
    predictions = pd.DataFrame(
        {
            "user_id": 1,
            "movie_id": np.arange(200),
            "actual": actual,
            "predicted": 3.0 + 0.2 * (actual - 3),
            "low": 2.0,
            "high": 4.0,
            "like": actual / 5,
            "liked": actual >= 4,
        }
    )
    return Evaluation(ranking, errors, predictions)


@pytest.fixture
def evaluate(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """The evaluation, without its half minute; the list counts its runs."""
    runs: list[int] = []

    def quick(_data: object, *, on_step) -> Evaluation:
        runs.append(1)
        on_step(1, 2, "ranking movies")
        return made_up()

    monkeypatch.setattr(evaluation, "evaluate", quick)
    yield runs
    state.evaluator().wait(10)


def test_the_first_visit_starts_it_and_the_next_shows_it(
    open_page: Open, evaluate: list[int]
) -> None:
    app = open_page("evaluation", whose="The world's raters")
    state.evaluator().wait(10)
    app.run()
    metrics = {metric.label: metric.value for metric in app.metric}
    assert metrics == {
        "AUC": "0.600",
        "Precision@10": "0.600",
        "Typical error": "0.80 ★",
        "Honest intervals": "50%",
    }
    assert len(app.get("plotly_chart")) == 5
    assert open_page("evaluation", whose="The world's raters").metric[0].value == "0.600"
    assert evaluate == [1]


def test_a_failure_can_be_tried_again(
    open_page: Open, evaluate: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_data: object, *, on_step) -> Evaluation:
        raise DataError("There are too few ratings.")

    with monkeypatch.context() as patch:
        patch.setattr(evaluation, "evaluate", refuse)
        app = open_page("evaluation", whose="The world's raters")
        state.evaluator().wait(10)
        app.run()
        assert "No figures: There are too few ratings\\." in [text.value for text in app.markdown]
    app.button("again").click().run()
    state.evaluator().wait(10)
    assert app.run().metric[0].value == "0.600"


def test_figures_outlive_the_program_and_belong_to_their_data(tmp_path: Path) -> None:
    first = Evaluator(tmp_path, "hash")
    assert first.evaluate(lambda _report: made_up())
    first.wait(10)
    again = Evaluator(tmp_path, "hash")
    pd.testing.assert_frame_equal(again.result.errors, made_up().errors)
    assert Evaluator(tmp_path, "other").result is None
    file = tmp_path / "hash" / "errors.parquet"
    file.write_bytes(file.read_bytes()[:100])
    assert Evaluator(tmp_path, "hash").result is None


def test_figures_that_cannot_be_saved_are_shown(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    evaluator = Evaluator(tmp_path / "file", "hash")
    evaluator.evaluate(lambda _report: made_up())
    evaluator.wait(10)
    assert evaluator.result is not None
    assert "could not be saved" in evaluator.status.message
