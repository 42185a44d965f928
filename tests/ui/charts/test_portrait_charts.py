"""Pictures of the club: the figure holds the frame's numbers, and its title says what they say."""

from __future__ import annotations

from html import unescape

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest
from test_charts import contrast, title

from ui.charts.style import INK, TITLE_WIDTH
from ui.charts.taste import (
    against_the_crowd,
    distance_over_time,
    favourite_words,
    match_matrix,
    movie_stars,
    rating_years,
    user_bias,
    word_sides,
)

COLUMNS = (
    "first second one other measure value low high reference clarity both period apart n change "
    "member_id member movie_id movie side rating word lean sure crowd difference year"
)


def matched(measure: str, *rows: tuple[float, str]) -> pd.DataFrame:
    pairs = [(1, 2, "Ana <b>", "Ben"), (1, 3, "Ana <b>", "Cleo"), (2, 3, "Ben", "Cleo")]
    frame = pd.DataFrame(pairs[: len(rows)], columns=["first", "second", "one", "other"])
    frame["value"], frame["clarity"] = zip(*rows, strict=True)
    return frame.assign(
        measure=measure, low=frame["value"] - 0.1, high=frame["value"] + 0.1, reference=0.5, both=4
    )


@pytest.fixture
def matches() -> pd.DataFrame:
    return matched("stars", (0.7, "alike"), (0.3, "unclear"), (0.4, "apart"))


@pytest.fixture
def periods() -> pd.DataFrame:
    rows = [(2020, 1.0, 6), (2021, 2.0, 9)]
    frame = pd.DataFrame(rows, columns=["period", "apart", "n"])
    frame["period"] = pd.PeriodIndex(frame["period"].astype(str), freq="Y")
    return frame.assign(first=1, second=2, one="Ana", other="Ben")


def changed(change: float, clarity: str) -> pd.DataFrame:
    row = {"first": 1, "second": 2, "one": "Ana", "other": "Ben", "change": change}
    row |= {"clarity": clarity, "before": 1.0, "after": 1.0 + change, "since": "2021"}
    return pd.DataFrame([row])


@pytest.fixture
def stars() -> pd.DataFrame:
    rows = [
        (7, "Heat", "splits", "Ana", 5.0),
        (7, "Heat", "splits", "Ben", 1.0),
        (7, "Heat", "splits", "Cleo", 1.0),
        (9, "Up & <i>away</i>", "unites", "Ana", 4.0),
        (9, "Up & <i>away</i>", "unites", "Ben", 4.5),
    ]
    return pd.DataFrame(rows, columns=["movie_id", "movie", "side", "member", "rating"])


@pytest.fixture
def words() -> pd.DataFrame:
    rows = [
        ("heist", 1, "Ana", 0.6, 0.3, 0.9, True),
        ("heist", 2, "Ben", -0.5, -0.8, -0.2, True),
        ("heist", 3, "Cleo", 0.1, -0.2, 0.4, True),
        ("robot", 1, "Ana", -0.1, -0.4, 0.2, False),
        ("robot", 2, "Ben", 0.2, -0.1, 0.5, False),
    ]
    return pd.DataFrame(
        rows, columns=["word", "member_id", "member", "lean", "low", "high", "sure"]
    )


@pytest.fixture
def kindness() -> pd.DataFrame:
    rows = [(1, "Ana", -0.5, -0.7, -0.3), (2, "Ben", 0.1, -0.1, 0.3), (3, "Cleo", 0.4, 0.2, 0.6)]
    return pd.DataFrame(rows, columns=["member_id", "member", "value", "low", "high"])


@pytest.fixture
def favourites() -> pd.DataFrame:
    rows = [("heist", 9, 0.5, 0.2, 0.8), ("robot", 3, -0.2, -0.6, 0.2)]
    return pd.DataFrame(rows, columns=["word", "n", "lean", "low", "high"])


@pytest.fixture
def departures() -> pd.DataFrame:
    rows = [(7, "Heat", 5.0, 3.4, 1.6), (9, "Up", 1.0, 4.1, -3.1)]
    return pd.DataFrame(rows, columns=["movie_id", "movie", "rating", "crowd", "difference"])


@pytest.fixture
def counts() -> pd.DataFrame:
    rows = [(1, "Ana", 2020, 30), (2, "Ben", 2020, 10), (1, "Ana", 2022, 5)]
    return pd.DataFrame(rows, columns=["member_id", "member", "year", "n"])


