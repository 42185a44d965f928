"""Posters on disk: checked to be pictures, all of one size."""

from __future__ import annotations

import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from club.errors import BadAnswer
from club.movies import KEPT_DAYS
from club.sources.memory import FileCache

SIZE = (342, 513)  # px; TMDB's w342, 2:3
LARGEST = 5000  # posters; about 150 MB
_WIDTHS, _HEIGHTS, _SHAPES = (60, 2000), (90, 3000), (0.5, 0.85)  # px, px, width by height


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
