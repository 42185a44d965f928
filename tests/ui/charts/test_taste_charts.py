"""The charts of Our taste and of movies: traces hold the frame's numbers, titles what is sure."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from chart_frames import (
    BIASES,
    DEPARTURES,
    FAVOURITES,
    MATCHES,
    PLACES,
    REGIONS,
    SPLITS,
    WORDS,
    matches,
    named,
)  # fmt: skip

from ui.charts.movies import rating_distribution, taste_map
from ui.charts.style import headline
from ui.charts.taste import (
    against_others,
    favourite_words,
    match_matrix,
    movie_stars,
    user_bias,
    word_sides,
)  # fmt: skip


def test_match_matrix_is_symmetric_and_pale_where_not_sure() -> None:
    figure = match_matrix(MATCHES)
    cells = figure.data[0]
    z, text = np.array(cells.z), np.array(cells.text)
    assert z[0, 1] == z[1, 0] == pytest.approx(1)
    assert z[0, 2] == z[2, 0] == pytest.approx(-0.35)  # as far, but not sure
    assert z[1, 2] == pytest.approx(-0.5)
    assert np.isnan(np.diag(z)).all()
    assert text[0, 1] == text[1, 0] == "70%<br>±10"
    assert text[0, 0] == ""
    assert "Ana and Ben: 70% (60% to 80%)" in cells.customdata[0][1]
    assert figure.layout.xaxis.ticktext == ("Ana", "Ben", "Cleo")


@pytest.mark.parametrize(
    ("frame", "title"),
    [
        (MATCHES, "Ana and Ben match best: nearly the same stars for 70% of movies"),
        (MATCHES.assign(clarity="apart"), "Ana and Ben match best: nearly the same stars for 70% "
         "of movies; Ana and Cleo least: 30%"),
        (MATCHES.assign(clarity="unclear"),
         "Nobody's match is sure yet: how often two give nearly the same stars"),
        (matches("stars", (0.4, "unclear")),
         "Ana and Ben give nearly the same stars to 40% of movies"),
        (matches("taste", (0.54, "unclear"), (0.5, "unclear"), (0.46, "unclear")),
         "Nobody's match is sure yet: how often two prefer the same movie; chance is 50%"),
        (matches("taste", (0.58, "alike"), (0.5, "unclear"), (0.42, "apart")), "Ana and Ben prefer "
         "the same movie in 58% of cases (sure), Ben and Cleo in 42% (sure); chance is 50%"),
        (matches("taste", (0.58, "alike")),
         "Ana and Ben prefer the same movie in 58% of cases (sure); chance is 50%"),
    ],
)  # fmt: skip
def test_match_title_claims_no_more_than_is_sure(frame: pd.DataFrame, title: str) -> None:
    assert headline(match_matrix(frame)) == title


def test_splitting_and_uniting_movies_lie_side_by_side() -> None:
    figure = movie_stars(SPLITS)
    splits, unites = named(figure, "splits us"), named(figure, "unites us")
    assert (list(splits.x), list(splits.text)) == ([5.0, 1.0], ["Ana", "Ben, Cleo"])
    assert splits.marker.size[1] > splits.marker.size[0]
    assert list(unites.y) == [1, 1]
    assert headline(figure) == (
        "“Jaws” splits us most: Ben gave 1, Ana 5; “Heat & <i>Co</i>” unites us most: 4 to 4.5 "
        "stars from all 2 who rated it"
    )


def test_ends_of_a_word_have_names() -> None:
    figure = word_sides(WORDS)
    between, against, for_it = (t for t in figure.data if t.mode.startswith("markers"))
    assert (list(against.x), list(against.text)) == ([-0.5, -0.1], ["Ben", "Ana"])
    assert (list(for_it.x), list(for_it.text)) == ([0.6, 0.2], ["Ana", "Ben"])
    assert list(between.x) == [0.1]
    sure, unsure = (trace for trace in figure.data if trace.mode == "lines")
    assert (sure.line.dash, list(sure.x)) == ("solid", [-0.5, 0.6, None])
    assert (unsure.line.dash, list(unsure.x)) == ("dot", [-0.1, 0.2, None])
    assert headline(figure) == "“heist” divides us most: +0.6 stars from Ana, −0.5 from Ben"
    unsure = word_sides(WORDS.assign(sure=False))
    assert headline(unsure) == "No word divides us for sure yet; more ratings will tell"


@pytest.mark.parametrize(
    ("member", "title"),
    [
        (1, "Ana is the harshest of us: 0.5 stars less than everybody gives the same movies"),
        (2, "Ben is neither surely generous nor surely harsh: +0.1"),
        (3, "Cleo is the most generous of us: 0.4 stars more than everybody gives the same movies"),
    ],
)
def test_user_bias_is_named_when_it_is_sure(member: int, title: str) -> None:
    figure = user_bias(BIASES, member_id=member, colour="#c32750")
    others, own = figure.data
    assert headline(figure) == title
    assert (len(others.x), list(own.y)) == (2, [member - 1])  # the kindest on top
    assert list(own.error_x.array) == pytest.approx([0.2])


def test_favourite_words_have_both_ends() -> None:
    figure = favourite_words(FAVOURITES, member="Ana")
    liked, disliked = figure.data
    assert (list(liked.x), list(disliked.x)) == ([0.5], [-0.2])
    assert (list(liked.y), list(disliked.y)) == ([0], [1])
    lead = "Ana leans to “heist” (+0.5)"
    assert headline(figure) == f"{lead} and away from “robot” (−0.2, not sure)"
    assert headline(favourite_words(FAVOURITES.head(1), member="Ana")) == lead


def test_departures_are_drawn_from_the_crowd_to_the_rating() -> None:
    figure = against_others(DEPARTURES, member="Ana")
    crowd, own = named(figure, "everybody"), named(figure, "Ana")
    assert (list(crowd.x), list(own.x)) == ([3.4, 4.1], [5.0, 1.0])
    assert list(figure.data[0].x) == [3.4, 5.0, None, 4.1, 1.0, None]
    assert headline(figure) == (
        "Ana gave “Heat & <i>Co</i>” 5 where everybody gives 3.4, and “Up” 1 where everybody gives "
        "4.1"
    )
    below = against_others(DEPARTURES.tail(1), member="Ana")
    assert headline(below) == "Ana gave “Up” 1 where everybody gives 4.1"


def test_rating_distribution_has_a_bar_for_each_half_star() -> None:
    figure = rating_distribution(pd.Series([0.5, 4.0, 4.0, 5.0, 3.5, 4.5, 4.0, 1.0]))
    assert list(figure.data[0].x) == [0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5]
    assert list(figure.data[0].y) == [1, 1, 0, 0, 0, 0, 1, 3, 1, 1]
    assert headline(figure) == "62% of 8 raters gave it 4 stars or more; the mean is 3.3"
    few = rating_distribution(pd.Series([3.0, 4.5]))
    assert headline(few) == "Only 2 of the world's raters gave it stars: 3.8 on average"


def test_map_marks_rated_and_listed_movies() -> None:
    figure = taste_map(PLACES, REGIONS)
    sizes = {trace.name: len(trace.x) for trace in figure.data}
    assert sizes == {"Comedy": 15, "Drama": 15, "rated by us": 19, "tonight's shortlist": 1}
    assert [note.text for note in figure.layout.annotations] == ["<b>heist</b>", "<b>love</b>"]
    assert headline(figure) == "Near each other when the same people choose them"
    wanted = taste_map(
        PLACES.assign(expected=np.where(PLACES["x"] < 0, 4.5, 3.0)), REGIONS, colour="expected"
    )
    assert headline(wanted).startswith("The club should like it best around “")
