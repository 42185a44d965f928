"""After the decision: the movie, its hidden ratings, and the reveal of what was given."""

from __future__ import annotations

from typing import Any

import streamlit as st

from club.nights import Night
from recommender.columns import MEMBER, MOVIE
from recommender.evaluation.nights import recorded
from recommender.group import STRATEGIES
from ui import nights, state
from ui.components.basics import change
from ui.components.people import face
from ui.components.search import movie_search
from ui.components.tile import Size, Tile, tiles
from ui.components.widget import component
from ui.sections.night.planning import named, progress, reveal_button, who_am_i
from ui.sections.tonight import strategy_name
from ui.state import View
from ui.text import half_stars, moment_of, plain

HOW = {
    "vote": "by a vote",
    "vote and lot": "by a vote, with a lot for the tie",
    "vote and talk": "by a vote, and talking about the tie",
    "turn": "by whose turn it was",
    "random": "by lot",
    "talk": "by talking",
}
ENTERED = "entered"  # in the session: ((night_id, member_id), stars) of who holds this screen
SURPRISED = 0.5  # stars; a smaller difference surprises nobody


def decided_by(night: Night) -> str:
    """Return how the movie was chosen, as people say it."""
    way = night.decided_by or "talk"
    if way in STRATEGIES:
        return f"as {strategy_name(way).lower()}"
    return HOW.get(way, "by talking")


def chosen(club: View, night: Night) -> str:
    """Return in a sentence (plain text) how the movie was chosen."""
    if night.decided_movie in {None, night.movie}:
        return f"Chosen {decided_by(night)}."
    first = club.title(night.decided_movie or 0)
    return f"Watched instead of {first}, which was chosen {decided_by(night)}."


def watch(club: View, night: Night, *, moved_on: bool) -> None:
    """Draw the decided movie, the stars of who holds this screen, and how many have rated."""
    assert night.movie is not None
    outcome = nights.outcome(club, night.night_id)
    with st.container(border=True, key="watched"):
        place = st.container()
        me = who_am_i(club, night.present, "Seen it? Tap your face and rate.")
        with place:
            _rate(club, night, me, "L", moved_on=moved_on)
        if me is not None and me in outcome.rated:
            mean = _expected_of(club, night).get(me)
            said = "" if mean is None else f" We expected {mean[0]:.1f}."
            st.markdown(f":material/lock: **Your stars are in.**{said}")
        progress(club, outcome.rated, outcome.waiting, "rated")
        st.caption("Everybody's stars stay hidden until the last of you has rated.")
        if outcome.rated:
            act, ready = state.store().nights.reveal, not outcome.waiting
            reveal_button(night, act, "stars", "rated", "open_now", ready=ready)
    _another_movie(club, night)


def _rate(club: View, night: Night, me: int | None, size: Size, *, moved_on: bool = False) -> None:
    """Draw the movie with the stars of who holds this screen, if that is known."""
    movie, note = night.movie or 0, chosen(club, night) if size == "L" else ""
    if me is None:
        key = f"watched_{night.night_id}"
        tiles(club, [Tile(movie, note=note)], key, size, focus=moved_on)
        return
    book = state.store().nights

    def save(_: int, given: float | None) -> None:
        action, value = (book.unrate, ()) if given is None else (book.rate, (given,))
        if change(action, night.night_id, me, *value, whose=[me]) is not None:
            st.session_state[ENTERED] = ((night.night_id, me), given)

    tile = Tile(movie, note=note, own_stars=_entered(night, me))
    key = f"watched_{night.night_id}_{me}"
    tiles(club, [tile], key, size, on_stars=save, focus=moved_on)


def _entered(night: Night, me: int) -> float | None:
    """Return the stars that were entered on this screen by who holds it now."""
    own = (night.night_id, me)
    whose, entered = st.session_state.get(ENTERED, (own, None))
    if whose != own:  # the phone went on: nobody finds the last one's stars on it
        entered = None
        st.session_state[ENTERED] = (own, None)
    return entered


