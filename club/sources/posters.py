"""Files on disk that expire, and posters among them: checked to be pictures, all of one size."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from club.errors import BadAnswer
from club.movies import KEPT_DAYS
from recommender.persistence import write_atomically

SIZE = (342, 513)  # px; TMDB's w342, 2:3
LARGEST = 5000  # posters; about 150 MB
_WIDTHS, _HEIGHTS, _SHAPES = (60, 2000), (90, 3000), (0.5, 0.85)  # px, px, width by height


class FileCache:
    """A folder of files that expire by their age; the oldest go when there are too many.

    Args:
        folder: made when the first file comes.
        largest: number of files.
        clock: seconds since 1970.
    """

    def __init__(
        self, folder: Path, largest: int, *, clock: Callable[[], float] = time.time
    ) -> None:
        self._folder, self._largest, self._clock = folder, largest, clock

    def get(self, name: str, days: float) -> Path | None:
        """Return the file of this name if it is younger than `days`."""
        file = self._folder / name
        try:
            age = self._clock() - file.stat().st_mtime
        except OSError:
            return None
        return file if age < days * 86_400 else None

    def put(self, name: str, content: bytes) -> Path:
        """Write a file; raises OSError if it cannot be written."""
        file = self._folder / name
        write_atomically(file, lambda fresh: fresh.write_bytes(content))
        files = [path for path in self._folder.iterdir() if path.is_file()]
        if len(files) > self._largest:  # a tenth more go, so that this is not done for every file
            aged = []
            for path in files:
                with contextlib.suppress(FileNotFoundError):
                    aged.append((path.stat().st_mtime, path))
            for _, path in sorted(aged)[: len(files) - self._largest + self._largest // 10]:
                path.unlink(missing_ok=True)
        return file


class Posters:
    """A folder with <tmdb_id>.jpg for every movie whose poster was fetched."""

    def __init__(self, folder: Path, *, clock: Callable[[], float] = time.time) -> None:
        self._files = FileCache(folder, LARGEST, clock=clock)

    def find(self, tmdb_id: int) -> Path | None:
        """Return the movie's poster, unless it is older than TMDB's terms allow: six months."""
        return self._files.get(f"{int(tmdb_id)}.jpg", KEPT_DAYS)

    def keep(self, tmdb_id: int, content: bytes) -> Path:
        """Store a picture as the movie's poster: drawn anew, as a JPEG of 342 x 513 px.

        Raises:
            BadAnswer: it is no picture, or not one of a poster's size and shape.
            OSError: it cannot be written.
        """
        return self._files.put(f"{int(tmdb_id)}.jpg", _as_jpeg(content))


def _as_jpeg(content: bytes) -> bytes:
    from PIL import Image, ImageOps  # noqa: PLC0415  (slow, and only needed with a key)

    out = BytesIO()
    try:
        with Image.open(BytesIO(content), formats=("JPEG", "PNG", "WEBP")) as image:
            width, height = image.size
            if not (
                _WIDTHS[0] <= width <= _WIDTHS[1]
                and _HEIGHTS[0] <= height <= _HEIGHTS[1]
                and _SHAPES[0] <= width / height <= _SHAPES[1]
            ):
                raise BadAnswer("The picture that TMDB sent has not the shape of a poster.")
            fitted = ImageOps.fit(image.convert("RGB"), SIZE)
            fitted.save(out, "JPEG", quality=82, optimize=True)
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError):
        raise BadAnswer("The poster that TMDB sent is no picture that can be shown.") from None
    return out.getvalue()
