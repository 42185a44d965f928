"""Pages as a visitor meets them: the real services on a folder of their own."""

from __future__ import annotations

import functools
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from furnished import SMALL, Open, furnish
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from recommender import trainer
from ui import services

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session", autouse=True)
def _packages_are_read_once() -> Iterator[None]:
    """Streamlit looks through all installed packages for components whenever a test opens the app:
    this took more than half of the time, and finds the same every time."""
    with pytest.MonkeyPatch.context() as patch:
        found = functools.cache(manifest_scanner.scan_component_manifests)
        patch.setattr(manifest_scanner, "scan_component_manifests", found)
        yield


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return furnish(tmp_path_factory.mktemp("furnished"))


@pytest.fixture
def database(request: pytest.FixtureRequest) -> str:
    """What the app's store lies on: SQLite, unless a test or --database asks for PostgreSQL."""
    return request.config.getoption("database") or getattr(request, "param", "sqlite")


@pytest.fixture
def var(
    furnished: Path, database: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Path]:
    """The app's folder: the demo club, and a model that has learned."""
    folder = tmp_path / "var"
    shutil.copytree(furnished, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MOVIE_CLUB_VAR", str(folder))
        patch.setattr(st, "secrets", {})  # nobody's own key for TMDB is ever used
        patch.setattr(trainer, "TrainingOptions", lambda: SMALL)  # what a page begins to learn
        if database == "sqlite":
            patch.delenv("MOVIE_CLUB_DATABASE", raising=False)
            yield folder
        else:
            (folder / "club.db").unlink()
            with request.getfixturevalue("postgres").club(furnished / "club.db") as place:
                patch.setenv("MOVIE_CLUB_DATABASE", place)
                yield folder


@pytest.fixture
def store(var: Path) -> services.Store:
    return services.store()


@pytest.fixture
def open_page(var: Path) -> Open:
    """Open the app at a page, as by a link; nothing may have gone wrong."""

    def open_at(page: str = "tonight", **query: str) -> AppTest:
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
        for name, value in query.items():
            app.query_params[name] = value
        if page != "tonight":
            app.switch_page(f"pages/{page}.py")
        app.run()
        assert not app.exception
        return app

    return open_at
