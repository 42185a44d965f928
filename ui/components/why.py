"""Why the model expects what it expects of one member: a sentence, and the sum behind it."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from recommender.columns import MEMBER, MOVIE
from ui import services
from ui.services import View
from ui.text import half_stars, listed, plain

SHOWN = 6  # parts of a sum; the rest is one line


def ask(club: View, members: Sequence[int], movie: int, key: str) -> None:
    """Draw the members as pills and, for the chosen one, why the prediction is what it is."""
    member = st.pills(
        "Why these stars for",
        list(members),
        format_func=lambda one: plain(club.names[one]),
        key=f"{key}_{movie}",
        wrap=True,
    )
    model = services.model(club)
    if member is None or model is None:
        return
    parts = model.explain(club.ratings, member, movie)
    st.markdown(plain(sentence(club, member, parts)))
    st.dataframe(
        sum_of(club, member, parts),
        hide_index=True,
        width="stretch",
        alt="What adds up to the prediction",
        column_config={
            "What": st.column_config.TextColumn(width="large"),
            "Stars": st.column_config.NumberColumn(format="%+.2f", width="small"),
        },
    )


def sentence(club: View, member: int, parts: pd.DataFrame) -> str:
    """Return the reason as one sentence of plain text."""
    name = club.names[member]
    if not (club.ratings[MEMBER] == member).any():
        return f"{name} has rated nothing yet, so these are the crowd's stars."
    rated = parts[parts["kind"] == "rated movie"]
    told = rated.loc[rated["stars"].abs().sort_values(ascending=False).index].head(2)
    movies = listed(
        f"{half_stars(club.stars[member, movie])} for {club.title(movie)}" for movie in told[MOVIE]
    )
    words = parts[(parts["kind"] == "feature") & (parts["stars"].abs() >= 0.05)]
    words = words.loc[words["stars"].abs().sort_values(ascending=False).index].head(2)
    tags = listed(
        f"{label} ({value:+.1f})"
        for label, value in zip(words["label"], words["stars"], strict=True)
    )
    because = f"{name}'s {movies} say most about it"
    return f"{because}, and so do {tags}." if tags else f"{because}."


def sum_of(club: View, member: int, parts: pd.DataFrame) -> pd.DataFrame:
    """Return the parts as a table, What and Stars, that adds up to the prediction."""
    common = {
        "world": "What people give a movie on average",
        "movie": "How much better or worse this movie is to everyone",
        "member": f"How generous {club.names[member]} is",
        "limit": "Stars end at ½ and 5",
    }
    fixed = parts[parts["kind"].isin(common)]
    taste = parts[~parts["kind"].isin(common)]
    taste = taste.loc[taste["stars"].abs().sort_values(ascending=False).index]
    rows = [
        (common[kind], value) for kind, value in zip(fixed["kind"], fixed["stars"], strict=True)
    ]
    for kind, label, value, movie in taste.head(SHOWN).itertuples(index=False):
        if kind == "rated movie":
            given = half_stars(club.stars[member, int(movie)])
            rows.append((f"Gave {given} for {club.title(int(movie))}", value))
        else:
            rows.append((f"Likes or dislikes: {label}", value))
    rest = taste["stars"].iloc[SHOWN:]
    if len(rest):
        rows.append((f"{len(rest)} smaller parts together", float(rest.sum())))
    rows.append(("Together", float(parts["stars"].sum())))
    return pd.DataFrame(rows, columns=["What", "Stars"])
