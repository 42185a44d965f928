"""The head of a night's page: when, who is here, who holds this phone; and all its details."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date, time
from functools import partial
from typing import Any

import streamlit as st

from club.calendar import calendar_file
from club.nights import Night
from ui import access, live, nights, router, state
from ui.components.basics import (
    asked_for,
    change,
    change_button,
    download_button,
    empty_state,
    header,
    key_of,
    one_at_a_time,
    row,
)
from ui.components.choices import people_pills
from ui.sections import guests
from ui.state import View
from ui.text import clock, counted, distinct, listed, long_day, plain

ASKED, ME, VIEW = "night", access.SCREEN, "do"  # names in the page's address
PLACES = {"planned": "blue", "decided": "orange", "revealed": "green", "called off": "gray"}
STATES = {
    "planned": "being planned",
    "decided": "movie chosen, ratings sealed",
    "revealed": "rated",
    "called off": "called off",
}


def asked_night(club: View) -> Night | None:
    """Return the night that the page's address names, if there is such a night."""
    number = asked_for(ASKED)
    return None if number is None else nights.find(club, number)


def link(night: Night, label: str, icon: str | None = None) -> None:
    """Draw a link to a night's page; its label is Markdown."""
    st.page_link(
        "pages/night.py", label=label, icon=icon, query_params={ASKED: str(night.night_id)}
    )


def look_elsewhere() -> None:
    """Say that the address names no night, with the way to those that there are."""
    header("Movie night")
    sentence = "There is no such night; it may have been deleted, or another club's."
    with empty_state(":material/event_busy:", sentence, "no_night"):
        st.page_link(router.page("nights"), label="All nights", icon=":material/calendar_month:")


def head(club: View, night: Night) -> None:
    """Draw when and where the night is, and how far it has come."""
    st.set_page_config(page_title=f"Movie night, {long_day(night.on)} · Movie club")
    header(long_day(night.on))
    parts = [
        clock(night.starts_at) if night.starts_at else "",
        plain(night.place),
        f"{plain(club.name(night.picker))} picks" if night.picker else "",
    ]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.badge(STATES[night.state], color=PLACES[night.state])  # type: ignore[arg-type]
        said = " · ".join(part for part in parts if part)
        if said:
            st.caption(said, width="content")
        link_to = nights.nights(club)
        if len(link_to) > 1:
            st.page_link(router.page("nights"), label="All nights", icon=":material/arrow_back:")


def people(club: View, night: Night) -> None:
    """Draw who is here, with the way to bring a guest."""
    everyone = [*club.names, *club.guests]
    present = [one for one in everyone if one in night.present]
    key = key_of(f"present_{night.night_id}", frozenset(present))
    before = f"{key}_before"
    st.session_state.setdefault(before, set(present))

    def attend() -> int:
        # Only what was tapped here: others may have come since this page was drawn.
        book, tapped = state.store().nights, set(st.session_state[key])
        old = st.session_state[before]
        now, off = book.get(night.night_id), old - tapped
        # Who is taken off once there is a vote loses theirs, and the box may open without them.
        access.refuse_others(off & set(now.present) if now.voting else ())
        version = book.attend(night.night_id, {*now.present, *(tapped - old)} - off)
        st.session_state[before] = tapped
        return version

    def save() -> None:
        with one_at_a_time():
            if change(attend) is None:
                st.session_state[key] = list(st.session_state[before])

    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        people_pills(
            club, f"Who is here? ({len(present)})", everyone, key, "multi", mark_guests=True,
            default=present, on_change=save,
        )  # fmt: skip
        if night.state == "planned" and st.button(
            "A guest", icon=":material/person_add:", key="bring_guest"
        ):
            live.hold()
            guests.dialog(club, night)


def who_am_i(club: View, night: Night) -> int | None:
    """Draw those present as pills and return who holds this screen; None when nobody said."""
    people = [person for person in night.present if access.may_enter(club, person)]
    mine = access.me(club)
    if not people:
        if night.present:
            st.caption("You can rate and vote once you are here: tap your name above.")
        return None
    me: int | None = people_pills(
        club,
        "You are",
        people,
        ME,
        default=mine if mine in people else None,
        bind="query-params",
        help="On a phone of your own say once who you are; on one that goes round, tap in turn.",
    )
    access.set_actor(club)  # the pills say it
    return me if me in people else None


def details(club: View, night: Night) -> None:
    """Draw everything about the night that can be changed, and the file for calendars."""
    with st.expander("Date, place, rules and notes", icon=":material/edit_calendar:"):
        with st.form(f"details_{night.night_id}", border=False):
            left, right = st.columns(2, gap="medium")
            with left:
                on = st.date_input("Date", night.on, format="YYYY-MM-DD")
                at = st.time_input("Starts at", night.starts_at, step=900)
                place = st.text_input("Where", night.place, max_chars=200)
                picker = _picker(club, night)
            with right:
                notes = st.text_area("Notes", night.notes, max_chars=2000, height=120)
                rules = _rules(night)
            saved = st.form_submit_button("Save", type="primary", icon=":material/save:")
        if saved and isinstance(on, date):
            rules |= {"on": on, "starts_at": at, "place": place, "notes": notes, "picker": picker}
            change(partial(state.store().nights.edit, night.night_id, **rules), done="Saved.")
            st.rerun()
        with st.container(horizontal=True, vertical_alignment="center"):
            calendar_button(club, [night], "This night for your calendar")
            _end(night)


