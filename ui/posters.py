"""A picture for every movie, drawn from its title, year and genres, for whoever has no poster.

The genres decide which palettes and compositions are likely, the title and year all the rest: the
inks, the shapes and the lettering of the initial. Pure text in, SVG text out; nothing here imports
streamlit. A picture holds no data but one letter, which is XML-escaped.
"""

from __future__ import annotations

import base64
import math
import random
import re
import zlib
from collections.abc import Callable, Sequence
from html import escape
from typing import NamedTuple

WIDTH, HEIGHT = 200, 300  # user units
LIKELY = 0.7  # how often a composition is one of the genre's own
ARTICLE = re.compile(r"^((the|a|an|le|la|les|el|il|der|die|das)\s+|l')(?=\w)", re.IGNORECASE)
FONTS = (
    "'Source Serif 4',Georgia,'Times New Roman',serif",
    "'Avenir Next',Futura,'Century Gothic','URW Gothic',sans-serif",
    "Impact,'Haettenschweiler','Arial Narrow Bold','Nimbus Sans Narrow',sans-serif",
    "'Courier New','Nimbus Mono PS',monospace",
    "Didot,'Bodoni 72','Playfair Display','Palatino Linotype',Palatino,serif",
)


class Inks(NamedTuple):
    """The paper of a picture and the three inks on it, CSS colours."""

    paper: str
    main: str
    accent: str
    third: str


Point = tuple[float, float]
Composition = Callable[[Inks, random.Random], str]


def _disc(x: float, y: float, r: float, ink: str) -> str:
    return f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{r:.1f}" fill="{ink}"/>'


def _ring(x: float, y: float, r: float, width: float, ink: str) -> str:
    line = f'fill="none" stroke="{ink}" stroke-width="{width:.1f}"'
    return f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{r:.1f}" {line}/>'


def _shape(points: Sequence[Point], ink: str) -> str:
    return f'<polygon points="{" ".join(f"{x:.0f},{y:.0f}" for x, y in points)}" fill="{ink}"/>'


def _rect(x: float, y: float, w: float, h: float, ink: str, *, turn: float = 0) -> str:
    cos, sin = math.cos(turn), math.sin(turn)
    corners = [(-w / 2, -h / 2), (w / 2, -h / 2), (w / 2, h / 2), (-w / 2, h / 2)]
    middle = x + w / 2, y + h / 2
    return _shape(
        [(middle[0] + a * cos - b * sin, middle[1] + a * sin + b * cos) for a, b in corners], ink
    )


def _wave(y: float, swell: float, length: float, shift: float) -> list[Point]:
    return [
        (x, y + swell * math.sin((x + shift) / length * 2 * math.pi)) for x in range(0, 201, 10)
    ]


def _below(line: list[Point], ink: str) -> str:
    return _shape([*line, (WIDTH, HEIGHT), (0, HEIGHT)], ink)


def sun(i: Inks, r: random.Random) -> str:
    """A disc above hills."""
    x, y, size = r.uniform(30, 170), r.uniform(50, 150), r.uniform(28, 75)
    parts = [_disc(x, y, size, i.accent)]
    top, layers = r.uniform(150, 215), r.randint(1, 3)
    for layer, ink in zip(range(layers), r.sample([i.main, i.third, i.main], layers), strict=True):
        hills = _wave(top + layer * 34, r.uniform(8, 34), r.uniform(120, 340), r.uniform(0, 300))
        parts.append(_below(hills, ink))
    return "".join(parts)


def bars(i: Inks, r: random.Random) -> str:
    """Columns from above or from below."""
    count, above = r.randint(4, 11), r.random() < 0.4
    step, inks = WIDTH / count, r.sample([i.main, i.accent, i.third], r.randint(1, 3))
    parts = []
    for n in range(count):
        reach = r.uniform(60, 270)
        y = 0 if above else HEIGHT - reach
        parts.append(_rect(n * step + step * 0.12, y, step * 0.76, reach, inks[n % len(inks)]))
    return "".join(parts)


