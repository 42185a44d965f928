"""Import ratings: upload files, choose members and scales, preview the changes, save them.

Decisions are kept in the session state under keys of the round; saving or leaving starts another.
"""

from __future__ import annotations

import re
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from club.imports import ratings
from club.imports.ratings import Choices, ClubNow, Plan, RatingsFile
from club.imports.ratings.plan import Matches, Numbers, Take
from club.imports.ratings.rows import FIVES, HUNDREDS, TENS, Kind, stars_of
from club.validation import clean_name, name_key
from ui import access, state
from ui.components.basics import change, errors_shown, file_name
from ui.components.figures import draw_counts
from ui.sections import rate
from ui.sections import rating_preview as preview
from ui.sections.rating_preview import ROUND, key
from ui.state import View
from ui.text import counted, half_stars, listed, plain

FOUND, MATCHES, SAVED = "bring_found", "bring_matches", "bring_saved"
# Spreadsheets' own files are told how to become a table.
KINDS = ["zip", "csv", "tsv", "txt", "json", "gz", "xlsx", "xls", "ods", "numbers"]
UNITS: dict[Kind, tuple[str, str]] = {
    "rating": ("rating", "ratings"),
    "seen": ("movie seen", "movies seen"),
    "wished": ("movie to watch", "movies to watch"),
}
NUMBERS = {"movielens": "MovieLens'", "tmdb": "TMDB's"}
LARGEST = 64  # MiB; real ones have one or two
WHAT = """\
One file or several; you see what they hold before anything changes.

- **Letterboxd**: the ZIP from *Settings*, *Data*, *Export your data*.
- **IMDb** or **TMDB**: the CSV of your ratings or your watchlist.
- **Trakt** and **Simkl**: the ZIP or JSON that their settings export.
- **Another club** like this one: its *All ratings* or *Everything*, from *Settings*, *Backups*.
- **Any table** (CSV) with titles, years and ratings; for several people, with a column of names or
  a column of ratings for each.
"""


def section(club: View) -> None:
    """Draw the steps from the upload to the preview."""
    files = st.file_uploader(
        "Files",
        type=KINDS,
        accept_multiple_files=True,
        key=key("files"),
        max_upload_size=LARGEST,
        label_visibility="collapsed",
    )
    if not files:
        _saved(club)
        st.markdown(WHAT)
        return
    with errors_shown():
        found = _read(files)
        _numbers(found)
        _whose(club, found)
        _scales(found)
        _look(club, found)


def _read(files: list[UploadedFile]) -> list[RatingsFile]:
    ids = [file.file_id for file in files]
    held = st.session_state.get(FOUND)
    if held is None or held[0] != ids:
        with tempfile.TemporaryDirectory(prefix="movie-club-") as folder:
            # Each in a folder of its own: several may have the same name.
            places = [Path(tempfile.mkdtemp(dir=folder), file_name(file.name)) for file in files]
            for place, file in zip(places, files, strict=True):
                place.write_bytes(file.getbuffer())
            held = ids, ratings.read_all(places)
        st.session_state[FOUND] = held
    return cast("list[RatingsFile]", held[1])


def _people(found: Sequence[RatingsFile]) -> list[tuple[str, RatingsFile, str]]:
    """Return the key of the widget that asks for a member, the file, and the person in the file."""
    people = [(source, person) for source in found for person in source.people]
    return [(key(f"who_{number}"), *pair) for number, pair in enumerate(people)]


def _numbers(found: Sequence[RatingsFile]) -> None:
    """Ask whose numbers the movies have in files without titles."""
    files = [source.file for source in found if source.is_numbered]
    if files:
        st.segmented_control(
            f"Whose numbers of movies does {plain(listed(files))} have?",
            list(NUMBERS),
            format_func=NUMBERS.__getitem__,
            default="movielens",
            required=True,
            key=key("numbers"),
        )


def _whose(club: View, found: Sequence[RatingsFile]) -> None:
    with st.grid(columns=4, min_column_width=220, gap="small"):
        for widget, source, person in _people(found):
            options = [name for m, name in club.names.items() if access.may_enter(club, m)]
            guess = _guess(club, source, person)
            if guess not in options:
                if access.only_own(club):
                    guess = None
                elif guess is not None:
                    options.append(guess)
            st.selectbox(
                f"{plain(person)} in {plain(source.file)}"
                if person
                else f"Whose is {plain(source.file)}?",
                options,
                index=None if guess is None else options.index(guess),
                key=widget,
                accept_new_options=True,
                placeholder="Choose, or type a new name",
            )


def _guess(club: View, source: RatingsFile, person: str) -> str | None:
    """Return the member that the rows or the file's name tell, or the name of a new one."""
    if person:
        same = (name for name in club.names.values() if name_key(name) == name_key(person))
        return next(same, person)
    words = {name_key(word) for word in re.split(r"[\W_]+", source.file)}
    return next((name for name in club.names.values() if name_key(name) in words), None)