@pytest.fixture
def figures(request: pytest.FixtureRequest) -> list[go.Figure]:
    """Every picture there is, of the frames above."""
    given = request.getfixturevalue
    return [
        match_matrix(given("matches")),
        distance_over_time(given("periods"), changed(1.0, "apart")),
        movie_stars(given("stars")),
        word_sides(given("words")),
        user_bias(given("kindness"), member_id=1),
        favourite_words(given("favourites"), member="Ana"),
        against_the_crowd(given("departures"), member="Ana"),
        rating_years(given("counts")),
    ]


def test_a_match_is_the_same_from_both_sides_and_pale_where_it_is_not_sure(
    matches: pd.DataFrame,
) -> None:
    figure = match_matrix(matches)
    cells = figure.data[0]
    z, text = np.array(cells.z), np.array(cells.text)
    assert z[0, 1] == z[1, 0] == pytest.approx(1)
    assert z[0, 2] == z[2, 0] == pytest.approx(-0.35)  # as far, but not sure
    assert z[1, 2] == pytest.approx(-0.5)
    assert np.isnan(np.diag(z)).all()
    assert text[0, 1] == text[1, 0] == "70%<br>±10"
    assert text[0, 0] == ""
    assert "Ana &lt;b&gt; and Ben: 70% (60% to 80%)" in cells.customdata[0][1]
    assert figure.layout.xaxis.ticktext == ("Ana &lt;b&gt;", "Ben", "Cleo")
    assert all(contrast(INK, colour) >= 7 for _, colour in cells.colorscale)
    assert title(figure) == (
        "Ana &lt;b&gt; and Ben match best: nearly the same stars for 70% of movies (sure); "
        "Ana &lt;b&gt; and Cleo least: 30% (not sure)"
    )


@pytest.mark.parametrize(
    ("measure", "rows", "said"),
    [
        (
            "taste",
            [(0.54, "unclear"), (0.5, "unclear"), (0.46, "unclear")],
            "Whose tastes go together beyond what everybody likes is not sure yet; closest are "
            "Ana &lt;b&gt; and Ben (54%, chance is 50%)",
        ),
        (
            "taste",
            [(0.58, "alike"), (0.5, "unclear"), (0.42, "apart")],
            "Ana &lt;b&gt; and Ben prefer the same movie in 58% of cases (sure), Ben and Cleo in "
            "42% (sure); chance is 50%",
        ),
        (
            "taste",
            [(0.58, "alike")],
            "Ana &lt;b&gt; and Ben prefer the same movie in 58% of cases (sure); chance is 50%",
        ),
        (
            "stars",
            [(0.4, "unclear")],
            "Ana &lt;b&gt; and Ben give nearly the same stars to 40% of movies",
        ),
    ],
)
def test_the_title_promises_no_more_than_is_sure(
    measure: str, rows: list[tuple[float, str]], said: str
) -> None:
    assert title(match_matrix(matched(measure, *rows))) == said


def test_many_members_leave_the_numbers_to_the_hover() -> None:
    pairs = [(i, j) for i in range(12) for j in range(i + 1, 12)]
    frame = pd.DataFrame(pairs, columns=["first", "second"])
    frame = frame.assign(
        one=frame["first"].map("M{}".format), other=frame["second"].map("M{}".format)
    )
    frame = frame.assign(measure="stars", value=0.5, low=0.4, high=0.6, reference=0.5, both=1)
    assert match_matrix(frame.assign(clarity="unclear")).data[0].texttemplate is None


@pytest.mark.parametrize(
    ("change", "clarity", "said"),
    [
        (
            1.0,
            "apart",
            "Ana and Ben grew apart: 1.0 stars between them before 2021, 2.0 from then on",
        ),
        (
            -0.5,
            "together",
            "Ana and Ben grew together: 1.0 stars between them before 2021, 0.5 from then on",
        ),
        (
            1.0,
            "unclear",
            "Nobody surely grew together or apart; Ana and Ben may have grown apart (1.0 stars, "
            "then 2.0)",
        ),
    ],
)
def test_only_a_sure_change_is_called_one(
    periods: pd.DataFrame, change: float, clarity: str, said: str
) -> None:
    figure = distance_over_time(periods, changed(change, clarity))
    assert title(figure) == said
    (line,) = figure.data
    assert list(line.x) == ["2020", "2021"]
    assert list(line.y) == [1.0, 2.0]
    assert line.name == "Ana and Ben"


