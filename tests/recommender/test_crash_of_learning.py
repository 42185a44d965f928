"""A learning that is killed, at any moment, leaves a whole model that serves."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from recommender import HybridModel
from ui.trainer import Trainer, _Note

ROOT = Path(__file__).resolve().parents[2]

# Saves in a process of its own, which ends without a farewell just before its n-th step on the
# disk, as if it were killed there.
SAVES = """
import json, os, pathlib, shutil, sys
import numpy as np
from recommender import HybridModel, persistence
from recommender.trainer import Trainer, _Note
var, other, how = (pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3])
trainer, fresh = Trainer(var), HybridModel.load(other)
def dies(owner, name, at):
    does = getattr(owner, name)
    def step(*args, **options):
        steps[0] += 1
        if steps[0] == at:
            if how == "halfway" and name == "savez":
                pathlib.Path(args[0]).write_bytes(b"half")
            os._exit(9)
        return does(*args, **options)
    setattr(owner, name, step)
STEPS = [(np, "savez"), (pathlib.Path, "write_text"), (pathlib.Path, "replace"),
         (pathlib.Path, "unlink"), (shutil, "rmtree")]
ends = []
for at in range(1, 100):
    pid = os.fork()
    if not pid:
        steps = [0]
        for owner, name in STEPS:
            dies(owner, name, at)
        trainer._keep(fresh if at % 2 else trainer.model, _Note(at))
        os._exit(0)
    end = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    loaded = Trainer(var)
    serves = loaded.model and loaded.model.trained_at.isoformat()
    ends.append([end, loaded.status.state, serves, loaded.learned_version])
    if end == 0:
        break
print(json.dumps(ends))
"""

# Saves again and again until it is killed from outside.
SAVES_FOR_EVER = """
import os, pathlib, random, signal, sys, time
from recommender import HybridModel
from recommender.trainer import Trainer, _Note
var, other = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
trainer, fresh = Trainer(var), HybridModel.load(other)
whole = {trainer.model.trained_at, fresh.trained_at}
rng = random.Random(0)
for kill in range(40):
    reading, writing = os.pipe()
    pid = os.fork()
    if not pid:
        os.write(writing, b".")
        for number in range(10_000):
            trainer._keep(fresh if number % 2 else trainer.model, _Note(number))
        os._exit(0)
    os.read(reading, 1)
    os.close(reading)
    os.close(writing)
    time.sleep(rng.random() * 0.03)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    loaded = Trainer(var)
    assert loaded.status.state == "ready", kill
    assert loaded.model.trained_at in whole, kill
print(kill + 1)
"""


@pytest.fixture
def learned(tmp_path: Path, tiny_model: HybridModel) -> Path:
    """A folder in which a model serves that learned version 0, and another model beside it."""
    Trainer(tmp_path / "var")._keep(tiny_model, _Note(0))
    later = replace(tiny_model, trained_at=tiny_model.trained_at.replace(year=2099))
    later.save(tmp_path / "later")
    return tmp_path


def run(code: str, folder: Path, *more: str) -> str:
    folders = [str(folder / "var"), str(folder / "later")]
    # A process that is to be copied must have one thread only; pandas brings pyarrow's.
    one_thread = {"JE_ARROW_MALLOC_CONF": "background_thread:false", "OPENBLAS_NUM_THREADS": "1"}
    ended = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, *folders, *more],
        cwd=ROOT,
        capture_output=True,
        timeout=120,
        text=True,
        check=False,
        env={**os.environ, **one_thread, "OMP_NUM_THREADS": "1"},
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


@pytest.mark.parametrize("how", ["before", "halfway"])
def test_whatever_step_it_is_killed_at_a_whole_model_serves(
    learned: Path, tiny_model: HybridModel, how: str
) -> None:
    *killed, last = json.loads(run(SAVES, learned, how))
    assert len(killed) >= 8
    old, new = tiny_model.trained_at, tiny_model.trained_at.replace(year=2099)
    for end, state, serves, version in killed:
        assert (end, state) == (9, "ready")
        assert serves in {old.isoformat(), new.isoformat()}
        assert version == 0
    assert (last[0], last[3]) == (0, len(killed) + 1)


def test_it_may_be_killed_at_any_moment_again_and_again(learned: Path) -> None:
    assert run(SAVES_FOR_EVER, learned) == "40\n"


def test_what_was_left_by_one_that_was_killed_goes_after_a_day(
    tmp_path: Path, tiny_model: HybridModel
) -> None:
    for name, age in ((".model-long-ago", 100_000), (".model-now", 100), (".other-model", 100_000)):
        left = tmp_path / name
        left.mkdir()
        os.utime(left, (time.time() - age,) * 2)
    tiny_model.save(tmp_path / "model")
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        ".model-now",
        ".other-model",
        "model",
    ]
