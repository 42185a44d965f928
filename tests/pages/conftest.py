"""Pages as a visitor meets them: the real services on a folder of their own."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import streamlit as st
from furnished import Open, furnish
from streamlit.testing.v1 import AppTest

from ui import services

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return furnish(tmp_path_factory.mktemp("furnished"))


@pytest.fixture
def var(furnished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The app's folder: the demo club, and a model that has learned."""
    folder = tmp_path / "var"
    shutil.copytree(furnished, folder)
    monkeypatch.setenv("MOVIE_CLUB_VAR", str(folder))
    monkeypatch.delenv("MOVIE_CLUB_DATABASE", raising=False)
    monkeypatch.setattr(st, "secrets", {})  # nobody's own key for TMDB is ever used
    return folder


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
