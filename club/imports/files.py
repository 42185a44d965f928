"""Open a folder, a ZIP or a file that may be damaged or hostile: limits on sizes, none unpacked."""

from __future__ import annotations

import codecs
import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import IO, Any

from club.errors import InvalidInput

MAX_FILES = 5_000
MAX_DIRECTORY = 4 << 20  # bytes of a ZIP's central directory
MAX_BYTES = 8 << 30  # of one file, unpacked; ratings.csv of MovieLens 32m has 0.9 GB
MAX_TEXT = 1 << 30  # of a file that is read row by row; tags.csv of MovieLens 32m has 0.07 GB
MAX_LINE = 32 << 20  # bytes
MAX_NAME = 100  # characters
MAX_RATIO, SMALL = 200, 64 << 20  # real tables shrink to a third or a tenth
BLOCK = 1 << 20  # bytes read at once
# What zipfile, zlib and gzip raise for bytes that are not what they should be.
DAMAGE = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, IndexError,
    OverflowError, RuntimeError,  # NotImplementedError is a RuntimeError
)  # fmt: skip
TABLES = (".csv", ".tsv", ".txt", ".json")
# Folders of an export without ratings that count; __macosx comes from the Finder.
IGNORED = {"deleted", "orphaned", "lists", "likes", "__macosx"}
SPREADSHEETS = (".xlsx", ".xls", ".ods", ".numbers")
WORKBOOKS = {("xl", "workbook.xml"), ("content.xml",)}  # in a spreadsheet under another name

Place = Path | zipfile.ZipInfo
Member = tuple[tuple[str, ...], Place]  # folders and name, and where it lies


class Archive:
    """The files below a folder, in a ZIP, or a single file, by their names without folders.

    Of two files of one name the one in fewer folders counts.

    Args:
        path: the folder, ZIP or file.
        tables_only: keep only the tables nearest to the root, as in an export of ratings.

    Raises:
        InvalidInput: nothing is there, or it is a damaged or encrypted ZIP, unpacks to too much,
            is a spreadsheet's own file (`tables_only`) or holds several exports (`tables_only`).
    """

    def __init__(self, path: Path, *, tables_only: bool = False) -> None:
        self.path = path
        self.is_packed = path.is_dir() or zipfile.is_zipfile(path)
        found: Iterable[tuple[str, Place]] = [(path.name, path)]
        with _damage_named(path.name):
            if path.is_dir():
                files = (file for file in path.rglob("*") if file.is_file())
                found = ((str(file.relative_to(path)), file) for file in files)
            elif not path.is_file():
                raise InvalidInput(f"There is nothing at {path}.")
            elif self.is_packed:
                found = _zip_members(path)
            few = list(islice(found, MAX_FILES + 1))
            if len(few) > MAX_FILES:
                raise InvalidInput(f"{path.name} holds more than {MAX_FILES:,} files.")
            members = [(_parts(name), place) for name, place in few]
            members = [m for m in members if m[0] and not m[0][-1].startswith(".")]
            members.sort(key=lambda member: (len(member[0]), member[0]))
            if tables_only:
                members = self._tables(members)
        self._places: dict[str, Place] = {}
        for parts, place in members:
            self._places.setdefault(shown_name(parts[-1]), place)

    def _tables(self, members: list[Member]) -> list[Member]:
        """Return the tables nearest to the root."""
        holds = {parts for parts, _ in members}
        if self.path.name.casefold().endswith(SPREADSHEETS) or holds & WORKBOOKS:
            raise InvalidInput(
                f"{self.path.name} is a spreadsheet’s own file: save it there as CSV (UTF-8), and "
                "bring that."
            )
        if not self.is_packed:
            return members
        tables = [
            (parts, place)
            for parts, place in members
            if parts[-1].endswith(TABLES) and not IGNORED & {*parts[:-1]}
        ]
        if not tables and any(parts[-1].endswith(".zip") for parts, _ in members):
            raise InvalidInput(
                f"{self.path.name} holds another ZIP: unpack it, and import that one."
            )
        nearest = [member for member in tables if len(member[0]) == len(tables[0][0])]
        if len({parts[:-1] for parts, _ in nearest}) > 1:
            raise InvalidInput(f"{self.path.name} holds several exports; import them one by one.")
        return nearest

    def first(self, *names: str) -> str | None:
        """Return the first of `names` that is there, packed with gzip or not."""
        packed = (name + ending for name in names for ending in ("", ".gz"))
        return next((name for name in packed if name in self._places), None)

    @property
    def names(self) -> list[str]:
        """All names, in lower case."""
        return list(self._places)

    @contextmanager
    def open(self, name: str) -> Iterator[io.BufferedReader]:
        """Open a file of `names`, unpacked.

        Raises:
            InvalidInput: it cannot be read, is damaged or too large, or has too long a line; also
                raised while it is read.
        """
        place = self._places[name]
        with ExitStack() as stack:
            with _damage_named(name):
                file: Any
                if isinstance(place, Path):
                    file = stack.enter_context(place.open("rb"))
                elif place.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
                    # Python unpacks as much of the others as there is, whatever size is declared.
                    raise InvalidInput(
                        f"{name} is packed in an unusual way; unpack {self.path.name} first."
                    )
                else:
                    archive = stack.enter_context(zipfile.ZipFile(self.path))
                    file = stack.enter_context(archive.open(place))
                if name.endswith(".gz"):
                    file = stack.enter_context(gzip.open(file))
            yield io.BufferedReader(_CheckedStream(file, name), BLOCK)

    def lines(self, name: str, most: int = MAX_TEXT) -> Iterator[str]:
        """Yield a file's lines with their ends, without NULs.

        Lines that are no UTF-8 are read as Windows' Latin letters. Excel writes UTF-16.

        Raises:
            InvalidInput: it cannot be read, or is larger than `most` bytes.
        """
        left = most
        with self.open(name) as stream:
            is_wide = stream.peek(2).startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
            wide = io.TextIOWrapper(stream, "utf-16", "replace", newline="")
            for line in wide if is_wide else map(_decoded, stream):
                left -= len(line)
                if left < 0:
                    raise InvalidInput(
                        f"{name} is larger than {most >> 20:,} MiB, more than such a table takes."
                    )
                yield line.replace("\x00", "")