def _expected_of(club: View, night: Night) -> dict[int, tuple[float, float, float]]:
    """Return what was expected of each for the movie that was watched: mean, low, high."""
    rows = nights.snapshots(club)
    mine = rows[(rows["night_id"] == night.night_id) & (rows[MOVIE] == night.movie)]
    return {int(one[MEMBER]): (one["mean"], one["low"], one["high"]) for _, one in mine.iterrows()}


def _another_movie(club: View, night: Night) -> None:
    """Draw the way to say that another movie was watched after all, whichever it is."""

    def put(movie: int) -> None:
        if change(state.store().nights.change_movie, night.night_id, movie) is None:
            return
        change(state.store().movies.remove_from_shortlist, movie)
        if night.movie in state.view().movies.index:  # it was not watched: it may be, some day
            change(state.store().movies.add_to_shortlist, night.movie)

    with st.popover("We watched another one", icon=":material/swap_horiz:", type="tertiary"):
        movie_search(club, "instead", "Which one?", put)


def result(club: View, night: Night, *, moved_on: bool) -> None:
    """Draw what was given beside what was expected, and who surprised us."""
    assert night.movie is not None
    outcome = nights.outcome(club, night.night_id)
    given, expected = outcome.stars or {}, _expected_of(club, night)
    predicted = [expected[one][0] for one in given if one in expected]
    data = {
        "title": club.title(night.movie),
        "said": f"{sum(predicted) / len(predicted):.1f}" if predicted else "",
        "gave": f"{sum(given.values()) / len(given):.1f}",
        "sentence": surprise(club, given, expected),
        "rows": [_revealed(club, one, stars, expected.get(one)) for one, stars in given.items()],
        "focus": moved_on,  # whether the title takes the focus if nothing has it
    }
    with st.container(border=True, key="reveal_card"):
        component("reveal", "elements")(key="reveal", data=data)
        st.caption(plain(_inside(club, night)))
    if night.notes:
        st.markdown(f"> {plain(night.notes)}")
    if outcome.waiting:
        with st.container(border=True, key="late"):
            st.markdown(f"{named(club, outcome.waiting)} can still rate it.")
            me = who_am_i(club, outcome.waiting, "Tap your face and rate.")
            if me is not None:
                _rate(club, night, me, "S")


def _revealed(
    club: View, member: int, given: float, expected: tuple[float, float, float] | None
) -> dict[str, Any]:
    """Return one person's row of the reveal."""
    text = f"{club.name(member)} gave {half_stars(given)}"
    if expected is not None:
        text += ", expected {:.1f}, usually between {:.1f} and {:.1f}".format(*expected)
    return {
        **vars(face(club, member)),
        "given": given,
        "shown": half_stars(given),
        "band": expected and expected[1:],
        "label": text,
    }


def surprise(
    club: View, given: dict[int, float], expected: dict[int, tuple[float, float, float]]
) -> str:
    """Return in a sentence (plain text) who surprised us most."""
    off = {one: stars - expected[one][0] for one, stars in given.items() if one in expected}
    if not off:
        return "We made no guess for this one."
    who = max(off, key=lambda one: abs(off[one]))
    if abs(off[who]) < SURPRISED:
        return "Nobody surprised us."
    thought, gave = f"{expected[who][0]:.1f}", half_stars(given[who])
    return f"{club.name(who)} surprised us most: we thought {thought}, it was {gave}."


def _inside(club: View, night: Night) -> str:
    """Return how many of the stars lay where they were expected, on this night and on all."""
    counts = recorded(nights.judged(club))
    mine = counts[counts["night_id"] == night.night_id]
    if mine.empty:
        return ""
    said = (
        f"The band is where we expected your stars, the dot is what you gave: "
        f"{int(mine['hit'].sum())} of {len(mine)} inside."
    )
    if len(mine) < len(counts):
        said += f" Over all nights {int(counts['hit'].sum())} of {len(counts)}."
    return said


def decided(club: View, night: Night) -> str:
    """Return how the movie was chosen and when our guesses were stored (plain text)."""
    if night.decided_at is None:
        return ""
    at = moment_of(night.decided_at)
    return f"{chosen(club, night)} Our guesses were stored on {at}; nothing changes them."
