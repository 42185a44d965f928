"""Atomic writes of files and folders, and saved models."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from recommender import HybridModel, ModelFileError
from recommender.model import FORMAT
from recommender.persistence import (
    current_folder,
    remove_folder,
    write_atomically,
    write_folder_atomically,
)

ROOT = Path(__file__).resolve().parents[2]

# Every write is repeated in forked processes; the n-th one ends just before the n-th change on the
# disk, as if it were killed there.
KILLED = """
import json, os, pathlib, shutil, sys
from recommender.persistence import current_folder, write_atomically, write_folder_atomically
home = pathlib.Path(sys.argv[1])
def write(kind, number):
    if kind == "file":
        write_atomically(home / kind, lambda path: path.write_text(number))
    else:
        write_folder_atomically(home / kind, lambda path: (path / "y").write_text(number))
def content(kind):
    return (home / kind if kind == "file" else current_folder(home / kind) / "y").read_text()
def dies(owner, name, at):
    does = getattr(owner, name)
    def step(*args, **options):
        steps[0] += 1
        if steps[0] == at:
            os._exit(9)
        return does(*args, **options)
    setattr(owner, name, step)
def killed(kind):
    write(kind, "old")
    for at in range(1, 100):
        pid = os.fork()
        if not pid:
            for owner, name in [(pathlib.Path, "write_text"), (pathlib.Path, "replace"),
                                (os, "fsync"), (shutil, "rmtree")]:
                dies(owner, name, at)
            write(kind, "new")
            os._exit(0)
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        yield [status, content(kind)]
        if status == 0:
            break
steps = [0]
print(json.dumps([list(killed("file")), list(killed("folder"))]))
"""


@pytest.fixture
def saved(tmp_path: Path, tiny_model: HybridModel) -> Path:
    tiny_model.save(tmp_path / "model")
    return tmp_path / "model"


def write_text(kind: str, path: Path, text: str) -> None:
    if kind == "file":
        write_atomically(path, lambda file: file.write_text(text))
    else:
        write_folder_atomically(path, lambda folder: (folder / "y").write_text(text))


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def read_text(path: Path) -> str:
    return (path if path.is_file() else current_folder(path) / "y").read_text()


class TestAtomicWrites:
    @pytest.mark.parametrize("kind", ["file", "folder"])
    def test_failed_write_keeps_old_content(self, tmp_path: Path, kind: str) -> None:
        def full(_path: Path) -> None:
            raise OSError(28, "No space left on device")

        folder = tmp_path / "deep"
        for text in ("older", "old"):
            write_text(kind, folder / "x", text)
        with pytest.raises(OSError, match="No space left"):
            (write_atomically if kind == "file" else write_folder_atomically)(folder / "x", full)
        assert read_text(folder / "x") == "old"
        assert [path.name for path in folder.iterdir()] == ["x"]

    def test_kill_at_any_step_leaves_old_or_new_content(self, tmp_path: Path) -> None:
        ended = subprocess.run(
            [sys.executable, "-W", "error", "-c", KILLED, str(tmp_path)],
            cwd=ROOT,
            capture_output=True,
            timeout=120,
            text=True,
            check=False,
            # A process that forks must have one thread only; pandas brings pyarrow's.
            env=os.environ | {"JE_ARROW_MALLOC_CONF": "background_thread:false"},
        )
        assert ended.returncode == 0, ended.stderr
        for *killed, last in json.loads(ended.stdout):
            assert len(killed) >= 5
            assert {status for status, _ in killed} == {9}
            assert {text for _, text in killed} == {"old", "new"}
            assert last == [0, "new"]

    def test_file_mode_and_symbolic_link(self, tmp_path: Path) -> None:
        (tmp_path / "link").symlink_to(tmp_path / "x")
        for mode in (0o600, 0o644):
            write_atomically(tmp_path / "link", lambda path: path.write_text("x"), mode=mode)
            assert (tmp_path / "x").stat().st_mode & 0o777 == mode
        assert (tmp_path / "link").is_symlink()

    def test_leftovers_of_killed_writes_are_removed_after_a_day(self, tmp_path: Path) -> None:
        for name, age in ((".x-long-ago", 100_000), (".x-now", 100), (".other-x", 100_000)):
            (tmp_path / name).mkdir()
            os.utime(tmp_path / name, (time.time() - age,) * 2)
        write_text("folder", tmp_path / "x", "new")
        assert {path.name for path in tmp_path.iterdir()} == {".x-now", ".other-x", "x"}

    @pytest.mark.parametrize("name", ["x", ".x-old"])
    def test_removed_folder_does_not_come_back(self, tmp_path: Path, name: str) -> None:
        write_text("folder", tmp_path / name, "old")
        assert current_folder(tmp_path / "x") == tmp_path / name
        remove_folder(tmp_path / "x")
        assert not list(tmp_path.iterdir())


class TestModelFiles:
    def test_loaded_model_is_the_same_to_the_bit(
        self, saved: Path, tiny_model: HybridModel, train_lover: pd.DataFrame
    ) -> None:
        loaded = HybridModel.load(saved)
        was, now = (model.react(train_lover, range(22)) for model in (tiny_model, loaded))
        # Matrix products differ in the last bits with where in memory an array lies.
        assert now.mean == pytest.approx(was.mean, abs=1e-6)
        assert now.sd == pytest.approx(was.sd, abs=1e-6)
        assert not loaded.kernel.embeddings.flags.writeable  # mapped
        for name in ("options", "trained_at", "features", "content_hash", "n_ratings"):
            assert getattr(loaded, name) == getattr(tiny_model, name)
        loaded.save(saved.parent / "again")
        assert contents(saved) == contents(saved.parent / "again")

    def test_folder_with_other_files_is_not_replaced(
        self, tmp_path: Path, tiny_model: HybridModel
    ) -> None:
        (tmp_path / "letter.txt").write_text("dear")
        with pytest.raises(ModelFileError, match="no saved model"):
            tiny_model.save(tmp_path)
        assert (tmp_path / "letter.txt").read_text() == "dear"

    def test_damaged_file(self, saved: Path) -> None:
        facts = json.loads((saved / "model.json").read_text("utf-8"))
        facts["facts"]["model.bias.mu"] += 1
        for name, damaged in (
            *((file.name, file.read_bytes()[:-1]) for file in sorted(saved.glob("*.npy"))[:2]),
            *(("model.json", text.encode()) for text in ("", "[" * 100_000, "7", "{}", "\x00")),
            ("model.json", f'{{"format": {FORMAT}}}'.encode()),
            ("model.json", json.dumps(facts).encode()),
        ):
            whole = (saved / name).read_bytes()
            (saved / name).write_bytes(damaged)
            with pytest.raises(ModelFileError, match="damaged"):
                HybridModel.load(saved)
            (saved / name).write_bytes(whole)
        for version in (7, 99, None):
            (saved / "model.json").write_text(json.dumps(facts | {"format": version}), "utf-8")
            with pytest.raises(ModelFileError, match="another version"):
                HybridModel.load(saved)

    def test_file_that_cannot_be_read(self, saved: Path) -> None:
        (saved / "unreadable.npy").mkdir()
        with pytest.raises(ModelFileError, match="damaged"):
            HybridModel.load(saved)

    def test_programming_error_is_not_reported_as_damage(
        self, saved: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(_self: HybridModel) -> None:
            raise AttributeError("a bug")

        monkeypatch.setattr(HybridModel, "__post_init__", broken)
        with pytest.raises(AttributeError, match="a bug"):
            HybridModel.load(saved)
