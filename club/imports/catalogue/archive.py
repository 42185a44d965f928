"""Look into a folder or a ZIP without trusting it: nothing is unpacked, sizes have limits."""

from __future__ import annotations

import codecs
import gzip
import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import IO, TypeVar

from club.errors import InvalidInput

MOST_FILES = 5_000
MOST_CONTENTS = 4 << 20  # bytes of a ZIP's table of contents
MOST_BYTES = 8 << 30  # of one file, unpacked; ratings.csv of MovieLens 32m has 0.9 GB
MOST_TEXT = 1 << 30  # of a file of which every row is looked at; tags.csv there has 0.07 GB
LONGEST_LINE = 32 << 20  # bytes
LONGEST_NAME = 100  # characters
MOST_RATIO, SMALL = 200, 64 << 20  # real tables shrink to a third or a tenth
BLOCK = 1 << 20  # bytes that are read at once
PEEK = 1000  # bytes that tell UTF-16
# All that Python's readers of ZIPs and of gzip raise where something is wrong with the bytes.
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    IndexError,
    OverflowError,
    RuntimeError,  # NotImplementedError is one
)
Place = TypeVar("Place")


class Archive:
    """The files below a folder, or in a ZIP, or one file alone, by their names without folders.

    Args:
        path: what to look into.

    Raises:
        InvalidInput: it is not there, no ZIP, encrypted, or unpacks to more than it should.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._places: dict[str, Path | zipfile.ZipInfo] = {}
        with _damage_said(path.name):
            self._look()

    def _look(self) -> None:
        """Find the files by their names."""
        path = self.path
        if path.is_dir():
            files = _few((file for file in path.rglob("*") if file.is_file()), path)
            self._places |= _nearest((str(file.relative_to(path)), file) for file in files)
        elif path.is_file() and zipfile.is_zipfile(path):
            self._places |= _nearest((info.filename, info) for info in _few(_members(path), path))
        elif path.is_file():
            self._places = {path.name.lower(): path}
        else:
            raise InvalidInput(f"There is nothing at {path}.")

    def __contains__(self, name: str) -> bool:
        return self.first(name) is not None

    def first(self, *names: str) -> str | None:
        """Return the first of `names` that is there, packed with gzip or not."""
        for name in names:
            for ending in ("", ".gz"):
                if name + ending in self._places:
                    return name + ending
        return None

    @property
    def names(self) -> list[str]:
        """All names, in small letters."""
        return list(self._places)

    @contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        """Open a file by a name of `names`, unpacked.

        Raises:
            InvalidInput: it cannot be read, is damaged, too large, or has a line that is too long;
                while reading, too.
        """
        place = self._places[name]
        with _damage_said(name):
            if isinstance(place, Path):
                with place.open("rb") as plain, _unpacked(name, plain) as stream:
                    yield stream
            elif place.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
                # Python unpacks as much of the others as there is, whatever size is said.
                raise InvalidInput(
                    f"{name} is packed in an unusual way; unpack {self.path.name} first."
                )
            else:
                with (
                    zipfile.ZipFile(self.path) as archive,
                    archive.open(place) as file,
                    _unpacked(name, file) as stream,
                ):
                    yield stream

    def lines(self, name: str) -> Iterator[str]:
        """Yield a file's lines with their ends: UTF-8, or Latin-1 if it is not that; without NULs.

        Raises:
            InvalidInput: it cannot be read, or is larger than 1 GiB.
        """
        place = self._places[name]
        size = place.stat().st_size if isinstance(place, Path) else place.file_size
        too_large = InvalidInput(
            f"{name} is larger than {MOST_TEXT >> 30} GiB, more than such a table takes."
        )
        if size > MOST_TEXT:
            raise too_large
        encoding = "utf-8-sig"
        decoder, size = codecs.getincrementaldecoder("utf-8")(), 0
        with self.open(name) as stream:
            while block := stream.read(BLOCK):
                size += len(block)
                if size > MOST_TEXT:
                    raise too_large
                try:
                    decoder.decode(block)
                except UnicodeDecodeError:
                    encoding = "latin-1"
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            encoding = "latin-1"
        with self.open(name) as stream:
            for line in io.TextIOWrapper(stream, encoding, newline=""):
                yield line.replace("\x00", "")


def shown_name(name: str) -> str:
    """Return a file's name as it can stand in a sentence: anything may be in that of a ZIP."""
    return "".join(c if c.isprintable() else "?" for c in name)[-LONGEST_NAME:]


@contextmanager
def _damage_said(name: str) -> Iterator[None]:
    try:
        yield
    except InvalidInput:
        raise
    except PermissionError as error:
        raise InvalidInput(f"{name} may not be read by this user.") from error
    except DAMAGE as error:
        raise InvalidInput(f"{name} cannot be read: it is damaged or cut off.") from error


