"""Choosing on a night: candidates, vetoes, what every strategy would do, and the decision."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

import streamlit as st

from club.nights import Candidates, Night, Reason
from recommender.columns import MOVIE
from recommender.group import STRATEGIES, rank
from ui import nights, state
from ui.components.basics import change, change_button, empty_state, no_shortlist
from ui.components.choices import view_switch
from ui.components.tile import called_apart
from ui.sections import tonight
from ui.sections.night import figures
from ui.sections.night.planning import VIEW, named
from ui.sections.night.voting import vote, winners
from ui.state import View
from ui.text import listed, plain, stars

DECIDE = "decide_by"
WAYS = {
    "strategies": "The predictions",
    "vote": "The vote",
    "turn": "Whose turn it is",
    "random": "The lot",
    "talk": "We talked",
}


def veto_and_seen(night: Night, me: int, movie: int) -> None:
    """Draw the buttons with which who holds this screen takes a movie out."""
    veto, see = state.store().nights.veto, state.store().members.mark_seen
    with st.container(horizontal=True, gap="small"):
        change_button(
            "Veto", veto, night.night_id, me, movie, whose=[me],
            key=f"veto_{movie}", type="tertiary", icon=":material/block:",
            help="Not tonight, whatever the others say.",
        )  # fmt: skip
        look = {"key": f"seen_{movie}", "type": "tertiary", "icon": ":material/visibility:"}
        change_button("Seen it", see, me, movie, whose=[me], **look)


def left_out(club: View, night: Night, found: Candidates, me: int | None) -> None:
    """Draw which movies of the shortlist are out tonight, and why; a veto can be taken back."""
    if found.unknown_length:
        names = listed(club.title(movie) for movie in found.unknown_length)
        st.caption(f":material/timer: Nobody knows how long {plain(names)} takes.")
    if not found.out:
        return
    with st.expander(f"Not tonight ({len(found.out)})", icon=":material/block:"):
        for movie, reason in found.out.items():
            with st.container(horizontal=True, vertical_alignment="center", key=f"out_{movie}"):
                said = why_not(club, movie, reason)
                st.markdown(f"**{plain(club.title(movie))}** :gray[{said}]", width="stretch")
                if me in reason.members:
                    _take_back(club, night, movie, me, reason)


def why_not(club: View, movie: int, reason: Reason) -> str:
    """Return as Markdown why a movie is out: "vetoed by Ana"."""
    if reason.kind == "long":
        return f"takes {reason.minutes} minutes"
    if reason.kind == "vetoed":
        return f"vetoed by {named(club, reason.members)}"
    return f"seen by {plain(tonight.seen_words(club, movie, reason.members))}"


def _take_back(club: View, night: Night, movie: int, me: int, reason: Reason) -> None:
    unveto, unmark = state.store().nights.unveto, state.store().members.unmark_seen
    look = {"key": f"back_{movie}", "type": "tertiary", "icon": ":material/undo:"}
    if reason.kind == "vetoed":
        change_button("Take it back", unveto, night.night_id, me, movie, whose=[me], **look)
    elif (me, movie) in club.seen:
        change_button("I have not", unmark, me, movie, whose=[me], **look)


def nothing_left(club: View, found: Candidates) -> None:
    """Say why there is nothing to choose from."""
    if not club.shortlist:
        no_shortlist()
        return
    sentence = f"Nothing is left of the shortlist: all {len(found.out)} movies are out tonight."
    with empty_state(":material/playlist_remove:", sentence, "nothing_left"):
        st.page_link("pages/club.py", label="Fill the shortlist", icon=":material/playlist_add:")
        st.page_link("pages/explore.py", label="Find something", icon=":material/travel_explore:")


def decide(club: View, night: Night, movies: Sequence[int]) -> None:
    """Draw the decision: how it is made, what it comes to, and the button that freezes it."""
    with st.container(border=True, key="decide"):
        usual = "vote" if winners(club, night, movies) else "strategies"
        way = st.pills(
            "Who or what decides?",
            [way for way in WAYS if way != "vote" or night.voting],
            default=usual,
            required=True,
            format_func=lambda way: WAYS[way],
            key=f"{DECIDE}_{usual}",
            wrap=True,
        )
        found = _proposal(club, night, movies, way or "strategies")
        if found.said:
            st.markdown(found.said)
        chosen = st.selectbox(
            "We watch",
            list(movies),
            index=None if found.movie is None else list(movies).index(found.movie),
            format_func=called_apart(club, movies).__getitem__,
            key=f"watch_{way}_{found.movie}",
            placeholder="choose a movie",
        )
        st.button(
            f"Watch {plain(club.title(chosen))}" if chosen is not None else "Watch it",
            type="primary",
            icon=":material/movie:",
            key="decide_now",
            disabled=chosen is None,
            on_click=_decide,
            args=(night.night_id, tuple(movies), chosen, _noted(way, found, chosen)),
        )
        st.caption(
            ":material/lock_clock: With this everyone’s predictions for all candidates are frozen, "
            "to be compared with what you give afterwards."
        )


class Proposal(NamedTuple):
    """The movie that a way to decide comes to (None: none yet), and a sentence in Markdown.

    The store notes it under `by`.
    """

    movie: int | None
    by: str
    said: str = ""


def _proposal(club: View, night: Night, movies: Sequence[int], way: str) -> Proposal:
    ways = {
        "vote": _by_vote, "turn": _by_turn, "random": _lot, "strategies": _by_predictions
    }  # fmt: skip
    return ways[way](club, night, movies) if way in ways else Proposal(None, way)


def _by_turn(club: View, night: Night, _movies: Sequence[int]) -> Proposal:
    picker = night.picker or state.store().nights.whose_turn(night.present)
    said = "Turns go round among members; no member is here."
    if picker is not None:
        said = f"It is **{plain(club.name(picker))}**’s turn to pick."
    return Proposal(None, "turn", said)


def _by_vote(club: View, night: Night, movies: Sequence[int]) -> Proposal:
    best = winners(club, night, movies)
    if not best:
        return Proposal(None, "vote", "The vote is not over yet.")
    tied = " They are tied; take one of them." if len(best) > 1 else ""
    names = plain(listed(club.title(movie) for movie in best))
    return Proposal(best[0], "vote", f"The vote: {names}.{tied}")


def _by_predictions(club: View, night: Night, movies: Sequence[int]) -> Proposal:
    strategy = tonight.choose_strategy()
    reactions = state.reactions(club, tuple(movies), night.present)
    if reactions is None:
        said = "The first predictions are on their way; they take a second or two."
        return Proposal(None, strategy, said)
    debt = nights.debts(club, night.present, night) if strategy == "fairness" else None
    best = rank(reactions, strategy, debt=debt).iloc[0]
    movie = int(best[MOVIE])
    said = f"{STRATEGIES[strategy].name}: **{plain(club.title(movie))}**, {stars(best['mean'], 2)}."
    return Proposal(movie, strategy, said)


def _lot(club: View, night: Night, movies: Sequence[int]) -> Proposal:
    label, draw = "Draw again" if night.draws else "Draw one", state.store().nights.draw
    icon = ":material/casino:"
    change_button(label, draw, night.night_id, tuple(movies), icon=icon, key="draw")
    if night.drawn is None or night.drawn not in movies:
        said = "Every candidate has the same chance; what is vetoed has none."
        return Proposal(None, "random", said)
    times = "" if night.draws == 1 else f" (draw number {night.draws})"
    said = f"The lot fell on **{plain(club.title(night.drawn))}**{times}."
    return Proposal(night.drawn, "random", said)


def _noted(way: str | None, found: Proposal, chosen: int | None) -> str:
    """Return how a decision is noted: who overrules the predictions or the lot has talked."""
    return found.by if way == "turn" or chosen == found.movie else "talk"


def _decide(night_id: int, movies: tuple[int, ...], movie: int, by: str) -> None:
    # What the others did since this page was drawn counts, too.
    club, book = state.view(), state.store().nights
    night, model = nights.find(club, night_id), state.model(club)
    frame = None if night is None else nights.snapshot(club, night, movies)
    if night is None or frame is None or model is None:
        return
    if by == "turn" and night.picker is None:
        change(book.edit, night_id, picker=book.whose_turn(night.present))
    decide = partial(
        book.decide,
        model=nights.model_name(model),
        thresholds=nights.snapshot_thresholds(club, night, movies),
    )
    done = f"{plain(club.title(movie))} it is. The predictions are frozen."
    if change(decide, night_id, movie, frame, by=by, done=done) is not None:
        change(state.store().movies.remove_from_shortlist, movie)


def choose(club: View, night: Night, me: int | None) -> None:
    """Draw the candidates, the vote, the strategies side by side, or the decision."""
    found = nights.candidates(club, night)
    if not night.present:
        st.info("Nobody is here yet: tap above who comes.", icon=":material/chair:")
        return
    if not found.movies:
        nothing_left(club, found)
        left_out(club, night, found, me)
        return
    view = view_switch("What to see", ["Candidates", "Vote", "Side by side", "Decide"], VIEW)
    if view == "Vote":
        vote(club, night, found.movies, me)
    elif view == "Side by side":
        figures.compare(club, night, found.movies)
    elif view == "Decide":
        decide(club, night, found.movies)
    else:
        _candidates(club, night, found, me)


def _candidates(club: View, night: Night, found: Candidates, me: int | None) -> None:
    strategy = tonight.choose_strategy()
    if me is None:
        st.caption("Say above who you are to veto a movie or to mark it as seen.")
        actions = None
    else:

        def actions(movie: int) -> None:
            veto_and_seen(night, me, movie)

    tonight.show_ranking(club, night.present, found.movies, strategy, actions)
    left_out(club, night, found, me)