def _decoded(line: bytes) -> str:
    try:
        return line.decode().removeprefix("\ufeff")
    except UnicodeDecodeError:
        return line.decode("cp1252", "replace")


def shown_name(name: str) -> str:
    """Return a file's name as it can stand in a sentence: printable, 100 characters at most."""
    return "".join(c if c.isprintable() else "?" for c in name)[-MAX_NAME:]


@contextmanager
def _damage_named(name: str) -> Iterator[None]:
    """Turn what damaged bytes make the readers of ZIPs and gzip raise into a sentence.

    Wrap the calls to these readers alone: a programming error must surface as one.
    """
    try:
        yield
    except InvalidInput:
        raise
    except PermissionError as error:
        raise InvalidInput(f"{name} may not be read by this user.") from error
    except DAMAGE as error:
        raise InvalidInput(f"{name} cannot be read: it is damaged or cut off.") from error


class _CheckedStream(io.RawIOBase):
    """A file that is read up to the limits; damage is named."""

    def __init__(self, file: IO[bytes] | io.BufferedIOBase, name: str) -> None:
        self._file, self._name = file, name
        self._left, self._line = MAX_BYTES, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        with _damage_named(self._name):
            part = self._file.read(min(len(buffer), BLOCK))
        self._left -= len(part)
        if self._left < 0:
            raise InvalidInput(f"{self._name} unpacks to more than {MAX_BYTES >> 30} GiB.")
        end = max(part.rfind(b"\n"), part.rfind(b"\r"))
        self._line = len(part) - end - 1 if end >= 0 else self._line + len(part)
        if self._line > MAX_LINE:
            raise InvalidInput(
                f"{self._name} has a line of more than {MAX_LINE >> 20} MiB, so it is no table."
            )
        buffer[: len(part)] = part
        return len(part)


class _ZipFile(io.FileIO):
    """A ZIP of which no central directory is read that is larger than any real one."""

    def read(self, size: int | None = -1) -> bytes:
        if size is not None and size > MAX_DIRECTORY:
            raise InvalidInput(f"{Path(str(self.name)).name} holds more than {MAX_FILES:,} files.")
        return super().read(size) or b""


def _zip_members(path: Path) -> list[tuple[str, Place]]:
    try:
        with _ZipFile(path) as file, zipfile.ZipFile(file) as archive:
            members = [info for info in archive.infolist() if not info.is_dir()]
    except (zipfile.BadZipFile, NotImplementedError, UnicodeDecodeError, struct.error) as error:
        raise InvalidInput(f"{path.name} is a damaged ZIP; download it again.") from error
    for info in members:
        if info.flag_bits & 1:
            raise InvalidInput(f"{path.name} is protected by a password; unpack it first.")
        bomb = info.file_size > SMALL and info.file_size > MAX_RATIO * max(info.compress_size, 1)
        if bomb or info.file_size > MAX_BYTES:
            name = shown_name(info.filename.rsplit("/", 1)[-1])
            raise InvalidInput(
                f"{name} in {path.name} claims to unpack to {info.file_size >> 20:,} MiB, "
                "more than any table of ratings; it is left alone."
            )
    return [(info.filename, info) for info in members]


def _parts(name: str) -> tuple[str, ...]:
    """Return folders and name in lower case; what leads upwards is left out."""
    whole = PurePosixPath(name.replace("\\", "/").casefold()).parts
    return tuple(part for part in whole if part not in {"/", ".", ".."})
