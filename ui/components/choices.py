"""Choices that several pages offer in the same way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from ui.state import View

MANY = 4  # options


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
    look: Any = {"default": options[0], "required": True, "key": key}
    look |= {"bind": "query-params" if bind else None}
    look |= {"label_visibility": "visible" if labelled else "collapsed"}
    if len(options) > MANY:  # in two lines they do not look like one switch
        chosen = st.pills(label, options, wrap=True, **look)
    else:
        chosen = st.segmented_control(label, options, **look)
    # An address may name none of them.
    return chosen or options[0]


def keyword_box(
    club: View, label: str, key: str, known: Sequence[str] = (), **look: Any
) -> list[str]:
    """Draw a field for keywords and return those in it; `look` as `st.multiselect` takes it.

    Enter takes the first keyword that contains what was typed. They are in order of their length,
    so the keyword itself comes before all that contain it.

    Args:
        known: what is in it at first.
    """
    words = club.catalogue.vocabulary[1]
    more = sorted({*known}.difference(words))
    return st.multiselect(
        label,
        [*words, *more],
        list(known),
        key=key,
        filter_mode="contains",
        select_all=False,
        placeholder="heist, paris, time travel …",
        **look,
    )
