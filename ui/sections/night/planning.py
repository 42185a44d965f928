"""What all steps of a night share: its head, who is here, who holds this phone, its details."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date, time
from functools import partial
from typing import Any

import streamlit as st

from club.calendar import calendar_file
from club.nights import Night
from club.sharing import home_address
from club.validation import name_key
from ui import access, nights, state
from ui.components.basics import (
    asked_for,
    change,
    change_button,
    download_button,
    empty_state,
    header,
    lead_to,
    row,
)
from ui.components.people import people_picker
from ui.sections import tonight
from ui.state import View
from ui.text import counted, distinct, listed, long_day, plain

ASKED, ME = "night", access.SCREEN  # names in the page's address; ME is in the session, too
OVER = "over"  # in the session: the night that is over for this visitor
STEP = "step_drawn"  # in the session: (night_id, step) that was drawn last
STEPS = ("Pick", "Vote", "Watch", "Rate", "Reveal")


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
    sentence = "There is no such night. It may have been deleted."
    with empty_state(":material/event_busy:", sentence, "no_night"):
        lead_to("nights", "All nights", ":material/calendar_month:")


def step(club: View, night: Night) -> str:
    """Return the step of `STEPS` that a night is at, "" if it is called off."""
    if night.state == "planned" and night.voting and night.present:
        box = nights.ballot_box(club, night.night_id)
        return "Vote" if box.ballots is None else "Pick"
    if night.state == "decided" and nights.outcome(club, night.night_id).rated:
        return "Rate"
    return {"planned": "Pick", "decided": "Watch", "revealed": "Reveal"}.get(night.state, "")


def head(club: View, night: Night) -> None:
    """Draw the steps of the night, and when and where it is."""
    st.set_page_config(page_title=f"{called(club, night)} · Movie club")
    now = step(club, night)
    with row("steps"):
        if now:
            steps = [f"**{one}**" if one == now else one for one in STEPS]
            st.caption(" › ".join(steps), width="content")
        parts = [
            "Tonight" if night.on == date.today() else long_day(night.on),
            f"{night.starts_at:%H:%M}" if night.starts_at else "",
            plain(night.place),
            f"{plain(club.name(night.picker))} picks" if night.picker else "",
        ]
        st.caption(" · ".join(part for part in parts if part), width="content")


def before_a_night() -> None:
    """Remember that no night is planned yet: its first step."""
    st.session_state[STEP] = None, STEPS[0]


def moved_on(club: View, night: Night) -> bool:
    """Return True once after a step is done: the focus then goes to what comes next."""
    now = night.night_id, step(club, night)
    before = st.session_state.get(STEP)
    st.session_state[STEP] = now
    return before is not None and before != now and before[0] in {None, now[0]}


def called(club: View, night: Night) -> str:
    """Return what a night is called: its movie, or "Movie night"."""
    return "Movie night" if night.movie is None else club.title(night.movie)


def people(club: View, night: Night) -> None:
    """Draw everybody's faces, those of who is here on."""
    everyone = [*club.names, *(one for one in club.guests if one in night.present)]

    def tap(person: int, on: bool) -> None:
        # Only what was tapped here: others may have come since this page was drawn.
        now = set(state.store().nights.get(night.night_id).present)
        now = now | {person} if on else now - {person}
        # Whose vote is waited for is for them to say.
        whose = [] if on or not night.voting else [person]
        change(state.store().nights.attend, night.night_id, now, whose=whose)

    people_picker(
        club, "Who is here?", everyone, f"present_{night.night_id}", chosen=night.present,
        on_change=tap, note=tonight.how_many(night.present, everyone),
    )  # fmt: skip


def who_am_i(club: View, present: Collection[int], question: str) -> int | None:
    """Draw the faces of those present and return who holds this screen; None when nobody said.

    Args:
        question: before the faces.
    """
    people = [person for person in present if access.may_enter(club, person)]
    if not people:
        if present:
            st.caption("You can vote and rate once you are here.")
        return None
    me = screen_member(club, people)

    def tap(person: int, on: bool) -> None:
        st.session_state[ME] = person if on else None
        if on:
            st.query_params[ME] = club.name(person)
        else:
            st.query_params.pop(ME, None)

    if me is None:
        st.markdown(f"**{question}**")
    look: dict[str, Any] = {"chosen": (), "named": True}
    if me is not None:
        look = {"chosen": (me,), "note": f"You are {club.name(me)}"}
    people_picker(club, question, people, "me_faces", on_change=tap, **look)
    return me