def rings(i: Inks, r: random.Random) -> str:
    """Circles around one another."""
    x, y, step = r.uniform(30, 170), r.uniform(50, 250), r.uniform(14, 34)
    inks = r.sample([i.main, i.accent, i.third], r.randint(1, 3))
    width = step * r.uniform(0.25, 0.7)
    return "".join(
        _ring(x, y, step * n, width, inks[n % len(inks)]) for n in range(1, int(280 / step))
    ) + _disc(x, y, step * 0.5, inks[0])


def scattered(i: Inks, r: random.Random) -> str:
    """Sheets that fell anywhere."""
    size, long = r.uniform(24, 62), r.uniform(0.4, 2.2)
    return "".join(
        _rect(
            r.uniform(-20, 190), r.uniform(-20, 280), size, size * long,
            r.choice([i.main, i.accent, i.third]), turn=r.uniform(0, 3),
        )
        for _ in range(r.randint(6, 16))
    )  # fmt: skip


def peaks(i: Inks, r: random.Random) -> str:
    """Mountains, and something in the sky."""
    parts = [_disc(r.uniform(20, 180), r.uniform(30, 90), r.uniform(12, 36), i.accent)]
    for ink, base in ((i.third, r.uniform(70, 130)), (i.main, r.uniform(140, 210))):
        ridge, x = [(-30.0, float(HEIGHT))], r.uniform(-20, 40)
        while x < 220:
            width = r.uniform(40, 95)
            ridge += [(x, base + r.uniform(-35, 30)), (x + width * 0.55, base + r.uniform(45, 90))]
            x += width
        parts.append(_shape([*ridge, (230, HEIGHT)], ink))
    return "".join(parts)


def skyline(i: Inks, r: random.Random) -> str:
    """A town, lit or dark."""
    parts = [_disc(r.uniform(30, 170), r.uniform(40, 110), r.uniform(16, 52), i.accent)]
    x, low, broad = -6.0, r.uniform(90, 200), r.uniform(16, 48)
    lit = r.random() < 0.6
    while x < WIDTH:
        width, top = broad * r.uniform(0.6, 1.4), low + r.uniform(-50, 60)
        parts.append(_rect(x, top, width, HEIGHT - top, r.choice([i.main, i.main, i.third])))
        for n in range(3 if lit else 0):
            parts.append(_rect(x + width / 2 - 3, top + 14 + n * r.randint(14, 40), 6, 8, i.accent))
        x += width + 2
    return "".join(parts)


def burst(i: Inks, r: random.Random) -> str:
    """Rays from one point."""
    x, y, count = r.uniform(20, 180), r.uniform(40, 260), r.randint(6, 20)
    shift, inks = r.uniform(0, 1), [i.main, i.third]
    parts = []
    for n in range(count):
        tips = [
            (x + 400 * math.cos(turn), y + 400 * math.sin(turn))
            for turn in (2 * math.pi * (n + shift + half) / count for half in (0, 0.5))
        ]
        parts.append(_shape([(x, y), *tips], inks[n % 2 if count % 2 == 0 else 0]))
    return "".join([*parts, _disc(x, y, r.uniform(14, 60), i.accent)])


def waves(i: Inks, r: random.Random) -> str:
    """Water, from somewhere down."""
    top, step = r.uniform(20, 160), r.uniform(20, 52)
    swell, length = r.uniform(6, 22), r.uniform(50, 180)
    inks = r.sample([i.main, i.accent, i.third], 3)
    layers = range(int((HEIGHT - top) / step) + 1)
    return _disc(r.uniform(30, 170), top * 0.6, r.uniform(10, 40), i.accent) + "".join(
        _below(_wave(top + n * step, swell, length, r.uniform(0, 180)), inks[n % 3]) for n in layers
    )


