"""A generated poster for every movie: the genre decides palette and pattern, the title the rest.

Pure text in, SVG text out; nothing here imports streamlit. Every piece of data is XML-escaped.
"""

from __future__ import annotations

import base64
import math
import random
import re
import textwrap
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT, MARGIN = 240, 360, 18  # px
ART = 236  # px of the height that a pattern fills
EDGE = 'fill="none" stroke="#808080" stroke-width="1.5" stroke-opacity="0.35"'
SANS = "'Avenir Next','Futura','Century Gothic','URW Gothic','Helvetica Neue',Arial,sans-serif"
NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Palette:
    """The paper and the three inks that a poster is printed with."""

    paper: str
    ink: str
    accent: str
    text: str


Pattern = Callable[[Palette, random.Random], str]


def _circle(x: float, y: float, r: float, style: str) -> str:
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r:.1f}" {style}/>'


def _rect(x: float, y: float, w: float, h: float, style: str) -> str:
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{w:.1f}" height="{h:.1f}" {style}/>'


def _path(points: Sequence[tuple[float, float]], style: str) -> str:
    line = " L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    return f'<path d="M{line} Z" {style}/>'


def _fill(colour: str, opacity: float = 1.0) -> str:
    return f'fill="{colour}" fill-opacity="{opacity:.2f}"'


def _line(colour: str, width: float, opacity: float = 1.0) -> str:
    return f'fill="none" stroke="{colour}" stroke-width="{width}" stroke-opacity="{opacity:.2f}"'


def orbits(p: Palette, rng: random.Random) -> str:
    x, y = rng.uniform(70, 170), rng.uniform(95, 145)
    rings = [_circle(x, y, r, _line(p.ink, 1.6, 0.75)) for r in range(52, 250, 26)]
    moons = [
        _circle(rng.uniform(10, 230), rng.uniform(10, 225), rng.uniform(2, 7), _fill(p.accent))
        for _ in range(7)
    ]
    return "".join([*rings, _circle(x, y, 38, _fill(p.accent)), *moons])


def teeth(p: Palette, rng: random.Random) -> str:
    parts = [_circle(rng.uniform(80, 160), 118, 62, _fill(p.accent))]
    for y, up in ((0, 1), (ART, -1)):
        points = [(0.0, float(y))]
        for i in range(9):
            reach = rng.uniform(36, 96) if i % 2 else rng.uniform(4, 14)
            points.append((i * 30.0, y + up * reach))
        parts.append(_path([*points, (WIDTH, float(y))], _fill(p.ink)))
    return "".join(parts)


def confetti(p: Palette, rng: random.Random) -> str:
    parts = []
    for row in range(5):
        for column in range(5):
            x, y = 24 + column * 48, 24 + row * 48
            ink, other = rng.sample([p.ink, p.accent, p.text], 2)
            if rng.random() < 0.5:
                parts.append(_circle(x, y, 20, _fill(ink)))
                parts.append(_circle(x, y, 8, _fill(other)))
            else:
                turn = rng.choice((0, 90, 180, 270))
                half = f'<path d="M{x - 20} {y} a20 20 0 0 1 40 0 Z" {_fill(ink)}'
                parts.append(f'{half} transform="rotate({turn} {x} {y})"/>')
    return "".join(parts)


def halves(p: Palette, rng: random.Random) -> str:
    x, y, r = rng.uniform(95, 145), rng.uniform(105, 130), rng.uniform(66, 84)
    turn = rng.choice((0, 45, 90, 135, 225))
    half = f'<path d="M{x - r:.1f} {y:.1f} a{r:.1f} {r:.1f} 0 0 1 {2 * r:.1f} 0 Z" '
    return (
        _circle(x, y, r, _fill(p.ink))
        + f'{half}{_fill(p.accent)} transform="rotate({turn} {x:.1f} {y:.1f})"/>'
        + _rect(0, y + r + 14, WIDTH, 3, _fill(p.ink))
    )


def horizon(p: Palette, rng: random.Random) -> str:
    x = rng.uniform(70, 170)
    parts = [_circle(x, 132, 58, _fill(p.accent))]
    for i, opacity in enumerate((0.45, 0.7, 1.0)):
        y = 148 + i * 28
        ridge = [(0.0, float(ART))]
        ridge += [(k * 40.0, y + rng.uniform(-16, 16)) for k in range(7)]
        parts.append(_path([*ridge, (WIDTH, ART)], _fill(p.ink, opacity)))
    return "".join(parts)


def peaks(p: Palette, rng: random.Random) -> str:
    parts = [_circle(rng.uniform(50, 190), rng.uniform(46, 74), 26, _fill(p.accent))]
    for opacity, base in ((0.4, 84), (0.7, 120), (1.0, 156)):
        x = rng.uniform(20, 90)
        ridge = [(-40.0, float(ART))]
        while x < WIDTH + 60:
            ridge += [(x, base + rng.uniform(-22, 10)), (x + 36, base + rng.uniform(40, 64))]
            x += rng.uniform(74, 110)
        parts.append(_path([*ridge, (WIDTH + 40.0, ART)], _fill(p.ink, opacity)))
    return "".join(parts)


def waves(p: Palette, rng: random.Random) -> str:
    parts, swell = [], rng.uniform(14, 24)
    for i, y in enumerate(range(26, ART + 10, 26)):
        ink = p.accent if i % 3 == 1 else p.ink
        curve = f"M-10 {y} q32 {-swell:.1f} 65 0 t65 0 t65 0 t65 0"
        parts.append(f'<path d="{curve}" {_line(ink, 9)} stroke-linecap="round"/>')
    return "".join(parts)


