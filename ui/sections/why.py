"""Why the model expects what it expects of a member: the largest parts of the sum."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from ui import state
from ui.components.people import person_picker
from ui.state import View
from ui.text import counted, half_stars, listed, plain

NAMED = 3  # movies or words of a line; the rest is counted


def ask(club: View, members: Sequence[int], movie: int, key: str, first: int | None = None) -> None:
    """Draw the members' faces and, for the chosen one, why the prediction is what it is.

    Args:
        first: the member who is chosen at first.
    """
    member = person_picker(club, "Whose stars?", members, f"{key}_{movie}", first=first)
    model = state.model(club)
    if member is None or model is None:
        return
    parts = model.explain(club.evidence, member, movie)
    total, name = parts["stars"].sum(), plain(club.name(member))
    st.markdown(f"We expect **{total:.1f}** from {name}, which adds up like this:")
    rows = sum_of(club, member, parts)
    st.markdown("\n".join(f"- **{signed(stars)}** {plain(what)}" for what, stars in rows))


def signed(stars: float) -> str:
    """Return a part of a prediction: "+0.3", "−0.2"."""
    return f"{round(stars, 1) + 0.0:+.1f}".replace("-", "−")


def sum_of(club: View, member: int, parts: pd.DataFrame) -> list[tuple[str, float]]:
    """Return what adds up to the prediction: what raises it, then what lowers it."""
    name = club.name(member)
    common = {  # what it says where it adds to the stars, and where it takes some away
        "mean": ("people give a movie on average",) * 2,
        "movie": ("most people like this one better", "most people like this one less"),
        "member": (f"{name} gives more than most", f"{name} gives less than most"),
        "limit": ("no less than ½ star", "no more than 5 stars"),
    }
    fixed = parts[parts["kind"].isin(common)].groupby("kind", sort=False)["stars"].sum()
    rows = [(common[str(kind)][value < 0], float(value)) for kind, value in fixed.items()]
    taste = parts[~parts["kind"].isin(common)].sort_values("stars", key=abs, ascending=False)
    given = (taste["kind"] == "rated movie") & taste["movie_id"].isin(club.movies.index)
    for up, leans in ((True, "leans to"), (False, "cares less for")):
        side = (taste["stars"] >= 0) == up
        if (movies := taste[side & given]).size:
            what = _movies(club, member, movies, "for" if up else "against")
            rows.append((what, float(movies["stars"].sum())))
        if (words := taste[side & ~given]).size:
            more = [f"{len(words) - NAMED} more"] if len(words) > NAMED else []
            what = listed([*words["label"].head(NAMED).str.lower(), *more])
            rows.append((f"{name} {leans} {what}", float(words["stars"].sum())))
    return [row for row in rows if signed(row[1]) != signed(0)]


def _movies(club: View, member: int, parts: pd.DataFrame, word: str) -> str:
    """Return which movies speak for or against one: those that all seeds agree on by name."""
    sure = parts.loc[parts["stable"], "movie_id"].head(NAMED)
    stars = [f"{club.title(movie)} {half_stars(club.stars[member, movie])}★" for movie in sure]
    others = len(parts) - len(stars)
    if not stars:
        count = counted(others, "movie that speaks", "movies that speak")
        return f"{club.name(member)} has seen {count} {word} it"
    more = f"; {others} more {'speaks' if others == 1 else 'speak'} {word} it" if others else ""
    return f"{club.name(member)} gave {listed(stars)}{more}"
