"""Runs stay as rows, with their figures, and their models while there is room."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from recommender import Dataset, HybridModel, ModelFileError, TrainingOptions
from recommender.evaluation import evaluate
from ui.jobs import LearnedFrom
from ui.runs import KEPT, Choice, Run, Runs, measured, new_name

AT = datetime(2026, 5, 1, 20, tzinfo=UTC)


@pytest.fixture
def run(tiny_options: TrainingOptions) -> Run:
    return Run(new_name(AT), AT, "Ana", tiny_options, Choice(), LearnedFrom(3, "base"), 336, 1.5)


def test_a_run_comes_back_as_it_was(
    run: Run, tiny_model: HybridModel, checkerboard: Dataset, tmp_path: Path
) -> None:
    runs = Runs(tmp_path / "runs")
    assert runs.all() == []
    runs.add(run, tiny_model, None)
    assert runs.all() == [run]
    assert run.figures() == {}
    found = evaluate(checkerboard, options=run.options, k=5)
    runs.write(measured(run, found))
    (again,) = Runs(tmp_path / "runs").all()
    assert again.frames is not None
    for name, frame in again.frames.items():
        pd.testing.assert_frame_equal(frame, getattr(found, name), check_dtype=False)
    figures = again.figures()
    assert figures["rmse"] == pytest.approx(found.figures()["errors"]["ours"]["rmse"]["value"])
    assert {"auc", "precision@5", "recall@5", "reciprocal_rank", "coverage"} <= set(figures)
    model = runs.model(again.name)
    assert np.allclose(model.kernel.embeddings, tiny_model.kernel.embeddings, atol=1e-3)


def test_the_models_of_old_runs_are_removed(
    run: Run, tiny_model: HybridModel, tmp_path: Path
) -> None:
    runs = Runs(tmp_path)
    made = [replace(run, name=f"run-{day}", at=AT + timedelta(days=day)) for day in range(KEPT + 2)]
    serving = replace(tiny_model, trained_at=made[0].at)
    for one in made:
        runs.add(one, tiny_model, serving)
    assert runs.all() == made[::-1]
    assert [runs.size(one) > 0 for one in made] == [True, False] + [True] * KEPT
    with pytest.raises(ModelFileError):
        runs.model(made[1].name)


def test_a_damaged_row_hides_no_other(run: Run, tiny_model: HybridModel, tmp_path: Path) -> None:
    runs = Runs(tmp_path)
    runs.add(run, tiny_model, None)
    (tmp_path / "other.json").write_text("{")
    (tmp_path / "another.json").write_text("[]")
    assert runs.all() == [run]


def test_what_is_learned_from(checkerboard: Dataset) -> None:
    timed = Dataset(checkerboard.ratings.assign(timestamp=1_500_000_000), checkerboard.movies)
    assert Choice(since=2017).of(timed, []).content_hash == timed.content_hash
    assert Choice(since=2018).of(timed, []).ratings.empty
    assert set(Choice(club_movies=True).of(timed, [3, 4]).ratings["movie_id"]) == {3, 4}
