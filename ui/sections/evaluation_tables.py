"""The figures of the Evaluation page as tables."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from recommender.columns import MEMBER, MOVIE
from recommender.evaluation.evaluate import Findings
from recommender.evaluation.metrics import likes_foreseen, reliability_bins
from ui.judging import ClubEvaluation
from ui.state import View

SAID = {
    "too few": "too few ratings to say",
    "unclear": "no clear difference yet",
    "better": "clearly closer",
    "worse": "clearly further off",
}


def show(club: View, found: ClubEvaluation) -> None:
    """Draw an expander with every figure of the charts."""
    findings = found.findings
    tables = {
        "Ratings": (ratings(club, findings.predictions), 2),
        "Simple guesses": (compared(findings.errors), 2),
        "Members": (members(club, findings.members), 2),
        "Chances": (chances(findings.predictions), 2),
        "Brier score": (compared(findings.chances), 3),
        "Likes": (likes(findings.predictions), 0),
        "Learning": (curve_table(found.curve), 3),
    }
    with st.expander("The same as tables", icon=":material/table_rows:"):
        for tab, name in zip(st.tabs(list(tables)), tables, strict=True):
            with tab:
                draw(*tables[name], f"{name} as a table")


def show_ratings(club: View, findings: Findings) -> None:
    """Draw the ratings alone, while they are too few for any figure."""
    with st.expander("Rating by rating, for what it is worth", icon=":material/table_rows:"):
        draw(ratings(club, findings.predictions), 2, "Ratings beside their predictions")


def draw(table: pd.DataFrame, digits: int, alt: str) -> None:
    """Draw a table with so many digits behind the point."""
    fractions = table.select_dtypes("float").columns
    st.dataframe(
        table,
        hide_index=True,
        column_config={
            name: st.column_config.NumberColumn(format=f"%.{digits}f") for name in fractions
        },
        alt=alt,
    )


def curve_table(curve: pd.DataFrame) -> pd.DataFrame:
    """Return a learning curve as people read it."""
    return pd.DataFrame(
        {
            "Ratings known": curve["known"],
            "People": curve["members"],
            "Ours misses by": curve["mae"],
            "Bias misses by": curve["bias_mae"],
            "More than ours": curve["gap"],
            "at least (95%)": curve["gap_low"],
            "at most (95%)": curve["gap_high"],
        }
    )


def ratings(club: View, predictions: pd.DataFrame) -> pd.DataFrame:
    """Return every rating beside its prediction, the worst missed first."""
    missed = (predictions["predicted"] - predictions["actual"]).abs()
    table = pd.DataFrame(
        {
            "Member": predictions[MEMBER].map(club.names),
            "Movie": predictions[MOVIE].map(club.title),
            "Given": predictions["actual"],
            "Predicted": predictions["predicted"],
            "From": predictions["low"],
            "To": predictions["high"],
            "Chance of 4+": predictions["like"],
            "Missed by": missed,
        }
    )
    return table.loc[missed.sort_values(ascending=False, kind="stable").index]


def compared(frame: pd.DataFrame) -> pd.DataFrame:
    """Return each model's loss, and how much more it is than ours."""
    return pd.DataFrame(
        {
            "Model": frame["model"],
            "Value": frame["value"],
            "95% from": frame["low"],
            "95% to": frame["high"],
            "More than ours": frame["gap"],
            "at least (95%)": frame["gap_low"],
            "at most (95%)": frame["gap_high"],
        }
    )


def members(club: View, frame: pd.DataFrame) -> pd.DataFrame:
    """Return one row a member: how many stars each model misses by, and what may be said."""
    table = frame.pivot(index=MEMBER, columns="model", values="value")
    facts = frame.drop_duplicates(MEMBER).set_index(MEMBER)
    table = table[list(dict.fromkeys(frame["model"]))]
    table.insert(0, "Member", table.index.map(club.names))
    table.insert(1, "Ratings", facts["n"])
    table["Against the best guess"] = facts["clarity"].map(SAID)
    return table


def chances(predictions: pd.DataFrame) -> pd.DataFrame:
    """Return promised chances of 4 stars or more beside what became of them."""
    bins = reliability_bins(predictions)
    return pd.DataFrame(
        {
            "Chance promised": bins["promised"],
            "Share liked": bins["share"],
            "95% from": bins["low"],
            "95% to": bins["high"],
            "Ratings": bins["n"],
        }
    )


def likes(predictions: pd.DataFrame) -> pd.DataFrame:
    """Return how often a like was expected, and came."""
    counts = likes_foreseen(predictions)
    return pd.DataFrame(
        {
            "Expected": counts["expected"].map({True: "4 stars or more", False: "fewer"}),
            "Given": counts["liked"].map({True: "4 stars or more", False: "fewer"}),
            "Ratings": counts["n"],
        }
    )
