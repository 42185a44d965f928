"""Why the model expects what it expects of a member: a sentence, and the sum behind it."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from recommender.explain import sentence
from ui import state
from ui.components.choices import people_pills
from ui.components.figures import draw_table
from ui.state import View
from ui.text import half_stars, plain

SHOWN = 6  # parts of a sum; the rest is one line


def ask(club: View, members: Sequence[int], movie: int, key: str) -> None:
    """Draw the members as pills and, for the chosen one, why the prediction is what it is."""
    member = people_pills(club, "Why these stars for", members, f"{key}_{movie}")
    model = state.model(club)
    if member is None or model is None:
        return
    parts = model.explain(club.evidence, member, movie)
    reason = sentence(parts, club.evidence, member, club.movies["title"])
    st.markdown(f"**{plain(club.name(member))}**: {plain(reason)}")
    columns = {
        "What": st.column_config.TextColumn(width="large"),
        "Stars": st.column_config.NumberColumn(format="%+.2f", width="small"),
    }
    draw_table(sum_of(club, member, parts), "What adds up to the prediction", columns=columns)


def sum_of(club: View, member: int, parts: pd.DataFrame) -> pd.DataFrame:
    """Return the parts as a table, What and Stars, that adds up to the prediction."""
    common = {
        "mean": "What people give a movie on average",
        "movie": "How much better or worse this movie is to everyone",
        "member": f"How generous {club.name(member)} is, and how much for what all like",
        "limit": "Stars end at ½ and 5",
    }
    fixed = parts[parts["kind"].isin(common)].groupby("kind", sort=False)["stars"].sum()
    taste = parts[~parts["kind"].isin(common)]
    taste = taste.loc[taste["stars"].abs().sort_values(ascending=False).index]
    rows = [(common[str(kind)], float(value)) for kind, value in fixed.items()]
    for kind, label, value, movie, stable in taste.head(SHOWN).itertuples(index=False):
        if kind == "rated movie" and movie in club.movies.index:
            given = half_stars(club.stars[member, int(movie)])
            what = f"Gave {given} for {club.title(int(movie))}"
        else:
            what = f"Likes or dislikes: {label}"
        rows.append((what if stable else f"{what} (unsure)", value))
    rest = taste["stars"].iloc[SHOWN:]
    if len(rest):
        rows.append((f"{len(rest)} smaller parts together", float(rest.sum())))
    rows.append(("Together", float(parts["stars"].sum())))
    return pd.DataFrame(rows, columns=["What", "Stars"])
