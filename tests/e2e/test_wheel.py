"""The wheel: built from the sdist, it serves the app with data of its own, away from the clone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from browser import Server

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


def environment(installed: Path, home: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH",) if name in os.environ}
    return kept | {"PYTHONPATH": str(installed), "XDG_DATA_HOME": str(home), "HOME": str(home)}


def test_holds_all_that_the_shipped_model_learned_from(installed: Path) -> None:
    """Fault: without older.csv an installed app had other movies, and began by learning anew."""
    shipped = load_bundled(installed / "movie_club" / "data")
    assert shipped.content_hash == load_bundled().content_hash
    assert shipped.movies.index.equals(load_bundled().movies.index)


def test_serves_and_keeps_its_data_in_the_users_folder(installed: Path, tmp_path: Path) -> None:
    server = Server(tmp_path)
    command = [sys.executable, str(installed / "bin" / "movie-club"), f"--port={server.port}"]
    process = subprocess.Popen(command, env=environment(installed, tmp_path), cwd=tmp_path)
    try:
        while not server.ask("/_stcore/health"):
            assert process.poll() is None
        assert server.ask("/") == 200
    finally:
        process.terminate()
        process.wait(20)
    assert (tmp_path / "movie-club" / "club.db").exists()
    assert not (installed / "movie_club" / "data" / "var").exists()


def test_commands_work_from_any_folder(installed: Path, tmp_path: Path) -> None:
    def run(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, str(installed / "bin" / "movie-club"), *arguments],
            env=environment(installed, tmp_path),
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    assert run("--version").startswith("movie-club ")
    run("new", "Friday club")
    assert (tmp_path / "movie-club" / "club.db").exists()
    run("backup", "club-backup.db")
    assert (tmp_path / "club-backup.db").exists()