def _picker(club: View, night: Night) -> int | None:
    everyone = [member for member in club.names if member in night.present]
    if night.picker is not None and night.picker not in everyone:
        everyone.append(night.picker)
    labels = distinct(["nobody in particular", *(club.name(one) for one in everyone)])
    return st.selectbox(
        "Who picks the movie",
        [None, *everyone],
        index=(everyone.index(night.picker) + 1) if night.picker in everyone else 0,
        format_func=dict(zip([None, *everyone], labels, strict=True)).__getitem__,
    )


def _rules(night: Night) -> dict[str, Any]:
    """Draw the rules for candidates while they still matter."""
    if night.state != "planned":
        return {}
    longest = st.number_input(
        "At most so many minutes", 30, 600, night.longest, 5, placeholder="any length"
    )
    again = st.toggle("What someone has seen may be watched again", night.rewatch)
    return {"longest": longest, "rewatch": again}


def calendar_button(club: View, which: list[Night], label: str) -> None:
    """Draw the download of nights as a calendar file."""

    def file() -> bytes:
        runtimes = club.movies["runtime"].dropna()
        movies = {night.movie for night in which if night.movie is not None}
        return calendar_file(
            which,
            titles={movie: club.title(movie) for movie in movies},
            names={one: club.name(one) for night in which for one in night.present},
            runtimes={movie: int(runtimes[movie]) for movie in movies if movie in runtimes.index},
            club_name=club.club.name,
        )

    name = f"movie-night-{which[0].on}.ics" if len(which) == 1 else "movie-nights.ics"
    download_button(label, file, name, f"calendar_{len(which)}", icon=":material/event:")


def _end(night: Night) -> None:
    """Draw the ways to call the night off, to bring it back, and to delete it."""
    book, number = state.store().nights, night.night_id

    def act(label: str, icon: str, action: Callable[[int], Any], done: str) -> None:
        key = f"{label}_{number}"
        change_button(label, action, number, done=done, icon=icon, type="tertiary", key=key)

    if night.state == "called off":
        act("It takes place after all", ":material/undo:", book.call_on, "The night is on again.")
    elif night.state in {"planned", "decided"}:
        act("Call it off", ":material/event_busy:", book.call_off, "The night is called off.")
    if night.decided_at is not None:
        return
    if not access.is_host():
        st.caption("Only a host can delete a night.", width="content")
    elif st.button("Delete", icon=":material/delete:", type="tertiary", key="delete_night"):
        change(access.host_only(book.delete), number, done="The night is deleted.")
        st.switch_page("pages/nights.py")


def plan_form(club: View) -> None:
    """Draw the form that plans a night."""
    with st.form("plan", border=True):
        left, middle, right = st.columns([2, 2, 3], gap="small")
        on = left.date_input("Date", "today", format="YYYY-MM-DD", key="plan_on")
        at = middle.time_input("Starts at", time(20), step=900, key="plan_at")
        place = right.text_input("Where", max_chars=200, key="plan_place", placeholder="at Ana’s")
        everyone = list(club.names)
        who = people_pills(club, "Who comes?", everyone, "plan_who", "multi", default=everyone)
        planned = st.form_submit_button(
            "Plan the night", type="primary", icon=":material/event_available:"
        )
    if planned and isinstance(on, date):
        _plan(on, who, starts_at=at, place=place)


def _plan(on: date, who: Sequence[int], **details: Any) -> None:
    """Plan a night, and leave for its page."""
    number = change(state.store().nights.plan, on, tuple(who), **details)
    if number is None:
        st.rerun()
    st.session_state.pop(VIEW, None)  # the page begins with its first part
    st.switch_page("pages/night.py", query_params={ASKED: str(number)})


def make_it_one(here: list[int]) -> None:
    """Draw the button that begins a night with those who are here."""
    with row("make_night"):
        if st.button("Make it a movie night", type="primary", icon=":material/event_available:"):
            _plan(date.today(), here)
        st.caption(
            "Vetoes, votes on everyone’s phone, guests – and afterwards: how right was the "
            "prediction?",
            width="content",
        )


def banner(club: View) -> None:
    """Say on the front page what the next night waits for, if there is one."""
    for night in nights.under_way(club, date.today())[:2]:
        with row(f"night_{night.night_id}", border=True):
            st.markdown(f":material/event: **{long_day(night.on)}** · {_waits_for(club, night)}")
            link(night, "Open the night", ":material/arrow_forward:")


def _waits_for(club: View, night: Night) -> str:
    """Return in Markdown how far a night has come."""
    here = len(night.present)
    if night.state == "planned":
        coming = counted(here, "person comes", "people come")
        if not night.voting:
            return coming
        voted = nights.ballot_box(club, night.night_id).voted
        return f"{coming}, {len(voted)} of {here} have voted"
    given = len(nights.outcome(club, night.night_id).rated)
    assert night.movie is not None
    return f"**{plain(club.title(night.movie))}**, {given} of {here} have rated it"


def named(club: View, people_: Iterable[int]) -> str:
    """Return people as Markdown: "Ana and Bo"."""
    return plain(listed(club.name(one) for one in people_))


def progress(
    club: View, done: Collection[int], waiting: Collection[int], verb: str, hidden: bool
) -> None:
    """Draw how many of those present have `verb` ("voted", "rated"), and who has not."""
    here = len(done) + len(waiting)
    if not here:
        return
    sealed = ", sealed" if hidden else ""
    missing = f"; waiting for {named(club, waiting)}" if waiting else ""
    st.progress(len(done) / here, text=f"{len(done)} of {here} have {verb}{sealed}{missing}.")
