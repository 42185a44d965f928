"""Import of a catalogue on the page Catalogue."""

from pathlib import Path

import pytest
import sources
from an_evening import ANA, metrics
from fake_grouplens import NAME, fake_grouplens
from furnished import Open, click

from club.imports import catalogue
from club.store import Store
from ui import state
from ui.sections import imports


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return sources.zipped(sources.latest(), tmp_path / "ml-latest-small.zip", "ml-latest-small/")


def test_import_and_the_way_back(
    open_page: Open, store: Store, archive: Path, var: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[int] = []
    monkeypatch.setattr(state, "learn", lambda: begun.append(store.version()))
    app = open_page("settings", set="Catalogue")
    app.text_input("import_path").set_value(str(archive)).run()
    click(app, "Look inside")
    assert metrics(app)["New ones"] == "1"
    before, version = len(state.view().movies), store.version()
    assert (catalogue.number(var / "world"), begun) == (0, []), "a look changes nothing"
    click(app, "Import it")
    assert not app.exception
    assert {*begun} == {version + 1} == {store.version()}
    club = state.view()
    assert len(club.movies) == before + 1
    assert state.base_dataset().ratings["user_id"].min() >= 10_000_000
    assert any("MovieLens, imported on" in text.value for text in app.caption)
    # What the club rated in the bundled world is still there, movie by movie.
    assert len(club.ratings) == len(store.ratings.current())

    new = int(club.movies.index[club.movies["title"] == "Something Else Entirely"][0])
    store.ratings.rate(ANA, new, 4.5)
    click(app.run(), "Go back")
    club = state.view()
    assert (club.title(new), club.stars[ANA, new]) == ("Something Else Entirely", 4.5)
    assert len(club.movies) == len(state.bundled().movies) + 1
    store.ratings.unrate(ANA, new)
    click(app.run(), "Go back")
    assert catalogue.number(var / "world") == 0
    assert len(state.view().movies) == len(state.bundled().movies)


def test_an_archive_is_fetched_and_looked_into(
    open_page: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with fake_grouplens(tmp_path, monkeypatch) as fake:
        app = open_page("settings", set="Catalogue")
        app.selectbox("fetch_name").set_value(NAME).run()
        assert fake.begun == []  # not before somebody says so
        click(app, "Fetch it")
        imports.fetch_job().wait(30)
    click(app.run(), "Look inside it")
    assert not app.exception
    assert metrics(app)["New ones"] == "1"


def test_damaged_import_falls_back_to_the_bundled_data(open_page: Open, var: Path) -> None:
    (var / "world").mkdir()
    (var / "world" / "world.json").write_text("{}")
    app = open_page("settings", set="Catalogue")
    assert metrics(app)["Movies"] == f"{len(state.bundled().movies):,}"
    assert "The imported data are damaged" in app.warning[0].value
