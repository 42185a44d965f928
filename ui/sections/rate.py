"""The Rate page: find a movie and tap everyone's stars, or type them into a grid."""

from __future__ import annotations

from functools import partial
from typing import Any, cast

import pandas as pd
import streamlit as st

from recommender import Reactions
from recommender.columns import MOVIE, TIMESTAMP
from ui import access, nights, state
from ui.components.basics import asked_for, change, notify, one_at_a_time
from ui.components.search import movie_search
from ui.components.stars import star_board
from ui.components.tile import beside_poster, facts, movie_link, shelf
from ui.sections.night import planning
from ui.state import View
from ui.text import film, half_stars, listed, plain

FIND, MOVED = "find", "moved"
RECENT, GRID_ROWS = 8, 30
WORTH_HELP = (
    "If they have seen it: these ratings would make the predictions for the shortlist most certain."
)
WORTH_TELLING = 0.05  # stars; smaller moves are noise to the eye


def chosen_movie(club: View) -> int | None:
    """Return the movie that the page's address names, if there is such a movie."""
    movie = asked_for("movie")
    return movie if movie in club.movies.index else None


def _choose(movie: int) -> None:
    st.query_params["movie"] = str(movie)
    st.session_state.pop(MOVED, None)


def search(club: View) -> None:
    """Draw the search for a movie to rate."""
    movie_search(club, FIND, "Find a movie to rate", _choose, lambda one: _who_rated(club, one))


def suggestions(club: View, but: int | None) -> None:
    """Draw what the club may rate next: what would tell most, the shortlist, what it rated."""
    questions = {movie: who for movie, who in state.questions(club).items() if movie != but}
    if questions:
        st.markdown("##### Worth rating next", help=WORTH_HELP)

        def whom_to_ask(movie: int) -> str:
            first = [club.names[member] for member in questions[movie][:2]]
            more = len(questions[movie]) - len(first)
            if more + len(first) == len(club.names):
                return "ask everyone"
            return f"ask {listed(first)}" + (f" +{more}" if more else "")

        shelf(club, list(questions), "shelf_questions", _choose, whom_to_ask)
    for title, movies in (
        ("On the shortlist", [movie for movie in club.shortlist if movie != but]),
        ("Rated lately", [movie for movie in recent(club) if movie != but][:RECENT]),
    ):
        if movies:
            st.markdown(f"##### {title}")
            key = f"shelf_{title.split()[-1]}"
            shelf(club, movies, key, _choose, lambda movie: _who_rated(club, movie))


def recent(club: View) -> list[int]:
    """Return the club's rated movies, the latest first."""
    latest = club.ratings.groupby(MOVIE)[TIMESTAMP].max()
    return [int(movie) for movie in latest.sort_values(ascending=False, kind="stable").index]


def _who_rated(club: View, movie: int) -> str:
    number = len(club.rated_by(movie))
    if not number:
        return ""
    return "rated by all" if number == len(club.names) else f"{number} of {len(club.names)} rated"


def board(club: View, movie: int) -> None:
    """Draw the movie with everyone's stars to tap."""
    with st.container(border=True, key="board"):
        left, right = st.columns([2, 5], gap="medium")
        with left, beside_poster(club, movie):
            st.subheader(plain(club.title(movie)), anchor=False)
            st.caption(facts(club, movie))
            movie_link(club, movie, ":material/info: More about it")
        with right:
            stars = [(m, name, club.stars.get((m, movie))) for m, name in club.names.items()]
            rows = [row for row in stars if access.may_enter(club, row[0])]
            if rows:
                star_board(rows, f"stars_{movie}", partial(_save, club, movie))
                st.caption(
                    "Tap or slide. The same half star again takes it back. Keys: ← → 1–5 Del."
                )
            elif access.is_name_asked(club):
                st.info("Say above who you are, and your stars appear.", icon=":material/star:")
            else:
                access.choose_name(club, "who_rates")
            others = [
                f"{name} {half_stars(s)}" for m, name, s in stars if s and (m, name, s) not in rows
            ]
            if others:
                st.caption(plain(" · ".join(others)))
        for night in nights.nights(club):
            if night.state == "decided" and night.movie == movie:
                st.caption(":material/lock: It was just watched; stars given here are open to all.")
                planning.link(night, "Rate it sealed", ":material/how_to_vote:")
        if st.session_state.get(MOVED):
            st.markdown(st.session_state[MOVED])


def _save(club: View, movie: int, changes: list[tuple[int, float | None]]) -> None:
    members = tuple(member for member, _ in changes if member in club.names)
    before = state.reactions(club, club.shortlist, members)
    for member, stars in changes:  # one by one: each tap is taken back by itself
        rate = state.store().ratings.rate_many
        if change(rate, [(member, movie, stars)], whose=[member]) is None:
            return
    told = (f"{club.names.get(m, '?')}: {half_stars(s) if s else 'no stars'}" for m, s in changes)
    notify(plain(f"{listed(told)} for {club.title(movie)}"))
    st.session_state[MOVED] = _moved(state.view(), before)