def frames(p: Palette, rng: random.Random) -> str:
    parts = []
    for row in range(4):
        for column in range(4):
            ink, opacity = rng.choice(((p.ink, 1.0), (p.ink, 0.45), (p.accent, 1.0)))
            parts.append(_rect(18 + column * 52, 18 + row * 52, 46, 46, _fill(ink, opacity)))
    return "".join(parts)


def skyline(p: Palette, rng: random.Random) -> str:
    parts, x = [_circle(rng.uniform(50, 190), 74, 40, _fill(p.accent))], 0.0
    while x < WIDTH:
        width, top = rng.uniform(22, 42), rng.uniform(80, 176)
        parts.append(_rect(x, top, width, ART - top, _fill(p.ink)))
        for y in range(int(top) + 12, ART - 8, 16):
            if rng.random() < 0.3:
                parts.append(_rect(x + width / 2 - 3, y, 6, 7, _fill(p.accent)))
        x += width + 2
    return "".join(parts)


def arches(p: Palette, rng: random.Random) -> str:
    inks = [p.ink, p.accent, p.paper, p.ink, p.accent]
    parts = []
    for x in (rng.uniform(40, 90), rng.uniform(150, 200)):
        for ink, r in zip(inks, (88, 70, 52, 34, 16), strict=True):
            parts.append(_circle(x, ART, r, _fill(ink)))
    return _circle(rng.uniform(80, 160), 62, 26, _fill(p.accent)) + "".join(parts)


def burst(p: Palette, rng: random.Random) -> str:
    x, y, parts = rng.uniform(90, 150), rng.uniform(100, 140), []
    for i in range(20):
        a, b = (2 * math.pi * (i + shift) / 20 for shift in (0, 0.5))
        tips = [(x + 320 * math.cos(t), y + 320 * math.sin(t)) for t in (a, b)]
        parts.append(_path([(x, y), *tips], _fill(p.ink)))
    return "".join([*parts, _circle(x, y, 46, _fill(p.accent)), _circle(x, y, 14, _fill(p.paper))])


def moon(p: Palette, rng: random.Random) -> str:
    x, y = rng.uniform(90, 150), rng.uniform(84, 110)
    sky = [
        _circle(rng.uniform(6, 234), rng.uniform(6, 170), rng.uniform(1, 2.6), _fill(p.accent))
        for _ in range(26)
    ]
    wood = []
    for i in range(13):
        left, top = i * 20 - 12 + rng.uniform(-4, 4), rng.uniform(128, 190)
        wood.append(_path([(left, ART), (left + 14, top), (left + 28, ART)], _fill(p.ink)))
    crescent = _circle(x, y, 54, _fill(p.accent)) + _circle(x + 20, y - 10, 46, _fill(p.paper))
    return "".join([crescent, *sky, *wood])


# In the order in which they decide: the rarest, most telling genre of a movie comes first.
GENRES: dict[str, tuple[Palette, tuple[Pattern, ...]]] = {
    "Film-Noir": (Palette("#17161a", "#2b2a30", "#e9e2d0", "#f4efe2"), (skyline,)),
    "Western": (Palette("#e9b872", "#8c3f1f", "#d9542b", "#40190b"), (horizon,)),
    "Musical": (Palette("#2d1a47", "#7d4bb0", "#f3b73f", "#fbeed5"), (waves,)),
    "Horror": (Palette("#1a0d10", "#0a0506", "#c11f2e", "#f2dcd0"), (teeth, moon)),
    "Animation": (Palette("#f7c948", "#e5533d", "#1b8a8f", "#23304a"), (confetti,)),
    "Documentary": (Palette("#dfe3e0", "#3e4c52", "#d9772b", "#1f282c"), (frames,)),
    "War": (Palette("#b9b58d", "#545a3a", "#c0392b", "#23261a"), (horizon,)),
    "Sci-Fi": (Palette("#0f1f3d", "#3e6fb0", "#f26b4e", "#eaf2ff"), (orbits,)),
    "Fantasy": (Palette("#d4c6ea", "#4d3a86", "#f2a65a", "#251a4a"), (peaks, moon)),
    "Mystery": (Palette("#12373d", "#0a2226", "#e2b04a", "#eef3e8"), (moon,)),
    "Children": (Palette("#9fd8cb", "#2d7f89", "#f2785c", "#123840"), (waves, confetti)),
    "Romance": (Palette("#f6d5cf", "#b0304f", "#ee8a6b", "#4d1024"), (halves,)),
    "Crime": (Palette("#2a2f3a", "#12151c", "#d9b23d", "#f2ede0"), (skyline,)),
    "Adventure": (Palette("#f0dcae", "#2f6b5e", "#d96c2c", "#183a34"), (peaks, horizon)),
    "Comedy": (Palette("#fbe3a4", "#e0663c", "#2f7f86", "#3a1f18"), (confetti, arches)),
    "Thriller": (Palette("#d9482f", "#1d1a1f", "#f6ead2", "#fff5e4"), (skyline, burst)),
    "Action": (Palette("#f4ead8", "#1f2a44", "#d8402b", "#1f2a44"), (burst,)),
    "Drama": (Palette("#ece3d3", "#27455c", "#c8553d", "#1c2c3a"), (halves, arches)),
}
PLAIN = (Palette("#e4ddd2", "#7b6f66", "#b48a5a", "#2f2924"), (halves,))


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
