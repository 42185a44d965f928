"""Background jobs: their status, their ends, and what they keep between starts."""

import logging
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from club import backup
from club.errors import InvalidInput, StoreUnavailable
from club.store import Store
from recommender import DataError, Dataset, HybridModel, TrainingOptions
from ui import jobs
from ui.jobs import BackupScheduler, Job, JobStatus, LearnedFrom, Report, Trainer

HERE = LearnedFrom(7, "base")


def ended(job: Job) -> JobStatus:
    job.wait(30)
    assert job.status.state != "running"
    return job.status


def test_a_job_reports_its_progress_and_runs_once_at_a_time(caplog) -> None:
    caplog.set_level(logging.INFO, "ui.jobs")
    job, reached, go_on = Job("counting"), threading.Event(), threading.Event()
    assert job.status == JobStatus("idle")

    def work(report: Report) -> None:
        report(1, 4, "sheep", white=1)
        reached.set()
        assert go_on.wait(30)

    assert job.start(work)
    assert reached.wait(30)
    assert job.status == JobStatus("running", 1, 4, "sheep", {"white": 1})
    assert job.status.share == 0.25
    assert not job.start(work)
    go_on.set()
    assert ended(job) == JobStatus("done", 1, 4, "", {"white": 1})
    assert "counting took" in caplog.text


def test_a_job_can_be_stopped_and_started_again() -> None:
    job, begun = Job("waiting"), threading.Event()

    def work(_report: Report) -> None:
        begun.set()
        while not job.stopping:
            threading.Event().wait(0.001)

    job.start(work)
    assert begun.wait(30)
    job.stop()
    assert ended(job).state == "stopped"
    assert job.start(lambda _report: None)
    assert ended(job).state == "done"


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (InvalidInput("That is no number."), "That is no number."),
        (DataError("The ratings are gone."), "The ratings are gone."),
        (RuntimeError("secret detail"), "Counting failed; the server's log says why."),
    ],
)
def test_an_error_ends_a_job_with_a_sentence_and_a_traceback_in_the_log(
    error: Exception, message: str, caplog
) -> None:
    def work(_report: Report) -> None:
        raise error

    job = Job("counting")
    job.start(work)
    assert (ended(job).state, job.status.message) == ("failed", message)
    assert "Traceback" in caplog.text
    assert str(error) in caplog.text


@pytest.fixture
def learned(tmp_path: Path, checkerboard: Dataset, tiny_options: TrainingOptions) -> Trainer:
    trainer = Trainer(tmp_path)
    assert trainer.model is None
    assert trainer.learn(lambda: checkerboard, HERE, tiny_options)
    assert ended(trainer).state == "done"
    return trainer


def test_a_learned_model_is_kept_between_starts(learned: Trainer, tmp_path: Path) -> None:
    # Two models came to serve: one that knows keywords only, then the learned one.
    assert (learned.generation, learned.learned_version, learned.learned_base) == (2, 7, "base")
    assert learned.status.done == learned.status.total > 0
    again = Trainer(tmp_path)
    assert (again.generation, again.learned_version, again.learned_base) == (1, 7, "base")
    assert again.model is not None
    assert learned.model is not None
    assert again.model.trained_at == learned.model.trained_at


def test_what_another_process_learned_serves_here_too(
    learned: Trainer, tmp_path: Path, checkerboard: Dataset, tiny_options: TrainingOptions
) -> None:
    other = Trainer(tmp_path)
    learned.refresh()  # nothing is new
    assert learned.generation == 2
    other.adopt(HybridModel.fit(checkerboard, tiny_options), LearnedFrom(8, "base"))
    learned.refresh()
    assert (learned.generation, learned.learned_version) == (3, 8)
    other.refresh()
    assert other.generation == 2, "its own model is not read again"


def test_keywords_serve_while_the_first_model_learns(
    tmp_path: Path,
    checkerboard: Dataset,
    tiny_options: TrainingOptions,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reached, go_on = threading.Event(), threading.Event()
    fit = HybridModel.fit

    def held(data: Dataset, options: TrainingOptions, *progress: Any, **how: Any) -> HybridModel:
        if options.components:
            reached.set()
            assert go_on.wait(30)
        return fit(data, options, *progress, **how)

    monkeypatch.setattr(HybridModel, "fit", held)
    trainer = Trainer(tmp_path)
    trainer.learn(lambda: checkerboard, HERE, tiny_options)
    assert reached.wait(30)
    assert trainer.model is not None
    assert (trainer.model.options.components, trainer.learned_version) == (0, None)
    go_on.set()
    assert ended(trainer).state == "done"
    assert trainer.model.options.components == tiny_options.components


def test_a_failed_learning_leaves_the_old_model_serving(
    learned: Trainer, tiny_options: TrainingOptions
) -> None:
    before = learned.model

    def broken() -> Dataset:
        raise DataError("The ratings are gone.")

    learned.learn(broken, LearnedFrom(8, "base"), tiny_options)
    assert ended(learned).message == "The ratings are gone."
    assert (learned.model, learned.learned_version) == (before, 7)


def test_a_model_that_cannot_be_saved_serves_and_the_status_says_so(
    tmp_path: Path, checkerboard: Dataset, tiny_options: TrainingOptions
) -> None:
    (tmp_path / "file").write_text("")
    trainer = Trainer(tmp_path / "file")
    trainer.learn(lambda: checkerboard, HERE, tiny_options)
    assert ended(trainer).state == "done"
    assert "could not be saved" in trainer.status.message
    assert trainer.model is not None
    assert trainer.learned_version == 7


@pytest.mark.parametrize("file", ["model/model.counts.npy", jobs.NOTE])
def test_a_damaged_saved_model_is_not_used(learned: Trainer, tmp_path: Path, file: str) -> None:
    (tmp_path / file).write_bytes(b"half")
    again = Trainer(tmp_path)
    assert (again.model, again.status) == (None, JobStatus("idle"))


class Clock:
    now = datetime(2026, 3, 7, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def club(tmp_path: Path) -> Store:
    store = Store(tmp_path / "club.db")
    store.touch()
    return store


def test_a_club_is_backed_up_at_the_start_and_then_once_a_day(club: Store) -> None:
    clock = Clock()

    def backups_after(hours: float, scheduler: BackupScheduler) -> int:
        clock.now += timedelta(hours=hours)
        scheduler.look()
        assert ended(scheduler).message == ""
        return len(backup.find(club.database))

    first = BackupScheduler(club, clock)
    assert backups_after(0, first) == 1
    club.touch()
    assert backups_after(11, first) == 1, "one a day"
    assert backups_after(1, first) == 2
    assert backups_after(24, first) == 2, "nothing has changed"
    club.touch()
    assert backups_after(0, BackupScheduler(club, clock)) == 3, "the app was started again"


def test_a_failed_backup_is_repeated_later(club: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise StoreUnavailable("The disk is full.")

    clock = Clock()
    scheduler = BackupScheduler(club, clock)
    with monkeypatch.context() as broken:
        broken.setattr(jobs, "roll", fails)
        scheduler.look()
        assert ended(scheduler).message == "The disk is full."
    scheduler.look()
    assert ended(scheduler).state == "failed", "not at once"
    clock.now += jobs.RETRY_BACKUP
    scheduler.look()
    assert ended(scheduler).message == ""
    assert len(backup.find(club.database)) == 1
