"""The Rate page: a wall of movies for one person, and everyone's stars for one movie."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from club.ratings import Change
from recommender.columns import MEMBER, MOVIE
from ui import access, live, nights, state
from ui.components.basics import asked_for, change, notify, row
from ui.components.people import people_picker
from ui.components.stars import star_board
from ui.components.tile import Tile, tiles, want
from ui.sections.night import planning
from ui.state import View
from ui.text import counted, half_stars, listed, plain

PERSON, WALLS, SKIPPED, UNDONE = "rates_now", "walls", "not_seen", "undone"  # in the session
ENOUGH = 10  # ratings that a person begins with
STEP, LISTED, NAMED = 30, 60, 3
POOL = 600  # the best known movies, of which a wall is made
SPREAD = 0.12  # of the logarithm of fame, for each movie before it of the same genre or decade
RATED_HERE = 0.5  # the same, for each of the club who has rated it


def chosen_movie(club: View) -> int | None:
    """Return the movie that the page's address names, if there is such a movie."""
    movie = asked_for("movie")
    return movie if movie in club.movies.index else None


# The wall: one person's stars for many movies


def choose_person(club: View) -> int | None:
    """Return whose turn it is, None while nobody knows who the visitor is.

    At first the visitor's own, or whose has come least far.
    """
    allowed = [member for member in club.names if access.may_enter(club, member)]
    person: int | None = st.session_state.get(PERSON)
    if person not in allowed:
        rated = ratings_of(club)
        few = [member for member in allowed if rated[member] < ENOUGH]
        person = access.me(club) if access.me(club) in allowed else next(iter(few or allowed), None)
        st.session_state[PERSON] = person  # whose turn it is does not change by itself
    return person


def ratings_of(club: View) -> dict[int, int]:
    """Return how many movies each member has rated."""
    counts = club.ratings[MEMBER].value_counts()
    return {member: int(counts.get(member, 0)) for member in club.names}


def take_turns(club: View, person: int) -> None:
    """Draw whose turn it is, how far they have come, and the faces of the others."""
    allowed = [member for member in club.names if access.may_enter(club, member)]
    if len(allowed) > 1:

        def turn(member: int, _on: bool) -> None:
            st.session_state[PERSON] = member

        people_picker(club, "Whose turn?", allowed, "turn", chosen=(person,), on_change=turn)
    rated = ratings_of(club)[person]
    with row("progress"):
        with st.container(width="stretch"):
            if rated < ENOUGH:
                st.progress(rated / ENOUGH, f"{rated} of {ENOUGH}")
            else:
                st.markdown(counted(rated, "movie") + " rated")
        undo_buttons(club, {person})


def wall(club: View, person: int) -> None:
    """Draw movies for one person to tap stars for; what is on it stays where it is."""
    shown = on_the_wall(club, person)
    drawn = [
        Tile(movie, own_stars=stars, action="" if stars else "Not seen")
        for movie in shown
        for stars in [club.stars.get((person, movie))]
    ]
    with st.container(key="rate_wall"):
        tiles(
            club,
            drawn,
            f"wall_{person}",
            "M",
            on_stars=lambda movie, stars: save(club, [(person, movie, stars)]),
            on_action=partial(not_seen, club, person),
        )
    st.button("Show more", key="more", on_click=_extend, args=(club, person, STEP))


def watchlist(club: View, person: int) -> None:
    """Draw what a person wants to watch, the latest first."""
    movies = club.watchlists.get(person, ())
    if not movies:
        return
    with st.expander(f"Wants to watch ({len(movies)})", icon=":material/bookmark:", key="wants"):
        shown = [Tile(movie, action="Take off") for movie in movies[: -LISTED - 1 : -1]]
        take_off = partial(want, member=person, wanted=False)
        tiles(club, shown, f"wants_{person}", "M", on_action=take_off)
        if len(movies) > LISTED:
            st.caption(f"And {len(movies) - LISTED} more.")


def on_the_wall(club: View, person: int) -> list[int]:
    """Return the movies on a person's wall; it begins with what they have most likely seen."""
    walls: dict[int, list[int]] = st.session_state.setdefault(WALLS, {})
    walls[person] = [movie for movie in walls.get(person, ()) if movie in club.movies.index]
    if not walls[person]:
        _extend(club, person, STEP)
    return walls[person]


def _extend(club: View, person: int, number: int) -> None:
    wall: list[int] = st.session_state.setdefault(WALLS, {}).setdefault(person, [])
    skipped: set[int] = st.session_state.setdefault(SKIPPED, {}).setdefault(person, set())
    known = {movie for member, movie in club.stars if member == person} | skipped | {*wall}
    known.update(club.watchlists.get(person, ()))
    telling: list[int] = []
    if ratings_of(club)[person] >= ENOUGH:
        telling = [m for m in state.questions_for(club, person) if m not in known]
    wall += telling[:number]
    wall += well_known(club, known | {*telling}, number - len(telling[:number]), wall)


