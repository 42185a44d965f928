"""The patterns that posters are printed with: SVG drawn by a palette and a seeded generator."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

WIDTH, ART = 240, 236  # px of the part of a poster that a pattern fills


@dataclass(frozen=True)
class Palette:
    """Three inks and the paper that a poster is printed with."""

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


def embrace(p: Palette, rng: random.Random) -> str:
    y, r = rng.uniform(105, 125), rng.uniform(60, 72)
    apart = rng.uniform(34, 46)
    left, right = WIDTH / 2 - apart, WIDTH / 2 + apart
    return (
        _circle(left, y, r, _fill(p.ink))
        + _circle(right, y, r, _fill(p.accent, 0.85))
        + "".join(_circle(WIDTH / 2, y, r + 34 + 18 * i, _line(p.ink, 1.5, 0.35)) for i in range(4))
    )


def diagonals(p: Palette, rng: random.Random) -> str:
    lean = rng.choice((-1, 1)) * rng.uniform(90, 130)
    parts, x = [], -160.0
    while x < WIDTH + 160:
        width = rng.choice((10, 18, 34))
        ink = rng.choice((p.ink, p.ink, p.accent))
        slab = [(x, ART), (x + width, ART), (x + width + lean, 0), (x + lean, 0)]
        parts.append(_path(slab, _fill(ink)))
        x += width + rng.choice((10, 16, 26))
    return "".join(parts)


def vertigo(p: Palette, rng: random.Random) -> str:
    x, y = rng.uniform(90, 150), rng.uniform(95, 140)
    parts = []
    for i in range(11, 0, -1):
        r = i * 17
        parts.append(_circle(x + i * 2.4, y + i * 1.4, r, _fill(p.ink if i % 2 else p.paper)))
    return "".join([*parts, _circle(x, y, 8, _fill(p.accent))])


def blinds(p: Palette, rng: random.Random) -> str:
    x = rng.uniform(80, 160)
    lamp = _circle(x, 112, 64, _fill(p.accent))
    slats = [_rect(0, y, WIDTH, 11, _fill(p.ink)) for y in range(6, ART, 24)]
    return lamp + "".join(slats)


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


def chevrons(p: Palette, rng: random.Random) -> str:
    up, parts = rng.choice((-1, 1)), []
    for i, y in enumerate(range(-30, ART + 60, 38)):
        mid = y - up * 46
        band = [(0, y), (120, mid), (240, y), (240, y + 18), (120, mid + 18), (0, y + 18)]
        parts.append(_path(band, _fill(p.accent if i == 3 else p.ink)))
    return "".join(parts)


def waves(p: Palette, rng: random.Random) -> str:
    parts, swell = [], rng.uniform(14, 24)
    for i, y in enumerate(range(26, ART + 10, 26)):
        ink = p.accent if i % 3 == 1 else p.ink
        curve = f"M-10 {y} q32 {-swell:.1f} 65 0 t65 0 t65 0 t65 0"
        parts.append(f'<path d="{curve}" {_line(ink, 9)} stroke-linecap="round"/>')
    return "".join(parts)


def balloons(p: Palette, rng: random.Random) -> str:
    parts = []
    for i in range(7):
        x, y, r = 22 + i * 33 + rng.uniform(-8, 8), rng.uniform(40, 140), rng.uniform(17, 33)
        ink = (p.ink, p.accent, p.text)[i % 3]
        parts.append(f'<path d="M{x:.1f} {y + r:.1f} V{ART}" {_line(p.ink, 1.5, 0.6)}/>')
        parts.append(_circle(x, y, r, _fill(ink, 0.95)))
    return "".join(parts)


def frames(p: Palette, rng: random.Random) -> str:
    parts = []
    for row in range(4):
        for column in range(4):
            ink, opacity = rng.choice(((p.ink, 1.0), (p.ink, 0.45), (p.accent, 1.0)))
            parts.append(_rect(18 + column * 52, 18 + row * 52, 46, 46, _fill(ink, opacity)))
    return "".join(parts)


def keyhole(p: Palette, rng: random.Random) -> str:
    x = rng.uniform(95, 145)
    beam = [(x - 16, 112), (x + 16, 112), (x + 44, 196), (x - 44, 196)]
    rings = [_circle(x, 112, r, _line(p.ink, 2, 0.4)) for r in range(84, 220, 22)]
    return "".join(
        [*rings, _circle(x, 112, 72, _fill(p.ink)), _circle(x, 96, 28, _fill(p.accent)),
         _path(beam, _fill(p.accent))]
    )  # fmt: skip


def beam(p: Palette, rng: random.Random) -> str:
    x = rng.uniform(20, 220)
    cone = [(x, -10.0), (rng.uniform(10, 70), ART), (rng.uniform(150, 230), ART)]
    blinds = [_rect(0, y, WIDTH, 5, _fill(p.paper)) for y in range(20, ART, 30)]
    return _path(cone, _fill(p.accent)) + "".join(blinds)


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


def grid(p: Palette, rng: random.Random) -> str:
    x, horizon = rng.uniform(80, 160), 150.0
    sun = _circle(x, 108, 50, _fill(p.accent))
    floor = _rect(0, horizon, WIDTH, ART - horizon, _fill(p.paper))
    rays = [
        f'<path d="M{x:.1f} {horizon} L{x + k * 70:.1f} {ART}" {_line(p.ink, 1.6)}/>'
        for k in range(-8, 9)
    ]
    rows = [_rect(0, horizon + 86 * (k / 6) ** 1.8, WIDTH, 1.6, _fill(p.ink)) for k in range(7)]
    return "".join([sun, floor, *rays, *rows])


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


def spotlights(p: Palette, rng: random.Random) -> str:
    parts = []
    for ink, opacity in ((p.ink, 0.8), (p.accent, 0.85), (p.ink, 0.6)):
        x, foot = rng.uniform(20, 220), rng.uniform(50, 190)
        parts.append(_path([(x, -10), (foot - 46, 204), (foot + 46, 204)], _fill(ink, opacity)))
        parts.append(f'<ellipse cx="{foot:.1f}" cy="204" rx="46" ry="12" {_fill(ink, opacity)}/>')
    return "".join(parts)
