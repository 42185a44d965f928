"""Pages as a visitor meets them: the real services on a folder of their own."""

from __future__ import annotations

import functools
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from databases import PostgresServer
from furnished import SMALL, Open, furnish_once
from streamlit.components.v2 import manifest_scanner
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest

from recommender import recipes
from ui import state

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session", autouse=True)
def _packages_are_read_once() -> Iterator[None]:
    """Streamlit looks through all installed packages for components whenever a test opens the app:
    this took more than half of the time, and finds the same every time."""
    with pytest.MonkeyPatch.context() as patch:
        found = functools.cache(manifest_scanner.scan_component_manifests)
        patch.setattr(manifest_scanner, "scan_component_manifests", found)
        yield


@pytest.fixture(autouse=True)
def _server_has_drawn_a_page(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test of pages meets a server that is not new, unless it is marked as cold.

    Until a page was drawn once, a server runs the page's file first: see `ui.router.require`.
    """
    begin = PagesManager.__init__

    def begin_warm(*args: Any, **named: Any) -> None:
        PagesManager.uses_pages_directory = False
        begin(*args, **named)

    with pytest.MonkeyPatch.context() as patch:
        if not request.node.get_closest_marker("cold"):
            patch.setattr(PagesManager, "__init__", begin_warm)
        yield


@pytest.fixture(scope="session", autouse=True)
def _equal_models_are_one() -> Iterator[None]:
    """Tests read copies of the same model: what was computed with one of them is known to all."""
    load = recipes.load
    known: dict[object, Any] = {}

    def load_one(folder: Path) -> Any:
        files = frozenset((file.name, file.stat().st_mtime_ns) for file in folder.glob("*"))
        if files not in known:
            known[files] = load(folder)
        return known[files]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(recipes, "load", load_one)
        yield


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return furnish_once(tmp_path_factory)


@pytest.fixture
def database(request: pytest.FixtureRequest) -> str:
    """What the app's store lies on: SQLite, unless --database or the test says otherwise."""
    asked_for = request.config.getoption("database")
    wanted = getattr(request, "param", asked_for or "sqlite")
    if asked_for not in {None, wanted}:
        pytest.skip(f"it is a test of {wanted}, and --database asks for {asked_for}")
    marked = request.node.get_closest_marker("sqlite")
    if marked and wanted != "sqlite":
        pytest.skip(marked.args[0])
    return wanted


@contextmanager
def _a_home(furnished: Path, folder: Path, postgres: PostgresServer | None) -> Iterator[str | None]:
    """Make `folder` one for the app; yield where its database is, None: in there."""
    shutil.copytree(furnished, folder)
    if postgres is None:
        yield None
    else:
        (folder / "club.db").unlink()
        with postgres.club(furnished / "club.db") as place:
            yield place


@pytest.fixture(scope="session")
def reading_room(
    furnished: Path, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Path, str | None]]:
    """A home of the app in which nothing changes, so that much of it is computed but once."""
    server = request.config.getoption("database") == "postgresql"
    postgres = request.getfixturevalue("postgres") if server else None
    folder = tmp_path_factory.mktemp("reading") / "var"
    with _a_home(furnished, folder, postgres) as place:
        yield folder, place


@pytest.fixture
def home(
    furnished: Path, database: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[tuple[Path, str | None]]:
    """The test's own home of the app, or the one of those that only read."""
    if request.node.get_closest_marker("reads"):
        yield request.getfixturevalue("reading_room")
        return
    postgres = request.getfixturevalue("postgres") if database == "postgresql" else None
    folder = tmp_path / "var"
    with _a_home(furnished, folder, postgres) as place:
        yield folder, place


@pytest.fixture
def var(
    home: tuple[Path, str | None], request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """The app's folder: the demo club, and a model that has learned."""
    folder, place = home
    monkeypatch.setenv("MOVIE_CLUB_VAR", str(folder))
    if place is None:
        monkeypatch.delenv("MOVIE_CLUB_DATABASE", raising=False)
    else:
        monkeypatch.setenv("MOVIE_CLUB_DATABASE", place)
    monkeypatch.setattr(st, "secrets", {})  # nobody's own key for TMDB is ever used
    monkeypatch.setattr(state, "TRAINING", SMALL)  # what a page begins to learn
    if request.node.get_closest_marker("reads"):
        club = state.store()
        before = club.version()
        yield folder
        assert club.version() == before, "the test is marked as one that only reads"
    else:
        yield folder


@pytest.fixture
def store(var: Path) -> state.Store:
    return state.store()


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
