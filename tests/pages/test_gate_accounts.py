"""The entrance where people come in by an account: who is on the list, and who stays outside."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from a_visit import everything, from_elsewhere, is_outside, sit_at_the_machine
from furnished import Open, click

from ui import gate, login

COOKIE_SECRET = "0123456789abcdef" * 2


@pytest.fixture(autouse=True)
def phone(monkeypatch: pytest.MonkeyPatch) -> None:
    from_elsewhere(monkeypatch)


@pytest.fixture
def accounts(var: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Accounts are asked for; the visitor's is what the test puts into the dictionary."""
    user: dict[str, Any] = {"is_logged_in": False}
    club = {"members": ["Ana@example.org"], "hosts": ["bo@example.org"]}
    auth = {"client_id": "x", "cookie_secret": COOKIE_SECRET}
    monkeypatch.setattr(st, "secrets", {"auth": auth, "club": club})
    monkeypatch.setattr(st, "user", user)
    monkeypatch.setattr(login, "can_be_used", lambda: True)
    return user


def test_with_accounts_one_logs_in_instead(accounts: dict[str, Any], open_page: Open) -> None:
    app = open_page("night", night="1")
    assert is_outside(app)
    assert [button.label for button in app.button] == ["Log in"]
    assert not app.text_input


@pytest.mark.parametrize(
    ("email", "role"), [("ana@EXAMPLE.org", "member"), ("bo@example.org", "host")]
)
def test_who_is_on_the_list_comes_in(
    accounts: dict[str, Any], open_page: Open, email: str, role: str
) -> None:
    accounts |= {"is_logged_in": True, "email": email, "email_verified": True}
    app = open_page("club")
    assert f"You are in as a {role}." in everything(app)
    assert ("Start our own club" in [button.label for button in app.button]) == (role == "host")


@pytest.mark.parametrize(
    "claims",
    [{"email": "eve@x.org", "email_verified": True}, {}, {"email": "", "email_verified": True}],
)
def test_who_is_not_on_the_list_stays_outside(
    accounts: dict[str, Any], open_page: Open, claims: dict[str, Any]
) -> None:
    accounts |= {"is_logged_in": True, **claims}
    app = open_page("club")
    assert is_outside(app)
    told = "is not on this club’s list" if claims.get("email") else "does not say that your address"
    assert told in everything(app)
    assert [button.label for button in app.button] == ["Log out"]


@pytest.mark.parametrize("verified", [False, None, "false", "", 0])
def test_an_address_that_nobody_verified_does_not_count(
    accounts: dict[str, Any], open_page: Open, verified: object
) -> None:
    accounts |= {"is_logged_in": True, "email": "bo@example.org", "email_verified": verified}
    assert is_outside(open_page())


def test_a_login_that_was_ended_in_another_tab_ends_here(
    accounts: dict[str, Any], open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(st, "logout", lambda: None)
    monkeypatch.setattr(type(st.context), "cookies", {"_streamlit_user": "claims.1.signed"})
    accounts |= {"is_logged_in": True, "email": "ana@example.org", "email_verified": True}
    app, tab = open_page("club"), open_page("rate")
    click(tab, "Log out")
    assert is_outside(app.run())
    assert gate.gate().role("claims.1") is None
    assert [button.label for button in app.button] == ["Log in"]
    monkeypatch.setattr(type(st.context), "cookies", {"_streamlit_user": "claims.2.signed"})
    assert not is_outside(open_page("rate"))


@pytest.mark.parametrize(
    "changed",
    [
        {"_streamlit_user_9": "another.3.signed"},
        {"_streamlit_user": "claims.1.signee"},
        {"_streamlit_user": "chunks-1.3.signed", "_streamlit_user_1": "claims.1.signed"},
    ],
    ids=["one more", "signed otherwise", "as a part of another"],
)
def test_who_copied_a_cookie_cannot_change_it_so_that_it_lasts(
    accounts: dict[str, Any],
    open_page: Open,
    monkeypatch: pytest.MonkeyPatch,
    changed: dict[str, str],
) -> None:
    monkeypatch.setattr(st, "logout", lambda: None)
    cookies = {"_streamlit_user": "claims.1.signed"}
    monkeypatch.setattr(type(st.context), "cookies", cookies)
    accounts |= {"is_logged_in": True, "email": "ana@example.org", "email_verified": True}
    click(open_page(), "Log out")
    monkeypatch.setattr(type(st.context), "cookies", cookies | changed)
    assert is_outside(open_page())


@pytest.mark.parametrize("secret", ["", "a long random text"])
def test_a_cookie_secret_that_can_be_guessed_lets_nobody_in(
    accounts: dict[str, Any],
    open_page: Open,
    monkeypatch: pytest.MonkeyPatch,
    secret: str,
) -> None:
    sit_at_the_machine(monkeypatch)
    accounts |= {"is_logged_in": True, "email": "bo@example.org", "email_verified": True}
    auth = {"client_id": "x", "cookie_secret": secret}
    monkeypatch.setattr(st, "secrets", {"auth": auth, "club": {"hosts": ["bo@example.org"]}})
    app = open_page()
    assert is_outside(app)
    assert "shorter than 32 characters" in everything(app)


def test_while_the_file_is_written_nobody_comes_in(
    accounts: dict[str, Any],
    open_page: Open,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sit_at_the_machine(monkeypatch)
    assert is_outside(open_page())
    monkeypatch.setattr(st, "secrets", {})
    st.cache_resource.clear()  # which Streamlit does for whoever is connected and asks
    app = open_page()
    assert is_outside(app)
    assert "is gone from" in everything(app)


def test_accounts_in_a_file_with_a_mistake_let_nobody_in(
    var: Path,
    open_page: Open,
    monkeypatch: pytest.MonkeyPatch,
    secrets_file: Path,
) -> None:
    sit_at_the_machine(monkeypatch)
    secrets_file.write_text('[tmdb]\nkey = "\n')
    assert not is_outside(open_page())
    secrets_file.write_text('[auth]\nclient_id = "\n')
    assert is_outside(open_page())


def test_a_list_that_is_no_list_lets_nobody_in(
    accounts: dict[str, Any], open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts |= {"is_logged_in": True, "email": "bo@example.org", "email_verified": True}
    st.secrets["club"]["hosts"] = "bo@example.org"
    assert is_outside(open_page())
