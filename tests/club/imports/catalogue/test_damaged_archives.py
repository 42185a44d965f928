"""Files that are broken or mean harm: one sentence each, and nothing is written."""

from __future__ import annotations

import contextlib
import struct
import zipfile
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


def test_a_zip_bomb_is_left_alone(tmp_path: Path) -> None:
    files: sources.Files = {"ratings.csv": b"0" * (200 << 20), "movies.csv": "x"}
    refused(sources.zipped(files, tmp_path / "bomb.zip"), r"claims to unpack to 200 MiB")


def test_a_password_is_said(tmp_path: Path) -> None:
    path = sources.zipped(sources.latest(), tmp_path / "x.zip")
    raw = bytearray(path.read_bytes())
    at = raw.find(b"PK\x01\x02")
    raw[at + 8 : at + 10] = struct.pack("<H", 1)
    path.write_bytes(raw)
    refused(path, "protected by a password; unpack it first")


def test_a_cut_zip_is_damaged(tmp_path: Path) -> None:
    path = sources.zipped(sources.latest(), tmp_path / "x.zip")
    path.write_bytes(path.read_bytes()[:-30])
    refused(path, "holds nothing that is known here")
    raw = bytearray(sources.zipped(sources.latest(), tmp_path / "y.zip").read_bytes())
    at = raw.find(b"movies.csv") + 20
    raw[at : at + 40] = b"\x00" * 40
    (tmp_path / "y.zip").write_bytes(raw)
    refused(tmp_path / "y.zip", "movies.csv cannot be read: it is damaged or cut off")


def test_names_that_lead_elsewhere_only_name(tmp_path: Path) -> None:
    path = tmp_path / "in" / "x.zip"
    path.parent.mkdir()
    sources.zipped(sources.latest(), path, "../../")
    found = catalogue.join(catalogue.read(path), sources.world())
    assert found.kind == "MovieLens"
    assert [file.name for file in tmp_path.iterdir()] == ["in"]


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
def test_a_wrong_file_is_named(tmp_path: Path, name: str, content: str, sentence: str) -> None:
    refused(sources.folder(sources.latest() | {name: content}, tmp_path), sentence)


def test_what_is_nothing_is_said_to_be(tmp_path: Path) -> None:
    refused(tmp_path / "nowhere.zip", "There is nothing at")
    refused(tmp_path, "holds nothing that is known here; known are The Movies Dataset")
    other = sources.zipped({"letter.txt": "x"}, tmp_path / "x.zip")
    refused(other, "x.zip holds nothing that is known here")


def test_nuls_latin_letters_and_long_cells_are_survived(tmp_path: Path) -> None:
    files = sources.latest()
    rows = (
        'movieId,title,genres\r\n1,"Caf\xe9\x00 (1999)",Drama\r\n2,"' + "x" * (2 << 20) + '",\r\n'
    )
    files["movies.csv"] = (rows + '3,"T\r\nwo (2001)",A\r\n').encode("latin-1")
    files["ratings.csv"] = "userId,movieId,rating,timestamp\n1,1,4,1\n"
    found = catalogue.join(catalogue.read(sources.folder(files, tmp_path)), sources.world())
    new = found.data.movies.iloc[5:]
    assert new["title"].tolist() == ["Café", "T wo"]


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.sampled_from(["movies.csv", "ratings.csv", "links.csv", "tags.csv"]),
    st.one_of(st.text(max_size=200), st.binary(max_size=200)),
)
def test_whatever_a_file_holds_is_read_or_refused(
    tmp_path: Path, name: str, content: str | bytes
) -> None:
    raw = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    header = sources.latest()[name]
    assert isinstance(header, str)
    files = sources.latest() | {name: header.split("\n")[0].encode() + b"\n" + raw}
    with contextlib.suppress(InvalidInput):
        catalogue.join(catalogue.read(sources.folder(files, tmp_path / "f")), sources.world())


