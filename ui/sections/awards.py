"""The Our taste page, the prizes of every year, and who rated most steadily."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import shorten

import pandas as pd
import streamlit as st

from recommender.columns import MEMBER, MOVIE
from recommender.taste import (
    AWARD_RATINGS,
    BEST,
    DILIGENT,
    DIVISIVE,
    HARSHEST,
    KINDEST,
    SURPRISE,
    streaks,
    years,
)
from ui import portraits
from ui.charts.taste import rating_years
from ui.components.tile import movie_link, poster_image
from ui.sections.evaluation_tables import draw
from ui.sections.pictures import chart
from ui.sections.tonight import CARD_LETTERS
from ui.state import View
from ui.text import counted, day_of, half_stars, listed, plain

ICONS = {
    BEST: ":material/trophy:",
    DIVISIVE: ":material/call_split:",
    SURPRISE: ":material/bolt:",
    KINDEST: ":material/volunteer_activism:",
    HARSHEST: ":material/gavel:",
    DILIGENT: ":material/edit_note:",
}


def show(club: View, attendance: pd.DataFrame | None = None) -> None:
    """Draw the prizes of one year, the rows of weeks and nights, and who rated when.

    Args:
        attendance: on (date of a movie night), member_id of who was there.
    """
    found = portraits.prizes(club)
    if found.empty:
        st.markdown(f"No prizes yet: a year needs {AWARD_RATINGS} ratings.")
    else:
        _year(club, found)
    st.subheader("In a row", anchor=False)
    _rows(club, attendance)
    st.subheader("Who rated when", anchor=False)
    _calendar(club)


def _year(club: View, found: pd.DataFrame) -> None:
    there = [str(year) for year in found["year"].unique()]
    chosen = st.pills(
        "The prizes of",
        there,
        default=there[0],
        required=True,
        key="year",
        bind="query-params",
        wrap=True,
    )
    own = found[found["year"] == int(chosen or there[0])]
    with st.grid(columns=3, min_column_width=290, gap="small", border=True, key="prizes"):
        for _, prize in own.iterrows():
            with st.container():
                _prize(club, prize)
    with st.expander("All prizes as a table", icon=":material/table_rows:"):
        draw(prize_table(club, found), 1, "The prizes of every year")


def _prize(club: View, prize: pd.Series) -> None:
    award, movie = str(prize["award"]), prize[MOVIE]
    st.caption(f"{ICONS[award]} {award.capitalize()}")
    if pd.isna(movie):
        st.markdown(f"**{plain(club.names[int(prize[MEMBER])])}**")
        st.caption(plain(reason(prize, club.names)))
        return
    picture, words = st.columns([1, 3], wrap=False, gap="small")
    with picture:
        poster_image(club, int(movie))
    with words.container(gap="xxsmall"):
        # Streamlit cuts a link that is wider than its place; the poster has the title in full.
        title = shorten(club.title(int(movie)), CARD_LETTERS, placeholder=" …")
        movie_link(club, int(movie), f"**{plain(title)}**")
        st.caption(plain(reason(prize, club.names)))


def reason(prize: pd.Series, names: Mapping[int, str]) -> str:
    """Return in one sentence (plain text) what a prize is for.

    Args:
        prize: a row of `recommender.taste.awards`.
        names: member_id -> name.
    """
    value, n = float(prize["value"]), int(prize["n"])
    match str(prize["award"]):
        case award if award == BEST:
            return f"{value:.1f} stars on average from {n} of us."
        case award if award == DIVISIVE:
            return f"{half_stars(value)} stars between the one who liked it most and the least."
        case award if award == SURPRISE:
            way = "more" if value > 0 else "fewer"
            return f"{names[int(prize[MEMBER])]} gave {abs(value):.1f} stars {way} than expected."
        case award if award == DILIGENT:
            return f"{int(value):,} of the year’s {n:,} ratings."
        case _:
            way = "more" if value > 0 else "less"
            return (
                f"{abs(value):.1f} stars {way} than everybody gives the same movies, on "
                f"{counted(n, 'rating')}."
            )


def prize_table(club: View, found: pd.DataFrame) -> pd.DataFrame:
    """Return all prizes as people read them."""
    return pd.DataFrame(
        {
            "Year": found["year"].astype(str),
            "Prize": found["award"].astype(str).str.capitalize(),
            "Movie": ["" if pd.isna(m) else club.title(int(m)) for m in found[MOVIE]],
            "Member": ["" if pd.isna(m) else club.names[int(m)] for m in found[MEMBER]],
            "For": [reason(prize, club.names) for _, prize in found.iterrows()],
        }
    )


def _rows(club: View, attendance: pd.DataFrame | None) -> None:
    weeks = portraits.records(club).weeks
    st.markdown(plain(longest(weeks, club.names, "week", " with a rating")))
    table = streak_table(weeks, club.names, "Weeks")
    if attendance is not None and len(attendance):
        nights = streaks(attendance[attendance[MEMBER].isin(club.names)])
        st.markdown(plain(longest(nights, club.names, "movie night", "")))
        table = pd.concat([table, streak_table(nights, club.names, "Nights")])
    with st.expander("The same as a table", icon=":material/table_rows:"):
        draw(table, 0, "Rows of weeks and nights")


def longest(rows: pd.DataFrame, names: Mapping[int, str], unit: str, of_what: str) -> str:
    """Return in a sentence (plain text) who holds the longest row.

    Args:
        rows: as `recommender.taste.streaks` returns it, at least one.
    """
    best = rows[rows["longest"] == rows["longest"].max()]
    n = int(best["longest"].iloc[0])
    if n == 1:
        return f"Nobody has two {unit}s{of_what} in a row yet."
    who = listed(
        f"{names[int(member)]} (up to {day_of(pd.Timestamp(until).date())})"
        for member, until in best["until"].items()
    )
    row = "the longest row" if len(best) == 1 else "the longest rows"
    return f"{who} {'has' if len(best) == 1 else 'have'} {row} of {unit}s{of_what}: {n}."


def streak_table(rows: pd.DataFrame, names: Mapping[int, str], unit: str) -> pd.DataFrame:
    """Return rows as people read them."""
    return pd.DataFrame(
        {
            "What": unit,
            "Member": [names[int(member)] for member in rows.index],
            "In a row": rows["longest"].to_numpy(),
            "From": [day_of(pd.Timestamp(at).date()) for at in rows["since"]],
            "To": [day_of(pd.Timestamp(at).date()) for at in rows["until"]],
        }
    )


def _calendar(club: View) -> None:
    counts = club.ratings.groupby([MEMBER, years(club.ratings)]).size().rename("n").reset_index()
    counts["order"] = counts[MEMBER].map({member: i for i, member in enumerate(club.names)})
    counts = counts.sort_values("order").assign(member=counts[MEMBER].map(club.names))
    table = counts[["member", "year", "n"]].astype({"year": str})
    table = table.rename(columns={"member": "Member", "year": "Year", "n": "Ratings"})
    chart(rating_years(counts), "years", table, 0)