def _moved(club: View, before: Reactions | None) -> str:
    """Return as Markdown how the members' stars for tonight moved since `before`."""
    if before is None:
        return ""
    after = state.reactions(club, before.movie_ids, before.member_ids)
    if after is None:
        return ""
    lines = []
    for row, member in enumerate(after.member_ids):
        step = abs(after.mean[row] - before.mean[row])
        most = [i for i in step.argsort()[::-1][:3] if step[i] >= WORTH_TELLING]
        told = [
            f"{plain(club.title(after.movie_ids[i]))} {before.mean[row, i]:.2f} → "
            f"**{after.mean[row, i]:.2f}**"
            for i in most
        ]
        if told:
            lines.append(f"{plain(club.names[member])}: {listed(told)}")
    return f":material/auto_awesome: For tonight, this moved {'; '.join(lines)}." if lines else ""


def undo_button(club: View) -> None:
    """Draw the button that takes back the latest rating, whoever entered it and who may."""
    latest = state.store().ratings.undoable()
    if latest is None:
        return
    whose = {entry.member_id for entry in latest.entries}
    if not all(access.may_enter(club, member) for member in whose):
        return

    def undo() -> None:
        if change(state.store().ratings.undo, latest.step, whose=whose):
            notify(f"Taken back: {what}")
            st.session_state.pop(MOVED, None)
            st.session_state.pop("grid_version", None)

    first = latest.entries[0]
    given = half_stars(first.after) if first.after else "cleared"
    more = f" and {len(latest.entries) - 1} more" if len(latest.entries) > 1 else ""
    name = club.names.get(first.member_id, "somebody")
    title = club.title(first.movie_id) if first.movie_id in club.movies.index else "a movie"
    what = plain(f"{name}, {title}: {given}{more}")
    st.button(f"Undo {what}", on_click=undo, icon=":material/undo:", key="undo")


def grid(club: View) -> None:
    """Draw the shortlist and the latest movies as rows and the members as columns, to type into."""
    if _unsaved_edits():  # left by a callback that was cut short
        _save_edits()
        st.rerun()
    if st.session_state.get("grid_version") != club.version:
        # Someone else wrote, or the page is new: begin afresh, with no edits of old waiting.
        rows = list(dict.fromkeys([*club.shortlist, *recent(club)]))[:GRID_ROWS]
        st.session_state["grid_movies"] = rows
        st.session_state["grid_round"] = st.session_state.get("grid_round", 0) + 1
        st.session_state["grid_version"] = club.version
        st.session_state["grid_saved"] = {}
    movies: list[int] = st.session_state["grid_movies"]
    columns = {str(member): name for member, name in club.names.items()}
    frame = pd.DataFrame(index=pd.Index(movies, name=MOVIE))
    frame["movie"] = [film(club.title(movie), club.year(movie)) for movie in movies]
    for member in club.names:
        frame[str(member)] = [club.stars.get((member, movie)) for movie in movies]
    frame = frame.astype(dict.fromkeys(columns, "float64"))
    limits: Any = {"min_value": 0.5, "max_value": 5.0, "step": 0.5, "format": "%.1f", "width": 76}
    config: dict[str, Any] = {
        column: st.column_config.NumberColumn(
            name, disabled=not access.may_enter(club, int(column)), **limits
        )
        for column, name in columns.items()
    }
    config["movie"] = st.column_config.TextColumn("Movie", disabled=True, pinned=True, width=170)
    st.data_editor(
        frame,
        key=_grid_key(),
        on_change=_save_edits,
        hide_index=True,
        placeholder="",
        column_config=config,
        height=min(36 * (len(movies) + 1) + 2, 640),
        alt="Everyone's stars, to edit",
    )
    st.caption(
        "Type 0.5 to 5, Enter or Tab to go on, Delete to clear. Every cell is saved at once."
    )


def _grid_key() -> str:
    return f"grid_{st.session_state.get('grid_round', 0)}"


def _unsaved_edits() -> list[tuple[int, int, float | None]]:
    """Return (member_id, movie_id, stars) of what was typed into the grid and not saved yet.

    What was saved once is not saved again: somebody may have undone or changed it since.
    """
    club = state.view()
    saved: dict[tuple[int, int], float | None] = st.session_state.get("grid_saved", {})
    movies: list[int] = st.session_state.get("grid_movies", [])
    held = st.session_state.get(_grid_key(), {"edited_rows": {}})
    edited = cast("dict[int, dict[str, float | None]]", held["edited_rows"])
    typed = [
        (int(column), movies[int(row)], stars)
        for row, cells in edited.items()
        for column, stars in cells.items()
        if column.isdecimal() and int(row) in range(len(movies))
    ]
    return [
        (member, movie, stars)
        for member, movie, stars in typed
        if saved.get((member, movie), club.stars.get((member, movie))) != stars
    ]


def _save_edits() -> None:
    with one_at_a_time():
        rows = _unsaved_edits()
        if not rows:
            return
        whose = {member for member, _, _ in rows}
        version = change(state.store().ratings.rate_many, rows, whose=whose)
        # A save of this grid keeps it, and with it the cell that somebody types in; what failed
        # draws it afresh, so that a wrong number does not stay.
        st.session_state["grid_version"] = version
        if version is None:
            st.session_state["grid_round"] += 1
            return
        st.session_state["grid_saved"] |= {(m, movie): stars for m, movie, stars in rows}
    club = state.view()
    told = [
        f"{club.names.get(m, '?')}, {club.title(movie)}: {half_stars(s) if s else 'cleared'}"
        for m, movie, s in rows
    ]
    notify(plain(listed(told[:3])) + (" …" if len(told) > 3 else ""))