def screen_member(club: View, people: Collection[int]) -> int | None:
    """Return which of `people` holds this screen, as the address, this visit or the account says.

    On a phone of one's own this holds for all nights; one that goes round says it anew.
    """
    asked = st.query_params.get(ME)
    if ME not in st.session_state and asked:
        # Addresses of earlier releases have a backslash before each dot.
        keys = {name_key(club.name(one)): one for one in people}
        st.session_state[ME] = keys.get(name_key(asked.replace("\\", "")))
    me = st.session_state.get(ME, access.me(club))
    access.set_actor(club)
    return me if me in people else None


def details(club: View, night: Night, *, ask_people: bool, said: str) -> None:
    """Draw everything about the night that can be changed, and the file for calendars.

    Args:
        ask_people: whether to ask who is here, which the page does nowhere else.
        said: how it was decided (plain text), "" if it is not.
    """
    with st.expander("About this night", icon=":material/edit_calendar:"):
        if said:
            st.caption(plain(said))
        if ask_people:
            people(club, night)
        with st.form(f"details_{night.night_id}", border=False):
            left, right = st.columns(2, gap="medium")
            with left:
                on = st.date_input("Date", night.on, format="YYYY-MM-DD")
                at = st.time_input("Starts at", night.starts_at, step=900)
            with right:
                place = st.text_input("Where", night.place, max_chars=200)
                picker = _picker(club, night)
            notes = st.text_area("Notes", night.notes, max_chars=2000, height=80)
            saved = st.form_submit_button("Save", type="primary", icon=":material/save:")
        if saved and isinstance(on, date):
            asked = {"on": on, "starts_at": at, "place": place, "notes": notes, "picker": picker}
            change(partial(state.store().nights.edit, night.night_id, **asked), done="Saved.")
            st.rerun()
        with st.container(horizontal=True, vertical_alignment="center"):
            calendar_button(club, [night], "Add to calendar")
            _end(night)


def _picker(club: View, night: Night) -> int | None:
    everyone = [member for member in club.names if member in night.present]
    if night.picker is not None and night.picker not in everyone:
        everyone.append(night.picker)
    labels = distinct(["nobody", *(club.name(one) for one in everyone)])
    return st.selectbox(
        "Who picks the movie",
        [None, *everyone],
        index=(everyone.index(night.picker) + 1) if night.picker in everyone else 0,
        format_func=dict(zip([None, *everyone], labels, strict=True)).__getitem__,
    )


def calendar_of(club: View, which: Sequence[Night]) -> bytes:
    """Return nights as a calendar file."""
    runtimes = club.movies["runtime"].dropna()
    movies = {night.movie for night in which if night.movie is not None}
    return calendar_file(
        which,
        titles={movie: club.title(movie) for movie in movies},
        names={one: club.name(one) for night in which for one in night.present},
        runtimes={movie: int(runtimes[movie]) for movie in movies if movie in runtimes.index},
        club_name=club.club.name,
    )


def subscribe(club: View) -> None:
    """Draw the address that calendars ask for the nights, and the ways to change or end it."""
    key = club.club.calendar_key
    if key is None and not access.is_host():
        return
    with st.popover("Subscribe", icon=":material/rss_feed:", type="tertiary"):
        share = access.host_only(state.store().share_calendar)
        st.markdown("An address that your calendar asks for our nights: it keeps up by itself.")
        if key is None:
            change_button("Make an address", share, True, key="calendar_on")
            return
        base = home_address(int(st.get_option("server.port"))) if access.is_shared() else None
        base = base or f"http://localhost:{st.get_option('server.port')}"
        st.code(f"{base}{access.CALENDAR}{key}.ics", language=None)
        st.caption("Whoever knows it sees when you meet, who comes and what you watch.")
        if access.is_host():
            change_button("Make a new one", share, True, key="calendar_new")
            change_button("Close it", share, False, key="calendar_off", type="tertiary")


def calendar_button(club: View, which: list[Night], label: str) -> None:
    """Draw the download of nights as a calendar file."""
    file = partial(calendar_of, club, which)
    name = f"movie-night-{which[0].on}.ics" if len(which) == 1 else "movie-nights.ics"
    download_button(label, file, name, f"calendar_{len(which)}", icon=":material/event:")


