"""Catalogue files that are damaged or hostile are refused in one sentence, or survived."""

import contextlib
from pathlib import Path

import pytest
import sources
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from club.errors import InvalidInput
from club.imports import catalogue


def refused(path: Path, sentence: str) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        catalogue.join(catalogue.read(path), sources.world())


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("movies.csv", "id,name\n1,x\n", "movies.csv has no column 'movieId'; it has id, name"),
        ("movies.csv", "", "movies.csv has no column 'movieId'; it has nothing"),
        ("ratings.csv", "userId,movieId,rating\n1,1,4\n", "ratings.csv has no column 'timestamp'"),
        ("ratings.csv", "userId,movieId,rating,timestamp\n", "ratings.csv holds no ratings"),
        ("ratings.csv", "userId,movieId,rating,timestamp\n1,1,55,1\n", "holds no ratings from"),
        ("ratings.csv", "userId,movieId,rating,timestamp\n1,77,4,1\n", "None of the ratings"),
    ],
)
def test_wrong_columns_and_empty_tables_name_the_file(
    tmp_path: Path, name: str, content: str, sentence: str
) -> None:
    refused(sources.folder(sources.latest() | {name: content}, tmp_path), sentence)


def test_ratings_without_enough_columns_are_refused(tmp_path: Path) -> None:
    files = sources.hundred_thousand() | {"u.data": "196\t1\n"}
    refused(sources.folder(files, tmp_path), "u.data is no table that can be read")


def test_nuls_latin_letters_and_long_cells(tmp_path: Path) -> None:
    files = sources.latest()
    rows = (
        'movieId,title,genres\r\n1,"Caf\xe9\x00 (1999)",Drama\r\n2,"' + "x" * (2 << 20) + '",\r\n'
    )
    files["movies.csv"] = (rows + '3,"T\r\nwo (2001)",A\r\n').encode("latin-1")
    files["ratings.csv"] = "userId,movieId,rating,timestamp\n1,1,4,1\n"
    found = catalogue.join(catalogue.read(sources.folder(files, tmp_path)), sources.world())
    new = found.data.movies.iloc[5:]
    assert new["title"].tolist() == ["Café", "T wo"]


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.sampled_from(["movies.csv", "ratings.csv", "links.csv", "tags.csv"]),
    st.one_of(st.text(max_size=200), st.binary(max_size=200)),
)
def test_any_content_is_read_or_refused(tmp_path: Path, name: str, content: str | bytes) -> None:
    raw = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    header = sources.latest()[name]
    assert isinstance(header, str)
    files = sources.latest() | {name: header.split("\n")[0].encode() + b"\n" + raw}
    with contextlib.suppress(InvalidInput):
        catalogue.join(catalogue.read(sources.folder(files, tmp_path / "f")), sources.world())


PRODUCT = '{"parent_asin": "B1", "title": "Heat"}\n'
REVIEW = '{"user_id": "A", "parent_asin": "B1", "rating": 5, "timestamp": 1}\n'


@pytest.mark.parametrize("line", ["junk", "[1]", "5", "null", "[" * 100_000, '{"parent_asin": '])
def test_lines_that_are_no_json_are_rejected(tmp_path: Path, line: str) -> None:
    files: sources.Files = {"a.jsonl": f"{PRODUCT}{line}\n", "b.jsonl": f"{REVIEW}{line}\n"}
    found = catalogue.join(catalogue.read(sources.folder(files, tmp_path)), sources.world())
    assert found.data.ratings[["rating", "timestamp"]].to_numpy().tolist() == [[5.0, 1]]
    assert "Left out (no line of JSON): 2." in found.notes


def test_json_with_lone_surrogates_and_line_breaks(tmp_path: Path) -> None:
    half = '{"parent_asin": "\\ud800", "title": "A\u2028B\\ud800", "categories": "[[[[["}\n'
    files: sources.Files = {"a.jsonl": PRODUCT + half, "b.jsonl": REVIEW.replace("A", "\\udfff")}
    found = catalogue.join(catalogue.read(sources.folder(files, tmp_path)), sources.world())
    assert found.data.movies["title"].tolist()[5:] == ["Heat", "A B?"]
    assert len(found.data.ratings) == 1


def test_rejected_rows_are_counted_over_all_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("club.imports.catalogue.source.CHUNK", 4)
    bad = ",1,4,1\n" * 5 + "1,1,9,1\n" * 4 + "1,1,4,1\n" * 250  # so few nines are slips
    files = sources.latest() | {"ratings.csv": f"userId,movieId,rating,timestamp\n{bad}"}
    source = catalogue.read(sources.folder(files, tmp_path))
    found = catalogue.join(source, sources.world())
    assert (source.rejected["no user"], source.rejected["no rating from 0.5 to 5"]) == (5, 4)
    assert found.counts["Rows left out"] == 5 + 4 + 1
