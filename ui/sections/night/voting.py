"""Voting on a night: everyone on a screen of their own, hidden until all have voted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from club.nights import Night
from recommender import ballots as counting
from recommender.columns import MOVIE
from ui import nights, state
from ui.components.basics import change, change_button, key_of
from ui.components.figures import draw_table
from ui.components.tile import Tile, tiles
from ui.sections.night.planning import progress, reveal_button, who_am_i
from ui.state import View
from ui.text import listed, plain

WAYS = {"approve": "Everything that is fine", "rank": "Best first", None: "No vote"}
SAID = {
    "approve": "Tap every movie that is fine with you.",
    "rank": "Tap the movies in your order, best first.",
}
METHODS: Mapping[str, counting.Method] = {"approve": "approval", "rank": "copeland"}
POINTS = {"approve": "Fine with", "rank": "Duels won"}
ORDER = ("1st", "2nd", "3rd")
DRAFT = "ballot"  # in the page's address: a ballot that is not cast yet survives a reload


def vote(club: View, night: Night, movies: Sequence[int]) -> bool:
    """Draw the ballot of who holds this screen; return whether the votes are out."""
    box = nights.ballot_box(club, night.night_id)
    is_out = box.ballots is not None
    if not is_out:
        st.title("What would you like to watch?", anchor=False)
    if box.waiting or not is_out:
        me = who_am_i(club, night.present, "Who votes here?")
        progress(club, box.voted, box.waiting, "voted")
        if me is not None and me in box.voted:
            _cast(night, me, is_out)
        elif me is not None:
            _ballot(club, night, movies, me)
    if is_out:
        return True
    with st.container(horizontal=True, vertical_alignment="center"):
        if box.voted:
            act, ready = state.store().nights.reveal_votes, not box.waiting
            reveal_button(night, act, "votes", "voted", "open_votes", ready=ready)
        _ways(night)
    return False


def _ways(night: Night) -> None:
    """Draw the choice of how to vote."""
    key = key_of(f"voting_{night.night_id}", WAYS[night.voting])

    def save() -> None:
        way = next(way for way, label in WAYS.items() if label == st.session_state[key])
        change(state.store().nights.edit, night.night_id, voting=way)

    with st.popover(
        "How we vote", type="tertiary", icon=":material/how_to_vote:", key="how_we_vote"
    ):
        st.radio(
            "How we vote",
            list(WAYS.values()),
            list(WAYS).index(night.voting),
            key=key,
            on_change=save,
        )
        st.caption("Changing this throws away the votes so far.")


def _cast(night: Night, me: int, is_out: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="voted"):
        st.markdown(":material/lock: **Your vote is in.**", width="content")
        if not is_out:
            unvote, key = state.store().nights.unvote, "vote_anew"
            number = night.night_id
            change_button("Change it", unvote, number, me, whose=[me], key=key, type="tertiary")


def _drafted(night: Night, me: int, movies: Sequence[int]) -> list[int]:
    """Return the movies on the ballot that somebody has begun, as the page's address holds it."""
    whose, _, text = st.query_params.get(DRAFT, "").partition(":")
    if whose != f"{night.night_id}-{me}":
        return []
    known = {str(movie): movie for movie in movies}
    return list(dict.fromkeys(known[part] for part in text.split(".") if part in known))


def _ballot(club: View, night: Night, movies: Sequence[int], me: int) -> None:
    assert night.voting is not None
    draft = _drafted(night, me, movies)
    expected = state.reactions(club, tuple(movies), (me,))
    stars = {} if expected is None else dict(zip(movies, expected.mean[0].tolist(), strict=True))

    def tap(movie: int) -> None:
        now = _drafted(night, me, movies)
        now.remove(movie) if movie in now else now.append(movie)
        st.query_params[DRAFT] = f"{night.night_id}-{me}:{'.'.join(map(str, now))}"

    def note(movie: int) -> str:
        if movie not in draft:
            return ""
        if night.voting == "approve":
            return "✓ fine with me"
        place = draft.index(movie)
        return ORDER[place] if place < len(ORDER) else f"{place + 1}th"

    def cast() -> None:
        cast_it, ballot = state.store().nights.vote, tuple(_drafted(night, me, movies))
        if change(cast_it, night.night_id, me, ballot, whose=[me]) is not None:
            st.query_params.pop(DRAFT, None)

    with st.container(key="ballot"):
        st.markdown(SAID[night.voting])
        shown = [
            Tile(
                movie,
                ((me, stars[movie], False),) if movie in stars else (),
                note=note(movie),
                chosen=movie in draft,
            )
            for movie in movies
        ]
        tiles(club, shown, f"ballot_{night.night_id}_{me}", "M", on_chosen=tap)
        with st.container(horizontal=True):
            off = not draft and night.voting == "rank"
            icon = ":material/how_to_vote:"
            st.button("Vote", type="primary", key="cast", icon=icon, disabled=off, on_click=cast)
            if draft:
                drop, args = st.query_params.__delitem__, (DRAFT,)
                st.button("Start over", type="tertiary", key="over", on_click=drop, args=args)


def winners(club: View, night: Night, movies: Sequence[int]) -> tuple[int, ...]:
    """Return who wins the vote, several in a tie, none before its end."""
    box = nights.ballot_box(club, night.night_id)
    if night.voting is None or not box.ballots:
        return ()
    return counting.winners(box.ballots, movies, METHODS[night.voting])


def result(club: View, night: Night, movies: Sequence[int]) -> None:
    """Draw how the votes add up, and everyone's ballot."""
    assert night.voting is not None
    ballots = nights.ballot_box(club, night.night_id).ballots or {}
    with st.expander("How the votes add up", icon=":material/how_to_vote:", key="result"):
        counted = counting.count(ballots, movies, METHODS[night.voting])
        if not counted["points"].any():
            st.caption("Nobody voted for a movie that is still in.")
        titles = counted[MOVIE].map(club.title)
        table = pd.DataFrame({"Movie": titles, POINTS[night.voting]: counted["points"]})
        draw_table(table, "How the votes add up", 1)
        for member, ballot in ballots.items():
            chosen = listed(club.title(movie) for movie in ballot) if ballot else "nothing"
            st.caption(f"{plain(club.name(member))}: {plain(chosen)}")
        _ways(night)
