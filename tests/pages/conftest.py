"""Pages as a visitor meets them: the real services on a folder of their own."""

import functools
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from furnished import SMALL, Open, furnish_once
from streamlit import env_util
from streamlit.components.v2 import manifest_scanner
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest

from recommender import recipes
from ui import state

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session", autouse=True)
def _streamlit_looks_around_once() -> Iterator[None]:
    """Streamlit looks through all installed packages for components whenever a test opens the app,
    and through all modules whenever a page is drawn: both find the same every time."""
    with pytest.MonkeyPatch.context() as patch:
        for module, name in ((manifest_scanner, "scan_component_manifests"), (env_util, "is_repl")):
            patch.setattr(module, name, functools.cache(getattr(module, name)))
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


@pytest.fixture(scope="session")
def reading_room(furnished: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home of the app in which nothing changes, so that much of it is computed but once."""
    return Path(shutil.copytree(furnished, tmp_path_factory.mktemp("reading") / "var"))


@pytest.fixture
def var(
    furnished: Path, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """The app's folder: the demo club, and a model that has learned.

    It is the test's own, or, of a test that is marked as one that only reads, `reading_room`.
    """
    reads = request.node.get_closest_marker("reads")
    folder = request.getfixturevalue("reading_room") if reads else tmp_path / "var"
    if not reads:
        shutil.copytree(furnished, folder)
    monkeypatch.setenv("MOVIE_CLUB_VAR", str(folder))
    monkeypatch.delenv("MOVIE_CLUB_DATABASE", raising=False)
    monkeypatch.setattr(st, "secrets", {})  # nobody's own key for TMDB is ever used
    monkeypatch.setattr(state, "TRAINING", SMALL)  # what a page begins to learn
    club = state.store() if reads else None
    before = club and club.version()
    yield folder
    assert (club and club.version()) == before, "the test is marked as one that only reads"


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
