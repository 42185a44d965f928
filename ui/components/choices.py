"""Choices that several pages offer in the same way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal

import streamlit as st

from ui.state import View
from ui.text import plain


def recall(name: str) -> str | None:
    """Return a choice that `keep` stored, or that the page's address makes; None without one."""
    if name in st.query_params:
        st.session_state[name] = st.query_params[name]
    return st.session_state.get(name)


def keep(name: str, value: str | None) -> None:
    """Store a choice for all pages of this visit, and in the page's address; None: no choice."""
    st.session_state[name] = value
    if value is None:
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = value


def view_switch(
    label: str, options: Sequence[str], key: str, labelled: bool = False, bind: bool = True
) -> str:
    """Draw the switch between the parts of a page and return the chosen one.

    Args:
        label: for screen readers or, `labelled`, for all to see.
        options: the first is the default.
        key: of the widget, and if `bind` its name in the page's address.
    """
    chosen = st.segmented_control(
        label,
        options,
        default=options[0],
        required=True,
        key=key,
        bind="query-params" if bind else None,
        label_visibility="visible" if labelled else "collapsed",
    )
    # An address may name none of them.
    return chosen or options[0]


def people_pills(
    club: View,
    label: str,
    people: Iterable[int],
    key: str,
    mode: Literal["single", "multi"] = "single",
    *,
    mark_guests: bool = False,
    **look: Any,
) -> Any:
    """Draw people as pills (`look` as for `st.pills`); return the chosen one or ones."""

    def name(person: int) -> str:
        mark = " ·guest" if mark_guests and person not in club.names else ""
        return plain(club.name(person)) + mark

    return st.pills(
        label, list(people), selection_mode=mode, format_func=name, key=key, wrap=True, **look
    )
