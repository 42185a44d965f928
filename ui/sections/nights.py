"""The Nights page: what comes, what was, whose turn it is, and the scoreboard."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from club.nights import Night
from recommender.evaluation import nights as figures
from ui import nights
from ui.charts import nights as charts
from ui.components.basics import empty_state, lead_to
from ui.components.figures import chart
from ui.components.tile import Tile, tiles
from ui.sections.night import planning
from ui.state import View
from ui.text import counted, day_of, half_stars, listed, long_day, plain

TOP = 5  # surprises
NOTHING = "No rating of a night has been predicted yet."
THAN = {
    "better": "clearly more",
    "worse": "clearly less",
    "unclear": "no clear difference",
    "too few": "too early to compare",
}
READINGS = {
    "as expected": "just as it should be",
    "too seldom": "we were too sure of ourselves",
    "too often": "we could have been surer",
    "too few": "too early to tell",
}


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

    shown, judged = [], figures.recorded(nights.judged(club))
    for movie, night in by_movie.items():
        given = nights.outcome(club, night.night_id).stars or {}
        people = tuple((member, stars, True) for member, stars in given.items())
        counts = judged[judged[nights.NIGHT] == night.night_id]
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
    held = figures.recorded(judged)[nights.NIGHT].nunique()
    if held < figures.NIGHTS:
        sentence = (
            f"How right are we? After {figures.NIGHTS} nights that all of you rated we can tell; "
            f"so far there {'is' if held == 1 else 'are'} {held}."
        )
        with empty_state(":material/scoreboard:", sentence, "no_score"):
            lead_to("tonight", "What to watch tonight", ":material/local_activity:")
        return
    title, sentence = record(figures.record(judged))
    chart(charts.error_over_nights(figures.record_over_time(judged), title), "record")
    st.markdown(plain(sentence))
    st.markdown(plain(coverage(figures.interval_coverage(judged))))
    _surprises(club, judged)


def record(found: figures.Record) -> tuple[str, str]:
    """Return how far off we were, and how far off simple guesses: a headline and a sentence."""
    if not found.n:
        return NOTHING, ""
    mae, word = (found.errors.set_index("model")[name] for name in ("mae", "clarity"))
    own, crowd = (f"{mae[rival]:.1f} ({THAN[word[rival]]})" for rival in ("own mean", "crowd"))
    return (
        f"We were off by {mae[figures.OURS]:.1f} stars on average",
        f"That is over {counted(found.nights, 'night')} and {counted(found.n, 'rating')}. To guess "
        f"everyone's own average would have been off by {own}; what most people give, by {crowd}.",
    )


def coverage(found: figures.Coverage | None) -> str:
    """Return how many ratings were inside their range, in a sentence."""
    if found is None:
        return NOTHING
    return (
        f"{found.count} of {counted(found.n, 'rating')} fell where we expected. We promise "
        f"{figures.LEVEL:.0%} of them, and chance alone gives {found.low} to {found.high}: "
        f"{READINGS[found.reading]}."
    )


def _surprises(club: View, judged: pd.DataFrame) -> None:
    st.header("Who surprised us", anchor=False)
    for row in figures.surprises(judged).head(TOP).itertuples():
        size = f"{abs(row.surprise):.1f}"
        more = f"{size} stars {'more' if row.surprise > 0 else 'fewer'} than we expected"
        apart = "as we expected" if size == "0.0" else more
        gave = f"{club.name(row.member_id)} gave {club.title(row.movie_id)}"
        st.markdown(f"- {plain(f'{gave} {half_stars(row.actual)}, {apart}.')}")
