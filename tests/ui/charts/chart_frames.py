"""A small frame for every chart, and every chart drawn from it."""

from datetime import date

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from ui.charts import evaluation, laboratory, movies, nights, taste

HEAT = "Heat & <i>Co</i>"  # must be escaped
TITLE = f"8 of 10 strategies choose {HEAT}."


def table(columns: str, *rows: tuple[object, ...]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=columns.split())


def named(figure: go.Figure, name: str) -> go.Scatter:
    (trace,) = [trace for trace in figure.data if trace.name == name]
    return trace


# Evaluation: twenty ratings, one of them outside its interval

HELD_OUT = pd.DataFrame({"predicted": np.repeat([3.0, 4.0], 10)}).assign(
    actual=np.concatenate([np.full(10, 3.5), [1.0, *[4.5] * 9]]),
    low=lambda frame: frame["predicted"] - 1,
    high=lambda frame: frame["predicted"] + 1,
    label=f"Ana: {HEAT}",
)
LIKES = pd.DataFrame({"like": [0.25] * 10 + [1.0] * 10, "liked": [True, *[False] * 9] * 2})
ERRORS = table(
    "model metric value low high",
    ("constant", "rmse", 1.0, 0.9, 1.1),
    ("ours", "rmse", 0.8, 0.7, 0.9),
    ("bias", "rmse", 0.9, 0.8, 1.0),
    ("ours", "mae", 0.7, 0.6, 0.8),
)
RANKING = table(
    "model split metric value",
    *[
        (model, split, metric, value)
        for model, values in {"LightFM": (0.9, 0.23), "popularity": (0.8, 0.15)}.items()
        for split in ("train", "test")
        for metric, value in zip(("auc", "precision@10"), values, strict=True)
    ],
)
MEMBER_ERRORS = table(
    "member_id member clarity model value low high",
    (1, HEAT, "better", "ours", 0.6, 0.5, 0.7),
    (1, HEAT, "better", "own mean", 0.9, 0.8, 1.0),
    (2, "Ben", "unclear", "ours", 0.5, 0.3, 0.8),
    (2, "Ben", "unclear", "own mean", 0.4, 0.2, 0.7),
)
# Nights

RECORD = table(
    "on nights n model mae",
    *[
        (date(2026, 1, 2 + 7 * night), night + 1, 5 * (night + 1), model, mae)
        for night, values in enumerate([(0.9, 0.8, 1.0), (0.6, 0.8, 0.7)])
        for model, mae in zip(("ours", "own mean", "crowd"), values, strict=True)
    ],
)

# Our taste


FACES = {"Ana": "#c32750", "Ben": "#007983", "Cleo": "#ab5e0c"}


def coloured(frame: pd.DataFrame) -> pd.DataFrame:
    """With the colour of each member's face."""
    return frame.assign(colour=frame["member"].map(FACES))


SPLITS = coloured(
    table(
        "movie_id movie side member_id member rating",
        (7, "Jaws", "splits", 1, "Ana", 5.0),
        (7, "Jaws", "splits", 2, "Ben", 1.0),
        (7, "Jaws", "splits", 3, "Cleo", 1.0),
        (9, HEAT, "unites", 1, "Ana", 4.0),
        (9, HEAT, "unites", 2, "Ben", 4.5),
    )
)
WORDS = coloured(
    table(
        "word member_id member lean low high sure",
        ("heist", 1, "Ana", 0.6, 0.3, 0.9, True),
        ("heist", 2, "Ben", -0.5, -0.8, -0.2, True),
        ("heist", 3, "Cleo", 0.1, -0.2, 0.4, True),
        ("robot", 1, "Ana", -0.1, -0.4, 0.2, False),
        ("robot", 2, "Ben", 0.2, -0.1, 0.5, False),
    )
)
FAVOURITES = table(
    "word n lean low high", ("heist", 9, 0.5, 0.2, 0.8), ("robot", 3, -0.2, -0.6, 0.2)
)
DEPARTURES = table(
    "movie_id movie rating others difference", (7, HEAT, 5.0, 3.4, 1.6), (9, "Up", 1.0, 4.1, -3.1)
)

KEYWORDS = table(
    "keyword movies stars sd x y",
    (HEAT, 9, 0.2, 0.1, -0.5, 0), ("robot", 5, -0.2, 0.1, -0.4, 0), ("paris", 3, 0, 0.1, 0.5, 0),
)  # fmt: skip

# Movies

PLACES = pd.DataFrame({"movie_id": range(30), "ratings": range(30)}).assign(
    x=np.linspace(-1, 1, 30),
    y=0.0,
    title=HEAT,
    genres="Drama",
    genre=["Drama", "Comedy"] * 15,
    rated=[5.0] * 10 + [np.nan] * 11 + [2.0] * 9,
    listed=[i == 15 for i in range(30)],
)
REGIONS = pd.DataFrame({"x": [-0.8, 0.8], "y": [0, 0], "label": ["heist", "love"]})

CHARTS = {
    "errors": lambda: evaluation.error_against_baselines(ERRORS),
    "reliability": lambda: evaluation.reliability(LIKES),
    "ranking": lambda: evaluation.ranking_metrics(RANKING),
    "stars by prediction": lambda: evaluation.stars_by_prediction(HELD_OUT),
    "member errors": lambda: evaluation.member_errors(MEMBER_ERRORS),
    "record": lambda: nights.error_over_nights(RECORD, TITLE),
    "splits": lambda: taste.movie_stars(SPLITS),
    "words": lambda: taste.word_sides(WORDS),
    "favourites": lambda: taste.favourite_words(FAVOURITES, member=HEAT, colour=FACES["Ana"]),
    "departures": lambda: taste.against_others(DEPARTURES, member=HEAT, colour=FACES["Ana"]),
    "distribution": lambda: movies.rating_distribution(pd.Series([4.0, 3.5])),
    "keyword bars": lambda: laboratory.keyword_bars(KEYWORDS, "everybody"),
    "keyword map": lambda: laboratory.keyword_map(KEYWORDS),
    "map": lambda: movies.taste_map(PLACES, REGIONS),
}
