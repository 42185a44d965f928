"""Why the model expects what it expects of a member: the largest parts of the sum."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from ui import state
from ui.components.people import person_picker
from ui.state import View
from ui.text import half_stars, plain

SHOWN = 5  # parts of a sum; the rest is one line


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
    """Return what adds up to the prediction, the largest parts of the taste first."""
    name = club.name(member)
    common = {  # what it says where it adds to the stars, and where it takes some away
        "mean": ("people give a movie on average",) * 2,
        "movie": ("most people like this one better", "most people like this one less"),
        "member": (f"{name} gives more than most", f"{name} gives less than most"),
        "limit": ("no less than ½ star", "no more than 5 stars"),
    }
    fixed = parts[parts["kind"].isin(common)].groupby("kind", sort=False)["stars"].sum()
    taste = parts[~parts["kind"].isin(common)]
    taste = taste.loc[taste["stars"].abs().sort_values(ascending=False).index]
    rows = [(common[str(kind)][value < 0], float(value)) for kind, value in fixed.items()]
    for kind, label, value, movie, stable in taste.head(SHOWN).itertuples(index=False):
        if kind == "rated movie" and movie in club.movies.index:
            given = half_stars(club.stars[member, int(movie)])
            what = f"{name} gave {club.title(int(movie))} {given}"
        else:
            what = f"{name} {'leans to' if value >= 0 else 'cares less for'} {label}"
        rows.append((what if stable else f"{what} (perhaps)", float(value)))
    rest = taste["stars"].iloc[SHOWN:]
    if len(rest):
        rows.append((f"{len(rest)} smaller things together", float(rest.sum())))
    return rows
