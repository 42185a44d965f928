"""Preview of an import of ratings: rows to decide, other stars, and tables of the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import cast

import pandas as pd
import streamlit as st

from club.imports import ratings
from club.imports.ratings import Entry, Plan, RejectedRow
from ui.components.basics import download_button
from ui.components.figures import draw_table
from ui.state import View
from ui.text import counted, distinct, film, half_stars, listed, plain

ROUND = "bring_round"
PAGE = 6  # rows to decide at once
NONE = 0  # no movie has this number
RATED = {"Rated": st.column_config.DateColumn(format="D MMM YYYY")}
TAKES = {"newer": "The newer ones", "ours": "Ours", "theirs": "The file's"}


def key(name: str) -> str:
    """Return the session state's key of this round of importing."""
    return f"bring_{st.session_state.get(ROUND, 0)}_{name}"


# To decide

Row = tuple[str, int]


def decisions() -> dict[Row, int | None]:
    """Return the movie chosen for each decided row, None for none of the alternatives."""
    return cast("dict[Row, int | None]", st.session_state.setdefault(key("decided"), {}))


def to_decide(club: View, plan: Plan) -> None:
    """Draw the uncertain rows with their alternatives."""
    said = decisions()
    open_rows = [e for e in plan.entries if e.state == "uncertain" or e.row.key in said]
    rest = [e.row.key for e in plan.of("uncertain") if e.match.likely is None]
    groups = _together(open_rows)
    if not groups:
        return
    left = sum(group[0].state == "uncertain" for group in groups)
    st.markdown(f"## Which movie is it? {left:,} of {len(groups):,} to decide")
    st.caption("Only what you confirm is imported.")
    pages = -(-len(groups) // PAGE)
    number = st.session_state.get(key("page"), 1)
    shown = groups[(number - 1) * PAGE : number * PAGE]
    for group in shown:
        _which(club, group)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "All of these are right" if len(shown) > 1 else "This is right",
            key="bring_right",
            icon=":material/done_all:",
            on_click=_confirm_all,
            args=([[entry.row.key for entry in group] for group in shown],),
        )
        if rest:
            st.button(
                f"None of these for all {len(rest):,} without a proposal",
                key="bring_none",
                icon=":material/remove_done:",
                on_click=_none_of_these,
                args=(rest,),
            )
        if pages > 1:
            st.pagination(pages, key=key("page"), max_visible_pages=5)


def _together(entries: Iterable[Entry]) -> list[list[Entry]]:
    """Group rows of several members that name the same movie: one answer serves all."""
    groups: dict[object, list[Entry]] = {}
    rows_of: Counter[object] = Counter()
    for entry in entries:
        row, movies = entry.row, entry.match.alternatives
        movie = row.titles, row.year, row.source_id, movies
        # Two rows of one member may be two movies that are called alike.
        rows_of[movie, entry.member] += 1
        groups.setdefault((movie, rows_of[movie, entry.member]), []).append(entry)
    return list(groups.values())


def _which(club: View, group: list[Entry]) -> None:
    entry, rows = group[0], [entry.row.key for entry in group]
    said, options = decisions(), [*entry.match.alternatives, NONE]
    row = entry.row.key
    state = st.session_state
    proposed = said.get(row, entry.match.likely) or NONE
    state.setdefault(_widget("is", row), proposed)
    state.setdefault(_widget("sure", row), row in said)
    labels = distinct(called(club, movie) for movie in options)
    with st.container(border=True, key=_widget("row", row)):
        left, middle, right = st.columns([4, 4, 1.4], vertical_alignment="center", gap="small")
        with left:
            given = [_given(entry) for entry in group]
            given = given[:1] if len({*given}) == 1 else given
            name = plain(film(entry.row.title, entry.row.year))
            st.markdown(f"**{name}** · {listed(given)}")
            members = listed(dict.fromkeys(_member(club, entry) for entry in group))
            st.caption(plain(f"{members}: {entry.match.reason}."))
        with middle:
            st.selectbox(
                f"Which movie is {plain(entry.row.title)}?",
                options,
                format_func=dict(zip(options, labels, strict=True)).__getitem__,
                key=_widget("is", row),
                on_change=_choose,
                args=(rows,),
                label_visibility="collapsed",
            )
        with right:
            st.checkbox("That's it", key=_widget("sure", row), on_change=_sure, args=(rows,))


