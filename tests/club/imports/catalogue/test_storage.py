"""An imported base dataset is kept, loaded, refused when damaged, and forgotten."""

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
import sources

from club.cli import main
from club.errors import InvalidInput, StoreUnavailable
from club.imports import catalogue
from club.imports.catalogue import storage


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> catalogue.Import:
    files = sources.folder(sources.kaggle(), tmp_path_factory.mktemp("files"))
    return catalogue.join(catalogue.read(files), sources.world())


def test_save_load_forget(found: catalogue.Import, tmp_path: Path) -> None:
    place = tmp_path / "var" / "world"
    assert catalogue.number(place) == 0
    first = catalogue.save(found, place)
    loaded = catalogue.load(place)
    assert catalogue.number(place) == first > 0
    pd.testing.assert_frame_equal(loaded.data.movies, found.data.movies)
    pd.testing.assert_frame_equal(loaded.data.ratings, found.data.ratings)
    assert loaded.kind == found.kind
    assert catalogue.save(found, place) > first
    assert [file.name for file in place.parent.iterdir()] == ["world"]
    assert catalogue.forget(place) == 0 == catalogue.number(place)


def test_read_while_the_import_is_replaced(
    found: catalogue.Import, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, old = tmp_path / "world", tmp_path / ".world-old"
    catalogue.save(found, place)
    for ask in (catalogue.number, catalogue.load):
        asked = [old, place]  # it is being exchanged, and then it is done
        monkeypatch.setattr(
            storage, "current_folder", lambda _, asked=asked: asked.pop(0) if asked[1:] else place
        )
        assert ask(place)
        assert asked == [place]


@pytest.mark.parametrize(
    ("name", "harm", "sentence"),
    [
        ("movies.parquet", lambda raw: raw[:-20], "The imported data are damaged; import them"),
        ("ratings.parquet", lambda raw: raw[:-20], "The imported data are damaged"),
        ("world.json", lambda _: b"[" * 100_000, "The imported data are damaged"),
        ("world.json", lambda _: b'{"format": 1}', "The imported data are damaged"),
        ("world.json", lambda raw: raw.replace(b'mat": 1', b'mat": 9'), "another version"),
    ],
)
def test_damaged_import_is_refused(
    found: catalogue.Import, tmp_path: Path, name: str, harm: Callable, sentence: str
) -> None:
    tmp_path = tmp_path / "world"
    catalogue.save(found, tmp_path)
    (tmp_path / name).write_bytes(harm((tmp_path / name).read_bytes()))
    assert catalogue.number(tmp_path) != 0
    with pytest.raises(InvalidInput, match=sentence):
        catalogue.load(tmp_path)


def test_save_on_a_full_disk_keeps_the_old_import(
    found: catalogue.Import, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = catalogue.save(found, tmp_path / "world")

    def full(*_args: object, **_kwargs: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pd.DataFrame, "to_parquet", full)
    with pytest.raises(StoreUnavailable, match="No space left on device"):
        catalogue.save(found, tmp_path / "world")
    assert catalogue.number(tmp_path / "world") == first
    assert sorted(f.name for f in tmp_path.iterdir() if f.is_dir()) == ["world"]


def test_command_previews_imports_and_forgets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    var = tmp_path / "var"
    monkeypatch.setenv("MOVIE_CLUB_VAR", str(var))
    monkeypatch.setattr("club.cli.load_bundled", sources.world)
    files = sources.zipped(sources.latest(), tmp_path / "ml.zip", "ml-latest/")
    assert main(["import-catalogue", str(files), "--preview"]) == 0
    assert "MovieLens (a preview; nothing was changed)" in capsys.readouterr().out
    assert not var.exists()
    assert main(["import-catalogue", str(files), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["counts"]["Ratings"] == 5
    assert len(catalogue.load(var / "world").data.ratings) == 5
    assert main(["import-catalogue", "--forget"]) == 0
    assert catalogue.number(var / "world") == 0
    assert main(["import-catalogue", str(tmp_path / "nowhere")]) == 2
    assert main(["import-catalogue"]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("python -m club import-catalogue: There is nothing at")
