"""A visit to the club's pages: from where, and with which session."""

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from club.sharing import EVENING, Role, Session
from ui import access


def visit(
    monkeypatch: pytest.MonkeyPatch, role: Role | None = None, account: str | None = None
) -> Session | None:
    """Visit a shared club from a phone; return the session, None without a role."""
    monkeypatch.setenv(access.SHARED, "1")
    headers, session = {"host": "192.168.0.2:8501"}, None
    if role is not None:
        session = access.sessions().open(lambda: role, EVENING, account)
        headers[access.SESSION_HEADER] = session.key
    monkeypatch.setattr(type(st.context), "ip_address", "192.168.0.9")
    monkeypatch.setattr(type(st.context), "headers", headers)
    return session


def sit_at_the_machine(monkeypatch: pytest.MonkeyPatch, host: str = "localhost:8501") -> None:
    """Visit from the computer that serves the club."""
    monkeypatch.setattr(type(st.context), "ip_address", None)
    monkeypatch.setattr(type(st.context), "headers", {"host": host})


def is_outside(app: AppTest) -> bool:
    """Return True if the page loads itself again, which shows the sign-in page, and is empty."""
    drawn = {"title", "header", "subheader", "markdown", "caption", "button", "text_input"}
    scripts = [one.proto.body for one in app.get("html")]
    return scripts == [access.RELOAD] and not any(app.get(kind) for kind in drawn)
