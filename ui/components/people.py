"""People's faces: an initial in a colour, the same for one person on every page.

A face's colour is fixed by the place in the order in which people joined, members and guests, so
that the first twelve differ, and nobody's changes when others come or go.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from itertools import cycle

import streamlit as st

from ui.cache import cached
from ui.components.widget import Taps, component, mount
from ui.state import View

# White text on each has a contrast of 4.8 or more, each on either theme's background 3.2 or more.
COLOURS = (
    "#c32750", "#007983", "#ab5e0c", "#5e5dc6", "#3d7d22", "#2b6dbb",
    "#9947ac", "#bf472c", "#8a6b03", "#627180", "#cc327f", "#207d5d",
)  # fmt: skip


@dataclass(frozen=True)
class Face:
    """A person as pages and charts show them."""

    member: int
    name: str
    initial: str  # one or two letters, told apart within the club
    colour: str  # for CSS and charts


def face(club: View, member: int) -> Face:
    """Return the face of a member or guest, also of one who left."""
    return _faces(club).get(member) or Face(member, club.name(member), "?", COLOURS[9])


@cached()
def _faces(club: View) -> dict[int, Face]:
    here = club.guests | club.names
    initials = initials_of(here)
    return {
        member: Face(member, club.name(member), initials.get(member, "?"), colour)
        for member, colour in zip(club.everyone, cycle(COLOURS), strict=False)
    }


def initials_of(names: dict[int, str]) -> dict[int, str]:
    """Return each person's first letter; two letters or a number for those who share one."""
    first = {person: name.strip()[:1].upper() or "?" for person, name in names.items()}
    shared = Counter(first.values())
    taken = {letter for letter, times in shared.items() if times == 1}
    initials = {}
    for person, name in names.items():
        letter = first[person]
        if shared[letter] > 1:
            letters = [other.lower() for other in name.strip()[1:] if other.isalnum()]
            more = [*letters, *"23456789", *range(10, 1000)]
            letter = next(two for one in more if (two := f"{letter}{one}") not in taken)
        taken.add(letter)
        initials[person] = letter
    return initials


def faces_rows(club: View, rows: Iterable[tuple[Iterable[int], str]], key: str) -> None:
    """Draw rows of people's faces, each with a few words (plain text) after them."""
    shown = [
        {"faces": [vars(face(club, one)) for one in members], "note": note}
        for members, note in rows
    ]
    component("faces")(key=key, data={"rows": shown})


def people_picker(
    club: View,
    label: str,
    everyone: Iterable[int],
    key: str,
    *,
    chosen: Collection[int],
    on_change: Callable[[int, bool], None],
    note: str = "",
    named: bool = False,
) -> None:
    """Draw people's faces to tap on and off.

    Args:
        label: what is asked, for screen readers.
        chosen: who is on.
        on_change: called with a person and whether they are on now, before the page is drawn
            again; twice perhaps with the same. To choose only one, let the others go there.
        note: a few words (plain text) after the faces.
        named: with the names in full.
    """
    faces = [{**vars(face(club, one)), "on": one in chosen} for one in everyone]
    known = {one["member"] for one in faces}

    def toggle(taps: Taps) -> None:
        for member, on in taps:
            if member in known:
                on_change(member, bool(on))

    data = {"label": label, "faces": faces, "note": note, "named": named}
    mount(component("faces"), key, data, lambda on: isinstance(on, bool), toggle)


def person_picker(
    club: View, label: str, everyone: Iterable[int], key: str, *, first: int | None = None
) -> int | None:
    """Draw people's faces to choose one of and return that one; it begins with `first`."""
    people = list(everyone)
    one: int | None = st.session_state.get(f"{key}_one", first)
    one = one if one in people else first

    def choose(member: int, on: bool) -> None:
        st.session_state[f"{key}_one"] = member if on else None

    chosen = () if one is None else (one,)
    people_picker(club, label, people, key, chosen=chosen, on_change=choose, named=True)
    return one
