"""The charts of Our taste and of movies: traces hold the frame's numbers, titles what is sure."""

import pytest
from chart_frames import (
    DEPARTURES,
    FAVOURITES,
    HEAT,
    KEYWORDS,
    PLACES,
    REGIONS,
    SPLITS,
    WORDS,
    named,
)  # fmt: skip

from ui.charts.laboratory import keyword_map
from ui.charts.movies import taste_map
from ui.charts.style import headline, label
from ui.charts.taste import (
    against_others,
    favourite_words,
    movie_stars,
    word_sides,
)  # fmt: skip


def test_everyone_who_rated_a_splitting_movie_has_a_dot_of_their_colour() -> None:
    figure = movie_stars(SPLITS[SPLITS["side"] == "splits"])
    ana, ben, cleo = (named(figure, name) for name in ("Ana", "Ben", "Cleo"))
    assert (list(ana.x), ana.marker.color) == ([5.0], "#c32750")
    assert ben.x[0] < 1.0 < cleo.x[0]  # the same stars, side by side
    assert (ben.x[0] + cleo.x[0]) / 2 == pytest.approx(1.0)
    title = headline(figure)
    assert all(part in title for part in ("Jaws", "Ben gave 1", "Ana 5"))
    united = headline(movie_stars(SPLITS[SPLITS["side"] == "unites"]))
    assert all(part in united for part in ("Heat & <i>Co</i>", "4 to 4½", "all 2"))


def test_ends_of_a_word_have_names() -> None:
    figure = word_sides(WORDS)
    between, against, for_it = (t for t in figure.data if t.mode.startswith("markers"))
    assert (list(against.x), list(against.text)) == ([-0.5, -0.1], ["Ben", "Ana"])
    assert (list(for_it.x), list(for_it.text)) == ([0.6, 0.2], ["Ana", "Ben"])
    assert list(between.x) == [0.1]
    assert list(for_it.marker.color) == ["#c32750", "#007983"]  # Ana's and Ben's
    sure, unsure = (trace for trace in figure.data if trace.mode == "lines")
    assert (sure.line.dash, list(sure.x)) == ("solid", [-0.5, 0.6, None])
    assert (unsure.line.dash, list(unsure.x)) == ("dot", [-0.1, 0.2, None])
    assert all(part in headline(figure) for part in ("“heist”", "Ana gives +0.6", "Ben −0.5"))


def test_favourite_words_have_both_ends() -> None:
    figure = favourite_words(FAVOURITES, member="Ana", colour="#c32750")
    words = figure.data[0]
    assert (list(words.x), list(words.y), words.marker.color) == ([0.5, -0.2], [0, 1], "#c32750")
    title = headline(figure)
    assert title.index("“heist”") < title.index("“robot” (not sure yet)")
    assert "robot" not in headline(favourite_words(FAVOURITES.head(1), member="Ana", colour="red"))


def test_departures_are_drawn_from_the_crowd_to_the_rating() -> None:
    figure = against_others(DEPARTURES, member="Ana", colour="#c32750")
    crowd, own = named(figure, "most people"), named(figure, "Ana")
    assert (list(crowd.x), list(own.x)) == ([3.4, 4.1], [5.0, 1.0])
    assert list(figure.data[0].x) == [3.4, 5.0, None, 4.1, 1.0, None]
    assert own.marker.color == "#c32750"
    title = headline(figure)
    assert title.index("“Heat & <i>Co</i>” 5") < title.index("“Up” 1, where most give 4.1")
    below = against_others(DEPARTURES.tail(1), member="Ana", colour="#c32750")
    assert "Heat" not in headline(below)


def test_map_marks_rated_and_listed_movies() -> None:
    figure = taste_map(PLACES, REGIONS)
    sizes = {trace.name: len(trace.x) for trace in figure.data}
    assert sizes == {"Comedy": 15, "Drama": 15, "rated by us": 19, "tonight's shortlist": 1}
    assert [note.text for note in figure.layout.annotations] == ["<b>heist</b>", "<b>love</b>"]


def test_a_map_names_the_commonest_keywords_that_have_room() -> None:
    figure = keyword_map(KEYWORDS)
    assert [note.text for note in figure.layout.annotations] == [label(HEAT), "paris"]
    assert {trace.name for trace in figure.data} == {"raises", "lowers", "hardly matters"}
