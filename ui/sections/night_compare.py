"""Side by side on a night: what every strategy would choose, who gains and who loses by it."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from club.nights import Night
from recommender.columns import MEMBER, MOVIE
from recommender.evaluation.nights import Comparison, compare_strategies
from recommender.group import STRATEGIES, fairness_shares
from ui import findings, nights, state
from ui.charts.nights import gains_and_losses, strategies_side_by_side
from ui.sections import tonight
from ui.state import View
from ui.text import listed, plain


def compare(club: View, night: Night, movies: Sequence[int]) -> None:
    """Draw all strategies side by side: where they agree, and who gains where they do not."""
    reactions = state.reactions(club, tuple(movies), night.present)
    if reactions is None:
        st.caption("The first predictions are on their way; they take a second or two.")
        return
    found = compare_strategies(reactions, debt=nights.debts(club, night.present, night))
    if found.favourite is None:
        st.caption("There is nothing to compare.")
        return
    names = {one: club.name(one) for one in night.present}
    titles = {int(movie): club.title(int(movie)) for movie in movies}
    st.markdown(f"#### {plain(findings.agreement(found, titles, names))}")
    frame = found.stars.assign(
        movie=found.stars[MOVIE].map(club.title), member=found.stars[MEMBER].map(club.name)
    )
    st.plotly_chart(
        strategies_side_by_side(frame),
        config=tonight.CHART,
        key="side_by_side",
        alt="Expected stars of everyone for each movie that a strategy chooses",
    )
    if len(found.gains):
        gains = found.gains.assign(
            movie=found.gains[MOVIE].map(club.title), member=found.gains[MEMBER].map(club.name)
        )
        favourite = club.title(found.favourite)
        st.plotly_chart(
            gains_and_losses(gains, favourite=favourite),
            config=tonight.CHART,
            key="gains",
            alt=f"Stars that everyone gains or loses against {favourite}",
        )
    _table(club, found)
    _owed(club, night)


def _table(club: View, found: Comparison) -> None:
    with st.expander("Every strategy: what it does and what it chooses", icon=":material/list:"):
        choices = found.choices
        table = pd.DataFrame(
            {
                "Strategy": choices["name"],
                "Chooses": choices[MOVIE].map(club.title),
                "Group": choices["mean"],
                "Least happy": [
                    f"{club.name(int(one))} {low:.1f}"
                    for one, low in zip(choices["lowest_member"], choices["lowest"], strict=True)
                ],
                "What it does": [STRATEGIES[key].description for key in choices["strategy"]],
                "Source": [STRATEGIES[key].source for key in choices["strategy"]],
            }
        )
        st.dataframe(
            table,
            hide_index=True,
            column_config={"Group": st.column_config.NumberColumn(format="%.2f")},
            alt="What each strategy chooses",
        )
        for row in choices.itertuples():
            if row.tied_with:
                others = listed(club.title(movie) for movie in row.tied_with)
                st.caption(plain(f"By {row.name}, {others} would be as good."))


def _owed(club: View, night: Night) -> None:
    """Draw whom earlier nights have let down, which is what fairness goes by."""
    past = nights.earlier(club, night)
    if past.empty:
        st.caption("Fairness has no earlier night to go by yet, so it is the average.")
        return
    owed = fairness_shares(past, night.present)
    with st.expander("Whom earlier nights let down", icon=":material/balance:"):
        table = pd.DataFrame(
            {
                "": owed[MEMBER].map(club.name),
                "Nights": owed["nights"],
                "Content": owed["satisfaction"],
                "Counts tonight": owed["share"],
            }
        )
        percent = st.column_config.NumberColumn(format="percent")
        st.dataframe(
            table,
            hide_index=True,
            column_config={"Content": percent, "Counts tonight": percent},
            alt="How content earlier nights left everyone",
        )
        st.caption(
            "Content: the stars that somebody got, as a share of what their own favourite among "
            "the night’s candidates would have given them."
        )
