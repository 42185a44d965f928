"""A field that takes one name after another: Enter sends it, and the focus stays."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from club.validation import MAX_NAME
from ui.components.widget import component


def name_entry(
    label: str,
    example: str,
    button: str,
    key: str,
    on_entered: Callable[[str], None],
    *,
    first: bool = True,
) -> None:
    """Draw the field.

    Args:
        label: for screen readers.
        example: shown while it is empty.
        on_entered: called with what was entered before the page is drawn again.
        first: whether it has the focus when it appears.
    """

    def read() -> None:
        name = st.session_state[key].get("entered")
        if isinstance(name, str):
            on_entered(name)

    texts = {"label": label, "example": example, "button": button}
    data = {**texts, "longest": MAX_NAME, "first": first}
    component("entry")(key=key, data=data, on_entered_change=read)
