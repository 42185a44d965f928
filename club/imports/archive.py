"""Look into a folder or a ZIP without trusting it: nothing is unpacked, sizes have limits."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TypeVar, cast

from club.errors import InvalidInput

MOST_FILES = 5_000
MOST_BYTES = 8 << 30  # of one file, unpacked; ratings.csv of MovieLens 32m has 0.9 GB
MOST_TEXT = 1 << 30  # of a file that is read as a whole
Place = TypeVar("Place")
MOST_RATIO, SMALL = 200, 64 << 20  # real tables shrink to a third or a tenth


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
        if path.is_dir():
            files = sorted(file for file in path.rglob("*") if file.is_file())[: MOST_FILES + 1]
            self._places |= _nearest((str(file.relative_to(path)), file) for file in files)
        elif path.is_file() and zipfile.is_zipfile(path):
            self._places |= _nearest((info.filename, info) for info in _members(path))
        elif path.is_file():
            self._places = {path.name.lower(): path}
        else:
            raise InvalidInput(f"There is nothing at {path}.")
        if len(self._places) > MOST_FILES:
            raise InvalidInput(f"{path.name} holds more than {MOST_FILES:,} files.")

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
            InvalidInput: it cannot be read, or is damaged.
        """
        place = self._places[name]
        try:
            if isinstance(place, Path):
                with place.open("rb") as plain, _unpacked(name, plain) as stream:
                    yield stream
            else:
                with (
                    zipfile.ZipFile(self.path) as archive,
                    archive.open(place) as file,
                    _unpacked(name, file) as stream,
                ):
                    yield stream
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
            raise InvalidInput(f"{name} cannot be read: it is damaged or cut off.") from error

    def text(self, name: str) -> str:
        """Return a whole file as text: UTF-8, or Latin-1 where it is not that; without NULs.

        Raises:
            InvalidInput: it cannot be read, or is larger than 1 GiB.
        """
        with self.open(name) as stream:
            raw = stream.read(MOST_TEXT + 1)
        if len(raw) > MOST_TEXT:
            raise InvalidInput(f"{name} is larger than 1 GiB; that is too much to read at once.")
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = raw.decode("latin-1")
        return text.replace("\x00", "")


@contextmanager
def _unpacked(name: str, file: IO[bytes]) -> Iterator[IO[bytes]]:
    if not name.endswith(".gz"):
        yield file
        return
    with gzip.open(file) as stream:
        yield cast("IO[bytes]", io.BufferedReader(_Limited(stream, name)))


class _Limited(io.RawIOBase):
    """A stream that says how large it is only when it has been read: stop at the limit."""

    def __init__(self, stream: gzip.GzipFile, name: str) -> None:
        self._stream, self._name, self._left = stream, name, MOST_BYTES

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        part = self._stream.read(len(buffer))
        self._left -= len(part)
        if self._left < 0:
            raise InvalidInput(f"{self._name} unpacks to more than {MOST_BYTES >> 30} GiB.")
        buffer[: len(part)] = part
        return len(part)


def _members(path: Path) -> list[zipfile.ZipInfo]:
    try:
        with zipfile.ZipFile(path) as archive:
            members = [info for info in archive.infolist() if not info.is_dir()]
    except (zipfile.BadZipFile, OSError) as error:
        raise InvalidInput(f"{path.name} is a damaged ZIP; download it again.") from error
    for info in members:
        name = info.filename.rsplit("/", 1)[-1]
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
            nearest.setdefault(last, place)
    return nearest