@contextmanager
def _unpacked(name: str, file: IO[bytes]) -> Iterator[IO[bytes]]:
    if not name.endswith(".gz"):
        yield _in_utf_8(io.BufferedReader(_Limited(file, name), BLOCK))
        return
    with gzip.open(file) as stream:
        yield _in_utf_8(io.BufferedReader(_Limited(stream, name), BLOCK))


def _in_utf_8(stream: io.BufferedReader) -> io.BufferedReader:
    """Return a stream in which UTF-16, as Excel saves "Unicode text", is UTF-8."""
    encoding = _utf_16(stream.peek(PEEK)[:PEEK])
    return io.BufferedReader(_Recoded(stream, encoding), BLOCK) if encoding else stream


def _utf_16(head: bytes) -> str | None:
    """Return as what a text that begins so is to be read if it is UTF-16, marked or not."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    # Without a mark: every second byte of what is mostly ASCII is 0.
    for encoding, zeros, letters in (
        ("utf-16-le", head[1::2], head[::2]),
        ("utf-16-be", head[::2], head[1::2]),
    ):
        if len(zeros) > 3 and zeros.count(0) > 0.9 * len(zeros) and not letters.count(0):
            return encoding
    return None


class _Recoded(io.RawIOBase):
    """A stream of UTF-16 as UTF-8."""

    def __init__(self, stream: IO[bytes], encoding: str) -> None:
        self._stream, self._left = stream, b""
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not self._left and (raw := self._stream.read(BLOCK)):
            self._left = self._decoder.decode(raw).encode("utf-8", "replace")
        self._left = self._left or self._decoder.decode(b"", final=True).encode("utf-8", "replace")
        part, self._left = self._left[: len(buffer)], self._left[len(buffer) :]
        buffer[: len(part)] = part
        return len(part)


class _Limited(io.RawIOBase):
    """A stream that says how large it is only when it has been read: stop at the limits."""

    def __init__(self, stream: IO[bytes] | gzip.GzipFile, name: str) -> None:
        self._stream, self._name = stream, name
        self._left, self._line = MOST_BYTES, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        part = self._stream.read(min(len(buffer), BLOCK))
        self._left -= len(part)
        if self._left < 0:
            raise InvalidInput(f"{self._name} unpacks to more than {MOST_BYTES >> 30} GiB.")
        end = max(part.rfind(b"\n"), part.rfind(b"\r"))
        self._line = len(part) - end - 1 if end >= 0 else self._line + len(part)
        if self._line > LONGEST_LINE:
            raise InvalidInput(
                f"{self._name} has a line of more than {LONGEST_LINE >> 20} MiB, so it is no table."
            )
        buffer[: len(part)] = part
        return len(part)


class _Contents(io.FileIO):
    """A ZIP whose table of contents is read, which it says the size of."""

    def read(self, size: int | None = -1) -> bytes:
        if size is not None and size > MOST_CONTENTS:
            raise InvalidInput(f"{Path(str(self.name)).name} holds more than {MOST_FILES:,} files.")
        return super().read(size) or b""


def _few(found: Iterable[Place], path: Path) -> list[Place]:
    few = list(islice(found, MOST_FILES + 1))
    if len(few) > MOST_FILES:
        raise InvalidInput(f"{path.name} holds more than {MOST_FILES:,} files.")
    return few


def _members(path: Path) -> list[zipfile.ZipInfo]:
    try:
        with _Contents(path) as file, zipfile.ZipFile(file) as archive:
            members = [info for info in archive.infolist() if not info.is_dir()]
    except (zipfile.BadZipFile, NotImplementedError, UnicodeDecodeError, struct.error) as error:
        raise InvalidInput(f"{path.name} is a damaged ZIP; download it again.") from error
    for info in members:
        name = shown_name(info.filename.rsplit("/", 1)[-1])
        if info.flag_bits & 1:
            raise InvalidInput(f"{path.name} is protected by a password; unpack it first.")
        packed = max(info.compress_size, 1)
        bomb = info.file_size > SMALL and info.file_size > MOST_RATIO * packed
        if bomb or info.file_size > MOST_BYTES:
            raise InvalidInput(
                f"{name} in {path.name} claims to unpack to {info.file_size >> 20:,} MiB, "
                "more than any table of ratings; it is left alone."
            )
    return members


def _nearest(found: Iterable[tuple[str, Place]]) -> dict[str, Place]:
    """Key by the last part of the name; of two with the same, the one in fewer folders counts."""
    nearest: dict[str, Place] = {}
    for name, place in sorted(found, key=lambda item: (item[0].count("/"), item[0])):
        last = name.replace("\\", "/").rsplit("/", 1)[-1].lower()
        if not last.startswith("."):
            nearest.setdefault(shown_name(last), place)
    return nearest
