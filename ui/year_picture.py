"""The picture of a club's year, 1080 x 1920 pixels, to share: drawn here, nothing is fetched.

Data in, a PNG out; the same data give the same bytes. The letters are Streamlit's own fonts; for
scripts that these lack, a font of this computer is taken, and what none has is left out.
Posters are the SVG of `ui.posters`, of which only what that module writes is understood.
"""

from __future__ import annotations

import base64
import unicodedata
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree as ET

import streamlit
from PIL import Image, ImageDraw, ImageFont, ImageOps
from PIL.ImageFont import FreeTypeFont

from ui.posters import WIDTH as POSTER_WIDTH

WIDTH, HEIGHT, MARGIN = 1080, 1920, 72
INSIDE = WIDTH - 2 * MARGIN
PAPER, INK, QUIET, ACCENT, LINE = "#16121a", "#f3ece4", "#b9aebb", "#f0b44c", "#3b3044"
FONTS = Path(streamlit.__file__).parent / "static" / "static" / "media"
SERIF, SANS = "SourceSerifVariable-Roman.*.woff2", "SourceSansVF-Upright.*.woff2"
POSTER, LARGE_POSTER = (240, 360), (360, 540)  # pixels
FACE, ROW, ROWS = 76, 122, 5
# Fonts for other scripts that computers of many kinds have.
OTHER_SCRIPTS = (
    "NotoSansCJK-Bold.ttc", "NotoSansCJK-Regular.ttc", "DejaVuSans-Bold.ttf", "Arial Unicode.ttf",
    "PingFang.ttc", "YuGothB.ttc", "malgunbd.ttf", "msyhbd.ttc", "arialbd.ttf", "segoeui.ttf",
)  # fmt: skip
NO_CHARACTER = "\uffff"
FINER = 3  # times, before shapes are made smaller, which smooths their edges


@dataclass(frozen=True)
class Card:
    """A prize as people read it; all texts are plain."""

    heading: str
    name: str
    reason: str
    svg: str = ""  # the picture of a movie; the first two stand large
    faces: tuple[tuple[str, str], ...] = ()  # (initial, colour)


@lru_cache(maxsize=64)
def font(name: str, size: int, weight: int = 400) -> FreeTypeFont:
    """Return a font in pixels; Pillow's own where Streamlit's is not found."""
    found = sorted(FONTS.glob(name))
    try:
        loaded = ImageFont.truetype(found[0], size)
        others = [float(axis["default"] or 0) for axis in loaded.get_variation_axes()[1:]]
        loaded.set_variation_by_axes([weight, *others])
    except (IndexError, OSError, NotImplementedError):
        return ImageFont.load_default(size)  # type: ignore[return-value]
    return loaded


@lru_cache(maxsize=8)
def others(size: int) -> list[FreeTypeFont]:
    """Return the installed fonts of `OTHER_SCRIPTS`."""
    found = []
    for name in OTHER_SCRIPTS:
        with suppress(OSError):
            found.append(ImageFont.truetype(name, size))
    return found


@lru_cache(maxsize=4096)
def has(letters: FreeTypeFont, character: str) -> bool:
    """Return whether a font has a glyph for a character, and not only the box for what it lacks."""
    return bytes(letters.getmask(character)) != bytes(letters.getmask(NO_CHARACTER))  # type: ignore


def legible(text: str, letters: FreeTypeFont) -> tuple[str, FreeTypeFont]:
    """Return `text` and a font that has all of it; without such a font, what `letters` has."""
    text = unicodedata.normalize("NFC", text)
    for one in (letters, *others(round(letters.size))):
        if all(has(one, character) for character in text):
            return text, one
    return "".join(character for character in text if has(letters, character)), letters


def shortened(text: str, letters: FreeTypeFont, width: float) -> str:
    """Return `text` on one line, cut with "…" where it is wider than `width` pixels."""
    text = unicodedata.normalize("NFC", text)
    # Without marks that pile up on one letter, and what cannot be seen.
    seen = (c if c.isprintable() else " " for c in text if not unicodedata.combining(c))
    cut = text = " ".join("".join(seen).split())[:400]
    while cut and letters.getlength(cut) > width:
        text = text[:-1]
        cut = f"{text.rstrip()}…" if text else ""
    return cut


def wrapped(text: str, letters: FreeTypeFont, width: float, lines: int) -> list[str]:
    """Return `text` on at most so many lines, none wider than `width` pixels."""
    found: list[str] = []
    words = text.split()
    while words and len(found) < lines - 1:
        taken = 1
        while taken < len(words) and letters.getlength(" ".join(words[: taken + 1])) <= width:
            taken += 1
        found.append(shortened(" ".join(words[:taken]), letters, width))
        words = words[taken:]
    return [*found, shortened(" ".join(words), letters, width)] if words else found


