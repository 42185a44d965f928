"""Voting on a night: everyone on a screen of their own, sealed until all have voted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from club.nights import BallotBox, Night
from recommender import ballots as counting
from recommender.columns import MOVIE
from ui import nights, state
from ui.components.basics import change, change_button, key_of, row
from ui.components.figures import draw_table
from ui.components.tile import Tile, tiles
from ui.sections.night.planning import progress
from ui.state import View
from ui.text import counted, listed, plain

WAYS = {None: "No vote", "approve": "Approve", "rank": "Rank"}
SAID = {
    "approve": "Tap every movie that is fine with you.",
    "rank": "Tap the movies in your order, the best first; leave out what you do not want.",
}
METHODS: Mapping[str, Mapping[counting.Method, str]] = {
    "approve": {"approval": "Approval"},
    "rank": {"copeland": "Copeland", "borda": "Borda", "plurality": "Plurality"},
}


def vote(club: View, night: Night, movies: Sequence[int], me: int | None) -> None:
    """Draw the choice of how to vote, the ballot of who holds this screen, and the result."""
    key = key_of(f"voting_{night.night_id}", WAYS[night.voting])

    def save() -> None:
        way = next(way for way, label in WAYS.items() if label == st.session_state[key])
        change(state.store().nights.edit, night.night_id, voting=way)

    st.segmented_control(
        "Do you vote tonight?",
        list(WAYS.values()),
        default=WAYS[night.voting],
        key=key,
        required=True,
        on_change=save,
        help="Changing it throws away the ballots that are in.",
    )
    if night.voting is None:
        st.caption("The predictions choose, whoever’s turn it is picks, or the lot decides.")
        return
    box = nights.ballot_box(club, night.night_id)
    if box.ballots is not None:
        result(club, night, movies, box)
        if not box.waiting:
            return
    progress(club, box.voted, box.waiting, "voted", hidden=box.ballots is None)
    if me is None:
        st.info("Say above who you are, and your ballot appears.", icon=":material/how_to_vote:")
    elif me in box.voted:
        _cast(night, me)
    else:
        _ballot(club, night, movies, me)


def _cast(night: Night, me: int) -> None:
    """Say that the vote is in."""
    with row("voted", border=True):
        st.markdown(":material/lock: **Your vote is in.** Nobody sees it before all have voted.")
        unvote = state.store().nights.unvote
        look = {"key": "vote_anew", "type": "tertiary", "icon": ":material/undo:"}
        change_button("Vote anew", unvote, night.night_id, me, whose=[me], **look)


def _ballot(club: View, night: Night, movies: Sequence[int], me: int) -> None:
    assert night.voting is not None
    key = f"ballot_{night.night_id}_{me}"  # in the session, until it is cast
    draft: list[int] = [movie for movie in st.session_state.get(key, []) if movie in movies]

    def tap(movie: int) -> None:
        now = list(draft)
        now.remove(movie) if movie in now else now.append(movie)
        st.session_state[key] = now

    def mark(movie: int) -> str:
        if movie not in draft:
            return ""
        return "✓" if night.voting == "approve" else str(draft.index(movie) + 1)

    def cast() -> None:
        cast_it = state.store().nights.vote
        if change(cast_it, night.night_id, me, tuple(draft), whose=[me]) is not None:
            st.session_state.pop(key, None)

    with st.container(border=True, key="ballot"):
        st.markdown(f"**{plain(club.name(me))}’s ballot.** {SAID[night.voting]}")
        mine = state.reactions(club, tuple(movies), (me,))
        shown = [
            Tile(
                movie,
                stars=() if mine is None else ((me, float(mine.mean[0, place]), False),),
                mark=mark(movie),
            )
            for place, movie in enumerate(movies)
        ]
        tiles(club, shown, f"tiles_{key}", "M", on_chosen=tap)
        with st.container(horizontal=True):
            st.button(
                "Cast my vote",
                type="primary",
                key="cast",
                icon=":material/how_to_vote:",
                disabled=not draft and night.voting == "rank",
                on_click=cast,
            )
            st.button(
                "Start over",
                type="tertiary",
                key="over",
                disabled=not draft,
                on_click=st.session_state.pop,
                args=(key, None),
            )


def winners(club: View, night: Night, movies: Sequence[int]) -> tuple[int, ...]:
    """Return who wins the vote by the first way to count, several in a tie, none before its end."""
    if night.voting is None:
        return ()
    box = nights.ballot_box(club, night.night_id)
    if not box.ballots:
        return ()
    return counting.winners(box.ballots, movies, next(iter(METHODS[night.voting])))


def result(club: View, night: Night, movies: Sequence[int], box: BallotBox) -> None:
    """Draw what the votes say, counted in every way that fits, and everyone's ballot."""
    assert night.voting is not None
    ballots = box.ballots or {}
    methods = METHODS[night.voting]
    first = {name: counting.winners(ballots, movies, method) for method, name in methods.items()}
    if not any(first.values()):
        st.caption("Nobody voted for anything that is still a candidate.")
        return
    with st.container(border=True, key="result"):
        (main, best), *others = first.items()
        lead = plain(listed(club.title(movie) for movie in best))
        tied = " are tied" if len(best) > 1 else " wins the vote"
        st.markdown(f"#### :material/how_to_vote: {lead}{tied}")
        if len(others):
            said = (
                "However the ballots are counted, it is the same."
                if len(set(first.values())) == 1
                else f"Counted by {main}. "
                + " ".join(
                    f"{name} says {listed(club.title(movie) for movie in ones)}."
                    for name, ones in others
                )
            )
            st.caption(plain(said))
        points = {
            name: counting.count(ballots, movies, method).set_index(MOVIE)["points"]
            for method, name in methods.items()
        }
        table = pd.DataFrame(points)
        table = table.sort_values(list(table), ascending=False, kind="stable")
        table.insert(0, "Movie", [club.title(int(movie)) for movie in table.index])
        draw_table(table, "Points of each movie by each way to count", 1)
        for member, ballot in ballots.items():
            chosen = listed(club.title(movie) for movie in ballot) if ballot else "nothing"
            st.caption(f"{plain(club.name(member))}: {plain(chosen)}")
        st.caption(f"{counted(len(ballots), 'ballot')}, opened when the last one was in.")