def pair(i: Inks, r: random.Random) -> str:
    """Two that meet."""
    turn, apart = r.uniform(0, math.pi), r.uniform(20, 56)
    x, y, size = r.uniform(75, 125), r.uniform(110, 190), r.uniform(44, 80)
    dx, dy = apart * math.cos(turn), apart * math.sin(turn)
    both = _disc(x - dx, y - dy, size, i.main) + _disc(x + dx, y + dy, size, i.third)
    return both + _disc(x, y, max(16.0, size - apart) * 0.8, i.accent)


COMPOSITIONS: tuple[Composition, ...] = (
    sun, bars, rings, scattered, peaks, skyline, burst, waves, pair,
)  # fmt: skip

DARK = (
    Inks("#17161a", "#4a4955", "#e9e2d0", "#8a1c2c"),
    Inks("#12141f", "#2f4a7a", "#f26b4e", "#8fb3d9"),
    Inks("#1a0d10", "#6d1220", "#f2dcd0", "#c11f2e"),
    Inks("#0e2226", "#1f6f78", "#e2b04a", "#bcd8d2"),
    Inks("#1b1230", "#6a3fa0", "#f3b73f", "#d8748c"),
    Inks("#10180f", "#3f6b3a", "#e6d36b", "#a8472c"),
)
EARTH = (
    Inks("#e9b872", "#8c3f1f", "#fff0d6", "#d9542b"),
    Inks("#b9b58d", "#545a3a", "#c0392b", "#23261a"),
    Inks("#ece3d3", "#27455c", "#c8553d", "#e0b25a"),
    Inks("#d8c3a5", "#5b3a29", "#e4572e", "#8e8d5b"),
    Inks("#f0dcae", "#2f6b5e", "#d96c2c", "#183a34"),
)
BRIGHT = (
    Inks("#f7c948", "#e5533d", "#1b8a8f", "#23304a"),
    Inks("#fbe3a4", "#e0663c", "#2f7f86", "#3a1f18"),
    Inks("#ff8552", "#2e294e", "#ffd400", "#f4f1de"),
    Inks("#3aa7c2", "#0b3954", "#ffe26a", "#ff6b57"),
    Inks("#ef476f", "#33122b", "#ffd166", "#fdf0e0"),
    Inks("#8bc34a", "#1c4a3a", "#fff3c4", "#e2512f"),
)
SOFT = (
    Inks("#f6d5cf", "#b0304f", "#fff5e9", "#ee8a6b"),
    Inks("#d4c6ea", "#4d3a86", "#f2a65a", "#8f79c4"),
    Inks("#9fd8cb", "#2d7f89", "#f2785c", "#fdf3dc"),
    Inks("#f3d9e6", "#7a2f68", "#e8b23e", "#c86b98"),
    Inks("#cfe3f2", "#345b8c", "#f28f79", "#84aacb"),
)
COOL = (
    Inks("#dfe3e0", "#3e4c52", "#d9772b", "#9bb0b3"),
    Inks("#0f1f3d", "#3e6fb0", "#f26b4e", "#eaf2ff"),
    Inks("#d9482f", "#1d1a1f", "#f6ead2", "#8e2418"),
    Inks("#f4ead8", "#1f2a44", "#d8402b", "#7f93ad"),
    Inks("#c7d3d4", "#1e2a2e", "#cf2e2e", "#5f7a80"),
)

