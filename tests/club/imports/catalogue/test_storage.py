"""An imported world is kept whole, or not at all."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
import sources

from club.cli import main
from club.errors import InvalidInput, StoreUnavailable
from club.imports import catalogue
from club.imports.catalogue import storage


@pytest.fixture
def found(tmp_path: Path) -> catalogue.Import:
    return catalogue.join(
        catalogue.read(sources.folder(sources.kaggle(), tmp_path)), sources.world()
    )


def test_what_was_saved_is_loaded(found: catalogue.Import, tmp_path: Path) -> None:
    place = tmp_path / "var" / "world"
    assert catalogue.number(place) == 0
    first = catalogue.save(found, place)
    loaded = catalogue.load(place)
    assert catalogue.number(place) == first > 0
    pd.testing.assert_frame_equal(loaded.data.movies, found.data.movies)
    pd.testing.assert_frame_equal(loaded.data.ratings, found.data.ratings)
    assert (loaded.kind, loaded.counts) == (found.kind, found.counts)
    assert catalogue.save(found, place) > first
    assert [file.name for file in place.parent.iterdir()] == ["world"]
    assert catalogue.forget(place) == 0 == catalogue.number(place)


def test_a_save_that_is_killed_at_any_step_leaves_the_old_world_or_the_new_one(
    found: catalogue.Import, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, killed = tmp_path / "world", 0
    old = catalogue.save(found, place)
    for last in range(20):
        steps = [0]
        with monkeypatch.context() as patch:
            for owner, name in ((Path, "replace"), (Path, "write_text"), (shutil, "rmtree")):
                patch.setattr(owner, name, dying(getattr(owner, name), steps, last))
            try:
                new = catalogue.save(found, place)
            except Killed:
                killed += 1
                assert catalogue.number(place) >= old
                old = catalogue.number(place)
                assert len(catalogue.load(place).data.movies) == len(found.data.movies)
            else:
                break
    assert killed >= 4
    assert catalogue.number(place) == new > old
    assert catalogue.forget(place) == catalogue.number(place) == 0


def test_whoever_reads_while_worlds_are_exchanged_finds_one(
    found: catalogue.Import, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, old = tmp_path / "world", tmp_path / ".world-old"
    catalogue.save(found, place)
    for ask in (catalogue.number, catalogue.load):
        asked = [old, place]  # it is being exchanged, and then it is done
        monkeypatch.setattr(storage, "current_folder", lambda _, asked=asked: asked[0])
        read = Path.read_text

        def gone(path: Path, *how: str, read=read, asked=asked) -> str:
            if path.parent == old:
                asked.pop(0)
            return read(path, *how)

        monkeypatch.setattr(Path, "read_text", gone)
        assert ask(place)
        monkeypatch.setattr(Path, "read_text", read)


class Killed(BaseException):
    """As by somebody who does not ask."""


def dying(does: Callable[..., object], steps: list[int], last: int) -> Callable[..., object]:
    """Return what does the same until the step `last`, and nothing from then on."""

    def step(*args: object, **options: object) -> object:
        steps[0] += 1
        if steps[0] > last:
            raise Killed
        return does(*args, **options)

    return step


@pytest.mark.parametrize("name", ["movies.parquet", "ratings.parquet", "world.json"])
def test_a_damaged_world_is_refused_in_a_sentence(
    found: catalogue.Import, tmp_path: Path, name: str
) -> None:
    catalogue.save(found, tmp_path / "world")
    file = tmp_path / "world" / name
    file.write_bytes(file.read_bytes()[:-20])
    assert catalogue.number(tmp_path / "world") != 0
    with pytest.raises(InvalidInput, match="The imported data are damaged; import them again"):
        catalogue.load(tmp_path / "world")


def test_facts_without_end_are_damaged_ones(found: catalogue.Import, tmp_path: Path) -> None:
    catalogue.save(found, tmp_path / "world")
    (tmp_path / "world" / "world.json").write_text("[" * 100_000)
    assert catalogue.number(tmp_path / "world") != 0
    with pytest.raises(InvalidInput, match="The imported data are damaged; import them again"):
        catalogue.load(tmp_path / "world")


def test_another_versions_world_is_refused(found: catalogue.Import, tmp_path: Path) -> None:
    catalogue.save(found, tmp_path / "world")
    facts = tmp_path / "world" / "world.json"
    facts.write_text(json.dumps(json.loads(facts.read_text()) | {"format": 99}))
    with pytest.raises(InvalidInput, match="another version"):
        catalogue.load(tmp_path / "world")


def test_what_cannot_be_written_leaves_the_old_world(
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


@pytest.fixture
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MOVIE_CLUB_VAR", str(tmp_path / "var"))
    return tmp_path / "var"


def test_the_command_previews_imports_and_forgets(var: Path, tmp_path: Path, capsys) -> None:
    files = sources.zipped(sources.latest(), tmp_path / "ml.zip", "ml-latest/")
    left_out = tmp_path / "left.csv"
    assert main(["import-catalogue", str(files), "--preview", "--rejected", str(left_out)]) == 0
    assert "MovieLens (a preview; nothing was changed)" in capsys.readouterr().out
    assert not var.exists()
    assert left_out.read_text().splitlines()[0] == "file,line,reason,row"
    assert main(["import-catalogue", str(files), "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["counts"]["Ratings"] == 5
    assert len(catalogue.load(var / "world").data.ratings) == 5
    assert main(["import-catalogue", "--forget"]) == 0
    assert catalogue.number(var / "world") == 0


def test_the_command_says_in_one_line_what_is_wrong(var: Path, tmp_path: Path, capsys) -> None:
    assert main(["import-catalogue", str(tmp_path / "nowhere")]) == 2
    assert main(["import-catalogue"]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("python -m club import-catalogue: There is nothing at")