def raster(svg: str, size: tuple[int, int]) -> Image.Image:
    """Return a picture of `ui.posters` in pixels."""
    scale = size[0] * FINER / POSTER_WIDTH
    image = Image.new("RGB", (size[0] * FINER, size[1] * FINER))
    draw = ImageDraw.Draw(image)
    for node in ET.fromstring(svg):
        own, tag = node.attrib, node.tag.rpartition("}")[2]
        fill = own.get("fill", "none")
        ink = None if fill == "none" else fill
        if tag == "rect":
            draw.rectangle((0, 0, *image.size), ink)
        elif tag == "polygon":
            pairs = [pair.split(",") for pair in own["points"].split()]
            draw.polygon([(float(x) * scale, float(y) * scale) for x, y in pairs], ink)
        elif tag == "circle":
            x, y, r = (float(own[name]) * scale for name in ("cx", "cy", "r"))
            width = float(own.get("stroke-width", 0)) * scale
            r += width / 2  # a stroke lies on both sides of the line; Pillow's lies inside
            box = (x - r, y - r, x + r, y + r)
            draw.ellipse(box, ink, own.get("stroke"), max(round(width), int(width > 0)))
        elif tag == "text":
            name = SERIF if own["font-family"].endswith(",serif") else SANS
            letters = font(name, round(float(own["font-size"]) * scale), 700)
            anchor = {"start": "ls", "middle": "ms", "end": "rs"}[own["text-anchor"]]
            at = (float(own["x"]) * scale, float(own["y"]) * scale)
            edge = round(float(own["stroke-width"]) / 2 * scale)
            letter, letters = legible(node.text or "", letters)
            draw.text(at, letter, fill, letters, anchor, 0, stroke_width=edge,
                      stroke_fill=own["stroke"])  # fmt: skip
        elif tag == "image":
            jpeg = base64.b64decode(own["href"].partition(",")[2])
            try:
                image.paste(ImageOps.fit(Image.open(BytesIO(jpeg)).convert("RGB"), image.size))
            except OSError:  # damaged; the page shows none either
                draw.rectangle((0, 0, *image.size), LINE)
    return image.resize(size, Image.Resampling.LANCZOS)


class _Canvas:
    def __init__(self) -> None:
        self.image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
        self.draw = ImageDraw.Draw(self.image)

    def write(
        self, text: str, x: float, y: float, letters: FreeTypeFont, ink: str, *,
        width: float = INSIDE, anchor: str = "lt",
    ) -> None:  # fmt: skip
        text, letters = legible(text, letters)
        self.draw.text((x, y), shortened(text, letters, width), ink, letters, anchor)

    def face(self, x: int, y: int, initial: str, colour: str) -> None:
        big = Image.new("L", (FACE * FINER, FACE * FINER))
        ImageDraw.Draw(big).ellipse((0, 0, FACE * FINER - 1, FACE * FINER - 1), 255)
        mask = big.resize((FACE, FACE), Image.Resampling.LANCZOS)
        self.image.paste(colour, (x, y), mask)
        middle = (x + FACE / 2, y + FACE / 2)
        letter, letters = legible(initial, font(SANS, 34, 700))
        self.draw.text(middle, letter, "#ffffff", letters, "mm")

    def counts(self, counts: Sequence[tuple[str, str]], y: int) -> None:
        width = INSIDE / max(len(counts), 1)
        for place, (number, what) in enumerate(counts):
            x = MARGIN + place * width
            self.write(number, x, y, font(SERIF, 84, 700), INK, width=width - 16)
            self.write(what, x, y + 88, font(SANS, 34), QUIET, width=width - 16)

    def movie(self, card: Card, x: int, y: int, size: tuple[int, int], width: int) -> None:
        self.write(card.heading, x, y, font(SANS, 34, 650), ACCENT, width=width, anchor="la")
        self.image.paste(raster(card.svg, size), (x, y + 56))
        y += 56 + size[1] + 16
        name, bold = legible(card.name, font(SERIF, 38, 650))
        lines = [(line, bold, INK) for line in wrapped(name, bold, width, 2)]
        lines += [(line, font(SANS, 30), QUIET) for line in
                  wrapped(card.reason, font(SANS, 30), width, 2)]  # fmt: skip
        for text, letters, ink in lines:
            self.write(text, x, y, letters, ink, width=width, anchor="la")
            y += 46 if ink == INK else 38

    def row(self, card: Card, y: int) -> None:
        for place, (initial, colour) in enumerate(card.faces[:2]):
            self.face(MARGIN + place * (FACE - 18), y + 16, initial, colour)
        x = MARGIN + 2 * FACE
        width = WIDTH - MARGIN - x
        heading, bold, small = font(SANS, 28, 650), font(SERIF, 36, 650), font(SANS, 28)
        self.write(card.heading, x, y, heading, ACCENT, width=width, anchor="la")
        self.write(card.name, x, y + 30, bold, INK, width=width, anchor="la")
        self.write(card.reason, x, y + 74, small, QUIET, width=width, anchor="la")


def year_picture(
    club: str, year: int, counts: Sequence[tuple[str, str]], cards: Sequence[Card]
) -> bytes:
    """Return the picture of a year as a PNG.

    Args:
        club: its name, plain.
        counts: (number, what it counts), at most four.
        cards: the prizes, the most telling first; those that do not fit are left out.
    """
    canvas = _Canvas()
    movies = [card for card in cards if card.svg and not card.faces][:2]
    rows = [card for card in cards if card.faces][:ROWS]
    canvas.write(club, MARGIN, 84, font(SERIF, 56, 650), INK)
    canvas.write(f"{year}", MARGIN - 8, 164, font(SERIF, 250, 800), ACCENT)
    size = POSTER if len(rows) > 3 else LARGE_POSTER
    tall = 56 + size[1] + 190 if movies else 0
    free = HEIGHT - 400 - 130 - tall - ROW * len(rows) - MARGIN
    gap = min(free // (bool(movies) + bool(rows) or 1), 90)
    canvas.counts(counts, 400)
    y, half = 400 + 130 + gap, (INSIDE - 32) // 2
    for place, card in enumerate(movies):
        canvas.movie(card, MARGIN + place * (half + 32), y, size, half)
    y += tall + gap if movies else 0
    for card in rows:
        canvas.row(card, y)
        y += ROW
    file = BytesIO()
    canvas.image.save(file, "PNG")
    return file.getvalue()