def well_known(club: View, but: Collection[int], number: int, shown: Sequence[int]) -> list[int]:
    """Return the movies that somebody has most likely seen, spread over genres and decades.

    Args:
        but: movies that are left out.
        number: how many.
        shown: movies before them, whose genres and decades count as shown already.
    """
    fame = np.log1p(club.catalogue.fame)
    rated = club.ratings[MOVIE].value_counts().reindex(fame.index, fill_value=0)
    fame += RATED_HERE * rated
    left = fame.drop(list(but), errors="ignore").nlargest(POOL)

    def kinds(movie: int) -> list[str]:
        year = club.year(movie)
        return [*club.genres(movie)[:2], f"{year // 10}0s" if year else ""]

    times = Counter(kind for movie in shown for kind in kinds(movie))
    values, of = dict(left.items()), {movie: kinds(movie) for movie in left.index}
    chosen: list[int] = []
    while values and len(chosen) < number:
        best = max(values, key=lambda m: values[m] - SPREAD * sum(times[k] for k in of[m]))
        del values[best]
        chosen.append(int(best))
        times.update(of[best])
    return chosen


def not_seen(club: View, person: int, movie: int) -> None:
    """Put another movie in the place of one that a person has not seen."""
    wall = on_the_wall(club, person)
    st.session_state.setdefault(SKIPPED, {}).setdefault(person, set()).add(movie)
    place, length = wall.index(movie), len(wall)
    _extend(club, person, 1)
    wall[place : place + 1] = wall[length:]
    del wall[length:]


# One movie: everyone's stars


def board(club: View, movie: int) -> None:
    """Draw the movie with everyone's stars to tap."""
    stars = [(m, name, club.stars.get((m, movie))) for m, name in club.names.items()]
    rows = [row for row in stars if access.may_enter(club, row[0])]
    with row("board_actions"):
        st.page_link("pages/rate.py", label="More movies", icon=":material/arrow_back:")
        undo_buttons(club, {member for member, _, _ in rows})
    with st.container(border=True, key="board"):
        left, right = st.columns([2, 5], gap="medium")
        with left:
            tiles(club, [Tile(movie)], "board_movie", "S")
        with right:
            if rows:
                on_rated = partial(_save_board, club, movie)
                star_board(rows, f"stars_{movie}", on_rated)
                st.caption("Tap or slide; the same half star again takes it back.")
            elif access.is_name_asked(club):
                st.info("Say above who you are, and you can rate.", icon=":material/star:")
            else:
                access.choose_name(club, "who_rates")
            others = [
                f"{name} {half_stars(s)}" for m, name, s in stars if s and (m, name, s) not in rows
            ]
            if others:
                st.caption(plain(" · ".join(others)))
        for night in nights.nights(club):
            if night.state == "decided" and night.movie == movie:
                st.caption(
                    ":material/lock: You just watched it. Stars given here are seen by all at once."
                )
                planning.link(night, "Rate it in secret", ":material/how_to_vote:")


def _save_board(club: View, movie: int, taps: list[tuple[int, float | None]]) -> None:
    save(club, [(member, movie, stars) for member, stars in taps])


def save(club: View, rows: Sequence[tuple[int, int, float | None]]) -> None:
    """Save (member_id, movie_id, stars), in a callback; each tap is taken back by itself."""
    st.session_state.pop(UNDONE, None)
    for member, movie, stars in rows:
        rate = state.store().ratings.rate_many
        if change(rate, [(member, movie, stars)], whose=[member]) is None:
            return


def undo_buttons(club: View, people: Collection[int]) -> None:
    """Draw what takes the latest ratings back, and what brings them again.

    More than one rating, or another's than these people's, is taken back after a question.
    """
    latest = state.store().ratings.undoable()
    whose = {entry.member_id for entry in latest.entries} if latest else set()
    if not all(access.may_enter(club, member) for member in whose):
        latest = None
    asks = latest is not None and not (len(latest.entries) == 1 and whose <= {*people})
    on_click = partial(_undo, latest) if latest and not asks else None
    look: dict[str, Any] = {"icon": ":material/undo:", "key": "undo", "disabled": latest is None}
    if st.button("Undo", on_click=on_click, **look) and latest and asks:
        live.dialog("Take this back?", _ask_to_undo, latest, icon=":material/undo:")
    undone: Change | None = st.session_state.get(UNDONE)
    redo = partial(_redo, undone) if undone else None
    st.button("Redo", icon=":material/redo:", key="redo", on_click=redo, disabled=redo is None)


def _undo(latest: Change) -> None:
    whose = {entry.member_id for entry in latest.entries}
    if change(state.store().ratings.undo, latest.step, whose=whose):
        notify(f"Taken back: {_told(latest)}")
        st.session_state[UNDONE] = latest


def _redo(undone: Change) -> None:
    whose = {entry.member_id for entry in undone.entries}
    if change(state.store().ratings.redo, undone.step, whose=whose):
        notify(f"Back again: {_told(undone)}")
    st.session_state.pop(UNDONE, None)


def _told(step: Change) -> str:
    """Return whose ratings of which movies a step changed, as Markdown."""
    club, entries = state.view(), step.entries
    if len(entries) == 1:
        (one,) = entries
        given = half_stars(one.after) if one.after else "no stars"
        return plain(f"{club.name(one.member_id)}, {club.title(one.movie_id)}: {given}")
    counts = Counter(entry.member_id for entry in entries)
    who = listed(f"{counted(number, 'rating')} of {club.name(m)}" for m, number in counts.items())
    titles = [club.title(entry.movie_id) for entry in entries[:NAMED]]
    more = len(entries) - len(titles)
    return plain(f"{who}: {listed([*titles, f'{more} more'] if more else titles)}")


def _ask_to_undo(latest: Change) -> None:
    st.markdown(_told(latest))
    st.caption("*Redo* brings them back.")
    if st.button("Take back", type="primary", key="undo_sure"):
        _undo(latest)
        st.rerun()
