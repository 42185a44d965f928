"""Choices that several pages offer in the same way."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st


def view_switch(label: str, options: Sequence[str], key: str) -> str:
    """Draw the switch between the parts of a page and return the chosen one.

    Args:
        label: for screen readers.
        options: the first is the default.
        key: of the widget, and its name in the page's address.
    """
    return st.segmented_control(
        label,
        options,
        default=options[0],
        required=True,
        key=key,
        bind="query-params",
        label_visibility="collapsed",
    )