def test_a_zip_inside_a_folder_is_not_looked_into(tmp_path: Path) -> None:
    sources.zipped(sources.latest(), tmp_path / "inner.zip")
    refused(tmp_path, "holds nothing that is known here")
    assert zipfile.is_zipfile(tmp_path / "inner.zip")


def test_a_table_that_is_none_is_not_taken_for_reviews(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"a\r\rb")
    (tmp_path / "b.csv").write_bytes(b'"' + b"x" * 200_000 + b'"')
    refused(tmp_path, "holds nothing that is known here")


def test_genres_that_python_cannot_read_are_kept_as_they_are(tmp_path: Path) -> None:
    files = sources.latest() | {"movies.csv": "movieId,title,genres\n1,Up (2009),[{[]:1}]\n"}
    found = catalogue.read(sources.folder(files, tmp_path))
    assert found.movies["genres"].tolist() == [("{[]:1}",)]


PRODUCT = '{"parent_asin": "B1", "title": "Heat"}\n'
REVIEW = '{"user_id": "A", "parent_asin": "B1", "rating": 5, "timestamp": 1}\n'


@pytest.mark.parametrize("line", ["junk", "[1]", "5", "null", "[" * 100_000, '{"parent_asin": '])
def test_lines_that_are_no_json_are_left_out(tmp_path: Path, line: str) -> None:
    files: sources.Files = {"a.jsonl": f"{PRODUCT}{line}\n", "b.jsonl": f"{REVIEW}{line}\n"}
    found = catalogue.join(catalogue.read(sources.folder(files, tmp_path)), sources.world())
    assert found.data.ratings[["rating", "timestamp"]].to_numpy().tolist() == [[5.0, 1]]
    assert found.rejected["reason"].tolist() == ["no line of JSON", "no user"]


def test_json_may_hold_halves_of_letters_and_lines_in_a_title(tmp_path: Path) -> None:
    half = '{"parent_asin": "\\ud800", "title": "A\u2028B\\ud800", "categories": "[[[[["}\n'
    files: sources.Files = {"a.jsonl": PRODUCT + half, "b.jsonl": REVIEW.replace("A", "\\udfff")}
    found = catalogue.join(catalogue.read(sources.folder(files, tmp_path)), sources.world())
    assert found.data.movies["title"].tolist()[5:] == ["Heat", "A B?"]
    assert len(found.data.ratings) == 1


def test_what_was_left_out_stands_on_one_line_and_is_no_formula(tmp_path: Path) -> None:
    files = sources.one_million()
    files["movies.dat"] = b"1::Up (2009)::Drama\n=1+1\t\x00\x0b a\n"
    found = catalogue.join(catalogue.read(sources.folder(files, tmp_path)), sources.world())
    assert found.rejected["row"].tolist()[0] == "'=1+1 a"


def test_of_many_bad_rows_all_are_counted_once_and_some_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("club.imports.catalogue.source.MAX_LISTED", 3)
    monkeypatch.setattr(
        "club.imports.catalogue.source.CHUNK", 4
    )  # the ratings come in several parts
    bad = ",1,4,1\n" * 5 + "1,1,9,1\n" * 4 + "1,1,4,1\n" * 250  # so few nines are slips
    files = sources.latest() | {"ratings.csv": f"userId,movieId,rating,timestamp\n{bad}"}
    source = catalogue.read(sources.folder(files, tmp_path))
    found = catalogue.join(source, sources.world())
    catalogue.join(source, sources.world())
    assert source.rejected.counts["no user"] == 5
    assert source.rejected.counts["no rating from 0.5 to 5"] == 4
    assert found.counts["Rows left out"] == 5 + 4 + 1
    assert found.rejected[["line", "reason"]].to_numpy().tolist() == [
        [7, "no title"], [2, "no user"], [3, "no user"]
    ]  # fmt: skip


def test_a_refusal_is_short_whatever_the_columns_are_called(tmp_path: Path) -> None:
    (tmp_path / "movies.csv").write_text('"a\nb",' + "x" * 1000 + ",c" * 1000)
    with pytest.raises(InvalidInput) as said:
        catalogue.read(tmp_path)
    names = ", ".join(["a b", "x" * 39 + "…", *"c" * 18])
    assert str(said.value) == f"movies.csv has no column 'movieId'; it has {names}."
    (tmp_path / "movies.csv").write_text('"' + "x" * (2 << 20) + '"')
    refused(tmp_path, "movies.csv is no table that can be read")


