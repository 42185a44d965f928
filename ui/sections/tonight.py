"""What every page that chooses for a group asks: who is here, and how they decide."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Sized
from functools import partial
from pathlib import Path

import streamlit as st

from recommender.group import STRATEGIES
from ui import live
from ui.components.basics import empty_state
from ui.components.choices import keep, recall
from ui.components.people import people_picker
from ui.state import View
from ui.text import listed, plain

AWAY, BY = "away", "by"  # names in the page's address
PLAIN = {"average": "Best for all", "least_misery": "Nobody unhappy", "fairness": "Fair over time"}
SOURCES = Path(__file__).parents[2] / "docs" / "strategies.md"


def who_is_here(club: View) -> list[int]:
    """Draw the members' faces, all of them here by default, and return who is here."""
    asked = (recall(AWAY) or "").split()
    away = {member for member in club.names if str(member) in asked}

    def tap(member: int, on: bool) -> None:
        (away.discard if on else away.add)(member)
        keep(AWAY, " ".join(map(str, sorted(away))) or None)

    here = [member for member in club.names if member not in away]
    people_picker(
        club, "Who is here tonight?", club.names, "here", chosen=here, on_change=tap,
        note=how_many(here, club.names),
    )  # fmt: skip
    return here


def how_many(here: Sized, everyone: Sized) -> str:
    """Return how many of everyone are here, where the faces do not say it at a glance."""
    return "" if len(here) == len(everyone) else f"{len(here)} of {len(everyone)} here"


def strategy_name(strategy: str) -> str:
    """Return what a strategy is called."""
    return PLAIN.get(strategy) or STRATEGIES[strategy].name


def chosen_strategy(among: Sequence[str] = tuple(STRATEGIES)) -> str:
    """Return the strategy that the visitor has chosen from `among`."""
    asked = recall(BY) or ""
    return asked if asked in among else "average"


def choose_strategy(
    among: Sequence[str] = tuple(STRATEGIES),
    picks: Callable[[], Mapping[str, str]] = dict,
) -> str:
    """Draw the sheet that says how the group decides, and return the strategy.

    Args:
        among: the strategies to choose from.
        picks: returns what each would choose, for those who look at them all.
    """
    chosen = chosen_strategy(among)
    with st.popover(strategy_name(chosen), icon=":material/tune:", key="how_we_decide"):
        st.markdown("**How we decide**")
        offered = [key for key in PLAIN if key in among]
        if st.session_state.get("all_ways", chosen not in PLAIN):
            offered += [key for key in among if key not in PLAIN]
        choose = picks() if len(offered) > len(PLAIN) else {}
        captions = [
            STRATEGIES[key].description + (f" Here: {choose[key]}." if key in choose else "")
            for key in offered
        ]
        # A key for each choice: in another browser tab the address may say another one.
        key = f"by_{chosen}_{len(offered)}"
        st.radio(
            "How we decide",
            offered,
            index=offered.index(chosen) if chosen in offered else None,
            format_func=strategy_name,
            captions=[plain(caption) for caption in captions],
            key=key,
            label_visibility="collapsed",
            on_change=lambda: keep(BY, st.session_state[key]),
        )
        with st.container(horizontal=True, vertical_alignment="center"):
            st.toggle("More ways", value=chosen not in PLAIN, key="all_ways")
            if st.button("Where these come from", type="tertiary", key="sources"):
                live.dialog("Ways to decide", _sources, width="large")
    return chosen


def _sources() -> None:
    st.markdown(SOURCES.read_text("utf-8").partition("\n")[2])


def nobody_here(club: View) -> None:
    """Say that nobody is here, with the button that brings everyone."""
    sentence = "Nobody is here yet, so there is nobody to please."
    with empty_state(":material/chair:", sentence, "nobody"):
        bring = partial(keep, AWAY, None)
        st.button("Everyone is here", on_click=bring, type="primary", icon=":material/group_add:")


def newcomers_note(club: View, members: Sequence[int]) -> None:
    """Say whose stars are nobody's in particular, if anybody's."""
    newcomers = [member for member in members if club.evidence_of(member).frame.empty]
    if newcomers:
        who = plain(listed(club.name(member) for member in newcomers))
        st.caption(
            f"{who} {'has' if len(newcomers) == 1 else 'have'} rated nothing yet: there we go by "
            "what most people think."
        )
