"""Drawn pictures of movies: valid for any title, and no two alike."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender import load_bundled
from ui.posters import GENRES, poster
from ui.year_picture import raster

SVG = "{http://www.w3.org/2000/svg}"
ALIKE = 9.0  # of 255: two pictures whose pixels differ less on average look the same


def words(svg: str) -> list[str]:
    return [node.text or "" for node in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def pixels(svg: str) -> np.ndarray:
    """What the picture looks like from afar, its letter left out: 24 x 36 pixels, 0..255."""
    return np.asarray(raster(re.sub("<text.*</text>", "", svg), (24, 36)), dtype=np.float32)


@given(
    st.text(max_size=80), st.none() | st.integers(1888, 2100), st.lists(st.sampled_from([*GENRES]))
)
def test_any_title_makes_valid_svg(title: str, year, genres: list[str]) -> None:
    svg = poster(title, year, genres)
    assert ElementTree.fromstring(svg).tag == f"{SVG}svg"
    assert svg == poster(title, year, genres)
    assert len("".join(words(svg))) <= 3  # an initial, which is "FFI" for one ligature


@pytest.mark.parametrize(
    ("title", "initial"),
    [
        ("The Matrix", "M"), ("A", "A"), ("Amélie", "A"), ("2001: A Space Odyssey", "2"),
        ("<script>", "S"), ("L'Avventura", "A"), ("Thelma & Louise", "T"), ("…", ""),
    ],
)  # fmt: skip
def test_initial_is_that_of_the_first_word_that_tells(title: str, initial: str) -> None:
    assert words(poster(title, 2000, ["Drama"])) == [initial]


def test_no_two_of_the_500_most_rated_movies_look_alike() -> None:
    data = load_bundled()
    top = data.movies.loc[data.rating_counts.nlargest(500).index]
    seen = np.stack(
        [
            pixels(poster(title, int(year), genres)).ravel()
            for title, year, genres in zip(top["title"], top["year"], top["genres"], strict=True)
        ]
    )
    for place in range(1, len(seen)):
        differences = np.abs(seen[:place] - seen[place]).mean(axis=1)
        twin = int(differences.argmin())
        assert differences[twin] > ALIKE, (top["title"].iloc[place], top["title"].iloc[twin])