METHOD, NEEDED, FLAGS = 10, 6, 8  # where they are in an entry of a ZIP's table of contents


@pytest.mark.parametrize(
    ("at", "value", "sentence"),
    [
        (METHOD, 12, "movies.csv is packed in an unusual way; unpack x.zip first"),  # bzip2
        (METHOD, 14, "movies.csv is packed in an unusual way; unpack x.zip first"),  # LZMA
        (METHOD, 99, "movies.csv is packed in an unusual way; unpack x.zip first"),
        (NEEDED, 200, "x.zip is a damaged ZIP; download it again"),  # NotImplementedError
        (FLAGS, 0x20, "movies.csv cannot be read: it is damaged or cut off"),  # the same
    ],
)
def test_what_python_cannot_unpack_is_said(
    tmp_path: Path, at: int, value: int, sentence: str
) -> None:
    path = sources.zipped(sources.latest(), tmp_path / "x.zip")
    raw = bytearray(path.read_bytes())
    entry = raw.find(b"PK\x01\x02")
    raw[entry + at : entry + at + 2] = struct.pack("<H", value)
    path.write_bytes(raw)
    refused(path, sentence)


def test_a_name_in_no_alphabet_is_damage(tmp_path: Path) -> None:
    path = sources.zipped({"é.csv": "x", **sources.latest()}, tmp_path / "x.zip")
    path.write_bytes(path.read_bytes().replace("é.csv".encode(), b"\xff\xff.csv"))
    refused(path, "x.zip is a damaged ZIP; download it again")


def test_a_bomb_that_says_little_unpacks_no_more(tmp_path: Path) -> None:
    files = sources.latest() | {"movies.csv": b"0" * (50 << 20)}
    path = sources.zipped(files, tmp_path / "x.zip")
    raw = bytearray(path.read_bytes())
    entry = raw.find(b"PK\x01\x02")
    raw[entry + 24 : entry + 28] = struct.pack("<I", 100)  # the size that it says
    path.write_bytes(raw)
    refused(path, "movies.csv cannot be read: it is damaged or cut off")


@pytest.mark.parametrize("folders", [False, True])
def test_thousands_of_files_are_too_many(tmp_path: Path, folders: bool) -> None:
    names = [f"{number}/movies.csv" if folders else f"{number}.csv" for number in range(5_001)]
    path = sources.zipped(dict.fromkeys(names, b""), tmp_path / "x.zip")
    refused(path, "x.zip holds more than 5,000 files")


def test_an_endless_table_of_contents_is_not_read(tmp_path: Path) -> None:
    path = sources.zipped({f"{n}{'x' * 60_000}": b"" for n in range(80)}, tmp_path / "x.zip")
    refused(path, "x.zip holds more than 5,000 files")


def hole(path: Path, header: bytes) -> Path:
    """Write a file of 2 GiB that takes no room."""
    with path.open("wb") as file:
        file.write(header)
        file.truncate(2 << 30)
    return path


def test_two_gigabytes_are_refused_without_reading_them(tmp_path: Path) -> None:
    movies = hole(tmp_path / "movies.csv", b"movieId,title,genres\n")
    refused(movies, "movies.csv is larger than 1,024 MiB, more than such a table takes")
    sources.folder(sources.latest(), tmp_path / "f")
    hole(tmp_path / "f" / "ratings.csv", b"userId,movieId,rating,timestamp\n")
    refused(tmp_path / "f", "ratings.csv has a line of more than 32 MiB, so it is no table")


def test_a_file_that_may_not_be_read_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = sources.folder(sources.latest(), tmp_path) / "movies.csv"

    def refuse(*_args: object, **_how: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "open", refuse)
    refused(path, "movies.csv may not be read by this user")
