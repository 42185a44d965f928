"""The Evaluation page's charts: traces hold the frame's numbers, titles what is sure."""

import pandas as pd
import pytest
from chart_frames import (
    ERRORS,
    HELD_OUT,
    LIKES,
    MEMBER_ERRORS,
    RANKING,
    named,
)  # fmt: skip

from ui.charts.evaluation import (
    error_against_baselines,
    member_errors,
    ranking_metrics,
    reliability,
    stars_by_prediction,
)  # fmt: skip
from ui.charts.style import headline


def test_few_ratings_show_as_dots() -> None:
    dots = named(stars_by_prediction(HELD_OUT), "one rating")
    assert len(dots.x) == 20
    assert dots.text[0] == "Ana: Heat &amp; &lt;i&gt;Co&lt;/i&gt;"
    many = stars_by_prediction(pd.concat([HELD_OUT] * 30))
    assert "one rating" not in [trace.name for trace in many.data]


@pytest.mark.parametrize(
    ("errors", "title"),
    [
        (ERRORS, "Our error is 0.80 stars, 11.1% less than the best baseline's (bias)"),
        (
            ERRORS.replace({"value": {0.8: 1.8}}),
            "Our error is 1.80 stars, 100.0% more than the best baseline's (bias)",
        ),
        (
            ERRORS.assign(excess_low=-0.05, excess_high=0.2),
            "Our error is 0.80 stars, the best baseline's 0.90 (bias): no clear difference",
        ),
        (ERRORS[ERRORS["model"] == "ours"], "The smallest error: 0.80 stars, by ours"),
    ],
)
def test_error_title_claims_no_more_than_is_sure(errors: pd.DataFrame, title: str) -> None:
    assert headline(error_against_baselines(errors)) == title


def test_reliability_has_a_dot_for_each_tenth() -> None:
    figure = reliability(LIKES)
    dots = figure.data[1]
    assert (list(dots.x), list(dots.y)) == ([0.25, 1.0], [0.1, 0.1])
    # Wilson's interval of 1 out of 10 is 0.018 to 0.404.
    assert 0.1 - dots.error_y.arrayminus[0] == pytest.approx(0.0179, abs=1e-3)
    assert 0.1 + dots.error_y.array[0] == pytest.approx(0.4042, abs=1e-3)
    # Of 10 ratings with a chance of 25%, the share lies 0.1093 off on average; 100% is never off.
    assert "off by 52.5 percentage points on average (5.5 by chance alone)" in headline(figure)


def test_ranking_metrics_have_a_plot_each() -> None:
    figure = ranking_metrics(RANKING)
    assert [note.text for note in figure.layout.annotations] == ["AUC", "Precision at 10"]
    held_out = [trace for trace in figure.data if trace.name == "held out"]
    assert [list(trace.x) for trace in held_out] == [[0.9, 0.8], [0.23, 0.15]]
    assert headline(figure) == (
        "Of 10 movies recommended by LightFM, 2.3 were watched; by popularity, 1.5"
    )


def test_stars_by_prediction_draws_what_was_given_over_the_interval() -> None:
    figure = stars_by_prediction(HELD_OUT)
    band = named(figure, "promised for 80%")
    assert (list(band.x), list(band.y)) == ([3, 4, 4, 3], [4, 5, 3, 2])
    given = named(figure, "given: mean, middle 80%")
    assert (list(given.x), list(given.y)) == ([3, 4], pytest.approx([3.5, 4.15]))
    # The tenth percentile of 1, 4.5, 4.5, ... is 4.15: nine tenths of the way to the second.
    assert list(given.error_y.arrayminus) == pytest.approx([0, 0])
    assert list(given.error_y.array) == pytest.approx([0, 0.35])


@pytest.mark.parametrize(
    ("ratings", "than"),
    [
        (HELD_OUT, ""),
        (pd.concat([HELD_OUT] * 5), "more"),
        (HELD_OUT.assign(low=5.0, high=5.0), "fewer"),
    ],
)
def test_coverage_title_claims_no_more_than_is_sure(ratings: pd.DataFrame, than: str) -> None:
    title = headline(stars_by_prediction(ratings))
    inside = ratings["actual"].between(ratings["low"], ratings["high"]).mean()
    assert title.startswith(f"{inside:.0%} of the {len(ratings)} ratings")
    assert f"clearly {than}" in title if than else "clearly" not in title


@pytest.mark.parametrize(
    ("clarities", "title"),
    [
        (("better", "unclear"), "Clearly closer than the best simple guess for 1 of 2 members"),
        (
            ("better", "worse"),
            "Clearly closer than the best simple guess for 1 of 2 members, clearly worse for 1",
        ),
        (("too few", "unclear"), "For no member a clear difference to the best simple guess yet"),
    ],
)
def test_member_title_counts_clear_differences(clarities: tuple[str, str], title: str) -> None:
    clarity = MEMBER_ERRORS["member_id"].map(dict(enumerate(clarities, start=1)))
    assert headline(member_errors(MEMBER_ERRORS.assign(clarity=clarity))) == title
