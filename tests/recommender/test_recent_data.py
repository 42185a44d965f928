"""data/recent.csv is in form, and data/check_recent.py finds what is not."""

import importlib.util
from types import ModuleType

import pytest

from recommender.bundled import DATA


@pytest.fixture(scope="module")
def check() -> ModuleType:
    spec = importlib.util.spec_from_file_location("check_recent", DATA / "check_recent.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def rows(check: ModuleType) -> list[dict[str, str]]:
    return list(check.read(DATA / "recent.csv"))


@pytest.fixture
def row(rows: list[dict[str, str]]) -> dict[str, str]:
    return next(dict(row) for row in rows if row["title"] == "Knives Out")


def test_the_recent_movies_are_in_form(check: ModuleType, rows: list[dict[str, str]]) -> None:
    assert len(rows) > 6_000
    assert check.faults(rows) == []


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("movie_id", "17"), ("title", ""), ("original_title", "Knives Out"), ("year", "1999"),
        ("keywords", "whodunit|detective"), ("runtime", "two hours"), ("directors", ""),
        ("imdb_id", "8946378"),
    ],
)  # fmt: skip
def test_a_fault_is_found(check: ModuleType, row: dict[str, str], column: str, value: str) -> None:
    assert len(check.row_faults(row | {column: value})) == 1


def test_a_word_that_no_other_movie_has_is_found(check: ModuleType, row: dict[str, str]) -> None:
    words = "whodunit|detective|wealth|writer|clever|nobody else has this"
    assert len(check.faults([row | {"genres": "Whodunnit", "keywords": words}])) == 2


def test_a_movie_is_there_once(check: ModuleType, row: dict[str, str]) -> None:
    bundled = row | {"movie_id": "2999999", "title": "Sicario", "year": "2015", "imdb_id": ""}
    assert len(check.faults([row, row])) == 3  # its id, the movie and its number
    assert len(check.faults([row, bundled])) == 1


def test_disagreements_with_a_list_are_told(check: ModuleType, row: dict[str, str]) -> None:
    fact = {"title": "KNIVES OUT!", "year": "2019", "runtime": "131.0", "imdbId": "8946378"}
    assert check.disagreements([row], [fact]) == []
    for wrong in ({"year": "2020"}, {"runtime": "90"}, {"imdbId": "1"}):
        assert len(check.disagreements([row], [fact | wrong])) == 1
    assert check.disagreements([row], [fact | {"year": "1987"}]) == []