def _scales(found: Sequence[RatingsFile]) -> None:
    for number, source in enumerate(found):
        if source.scale.fixed or not source.of("rating"):
            continue
        top = st.segmented_control(
            f"What is the best rating in {plain(source.file)}?",
            [FIVES, TENS, HUNDREDS],
            default=source.scale.top,
            required=True,
            key=key(f"top_{number}"),
        )
        values = sorted({row.rating or 0.0 for row in source.of("rating")})
        shown = sorted({values[0], values[len(values) // 2], values[-1]})
        pairs = [(value, stars_of(value, top or FIVES)) for value in shown]
        told = [
            f"{value:g} → {half_stars(stars) if stars else 'left out'}" for value, stars in pairs
        ]
        st.caption(f"{plain(source.scale.doubt)} So {listed(told)}.".lstrip())


def _choices(club: View, found: Sequence[RatingsFile]) -> Choices:
    state = st.session_state
    ids = {name_key(known): member for member, known in club.names.items()}
    members = {
        (source.file, person): ids.get(name_key(state[widget]), clean_name(state[widget]))
        for widget, source, person in _people(found)
        if state.get(widget)
    }
    tops = {
        source.file: int(state[key(f"top_{number}")])
        for number, source in enumerate(found)
        if state.get(key(f"top_{number}"))
    }
    return Choices(
        members=members,
        tops=tops,
        movies=preview.decisions(),
        take=cast("Take", preview.take()),
        add_missing=bool(state.get(key("add"))),
    )


def _plan(club: View, found: Sequence[RatingsFile]) -> Plan:
    choices, matches = _choices(club, found), _matches(club, found)
    wished = state.store().watchlists.all().itertuples(index=False, name=None)
    have = ClubNow(club.state.version, club.ratings, club.seen, frozenset(wished))
    return ratings.plan(found, matches, have, choices, now=int(time.time()))


def _matches(club: View, found: Sequence[RatingsFile]) -> Matches:
    numbers = cast("Numbers", st.session_state.get(key("numbers")) or "movielens")
    asked = st.session_state[FOUND][0], club.cache_key, numbers
    held = st.session_state.get(MATCHES)
    if held is None or held[0] != asked:
        held = asked, ratings.match(found, club.catalogue.matcher, numbers)
        st.session_state[MATCHES] = held
    return cast("Matches", held[1])


def _look(club: View, found: Sequence[RatingsFile]) -> None:
    plan = _plan(club, found)
    st.header("What would change", anchor=False)
    draw_counts(plan.counts, columns=6)
    preview.to_decide(club, plan)
    preview.other_stars(club, plan)
    _keep_all(plan)
    preview.tables(club, plan, plan.rejected(club.movies))
    _confirm(plan)


def _keep_all(plan: Plan) -> None:
    """Draw the switch that adds what the catalogue lacks, with what the file knows of it."""
    if not plan.lacking:
        return
    rows = {kind: len(plan.of("unmatched", kind=kind)) for kind in UNITS}
    told = listed([counted(number, *UNITS[kind]) for kind, number in rows.items() if number])
    st.toggle(
        f"Add {counted(len(plan.lacking), 'movie')} that we don't know yet ({told})",
        key=key("add"),
        help="They become your own movies; you can add more on their pages.",
    )


def _confirm(plan: Plan) -> None:
    taken = {kind: len(plan.taken(kind)) for kind in UNITS}
    people = dict.fromkeys(entry.member for entry in plan.entries if entry.taken)
    new = [who for who in people if isinstance(who, str)]
    if new:
        st.caption(f"{plain(listed(new))} {'joins' if len(new) == 1 else 'join'} the club.")
    parts = [counted(number, *UNITS[kind]) for kind, number in taken.items() if number]
    what = listed(parts) or "0 ratings"
    with st.container(horizontal=True):
        st.button(
            f"Import {what}",
            type="primary",
            key="bring_save",
            icon=":material/library_add_check:",
            disabled=not parts,
            on_click=_save,
        )
        st.button("Cancel", key="bring_cancel", on_click=_another_round)


def _save() -> None:
    def write() -> dict[str, int]:
        club, found = state.view(), st.session_state[FOUND][1]
        plan = _plan(club, found)
        whose = {entry.member for entry in plan.entries if entry.taken}
        # A name stands for somebody new, who is nobody's to enter but where all may enter all.
        members = [who if isinstance(who, int) else -1 for who in whose]
        access.refuse_others(members)
        bar = st.progress(0.0, "Importing …")

        def report(done: int, total: int, _: str) -> None:
            bar.progress(done / total, f"Adding movies: {done:,} of {total:,} …")

        return ratings.save(state.store(), plan, report)

    saved = change(write)
    if saved is not None:
        _another_round()
        st.session_state[SAVED] = saved


def _another_round() -> None:
    for name in (FOUND, MATCHES, SAVED):
        st.session_state.pop(name, None)
    st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1


def _saved(club: View) -> None:
    saved: dict[str, int] | None = st.session_state.get(SAVED)
    if saved is None:
        return
    units = {"movie": ("new movie",), "member": ("new member",), **UNITS}
    parts = [counted(number, *units[what]) for what, number in saved.items() if number]
    done = f"Imported: {listed(parts)}."
    st.success(done, icon=":material/check_circle:")
    with st.container(horizontal=True, vertical_alignment="center"):
        rate.undo_buttons(club, ())
        st.page_link("pages/rate.py", label="Rate", icon=":material/star_half:")
