"""Why the model expects what it expects of a member: a sentence, and the largest parts of it."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from recommender.explain import sentence
from ui import state
from ui.components.people import person_picker
from ui.state import View
from ui.text import half_stars, plain

SHOWN = 5  # parts of a sum; the rest is one line


def ask(club: View, members: Sequence[int], movie: int, key: str) -> None:
    """Draw the members' faces and, for the chosen one, why the prediction is what it is."""
    member = person_picker(club, "Whose stars?", members, f"{key}_{movie}")
    model = state.model(club)
    if member is None or model is None:
        return
    parts = model.explain(club.evidence, member, movie)
    reason = sentence(parts, club.evidence, member, club.movies["title"])
    name = plain(club.name(member))
    lead = f"For {name}: " if "Because you" not in reason else ""
    st.markdown(f"{lead}{plain(reason).replace('Because you', f'**{name}**', 1)}")
    rows = sum_of(club, member, parts)
    st.markdown("\n".join(f"- **{signed(stars)}** {plain(what)}" for what, stars in rows))


def signed(stars: float) -> str:
    """Return a part of a prediction: "+0.3", "−0.2"."""
    return f"{round(stars, 1) + 0.0:+.1f}".replace("-", "−")


def sum_of(club: View, member: int, parts: pd.DataFrame) -> list[tuple[str, float]]:
    """Return what adds up to the prediction, the largest parts of the taste first."""
    common = {
        "mean": "what people give a movie on average",
        "movie": "how much better or worse this one is to everyone",
        "member": f"how generous {club.name(member)} is, and how much for what all like",
        "limit": "stars end at ½ and 5",
    }
    fixed = parts[parts["kind"].isin(common)].groupby("kind", sort=False)["stars"].sum()
    taste = parts[~parts["kind"].isin(common)]
    taste = taste.loc[taste["stars"].abs().sort_values(ascending=False).index]
    rows = [(common[str(kind)], float(value)) for kind, value in fixed.items()]
    for kind, label, value, movie, stable in taste.head(SHOWN).itertuples(index=False):
        if kind == "rated movie" and movie in club.movies.index:
            what = f"gave {half_stars(club.stars[member, int(movie)])} to {club.title(int(movie))}"
        else:
            what = f"likes or dislikes: {label}"
        rows.append((what if stable else f"{what} (unsure)", float(value)))
    rest = taste["stars"].iloc[SHOWN:]
    if len(rest):
        rows.append((f"{len(rest)} smaller parts together", float(rest.sum())))
    return rows