Look = tuple[tuple[Inks, ...], tuple[Composition, ...]]
# In the order in which they decide: the rarest, most telling genre of a movie comes first.
GENRES: dict[str, Look] = {
    "Film-Noir": (DARK + COOL, (skyline, rings, bars)),
    "Western": (EARTH, (sun, peaks, burst, waves)),
    "Musical": (BRIGHT + SOFT, (waves, bars, burst, pair)),
    "Horror": (DARK, (scattered, peaks, rings, burst)),
    "Animation": (BRIGHT + SOFT, (waves, sun, scattered, pair)),
    "Documentary": (COOL + EARTH, (bars, rings, waves)),
    "War": (EARTH + DARK, (sun, peaks, scattered, burst)),
    "Sci-Fi": (DARK + COOL, (rings, burst, skyline, bars)),
    "Fantasy": (SOFT + DARK, (peaks, waves, rings, sun)),
    "Mystery": (DARK + COOL, (rings, skyline, scattered, pair)),
    "Children": (BRIGHT + SOFT, (waves, sun, pair, scattered)),
    "Romance": (SOFT + BRIGHT, (pair, waves, sun)),
    "Crime": (DARK + COOL + EARTH, (skyline, bars, rings, scattered)),
    "Adventure": (EARTH + BRIGHT, (peaks, sun, waves, burst)),
    "Comedy": (BRIGHT + SOFT + EARTH, (scattered, pair, bars, sun)),
    "Thriller": (COOL + DARK, (skyline, burst, rings, scattered)),
    "Action": (COOL + BRIGHT + DARK, (burst, scattered, peaks, bars)),
    "Drama": (EARTH + COOL + SOFT, (pair, sun, bars, rings, waves, peaks)),
}
ANY: Look = (EARTH + COOL + SOFT, COMPOSITIONS)


def framed(jpeg: bytes) -> str:
    """Return a fetched poster as SVG text of the size of the drawn ones."""
    data = base64.b64encode(jpeg).decode("ascii")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'width="{WIDTH}" height="{HEIGHT}"><image width="{WIDTH}" height="{HEIGHT}" '
        f'preserveAspectRatio="xMidYMid slice" href="data:image/jpeg;base64,{data}"/></svg>'
    )


def main_genre(genres: Sequence[str]) -> str | None:
    """Return the genre that a picture of a movie with `genres` is drawn for."""
    return next((genre for genre in GENRES if genre in genres), None)


def _initial(title: str) -> str:
    letters = [c for c in ARTICLE.sub("", title.strip()) if c.isalnum()]
    return letters[0].upper() if letters else ""


def _grey(ink: str) -> float:
    red, green, blue = (int(ink[i : i + 2], 16) for i in (1, 3, 5))
    return 0.3 * red + 0.59 * green + 0.11 * blue


def _lettering(title: str, inks: Inks, rng: random.Random) -> str:
    size, font = rng.choice((96, 120, 150, 190)), rng.choice(FONTS)
    x, anchor = rng.choice(((12, "start"), (WIDTH / 2, "middle"), (WIDTH - 12, "end")))
    y = rng.choice((size * 0.8 + 8, HEIGHT - 14))
    loudest = sorted(inks[1:], key=lambda ink: -abs(_grey(ink) - _grey(inks.paper)))
    return (
        f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}" font-size="{size}" '
        f'font-weight="700" font-family="{font}" fill="{rng.choice(loudest[:2])}" '
        f'stroke="{inks.paper}" stroke-width="12" stroke-linejoin="round" paint-order="stroke">'
        f"{escape(_initial(title))}</text>"
    )


def poster(title: str, year: int | None, genres: Sequence[str]) -> str:
    """Return the SVG text of a movie's picture, 200 x 300 user units.

    The same movie always gets the same picture; titles may hold any characters.
    """
    palettes, own = GENRES.get(main_genre(genres) or "", ANY)
    rng = random.Random(zlib.crc32(f"{title}{year}".encode("utf-8", "replace")))
    paper, *others = rng.choice(palettes)
    inks = Inks(paper, *rng.sample(others, 3))
    compose = rng.choice(own if rng.random() < LIKELY else COMPOSITIONS)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'width="{WIDTH}" height="{HEIGHT}"><rect width="{WIDTH}" height="{HEIGHT}" '
        f'fill="{inks.paper}"/>{compose(inks, rng)}{_lettering(title, inks, rng)}</svg>'
    )
