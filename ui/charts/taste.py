"""The charts of Our taste: who matches whom, what divides the club, and one member."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from recommender.columns import MEMBER, MOVIE
from ui.charts.style import GREY, STARS_AXIS, finish, label, signed
from ui.charts.traces import ENDS, Look, dots, row_labels, spans, zero_line
from ui.text import half_stars

NAME = 10  # letters of a name beside a mark
BESIDE = 0.09  # stars between the dots of two who gave the same


def movie_stars(frame: pd.DataFrame) -> go.Figure:
    """Draw every member's stars for the movies that split the club, or for those that unite it.

    Args:
        frame: movie_id, movie (title), side ("splits" or "unites", the same in all rows),
            member_id, member (name), colour (of the face) and rating (stars), one row a rating;
            movies in the order to be drawn.
    """
    frame = frame.assign(row=pd.factorize(frame[MOVIE])[0])
    # Who gave the same stars stand side by side.
    same = frame.groupby(["row", "rating"])
    beside = same.cumcount() - (same["rating"].transform("size") - 1) / 2
    frame = frame.assign(at=frame["rating"] + BESIDE * beside)
    ends = frame.groupby("row")["rating"].agg(["min", "max"])
    figure = go.Figure()
    spans(figure, ends["min"], ends["max"], opacity=0.5)
    for _, own in frame.groupby(MEMBER):
        name, colour = label(own["member"].iloc[0], NAME), own["colour"].iloc[0]
        hover = [f"{name} {half_stars(stars)}" for stars in own["rating"]]
        dots(figure, own, "at", colour, "%{text}", text=hover, name=name)
    titles = frame.drop_duplicates("row")["movie"]
    figure.update_xaxes(title="stars given", **STARS_AXIS)
    row_labels(figure, titles, 18)
    return finish(figure, _split_title(frame), height=150, rows=len(titles), legend=True)


def _split_title(frame: pd.DataFrame) -> str:
    first = frame[frame["row"] == 0].sort_values("rating", kind="stable")
    low, high = first.iloc[0], first.iloc[-1]
    movie = f"“{label(low['movie'], 60)}”"
    least, most = half_stars(low["rating"]), half_stars(high["rating"])
    if low["side"] == "splits":
        least, most = f"{label(low['member'])} gave {least}", f"{label(high['member'])} {most}"
        return f"{movie} splits us: {least}, {most}"
    stars = f"{least} stars" if least == most else f"{least} to {most} stars"
    return f"We agree on {movie}: {stars} from all {len(first)} who rated it"


def word_sides(frame: pd.DataFrame) -> go.Figure:
    """Draw where the members stand on words that divide them.

    Args:
        frame: word, member_id, member (name), colour (of the face), lean, low, high (stars) and
            sure (bool: the ends surely differ); words in the order to be drawn, a sure one first.
    """
    frame = frame.reset_index(drop=True).assign(row=pd.factorize(frame["word"])[0])
    by_word = frame.groupby("row")["lean"]
    against, for_it = frame.loc[by_word.idxmin()], frame.loc[by_word.idxmax()]
    between = frame.drop(index=[*against.index, *for_it.index])
    figure = go.Figure()
    for sure, dash in ((True, "solid"), (False, "dot")):
        ends = [part[part["sure"] == sure].set_index("row")["lean"] for part in (against, for_it)]
        spans(figure, *ends, line_width=1.5, line_dash=dash)
    hover = "%{text}: %{x:+.1f} stars (%{customdata[0]:+.1f} to %{customdata[1]:+.1f})"
    small: Look = {"marker_size": 7, "marker_opacity": 0.7}
    large: Look = {"mode": "markers+text", "marker_size": 11, "textfont_size": 11}
    for part, look in (
        (between, small),
        (against, large | {"textposition": "middle left"}),
        (for_it, large | {"textposition": "middle right"}),
    ):
        look |= {"text": [label(name, NAME) for name in part["member"]]}
        colours = part["colour"].to_numpy()
        dots(figure, part, "lean", colours, hover, customdata=part[["low", "high"]], **look)
    zero_line(figure)
    low, high = frame["lean"].min(), frame["lean"].max()
    room = 0.35 * (high - low) + 0.05  # for the names
    figure.update_xaxes(title="stars more or less than usual", range=[low - room, high + room])
    row_labels(figure, frame["word"].unique(), 16)
    least, most = against.iloc[0], for_it.iloc[0]
    title = (
        f"“{label(most['word'])}” divides us: {label(most['member'])} gives "
        f"{signed(most['lean'])} stars, {label(least['member'])} {signed(least['lean'])}"
    )
    return finish(figure, title, height=110, rows=len(by_word))


def favourite_words(frame: pd.DataFrame, *, member: str, colour: str) -> go.Figure:
    """Draw the words that a member (name, colour of the face) leans to, and away from.

    The frame has word, n, lean, low, high (stars, 80% interval), the most liked first.
    """
    rows = frame.assign(row=range(len(frame)))
    hover = (
        "%{x:+.1f} (%{customdata[0]:+.1f} to %{customdata[1]:+.1f}), %{customdata[2]:.0f} movies"
    )
    bars = (*ENDS, "n")
    figure = go.Figure()
    dots(figure, rows, "lean", colour, hover, bars=bars)
    zero_line(figure)
    figure.update_xaxes(title="stars more or less than usual", nticks=6)
    row_labels(figure, rows["word"], 20)
    ends = [
        f"{verb} “{label(end['word'])}”{'' if end['low'] * end['high'] > 0 else ' (not sure yet)'}"
        for verb, end, sign in (
            ("gives more to", rows.iloc[0], 1),
            ("less to", rows.iloc[-1], -1),
        )
        if end["lean"] * sign > 0
    ]
    title = f"{label(member)} {', '.join(ends)}"
    return finish(figure, title, height=80, rows=len(rows))


def against_others(frame: pd.DataFrame, *, member: str, colour: str) -> go.Figure:
    """Draw the movies on which a member (name, colour of the face) differs most from everybody.

    The frame has movie_id, movie (title), rating, others, difference (stars), most above first.
    """
    rows = frame.reset_index(drop=True).assign(row=range(len(frame)))
    look: Look = {"marker_size": 11, "marker_line_width": 1.5}
    mark: Look = {"name": "most people", "marker_symbol": "diamond-open"}
    figure = go.Figure()
    spans(figure, rows["others"], rows["rating"])
    dots(figure, rows, "others", GREY, "%{x:.1f} stars", **look, **mark)
    dots(figure, rows, "rating", colour, "%{x} stars", name=label(member, 18), **look)
    figure.update_xaxes(title="stars", **STARS_AXIS)
    row_labels(figure, rows["movie"], 18)
    ends = [
        f"“{label(end['movie'], 40)}” {half_stars(end['rating'])}, where most give "
        f"{end['others']:.1f}"
        for end, sign in ((rows.iloc[0], 1), (rows.iloc[-1], -1))
        if end["difference"] * sign > 0
    ]
    title = f"{label(member)} gave {' and '.join(ends)}"
    return finish(figure, title, height=140, rows=len(rows), legend=True)
