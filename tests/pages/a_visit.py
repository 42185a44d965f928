"""A visit to a shared club: from where, in which browser, and what is met there."""

from __future__ import annotations

import pytest
import streamlit as st
from furnished import click
from streamlit.testing.v1 import AppTest

from ui import gate


def use_phone(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Visit from another browser from now on."""
    cookie = f"2|00000000|{number:032x}|7"
    monkeypatch.setattr(type(st.context), "cookies", {"_streamlit_xsrf": cookie})


def from_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Visit with a phone of the home network from now on."""
    monkeypatch.setattr(type(st.context), "ip_address", "192.168.0.9")
    monkeypatch.setattr(type(st.context), "headers", {"host": "192.168.0.2:8501"})
    use_phone(monkeypatch, 1)


def sit_at_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Visit from the computer that serves the club from now on."""
    monkeypatch.setattr(type(st.context), "ip_address", None)
    monkeypatch.setattr(type(st.context), "headers", {"host": "localhost:8501"})


def is_outside(app: AppTest) -> bool:
    return [title.value for title in app.title] == [gate.TITLE]


def guess(app: AppTest, text: str, button: str = "Come in") -> AppTest:
    app.text_input(key=gate.GUESS).set_value(text)
    return click(app, button)


def everything(app: AppTest) -> str:
    return " ".join(str(one.value) for one in [*app.caption, *app.markdown, *app.error])