def test_what_splits_and_what_unites_lie_side_by_side(stars: pd.DataFrame) -> None:
    figure = movie_stars(stars)
    splits, unites = (t for t in figure.data if t.mode == "markers")
    assert (list(splits.x), list(splits.text)) == ([5.0, 1.0], ["Ana", "Ben, Cleo"])
    assert splits.marker.size[1] > splits.marker.size[0]
    assert list(unites.y) == [1, 1]
    assert figure.layout.yaxis.ticktext == ("Heat", "Up &amp; &lt;i&gt;away&lt;/i&gt;")
    assert title(figure) == (
        "“Heat” splits us most: Ben gave 1, Ana 5; “Up &amp; &lt;i&gt;away&lt;/i&gt;” unites us "
        "most: 4 to 4.5 stars from all 2 who rated it"
    )


def test_the_ends_of_a_word_have_names(words: pd.DataFrame) -> None:
    figure = word_sides(words)
    between, against, for_it = (t for t in figure.data if t.mode.startswith("markers"))
    assert (list(against.x), list(against.text)) == ([-0.5, -0.1], ["Ben", "Ana"])
    assert (list(for_it.x), list(for_it.text)) == ([0.6, 0.2], ["Ana", "Ben"])
    assert list(between.x) == [0.1]
    dashes = [trace.line.dash for trace in figure.data if trace.mode == "lines"]
    assert dashes == ["solid", "dot"]
    assert title(figure) == "“heist” divides us most: +0.6 stars from Ana, -0.5 from Ben (sure)"


@pytest.mark.parametrize(
    ("member", "said"),
    [
        (1, "Ana is the harshest of us: 0.5 stars less than everybody gives the same movies"),
        (2, "Ben is neither surely generous nor surely harsh: +0.1 stars"),
        (3, "Cleo is the most generous of us: 0.4 stars more than everybody gives the same movies"),
    ],
)
def test_generous_or_harsh_is_said_when_it_is_sure(
    kindness: pd.DataFrame, member: int, said: str
) -> None:
    figure = user_bias(kindness, member_id=member)
    others, own = figure.data
    assert title(figure) == said
    assert len(others.x) == 2
    assert own.y[0] == member - 1  # the kindest on top
    assert list(own.error_x.array) == pytest.approx([0.2])


def test_favourite_words_have_whiskers_and_both_ends(favourites: pd.DataFrame) -> None:
    figure = favourite_words(favourites, member="Ana")
    liked, disliked = figure.data
    assert (list(liked.x), list(disliked.x)) == ([0.5], [-0.2])
    assert (list(liked.y), list(disliked.y)) == ([0], [1])
    assert title(figure) == (
        "Ana leans to “heist” (+0.5 stars) and away from “robot” (-0.2 stars, not sure)"
    )
    only = favourite_words(favourites.head(1), member="Ana")
    assert title(only) == "Ana leans to “heist” (+0.5 stars)"


def test_departures_are_drawn_from_the_crowd_to_the_stars(departures: pd.DataFrame) -> None:
    figure = against_the_crowd(departures, member="Ana")
    crowd, own = (t for t in figure.data if t.mode == "markers")
    assert (list(crowd.x), list(own.x)) == ([3.4, 4.1], [5.0, 1.0])
    assert title(figure) == (
        "Ana gave “Heat” 5 where everybody gives 3.4, and “Up” 1 where everybody gives 4.1"
    )
    below = against_the_crowd(departures.tail(1), member="Ana")
    assert title(below) == "Ana gave “Up” 1 where everybody gives 4.1"


def test_years_without_ratings_are_there_and_empty(counts: pd.DataFrame) -> None:
    figure = rating_years(counts)
    assert figure.layout.xaxis.ticktext == ("2020", "2021", "2022")
    assert np.array(figure.data[0].text).tolist() == [["30", "", "5"], ["10", "", ""]]
    assert title(figure) == "2020 was our busiest year: 40 ratings, 30 of them from Ana"
    alone = rating_years(counts[counts["member_id"] == 1])
    assert title(alone) == "2020 was our busiest year: 30 ratings, all of them from Ana"


def test_pictures_are_see_through_and_fit_a_phone(figures: list[go.Figure]) -> None:
    for figure in figures:
        assert figure.layout.plot_bgcolor == "rgba(0,0,0,0)"
        assert figure.layout.title.font.color is None
        assert figure.layout.width is None
        lines = unescape(figure.layout.title.text).split("<br>")
        assert max(map(len, lines)) <= TITLE_WIDTH
        for axis in (*figure.select_xaxes(), *figure.select_yaxes()):
            assert axis.fixedrange


def test_a_name_is_never_read_as_a_part_of_a_template(periods: pd.DataFrame) -> None:
    name = "%{x} <b>"
    changes = changed(1.0, "apart").assign(one=name)
    (line,) = distance_over_time(periods.assign(one=name), changes).data
    assert list(line.text) == ["%{x} &lt;b&gt; and Ben"] * 2
    assert line.hovertemplate.count("%{x}") == 1
