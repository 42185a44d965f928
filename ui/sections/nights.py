"""The Nights page: what comes, what was, whose turn it is, and the scoreboard."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from club.nights import Night
from recommender.columns import MEMBER, MOVIE
from recommender.evaluation.nights import (
    NIGHT,
    NIGHTS,
    interval_coverage,
    record,
    record_over_time,
    recorded,
    surprises,
)
from ui import findings, nights
from ui.charts import nights as charts
from ui.components.basics import empty_state, lead_to
from ui.components.figures import chart
from ui.components.tile import Tile, tiles
from ui.sections.night import planning
from ui.state import View
from ui.text import counted, day_of, listed, long_day, plain

TOP = 5  # surprises


def coming(club: View) -> None:
    """Draw the nights that still want something, and the ways to plan one."""
    waiting = nights.under_way(club, date.min)
    for night in waiting:
        label = f"**{long_day(night.on)}** · {planning.waits_for(club, night)}"
        planning.link(night, label, ":material/event:")
    with st.container(horizontal=True, vertical_alignment="center"):
        look: Any = {"type": "primary", "icon": ":material/event_available:", "key": "plan_a_night"}
        with st.popover("Plan a night", **look):
            planning.plan_form(club)
        if waiting:
            planned = [night for night in waiting if night.state == "planned"] or waiting
            planning.calendar_button(club, planned, "Add to calendar")
        planning.subscribe(club)


def past(club: View) -> None:
    """Draw the nights that were, the newest first."""
    over = [night for night in nights.nights(club) if night.state == "revealed"]
    if not over:
        sentence = "No movie nights yet. The first one begins on *Tonight*."
        with empty_state(":material/history:", sentence, "no_past"):
            pass
    number = 0
    while over:  # a movie that was watched twice stands in two lists: a tile is known by its movie
        first = list({night.movie: night for night in reversed(over)}.values())[::-1]
        _watched(club, first, f"past_{number}")
        over, number = [night for night in over if night not in first], number + 1


def _watched(club: View, these: list[Night], key: str) -> None:
    by_movie = {night.movie: night for night in these if night.movie is not None}

    def go(movie: int) -> None:
        query = {planning.ASKED: str(by_movie[movie].night_id)}
        st.switch_page("pages/night.py", query_params=query)

    shown = []
    for movie, night in by_movie.items():
        given = nights.outcome(club, night.night_id).stars or {}
        people = tuple((member, stars, True) for member, stars in given.items())
        counts = recorded(nights.judged_of(club, night))
        said = f"we said {counts['predicted'].mean():.1f}" if len(counts) else ""
        gave = f"you gave {sum(given.values()) / len(given):.1f}" if given else ""
        note = " · ".join(part for part in (day_of(night.on), said, gave) if part)
        shown.append(Tile(movie, people, note=note))
    tiles(club, shown, key, "S", on_chosen=go)


def others(club: View) -> None:
    """Draw whose turn to pick is next, and the nights called off."""
    next_ = nights.whose_turn(club, tuple(club.names))
    if next_ is not None:
        name = plain(club.name(next_))
        st.markdown(f"**{name}** picks next, if everybody comes. Who is away keeps their place.")
    off = [night for night in nights.nights(club) if night.called_off]
    if off:
        with st.expander(f"Called off ({len(off)})", icon=":material/event_busy:"):
            for night in off:
                who = listed(map(club.name, night.present)) if night.present else "nobody"
                planning.link(night, f"{long_day(night.on)} · {plain(who)}")


def summary(club: View) -> str:
    """Return how many nights the club has had."""
    held = sum(night.state == "revealed" for night in nights.nights(club))
    return f"{counted(held, 'night')} so far." if held else ""


def scoreboard(club: View) -> None:
    """Draw the record of the predictions over all nights, or say what it waits for."""
    judged = nights.judged(club)
    held = judged.loc[judged["counts"].astype(bool), NIGHT].nunique()
    if held < NIGHTS:
        sentence = (
            f"How right are we? After {NIGHTS} nights that all of you rated we can tell; so far "
            f"there {'is' if held == 1 else 'are'} {held}."
        )
        with empty_state(":material/scoreboard:", sentence, "no_score"):
            lead_to("tonight", "What to watch tonight", ":material/local_activity:")
        return
    title, sentence = findings.record(record(judged))
    chart(charts.error_over_nights(record_over_time(judged), title), "record")
    st.markdown(plain(sentence))
    st.markdown(plain(findings.coverage(interval_coverage(judged))))
    _surprises(club, judged)


def _surprises(club: View, judged: pd.DataFrame) -> None:
    st.header("Who surprised us", anchor=False)
    names = {int(one): club.name(int(one)) for one in judged[MEMBER].unique()}
    titles = {int(movie): club.title(int(movie)) for movie in judged[MOVIE].unique()}
    for sentence in findings.surprises(surprises(judged).head(TOP), names, titles):
        st.markdown(f"- {plain(sentence)}")
