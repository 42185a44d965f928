"""Our own widgets, of which the HTML, CSS and JavaScript are files of this project.

Texts travel as data and are set as text, never as markup. What visitors tap travels in a log that
only grows: Streamlit may merge two quick messages into one, and then the later log still holds
both taps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from ui.cache import cached
from ui.components.basics import one_at_a_time

ASSETS = Path(__file__).parent.parent / "assets"
IN_DIALOGS = {"faces"}  # their CSS names the widget in every rule
LOGS = "logs"  # in the session: the keys of the widgets with a log

Value = float | bool | None
Taps = list[tuple[int, Value]]


@cached(max_entries=16)
def component(name: str, *shared: str) -> Callable[..., Any]:
    """Return the widget `name`: its CSS and its JavaScript, each after that of the `shared`."""
    css, js = (
        "\n".join(
            file.read_text("utf-8")
            for part in (*shared, name)
            for file in ASSETS.glob(f"{part}.{kind}")
        )
        for kind in ("css", "js")
    )
    html = f'<div class="{name}"></div>'
    # Dialogs hold the keyboard's focus among what they see, and they do not see into a shadow.
    isolated = name not in IN_DIALOGS
    return st.components.v2.component(
        f"movie_club_{name}", html=html, css=css, js=js, isolate_styles=isolated
    )


def new_taps(log: object, seen: int, valid: Callable[[Value], bool]) -> tuple[Taps, int]:
    """Return the last value for each id in the part of a log above `seen`, and its last number."""
    taps: dict[int, Value] = {}
    for number, tapped, value in _entries(log, seen):
        if valid(value):
            taps[tapped] = value
        seen = number
    return list(taps.items()), seen


def mount(
    widget: Callable[..., Any],
    key: str,
    data: dict[str, Any],
    valid: Callable[[Value], bool],
    on_taps: Callable[[Taps], None],
    **triggers: Callable[[], None],
) -> None:
    """Draw a widget with a log.

    Args:
        data: for its JavaScript, which gets `seen` besides: the number of the last tap that was
            handled.
        valid: whether a value of the log can be.
        on_taps: called with [(id, value), ...] before the page is drawn again. It may be called
            twice with the same taps.
        triggers: called when the widget sets the trigger of that name, on_NAME_change.
    """
    st.session_state.setdefault(LOGS, set()).add(key)

    def unread() -> tuple[Taps, int]:
        return new_taps(_log(key), st.session_state.get(f"{key}_seen", 0), valid)

    def read() -> None:
        with one_at_a_time():
            taps, last = unread()
            if taps:
                on_taps(taps)
            # Only now: a run that is cut short before this line reads the same taps again.
            st.session_state[f"{key}_seen"] = last

    if unread()[0]:
        read()
        st.rerun()
    seen = st.session_state.get(f"{key}_seen", 0)
    widget(
        key=key, data={**data, "seen": seen}, default={"log": []}, on_log_change=read, **triggers
    )


def waiting() -> bool:
    """Return whether something was tapped that nobody has saved yet.

    Streamlit cuts a callback short when the next message arrives at the wrong moment, and does not
    call it again.
    """
    keys = st.session_state.get(LOGS, ())
    return any(any(_entries(_log(key), st.session_state.get(f"{key}_seen", 0))) for key in keys)


def _log(key: str) -> object:
    state = st.session_state.get(key)
    # Of a widget that this run has not drawn, Streamlit gives what the browser sent: JSON as text.
    return state.get("log") if isinstance(state, Mapping) else []


def _entries(log: object, seen: int) -> Iterator[tuple[int, int, Value]]:
    for entry in log if isinstance(log, list) else []:
        match entry:
            case [int(number), int(tapped), int() | float() | None as value] if number > seen:
                yield number, tapped, value
