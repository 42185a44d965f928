"""Import of a catalogue on the page Catalogue."""

from __future__ import annotations

from pathlib import Path

import pytest
import sources
from an_evening import metrics
from fake_grouplens import NAME, fake_grouplens
from furnished import Open, click
from streamlit.testing.v1 import AppTest

from club.imports import catalogue
from club.store import Store
from ui import state
from ui.sections import imports


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return sources.zipped(sources.latest(), tmp_path / "ml-latest-small.zip", "ml-latest-small/")


@pytest.fixture
def looked(open_page: Open, archive: Path) -> AppTest:
    """The page after "Look inside"."""
    app = open_page("settings", set="Catalogue")
    app.text_input("import_path").set_value(str(archive)).run()
    return click(app, "Look inside")


def test_preview_changes_nothing(looked: AppTest, var: Path) -> None:
    assert not looked.exception
    assert metrics(looked)["New ones"] == "1"
    assert catalogue.number(var / "world") == 0
    click(looked, "Cancel")
    assert "import_save" not in [button.key for button in looked.button]
    assert catalogue.number(var / "world") == 0


def test_save_replaces_the_base_dataset(
    looked: AppTest, open_page: Open, store: Store, var: Path
) -> None:
    before, version = len(state.view().movies), store.version()
    click(looked, "Import it")
    assert not looked.exception
    state.trainer().wait(120)
    assert store.version() == version + 1
    assert catalogue.number(var / "world") > 0
    assert len(state.view().movies) == before + 1
    assert state.base_dataset().ratings["user_id"].min() >= 10_000_000
    assert any("MovieLens, imported on" in text.value for text in looked.caption)
    # What the club rated in the bundled world is still there, movie by movie.
    assert len(state.view().ratings) == len(store.ratings.current())
    assert not open_page("tonight").exception


def test_an_archive_is_fetched_and_looked_into(
    open_page: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with fake_grouplens(tmp_path, monkeypatch) as fake:
        monkeypatch.setattr(imports, "MOVIELENS", fake.address)
        app = open_page("settings", set="Catalogue")
        app.selectbox("fetch_name").set_value(NAME).run()
        assert fake.begun == []  # not before somebody says so
        click(app, "Fetch it")
        imports.fetch_job().wait(30)
    click(app.run(), "Look inside it")
    assert not app.exception
    assert metrics(app)["New ones"] == "1"


def test_forget_keeps_the_clubs_ratings(
    looked: AppTest, store: Store, var: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state, "learn", lambda: False)
    click(looked, "Import it")
    movies = state.view().movies
    new = int(movies.index[movies["title"] == "Something Else Entirely"][0])
    member = int(store.members.all().index[0])
    store.ratings.rate(member, new, 4.5)
    state.back_to_bundled(state.view())
    club = state.view()
    assert club.title(new) == "Something Else Entirely"
    assert club.stars[member, new] == 4.5
    assert len(club.movies) == len(state.bundled().movies) + 1
    store.ratings.unrate(member, new)
    state.back_to_bundled(state.view())
    assert catalogue.number(var / "world") == 0
    assert len(state.view().movies) == len(state.bundled().movies)


def test_damaged_import_falls_back_to_the_bundled_data(open_page: Open, var: Path) -> None:
    (var / "world").mkdir()
    (var / "world" / "world.json").write_text("{}")
    app = open_page("settings", set="Catalogue")
    assert metrics(app)["Movies"] == f"{len(state.bundled().movies):,}"
    assert "The imported data are damaged" in app.warning[0].value
