"""Posters on disk, one file a movie: checked to be pictures, all of one size."""

from __future__ import annotations

import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from club.details import KEPT_DAYS
from club.errors import TmdbBadAnswer
from club.sources.tmdb_cache import drop_oldest, write_whole

SIZE = (342, 513)  # px; TMDB's w342, 2:3
LARGEST = 5000  # files; about 150 MB
_WIDTHS, _HEIGHTS, _SHAPES = (60, 2000), (90, 3000), (0.5, 0.85)  # px, px, width by height


class Posters:
    """A folder with <tmdb_id>.jpg of every movie whose poster was fetched.

    Args:
        folder: made when the first poster comes.
        clock: seconds since 1970.
    """

    def __init__(self, folder: Path, *, clock: Callable[[], float] = time.time) -> None:
        self._folder = folder
        self._clock = clock

    def find(self, tmdb_id: int) -> Path | None:
        """Return the movie's poster if there is one that may still be shown.

        TMDB's terms let nobody keep it for more than six months.
        """
        file = self._folder / f"{int(tmdb_id)}.jpg"
        try:
            age = self._clock() - file.stat().st_mtime
        except OSError:
            return None
        return file if age < KEPT_DAYS * 86_400 else None

    def keep(self, tmdb_id: int, content: bytes) -> Path:
        """Keep a picture as the movie's poster, whole or not at all.

        It is drawn anew: what is kept is a JPEG of 342 x 513 px, whatever came.

        Raises:
            TmdbBadAnswer: it is no picture, or not one of a poster's size and shape.
            OSError: it cannot be written.
        """
        file = self._folder / f"{int(tmdb_id)}.jpg"
        self._folder.mkdir(parents=True, exist_ok=True)
        write_whole(file, _as_jpeg(content))
        drop_oldest(self._folder, LARGEST)
        return file


def _as_jpeg(content: bytes) -> bytes:
    # Only who has a key ever needs it, and it takes a moment to load.
    from PIL import Image, ImageOps  # noqa: PLC0415

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
                raise TmdbBadAnswer("The picture that TMDB sent has not the shape of a poster.")
            fitted = ImageOps.fit(image.convert("RGB"), SIZE)
            fitted.save(out, "JPEG", quality=82, optimize=True)
    except refused:
        problem = TmdbBadAnswer("The poster that TMDB sent is no picture that can be shown.")
    else:
        return out.getvalue()
    raise problem