def called(club: View, movie: int) -> str:
    """Return a movie's title and year, for options and cells."""
    return "None of these" if movie == NONE else film(club.title(movie), club.year(movie))


def _widget(what: str, row: Row) -> str:
    return key(f"{what}_{row[0]}_{row[1]}")


def _choose(rows: list[Row]) -> None:
    """Keep the chosen movie for all rows of a group."""
    movie = st.session_state[_widget("is", rows[0])] or None
    decisions().update(dict.fromkeys(rows, movie))
    st.session_state[_widget("sure", rows[0])] = True


def _sure(rows: list[Row]) -> None:
    if st.session_state[_widget("sure", rows[0])]:
        _choose(rows)
    else:
        for row in rows:
            decisions().pop(row, None)


def _confirm_all(groups: Iterable[list[Row]]) -> None:
    for rows in groups:
        _choose(rows)


def _none_of_these(rows: Iterable[Row]) -> None:
    """Decide that rows mean no movie of the catalogue."""
    for row in rows:
        decisions()[row] = None
        for what, value in (("is", NONE), ("sure", True)):
            st.session_state[_widget(what, row)] = value


def _given(entry: Entry) -> str:
    """Return the stars of a row, or what it says instead."""
    if entry.stars is None:
        return "seen" if entry.kind == "seen" else "to watch"
    return f"{half_stars(entry.stars)} ★"


# Other stars


def take() -> str:
    """Return whose stars count where they differ: a key of TAKES."""
    return str(st.session_state.get(key("take")) or "newer")


def other_stars(club: View, plan: Plan) -> None:
    """Draw where the club has other stars, and whose count."""
    changed = plan.of("changed")
    if not changed:
        return
    st.markdown(f"## {counted(len(changed), 'rating differs', 'ratings differ')} from ours")
    st.segmented_control(
        "Whose stars count",
        list(TAKES),
        default="newer",
        required=True,
        format_func=TAKES.__getitem__,
        key=key("take"),
        help="Ours where the file has no date.",
    )
    frame = pd.DataFrame(
        {
            "Movie": [called(club, cast("int", entry.movie)) for entry in changed],
            "Ours": [half_stars(entry.ours or 0) for entry in changed],
            "File's": [half_stars(entry.stars or 0) for entry in changed],
            "Counts": ["the file's" if entry.taken else "ours" for entry in changed],
            "Member": [_member(club, entry) for entry in changed],
            "Rated": [_day(entry.at) for entry in changed],
        }
    )
    draw_table(frame, "Ratings that differ", columns=RATED, height=320)


# The rest


def tables(club: View, plan: Plan, rejected: list[RejectedRow]) -> None:
    """Draw tables of new, unchanged and rejected rows."""
    new = [entry for entry in plan.of("new") if entry.movie is not None]
    for label, icon, entries in (
        ("New", ":material/star_half:", new),
        ("Already there", ":material/check:", plan.of("same")),
    ):
        if entries:
            with st.expander(f"{label} ({len(entries):,})", icon=icon):
                _table(club, entries)
    if rejected:
        with st.expander(f"Left out ({len(rejected):,})", icon=":material/block:"):
            rows = [(row.title, row.year, row.stars, row.reason, row.file) for row in rejected]
            columns = ["Title", "Year", "Stars", "Why", "File"]
            st.dataframe(pd.DataFrame(rows, columns=columns), hide_index=True, width="stretch")
            download_button(
                "Download these",
                ratings.as_csv(rejected).encode("utf-8-sig"),
                "left-out.csv",
                "bring_rejected",
                icon=":material/download:",
                help="Correct titles or years in it, and import it again.",
            )


def _table(club: View, entries: list[Entry]) -> None:
    frame = pd.DataFrame(
        {
            "Member": [_member(club, entry) for entry in entries],
            "In the file": [film(entry.row.title, entry.row.year) for entry in entries],
            "Movie": ["" if e.movie is None else called(club, e.movie) for e in entries],
            "Found by": [entry.match.how or "your choice" for entry in entries],
            "Says": [_given(entry) for entry in entries],
            "Rated": [_day(entry.at) for entry in entries],
        }
    )
    draw_table(frame, "Rows of the file", columns=RATED)


def _member(club: View, entry: Entry) -> str:
    return entry.member if isinstance(entry.member, str) else club.names.get(entry.member, "?")


def _day(at: int | None) -> pd.Timestamp | None:
    return None if at is None else pd.Timestamp(at, unit="s")
