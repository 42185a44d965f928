"""Posters on disk, one file a movie: checked to be pictures, all of one size."""

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
LARGEST = 5000  # files; about 150 MB
_WIDTHS, _HEIGHTS, _SHAPES = (60, 2000), (90, 3000), (0.5, 0.85)  # px, px, width by height


class Posters:
    """A folder with <tmdb_id>.jpg for every movie whose poster was fetched.

    Args:
        folder: made when the first poster comes.
        clock: seconds since 1970.
    """

    def __init__(self, folder: Path, *, clock: Callable[[], float] = time.time) -> None:
        self._folder = folder
        self._clock = clock

    def find(self, tmdb_id: int) -> Path | None:
        """Return the movie's poster, unless it is older than TMDB's terms allow: six months."""
        file = self._folder / f"{int(tmdb_id)}.jpg"
        try:
            age = self._clock() - file.stat().st_mtime
        except OSError:
            return None
        return file if age < KEPT_DAYS * 86_400 else None

    def keep(self, tmdb_id: int, content: bytes) -> Path:
        """Store a picture as the movie's poster: drawn anew, as a JPEG of 342 x 513 px.

        Raises:
            BadAnswer: it is no picture, or not one of a poster's size and shape.
            OSError: it cannot be written.
        """
        file, jpeg = self._folder / f"{int(tmdb_id)}.jpg", _as_jpeg(content)
        write_atomically(file, lambda fresh: fresh.write_bytes(jpeg))
        drop_oldest(self._folder, LARGEST)
        return file


def drop_oldest(folder: Path, largest: int) -> None:
    """Remove the oldest files of a folder once there are more than `largest`.

    A tenth more go, so that this is not done for every file that comes.
    """
    files = [path for path in folder.iterdir() if path.is_file()]
    if len(files) <= largest:
        return
    aged = []
    for path in files:
        with contextlib.suppress(FileNotFoundError):
            aged.append((path.stat().st_mtime, path))
    for _, path in sorted(aged)[: len(files) - largest + largest // 10]:
        path.unlink(missing_ok=True)


def _as_jpeg(content: bytes) -> bytes:
    from PIL import Image, ImageOps  # noqa: PLC0415  (slow, and only needed with a key)

    refused = (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError)
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
    except refused:
        problem = BadAnswer("The poster that TMDB sent is no picture that can be shown.")
    else:
        return out.getvalue()
    raise problem
