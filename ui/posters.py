"""A generated poster for every movie: the genre decides palette and pattern, the title the rest.

Pure text in, SVG text out; nothing here imports streamlit. Every piece of data is XML-escaped.
"""

from __future__ import annotations

import base64
import random
import re
import textwrap
import zlib
from collections.abc import Sequence
from html import escape

from ui import patterns as draw
from ui.patterns import ART, WIDTH, Palette, Pattern

HEIGHT = 360
MARGIN = 18
EDGE = 'fill="none" stroke="#808080" stroke-width="1.5" stroke-opacity="0.35"'
SANS = "'Avenir Next','Futura','Century Gothic','URW Gothic','Helvetica Neue',Arial,sans-serif"
NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


# In the order in which they decide: the rarest, most telling genre of a movie comes first.
GENRES: dict[str, tuple[Palette, tuple[Pattern, ...]]] = {
    "Film-Noir": (Palette("#17161a", "#2b2a30", "#e9e2d0", "#f4efe2"), (draw.beam, draw.blinds)),
    "Western": (Palette("#e9b872", "#8c3f1f", "#d9542b", "#40190b"), (draw.horizon,)),
    "Musical": (Palette("#2d1a47", "#7d4bb0", "#f3b73f", "#fbeed5"), (draw.waves, draw.spotlights)),
    "Horror": (Palette("#1a0d10", "#0a0506", "#c11f2e", "#f2dcd0"), (draw.teeth, draw.moon)),
    "Animation": (
        Palette("#f7c948", "#e5533d", "#1b8a8f", "#23304a"),
        (draw.balloons, draw.confetti),
    ),
    "Documentary": (Palette("#dfe3e0", "#3e4c52", "#d9772b", "#1f282c"), (draw.frames,)),
    "War": (Palette("#b9b58d", "#545a3a", "#c0392b", "#23261a"), (draw.chevrons, draw.horizon)),
    "Sci-Fi": (Palette("#0f1f3d", "#3e6fb0", "#f26b4e", "#eaf2ff"), (draw.orbits, draw.grid)),
    "Fantasy": (Palette("#d4c6ea", "#4d3a86", "#f2a65a", "#251a4a"), (draw.peaks, draw.moon)),
    "Mystery": (Palette("#12373d", "#0a2226", "#e2b04a", "#eef3e8"), (draw.keyhole, draw.vertigo)),
    "Children": (Palette("#9fd8cb", "#2d7f89", "#f2785c", "#123840"), (draw.balloons, draw.waves)),
    "Romance": (Palette("#f6d5cf", "#b0304f", "#ee8a6b", "#4d1024"), (draw.embrace, draw.halves)),
    "Crime": (Palette("#2a2f3a", "#12151c", "#d9b23d", "#f2ede0"), (draw.blinds, draw.skyline)),
    "Adventure": (Palette("#f0dcae", "#2f6b5e", "#d96c2c", "#183a34"), (draw.peaks, draw.horizon)),
    "Comedy": (Palette("#fbe3a4", "#e0663c", "#2f7f86", "#3a1f18"), (draw.confetti, draw.arches)),
    "Thriller": (Palette("#d9482f", "#1d1a1f", "#f6ead2", "#fff5e4"), (draw.vertigo, draw.skyline)),
    "Action": (Palette("#f4ead8", "#1f2a44", "#d8402b", "#1f2a44"), (draw.diagonals, draw.burst)),
    "Drama": (
        Palette("#ece3d3", "#27455c", "#c8553d", "#1c2c3a"),
        (draw.halves, draw.arches, draw.embrace),
    ),
}
PLAIN = (Palette("#e4ddd2", "#7b6f66", "#b48a5a", "#2f2924"), (draw.halves,))


def framed(jpeg: bytes) -> str:
    """Return a fetched poster as SVG text: of the size, corners and edge of the drawn ones."""
    data = base64.b64encode(jpeg).decode("ascii")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'width="{WIDTH}" height="{HEIGHT}"><defs><clipPath id="page">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" rx="14"/></clipPath></defs>'
        f'<image width="{WIDTH}" height="{HEIGHT}" preserveAspectRatio="xMidYMid slice" '
        f'clip-path="url(#page)" href="data:image/jpeg;base64,{data}"/>'
        f'<rect x="0.75" y="0.75" rx="13.5" width="{WIDTH - 1.5}" height="{HEIGHT - 1.5}" '
        f"{EDGE}/></svg>"
    )


def main_genre(genres: Sequence[str]) -> str | None:
    """Return the genre that a poster of a movie with `genres` is drawn for."""
    return next((genre for genre in GENRES if genre in genres), None)


def _letters(title: str) -> tuple[list[str], int]:
    """Break a title into at most four lines and choose the largest size (px) that fits."""
    for size in (34, 30, 26, 22, 19, 16):
        room = int((WIDTH - 2 * MARGIN) / (size * 0.66))
        lines = textwrap.wrap(title, room, break_long_words=False) or ["?"]
        fits = all(len(line) <= room for line in lines)
        if fits and len(lines) * size * 1.08 <= HEIGHT - ART - 46:
            return lines, size
    return textwrap.wrap(title, 19, max_lines=4, placeholder=" …") or ["?"], 16


def poster(title: str, year: int | None, genres: Sequence[str]) -> str:
    """Return the SVG text of a movie's poster, 240 x 360 user units.

    The same movie always gets the same poster; titles may hold any characters.
    """
    palette, patterns = GENRES.get(main_genre(genres) or "", PLAIN)
    rng = random.Random(zlib.crc32(f"{title}{year}".encode("utf-8", "replace")))
    art = rng.choice(patterns)(palette, rng)
    lines, size = _letters(NOT_XML.sub("", title).strip())
    top = ART + 14
    text = "".join(
        f'<text x="{MARGIN}" y="{top + size * (0.86 + 1.08 * i):.1f}" font-size="{size}" '
        f'font-weight="700" letter-spacing="-0.4">{escape(line)}</text>'
        for i, line in enumerate(lines)
    )
    foot = " · ".join(part for part in (str(year or ""), main_genre(genres) or "") if part)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'width="{WIDTH}" height="{HEIGHT}"><defs><clipPath id="page">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" rx="14"/></clipPath><clipPath id="art">'
        f'<rect width="{WIDTH}" height="{ART}"/></clipPath></defs><g clip-path="url(#page)">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{palette.paper}"/>'
        f'<g clip-path="url(#art)">{art}</g>'
        f'<g font-family="{SANS}" fill="{palette.text}">{text}'
        f'<text x="{MARGIN}" y="{HEIGHT - 16}" font-size="12.5" letter-spacing="0.8" '
        f'fill-opacity="0.8">{escape(foot)}</text></g></g><rect x="0.75" y="0.75" rx="13.5" '
        f'width="{WIDTH - 1.5}" height="{HEIGHT - 1.5}" {EDGE}/></svg>'
    )
