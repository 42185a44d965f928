"""Backups on the Club page: listed, made with a click, restored after a look."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from club import backup as backups
from club.store import Store
from ui import state
from ui.jobs import BackupScheduler

NOW = datetime(2026, 7, 28, 12, tzinfo=UTC)


def panel() -> None:
    """The section alone, as the Club page draws it."""
    from ui import state
    from ui.components.basics import header
    from ui.sections import backups

    header("Club")
    backups.section(state.view())


@pytest.fixture
def quiet(var: Path, monkeypatch: pytest.MonkeyPatch) -> BackupScheduler:
    """No backup but those that a test makes."""
    found = BackupScheduler(state.store())
    monkeypatch.setattr(state, "backup_scheduler", lambda: found)
    return found


@pytest.fixture
def no_learning(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    begun: list[int] = []
    monkeypatch.setattr(state, "learn", lambda: begun.append(state.store().version()))
    return begun


def opened() -> AppTest:
    app = AppTest.from_function(panel, default_timeout=60).run()
    assert not app.exception
    return app


def texts(app: AppTest) -> list[str]:
    return [part.value for part in app.markdown]


def test_back_up_now_makes_one(quiet: BackupScheduler, store: Store, var: Path) -> None:
    app = opened()
    assert "There is no backup yet." in texts(app)
    assert app.expander[0].label == "All backups (0)"
    app.button("back_up").click().run()
    assert [toast.value for toast in app.toast] == ["The club is backed up."]
    assert texts(app)[0].startswith("The last backup was made just now (")
    (made,) = backups.find(store.database)
    assert made.file.parent == var / "backups"
    assert len(Store(made.file).ratings.current()) == len(store.ratings.current())
    app.button("back_up").click().run()
    assert [toast.value for toast in app.toast] == ["Nothing has changed since the last one."]
    assert len(backups.find(store.database)) == 1


def test_restore_shows_both_states_and_needs_a_yes(
    quiet: BackupScheduler, store: Store, no_learning: list[int]
) -> None:
    backups.roll(store, NOW)
    (made,) = backups.find(store.database)
    before, version = store.ratings.current(), store.version()
    ana = int(store.members.all().index[0])
    rated = set(before.query(f"member_id == {ana}")["movie_id"])
    new = next(int(movie) for movie in state.view().movies.index if movie not in rated)
    store.ratings.rate(ana, new, 2)
    app = opened()
    app.button(f"restore_{made.file.stem}").click().run()
    assert not app.exception
    (table,) = app.dataframe
    row = table.value.set_index("what").loc["ratings"]
    assert row.tolist() == [len(before) + 1, len(before)]
    assert app.button("restore_sure").disabled
    app.checkbox("restore_yes").check().run()
    # Somebody rates once more meanwhile: what is shown is what there is.
    store.ratings.unrate(ana, new)
    app.run()
    assert app.dataframe[0].value.set_index("what").loc["ratings", "now"] == len(before)
    assert app.button("restore_sure").disabled, "the yes was to something else"
    app.checkbox("restore_yes").check().run()
    app.button("restore_sure").click().run()
    assert not app.exception
    assert store.ratings.current().equals(before)
    assert store.version() == version + 3 == no_learning[0]
    assert not app.dataframe
    assert app.expander[0].label == "All backups (2)"


def test_uploaded_backup_is_restored(
    quiet: BackupScheduler, store: Store, tmp_path: Path, no_learning: list[int]
) -> None:
    other = Store(tmp_path / "other.db")
    other.members.add("Zoë")
    backups.write(other, tmp_path / "theirs.db")
    app = opened()
    (upload,) = app.get("file_uploader")
    upload.upload("theirs.db", (tmp_path / "theirs.db").read_bytes()).run()
    assert not app.exception
    assert app.dataframe[0].value.set_index("what").loc["people", "in the backup"] == 1
    app.checkbox("restore_yes").check().run()
    app.button("restore_sure").click().run()
    assert store.members.all()["name"].tolist() == ["Zoë"]
    assert not app.exception
    assert len(no_learning) == 1


def test_failed_backup_is_reported(quiet: BackupScheduler, var: Path) -> None:
    (var / "backups").write_text("no folder")
    quiet.look()
    quiet.wait(10)
    (var / "backups").unlink()
    app = opened()
    (warning,) = app.warning
    assert warning.value.startswith("The last backup failed. The folder ")
