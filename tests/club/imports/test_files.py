"""Folders, ZIPs and single files are opened within limits; damage is named, mistakes are not."""

import struct
from pathlib import Path

import pytest
import sources

from club.errors import InvalidInput
from club.imports.files import Archive

METHOD, NEEDED, FLAGS, SIZE = 10, 6, 8, 24  # positions in an entry of a ZIP's directory


def read(path: Path, name: str = "a.csv", *, tables_only: bool = False) -> bytes:
    with Archive(path, tables_only=tables_only).open(name) as stream:
        return stream.read()


def refused(path: Path, sentence: str, *, tables_only: bool = False) -> None:
    with pytest.raises(InvalidInput, match=sentence) as caught:
        read(path, tables_only=tables_only)
    assert "\n" not in str(caught.value)


def zipped(tmp_path: Path, content: str | bytes = "x,y\n" * 1000, name: str = "a.csv") -> Path:
    return sources.zipped({name: content}, tmp_path / "x.zip")


def patched(path: Path, at: int, value: bytes, after: bytes = b"PK\x01\x02") -> Path:
    raw = bytearray(path.read_bytes())
    start = raw.find(after) + at
    raw[start : start + len(value)] = value
    path.write_bytes(raw)
    return path


@pytest.mark.parametrize("error", [IndexError, ValueError, OSError])
def test_errors_of_the_caller_are_not_taken_for_damage(
    tmp_path: Path, error: type[Exception]
) -> None:
    archive = Archive(zipped(tmp_path))

    def fail() -> None:
        with archive.open("a.csv") as stream:
            stream.read()
            raise error

    with pytest.raises(error) as caught:
        fail()
    assert not isinstance(caught.value, InvalidInput)


@pytest.mark.parametrize(
    ("at", "value", "sentence"),
    [
        (FLAGS, struct.pack("<H", 1), "protected by a password; unpack it first"),
        (METHOD, struct.pack("<H", 12), "a.csv is packed in an unusual way; unpack x.zip first"),
        (NEEDED, struct.pack("<H", 200), "x.zip is a damaged ZIP; download it again"),
        (FLAGS, struct.pack("<H", 0x20), "a.csv cannot be read: it is damaged or cut off"),
    ],
)
def test_zip_that_python_cannot_unpack(
    tmp_path: Path, at: int, value: bytes, sentence: str
) -> None:
    refused(patched(zipped(tmp_path), at, value), sentence)


def test_damaged_zip(tmp_path: Path) -> None:
    damaged = patched(zipped(tmp_path), 45, b"\xff" * 15, b"PK\x03\x04")
    refused(damaged, "a.csv cannot be read: it is damaged or cut off")
    path = zipped(tmp_path, name="é.csv")
    path.write_bytes(path.read_bytes().replace("é.csv".encode(), b"\xff\xff.csv"))
    refused(path, "x.zip is a damaged ZIP; download it again")


def test_zip_bomb(tmp_path: Path) -> None:
    refused(zipped(tmp_path, b"0" * (80 << 20)), "claims to unpack to 80 MiB")
    small = patched(zipped(tmp_path, b"0" * (5 << 20)), SIZE, struct.pack("<I", 100))
    refused(small, "a.csv cannot be read: it is damaged or cut off")


@pytest.mark.parametrize("name", ["{}/a.csv", "{}" + "x" * 60_000])
def test_zip_of_too_many_files(tmp_path: Path, name: str) -> None:
    names = [name.format(number) for number in range(80 if len(name) > 99 else 5_001)]
    path = sources.zipped(dict.fromkeys(names, b""), tmp_path / "x.zip")
    refused(path, "x.zip holds more than 5,000 files")


def test_file_of_two_gigabytes_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with path.open("wb") as file:
        file.write(b"a,b\n")
        file.truncate(2 << 30)  # a hole: takes no room
    refused(path, "a.csv has a line of more than 32 MiB, so it is no table")
    path.write_bytes(b"a,b\n" * (1 << 19))
    with pytest.raises(InvalidInput, match=r"a\.csv is larger than 1 MiB"):
        list(Archive(path).lines("a.csv", 1 << 20))


def test_file_without_permission_or_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused(tmp_path / "a.csv", "There is nothing at")
    (tmp_path / "a.csv").write_text("x")

    def refuse(*_args: object, **_how: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "open", refuse)
    refused(tmp_path, "a.csv may not be read by this user")


def test_names_are_the_last_parts_of_the_nearest_files(tmp_path: Path) -> None:
    files: sources.Files = {"b/c/A.csv": "far", "b\\A.csv": "near", "../../.d.csv": "", "a\nb": ""}
    path = tmp_path / "in" / "x.zip"
    path.parent.mkdir()
    archive = Archive(sources.zipped(files, path))
    assert (set(archive.names), read(path)) == ({"a.csv", "a?b"}, b"near")
    assert [file.name for file in tmp_path.iterdir()] == ["in"]
    assert Archive(sources.zipped({"c" * 200 + ".csv": ""}, path)).names == ["c" * 96 + ".csv"]


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({"letterboxd.zip": "x"}, "x.zip holds another ZIP: unpack it, and import that one."),
        ({"ana/a.csv": "x", "bo/a.csv": "x"}, "x.zip holds several exports"),
    ],
)
def test_tables_only_refuses_other_zips(
    tmp_path: Path, files: sources.Files, sentence: str
) -> None:
    refused(sources.zipped(files, tmp_path / "x.zip"), sentence, tables_only=True)


def test_tables_only_refuses_spreadsheets(tmp_path: Path) -> None:
    path = tmp_path / "a.XLSX"
    path.write_bytes(b"\x00" * 600)
    refused(path, "a.XLSX is a spreadsheet’s own file", tables_only=True)
    renamed = sources.zipped({"xl/workbook.xml": "", "xl/worksheets/1.xml": ""}, tmp_path / "a.csv")
    refused(renamed, "a.csv is a spreadsheet’s own file", tables_only=True)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_lines_in_any_unicode(tmp_path: Path, encoding: str) -> None:
    lines = ["title,year\r\n", *(f"né in {number},1995\n" for number in range(60_000)), "🎬" * 60]
    (tmp_path / "a.csv").write_bytes("".join(lines).encode(encoding))
    assert list(Archive(tmp_path).lines("a.csv")) == lines
