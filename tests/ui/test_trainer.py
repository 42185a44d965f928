import threading
from pathlib import Path

import pytest

from recommender import DataError, Dataset, TrainingOptions
from ui.trainer import Trainer


def test_the_first_learning_ends_ready_and_is_kept(
    tmp_path: Path, checkerboard: Dataset, tiny_options: TrainingOptions
) -> None:
    trainer = Trainer(tmp_path)
    assert (trainer.status.state, trainer.model) == ("empty", None)
    assert trainer.start(lambda: checkerboard, 7, tiny_options, world=3)
    trainer.wait(30)
    status = trainer.status
    assert (status.state, status.done, status.message) == ("ready", status.total, "")
    assert status.total > 0
    # Two models came to serve: the one that knows words only, then the learned one.
    assert status.generation == 2
    assert (trainer.learned_version, trainer.learned_world) == (7, 3)

    restarted = Trainer(tmp_path)
    assert restarted.status.state == "ready"
    assert (restarted.learned_version, restarted.learned_world) == (7, 3)
    assert restarted.model is not None
    assert trainer.model is not None
    assert restarted.model.trained_at == trainer.model.trained_at


def test_words_serve_while_the_first_model_learns(
    tmp_path: Path, checkerboard: Dataset, tiny_options: TrainingOptions
) -> None:
    """The learning is held at its first epoch; by then predictions must be there."""
    trainer = Trainer(tmp_path)
    reached, go_on = threading.Event(), threading.Event()
    progress = trainer._progress

    def held(done: int, total: int) -> None:
        progress(done, total)
        reached.set()
        go_on.wait(30)

    trainer._progress = held  # type: ignore[method-assign]
    trainer.start(lambda: checkerboard, 1, tiny_options)
    assert reached.wait(30)
    assert trainer.status.state == "learning"
    assert trainer.model is not None
    assert trainer.model.options.components == 0
    assert trainer.learned_version is None
    assert not trainer.start(lambda: checkerboard, 2, tiny_options), "one learning at a time"
    go_on.set()
    trainer.wait(30)
    assert trainer.model.options.components == 8
    assert trainer.learned_version == 1


def test_a_failed_learning_leaves_the_old_model_serving(
    tmp_path: Path, checkerboard: Dataset, tiny_options: TrainingOptions
) -> None:
    trainer = Trainer(tmp_path)
    trainer.start(lambda: checkerboard, 1, tiny_options)
    trainer.wait(30)
    before = trainer.model

    def broken() -> Dataset:
        raise DataError("The ratings are gone.")

    trainer.start(broken, 2, tiny_options)
    trainer.wait(30)
    assert (trainer.status.state, trainer.status.message) == ("failed", "The ratings are gone.")
    assert trainer.model is before
    assert trainer.learned_version == 1


def test_an_unexpected_error_is_logged_and_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> Dataset:
        raise RuntimeError("secret detail")

    trainer = Trainer(tmp_path)
    trainer.start(broken, 1)
    trainer.wait(30)
    assert trainer.status.message == "Learning failed; the server's log says why."
    assert "secret detail" in caplog.text


def test_a_model_that_cannot_be_saved_is_said(
    tmp_path: Path, checkerboard: Dataset, tiny_options: TrainingOptions
) -> None:
    (tmp_path / "file").write_text("")
    trainer = Trainer(tmp_path / "file")
    trainer.start(lambda: checkerboard, 1, tiny_options)
    trainer.wait(30)
    assert trainer.status.state == "failed"
    assert trainer.status.message.startswith("The model could not be saved: ")


def test_a_damaged_saved_model_is_as_if_there_were_none(
    tmp_path: Path, checkerboard: Dataset, tiny_options: TrainingOptions
) -> None:
    trainer = Trainer(tmp_path)
    trainer.start(lambda: checkerboard, 1, tiny_options)
    trainer.wait(30)
    (tmp_path / "model" / "arrays.npz").write_bytes(b"half")
    assert Trainer(tmp_path).status.state == "empty"
