"""Charts of the club's evaluation: the figure holds the frame's numbers, the title says them."""

from __future__ import annotations

from html import unescape

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest
from test_charts import contrast, title

from ui.charts.evaluation import (
    confusion_matrix,
    learning_curve,
    member_errors,
    stars_by_prediction,
)
from ui.charts.style import INK, TITLE_WIDTH


@pytest.fixture
def held_out() -> pd.DataFrame:
    """Ten ratings predicted at 3 and ten at 4; one of them lies outside its interval."""
    predicted = np.repeat([3.0, 4.0], 10)
    actual = np.concatenate([np.full(10, 3.5), [1.0, *[4.5] * 9]])
    return pd.DataFrame(
        {"predicted": predicted, "low": predicted - 1, "high": predicted + 1, "actual": actual}
    )


@pytest.fixture
def members() -> pd.DataFrame:
    rows = [
        (1, "Anna <b>", "better", "ours", 0.6, 0.5, 0.7),
        (1, "Anna <b>", "better", "own mean", 0.9, 0.8, 1.0),
        (2, "Ben", "unclear", "ours", 0.5, 0.3, 0.8),
        (2, "Ben", "unclear", "own mean", 0.4, 0.2, 0.7),
    ]
    columns = ["member_id", "member", "clarity", "model", "value", "low", "high"]
    return pd.DataFrame(rows, columns=columns)


@pytest.fixture
def likes() -> pd.DataFrame:
    sides = [(True, True), (True, False), (False, True), (False, False)]
    return pd.DataFrame(sides, columns=["expected", "liked"]).assign(n=[40, 10, 20, 30])


@pytest.fixture
def curve() -> pd.DataFrame:
    ours, bias = np.array([0.9, 0.8, 0.7]), np.array([0.9, 0.85, 0.8])
    return pd.DataFrame(
        {"known": [0, 3, 20], "members": 8, "mae": ours, "bias_mae": bias, "gap": bias - ours}
    ).assign(gap_high=lambda frame: frame["gap"] + 0.05)


@pytest.fixture
def figures(held_out, members, likes, curve) -> list[go.Figure]:
    return [
        stars_by_prediction(held_out),
        member_errors(members),
        confusion_matrix(likes),
        learning_curve(curve),
    ]


def named(figure: go.Figure, name: str):
    (trace,) = [trace for trace in figure.data if trace.name == name]
    return trace


def test_what_was_given_lies_over_what_was_promised(held_out: pd.DataFrame) -> None:
    figure = stars_by_prediction(held_out)
    band = named(figure, "promised for 80%")
    assert list(band.x) == [3, 4, 4, 3]
    assert list(band.y) == [4, 5, 3, 2]
    given = named(figure, "given: mean, middle 80%")
    assert list(given.x) == [3, 4]
    assert list(given.y) == pytest.approx([3.5, 4.15])
    # The tenth percentile of 1, 4.5, 4.5, ... is 4.15: nine tenths of the way to the second.
    assert list(given.error_y.arrayminus) == pytest.approx([0, 0])
    assert list(given.error_y.array) == pytest.approx([0, 0.35])
    assert title(figure) == (
        "95% of the 20 ratings lie inside their predicted interval, not clearly other than the 80% "
        "promised"
    )
    more = stars_by_prediction(pd.concat([held_out] * 5))
    assert "95% of the 100 ratings" in title(more)
    assert "clearly more than the 80% promised" in title(more)
    none = stars_by_prediction(held_out.assign(low=5.0, high=5.0))
    assert "0% of the 20 ratings" in title(none)
    assert "clearly fewer than the 80% promised" in title(none)


def test_few_ratings_show_as_dots_with_their_names(held_out: pd.DataFrame) -> None:
    figure = stars_by_prediction(held_out.assign(label="Anna: <i>Heat</i>"))
    dots = named(figure, "one rating")
    assert len(dots.x) == 20
    assert dots.text[0] == "Anna: &lt;i&gt;Heat&lt;/i&gt;"
    many = stars_by_prediction(pd.concat([held_out] * 30))
    assert "one rating" not in [trace.name for trace in many.data]