def _end(night: Night) -> None:
    """Draw the ways to call the night off, to bring it back, and to delete it."""
    book, number = state.store().nights, night.night_id

    def act(label: str, icon: str, action: Callable[[int], Any], done: str) -> None:
        key = f"{label}_{number}"
        change_button(label, action, number, done=done, icon=icon, type="tertiary", key=key)

    if night.state == "called off":
        act("It's on after all", ":material/undo:", book.call_on, "It's on again.")
    elif night.state in {"planned", "decided"}:
        act("Call it off", ":material/event_busy:", book.call_off, "Called off.")
    if not access.is_host():
        st.caption("Only a host can delete a night.", width="content")
        return
    with st.popover("Delete", icon=":material/delete:", type="tertiary"):
        lost = " The scoreboard forgets it; stars that are out stay." if night.movie else ""
        st.markdown(f"Delete this night for good?{lost}")
        delete = access.host_only(book.delete)
        done = "Deleted."
        change_button("Delete it", delete, number, done=done, type="primary", key="delete_night")


def plan_form(club: View) -> None:
    """Draw the form that plans a night."""
    with st.form("plan", border=True):
        left, middle, right = st.columns([2, 2, 3], gap="small")
        on = left.date_input("Date", "today", format="YYYY-MM-DD", key="plan_on")
        at = middle.time_input("Starts at", time(20), step=900, key="plan_at")
        place = right.text_input("Where", max_chars=200, key="plan_place", placeholder="at Ana's")
        planned = st.form_submit_button(
            "Plan the night", type="primary", icon=":material/event_available:"
        )
    if planned and isinstance(on, date):
        plan = state.store().nights.plan
        number = change(plan, on, club.names, starts_at=at, place=place)
        if number is None:
            st.rerun()
        st.switch_page("pages/night.py", query_params={ASKED: str(number)})


def another_night(night: Night) -> None:
    """Draw what comes after a night that is over: another movie, or another night."""
    if night.state != "revealed":
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        over = st.session_state.__setitem__
        label = "Pick another movie"
        st.button(label, on_click=over, args=(OVER, night.night_id), type="primary", key="another")
        st.page_link("pages/nights.py", label="Plan the next night", icon=":material/event:")


def others(club: View, shown: Night | None) -> None:
    """Draw links to the nights that wait for something, but for the one that is shown."""
    for night in nights.under_way(club, date.today())[:3]:
        if shown is None or night.night_id != shown.night_id:
            label = f"{long_day(night.on)} · {waits_for(club, night)}"
            link(night, label, ":material/event:")


def still_secret(club: View) -> dict[int, Night]:
    """Return the picked movies that who holds this screen has still to rate, each with its night.

    What is expected of them is shown nowhere until then: it would sway the stars.
    """
    return {
        night.movie: night
        for night in nights.nights(club)
        if night.state == "decided"
        and night.movie is not None
        and screen_member(club, nights.outcome(club, night.night_id).rated) is None
    }


def waits_for(club: View, night: Night) -> str:
    """Return in Markdown how far a night has come."""
    here = len(night.present)
    if night.state == "planned":
        coming = counted(here, "person", "people")
        if not night.voting:
            return coming
        voted = nights.ballot_box(club, night.night_id).voted
        return f"{coming}, {len(voted)} of {here} have voted"
    given = len(nights.outcome(club, night.night_id).rated)
    return f"**{plain(called(club, night))}**, {given} of {here} have rated it"


def named(club: View, people_: Iterable[int]) -> str:
    """Return people as Markdown: "Ana and Bo"."""
    return plain(listed(club.name(one) for one in people_))


def progress(club: View, done: Collection[int], waiting: Collection[int], verb: str) -> None:
    """Say how many of those present have `verb` ("voted", "rated"), and who has not."""
    missing = f"; waiting for {named(club, waiting)}" if waiting and done else ""
    st.caption(f"{len(done)} of {len(done) + len(waiting)} have {verb}{missing}.")


def reveal_button(
    night: Night, act: Callable[..., Any], what: str, verb: str, key: str, *, ready: bool
) -> None:
    """Draw the way to reveal what was hidden: for all once it is `ready`, before for a host.

    Args:
        act: of the store; it is called with the night's number.
        what: people see then.
        verb: what people have not done yet, such as "voted".
    """
    look: Any = {"key": key, "type": "primary"}
    if ready:
        change_button(f"Show the {what}", act, night.night_id, **look)
    elif access.is_host():
        with st.popover(f"Show the {what} now", icon=":material/lock_open:", type="tertiary"):
            st.markdown(f"Whoever has not {verb} yet still can, but sees the others first.")
            change_button("Show now", access.host_only(act), night.night_id, **look)
