"""The wheel: built from the sdist, it serves the app with data of its own, away from the clone."""

import os
import subprocess
import sys
from importlib.metadata import Distribution
from pathlib import Path
from typing import Any

import pytest
from browser import Server
from packaging.requirements import Requirement

from recommender import load_bundled

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the package, as an installer would unpack it."""
    wheels, place = tmp_path_factory.mktemp("wheels"), tmp_path_factory.mktemp("site")
    sdist = [sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", str(wheels)]
    subprocess.run(sdist, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
    (source,) = wheels.glob("movie_club-*.tar.gz")
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    built = ["--no-deps", "--no-build-isolation", "--wheel-dir", str(wheels), str(source)]
    subprocess.run([*pip, "wheel", *built], check=True)
    (wheel,) = wheels.glob("movie_club-*.whl")
    subprocess.run([*pip, "install", "--no-deps", "--target", str(place), str(wheel)], check=True)
    return place


def test_holds_all_that_the_shipped_model_learned_from(installed: Path) -> None:
    """Fault: without older.csv an installed app had other movies, and began by learning anew."""
    shipped = load_bundled(installed / "movie_club" / "data")
    assert shipped.content_hash == load_bundled().content_hash
    assert shipped.movies.index.equals(load_bundled().movies.index)


def test_asks_for_what_the_clone_installs(installed: Path) -> None:
    (facts,) = installed.glob("movie_club-*.dist-info")
    lines = (ROOT / "requirements.txt").read_text("utf-8").splitlines()
    wanted = {Requirement(line.split("#")[0]) for line in lines if line.split("#")[0].strip()}
    assert {Requirement(line) for line in Distribution.at(facts).requires or []} == wanted


def test_serves_and_backs_up_the_data_in_the_users_folder(installed: Path, tmp_path: Path) -> None:
    server = Server(tmp_path)
    program = [sys.executable, str(installed / "bin" / "movie-club")]
    there = {"PATH": os.environ["PATH"], "PYTHONPATH": str(installed)}
    there |= {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
    look: dict[str, Any] = {"cwd": tmp_path, "env": there}
    process = subprocess.Popen([*program, f"--port={server.port}"], **look)
    try:
        while not server.ask("/_stcore/health"):
            assert process.poll() is None
        assert server.ask("/") == 200
    finally:
        process.terminate()
        process.wait(20)
    help_ = subprocess.check_output([*program, "backup", "--help"], text=True, **look)
    assert help_.startswith("usage: movie-club backup")
    subprocess.run([*program, "backup", "club-backup.db"], check=True, **look)
    assert (tmp_path / "club-backup.db").exists()
    assert (tmp_path / "movie-club" / "club.db").exists()
    assert not (installed / "movie_club" / "data" / "var").exists()