def test_a_predicted_star_with_hardly_a_rating_is_not_drawn(held_out: pd.DataFrame) -> None:
    stray = pd.DataFrame({"predicted": [1.0], "low": [0.5], "high": [2.0], "actual": [5.0]})
    figure = stars_by_prediction(pd.concat([held_out, stray]))
    assert list(named(figure, "given: mean, middle 80%").x) == [3, 4]
    alone = stars_by_prediction(stray)
    assert list(named(alone, "given: mean, middle 80%").x) == [1]


def test_the_member_who_is_predicted_best_is_on_top(members: pd.DataFrame) -> None:
    figure = member_errors(members)
    ours = named(figure, "ours")
    assert figure.layout.yaxis.ticktext == ("Anna &lt;b&gt;", "Ben")
    assert (list(ours.x), list(ours.y)) == ([0.6, 0.5], [0, 1])
    assert list(ours.error_x.array) == pytest.approx([0.1, 0.3])
    other = named(figure, "own mean")
    assert (list(other.x), list(other.y)) == ([0.9, 0.4], [0, 1])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("better", "unclear"), "Clearly closer than the best simple guess for 1 of 2 members"),
        (
            ("better", "worse"),
            "Clearly closer than the best simple guess for 1 of 2 members, clearly worse for 1",
        ),
        (
            ("too few", "unclear"),
            "For no member a clear difference to the best simple guess yet",
        ),
    ],
)
def test_the_title_counts_members_with_a_clear_difference(
    members: pd.DataFrame, words: tuple[str, str], said: str
) -> None:
    clarity = members["member_id"].map(dict(enumerate(words, start=1)))
    assert title(member_errors(members.assign(clarity=clarity))) == said


def test_likes_are_a_table_of_two_by_two(likes: pd.DataFrame) -> None:
    figure = confusion_matrix(likes)
    cells = np.array(figure.data[0].text)
    assert cells[0, 0] == "<b>40</b> (40%)<br>liked,<br>as expected"
    assert cells[0, 1] == "<b>20</b> (20%)<br>a pleasant<br>surprise"
    assert cells[1, 0] == "<b>10</b> (10%)<br>a letdown"
    assert cells[1, 1] == "<b>30</b> (30%)<br>not liked,<br>as expected"
    assert np.array(figure.data[0].z).tolist() == [[0.4, -0.2], [-0.1, 0.3]]
    assert title(figure) == (
        "Liked or not was foreseen for 70% of 100 ratings; always giving the commoner answer would "
        "be right for 60%"
    )
    assert all(contrast(INK, colour) >= 7 for _, colour in figure.data[0].colorscale)


def test_the_curve_says_where_it_is_worse_than_the_bias(curve: pd.DataFrame) -> None:
    figure = learning_curve(curve)
    assert list(named(figure, "ours").y) == [0.9, 0.8, 0.7]
    assert list(named(figure, "user+item bias").y) == [0.9, 0.85, 0.8]
    assert list(named(figure, "ours").x) == pytest.approx(np.log([1, 4, 21]))
    assert figure.layout.xaxis.ticktext == ("0", "3", "20")
    assert figure.layout.xaxis.title.text == "ratings known of each of 8 people"
    assert title(figure) == (
        "With 20 ratings known it misses by 0.70 stars, with none by 0.90; never more than the bias"
    )
    lead = "With 20 ratings known it misses by 0.70 stars, with 3 by 0.80"
    unclear = curve.iloc[1:].assign(gap=[-0.01, 0.1])
    assert title(learning_curve(unclear)) == f"{lead}; never clearly more than the bias"
    worse = unclear.assign(gap_high=[-0.001, 0.2])
    assert title(learning_curve(worse)) == f"{lead}; clearly more than the bias with 3"
    one = learning_curve(curve.head(1).assign(members=1))
    assert title(one) == "With 0 known ratings it misses by 0.90 stars"
    assert one.layout.xaxis.title.text == "ratings known of one person"


def test_charts_are_see_through_and_fit_a_phone(figures: list[go.Figure]) -> None:
    for figure in figures:
        assert figure.layout.plot_bgcolor == "rgba(0,0,0,0)"
        assert figure.layout.title.font.color is None
        assert figure.layout.width is None
        lines = unescape(figure.layout.title.text).split("<br>")
        assert max(map(len, lines)) <= TITLE_WIDTH
        for axis in (*figure.select_xaxes(), *figure.select_yaxes()):
            assert axis.fixedrange
