"""The picture of a year: its size, the same bytes again, and no text that leaves its place."""

from io import BytesIO

import pytest
from hostile_texts import LONG_TITLE, NAMES, TITLES
from PIL import Image, ImageChops, ImageColor

from ui.posters import framed, poster
from ui.year_picture import (
    HEIGHT,
    MARGIN,
    PAPER,
    SANS,
    WIDTH,
    Card,
    font,
    has,
    legible,
    raster,
    shortened,
    wrapped,
    year_picture,
)

COUNTS = (("24", "nights"), ("48", "hours watched"), ("61", "movies rated"), ("212", "ratings"))
ANA, BEN = ("A", "#c32750"), ("B", "#007983")
TEXTS = (*NAMES, *TITLES, LONG_TITLE, "")


def cards(name: str, reason: str = "4.5 stars from 3 of us.") -> list[Card]:
    svg = poster(name, 1999, ("Drama",))
    movies = [Card(name, name, reason, svg=svg)] * 2
    return movies + [Card(name, name, reason, faces=(ANA, BEN))] * 8


def drawn(name: str, reason: str = "because") -> Image.Image:
    return Image.open(BytesIO(year_picture(name, 2026, COUNTS, cards(name, reason))))


def test_size_and_the_same_again() -> None:
    first = year_picture("Friday club", 2026, COUNTS, cards("Heat"))
    assert first == year_picture("Friday club", 2026, COUNTS, cards("Heat"))
    image = Image.open(BytesIO(first))
    assert (image.format, image.size) == ("PNG", (WIDTH, HEIGHT))
    assert first != year_picture("Friday club", 2026, COUNTS, cards("Up"))


@pytest.mark.parametrize("text", [LONG_TITLE, TITLES[6]])
def test_text_keeps_to_its_place(text: str) -> None:
    image = drawn(text, text)
    blank = Image.new("RGB", image.size, PAPER)
    left, top, right, bottom = ImageChops.difference(image, blank).getbbox()
    assert left >= MARGIN - 20  # the large year stands out a little
    assert right <= WIDTH - MARGIN + 4
    assert top >= MARGIN - 20
    assert bottom <= HEIGHT - 20


@pytest.mark.parametrize("text", TEXTS)
def test_no_line_is_wider_than_allowed(text: str) -> None:
    letters, width = font(SANS, 30), 60
    lines = [shortened(text, letters, width), *wrapped(text, letters, width, 2)]
    assert len(lines) <= 3
    assert all(letters.getlength(line) <= width for line in lines)


def test_posters_in_pixels() -> None:
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg"><rect fill="#000000"/>'
        '<circle cx="100" cy="100" r="50" fill="#ff0000"/>'
        '<circle cx="100" cy="100" r="80" fill="none" stroke="#00ff00" stroke-width="10"/>'
        '<polygon points="0,200 200,200 200,300 0,300" fill="#0000ff"/></svg>'
    )
    image = raster(svg, (100, 150))
    places = {(50, 50): "red", (50, 90): "lime", (50, 83): "black", (50, 140): "blue"}
    for place, colour in places.items():
        assert image.getpixel(place) == pytest.approx(ImageColor.getrgb(colour), abs=8), place


def test_fetched_posters() -> None:
    file = BytesIO()
    Image.new("RGB", (342, 513), "#336699").save(file, "JPEG")
    red, green, blue = raster(framed(file.getvalue()), (100, 150)).getpixel((50, 75))
    assert abs(red - 0x33) + abs(green - 0x66) + abs(blue - 0x99) < 12
    assert raster(framed(b"no picture"), (100, 150)).size == (100, 150)


@pytest.mark.parametrize(
    "text", [*TEXTS, "千と千尋の神隠し", "Левиафан", "\U0001f600 smile", "\uffff"]
)
def test_no_letter_is_drawn_as_a_box(text: str) -> None:
    shown, letters = legible(text, font(SANS, 30))
    assert all(has(letters, character) for character in shown)
    assert "smile" in shown or "smile" not in text
