"""The entrance of a shared club, and what a visitor may do inside.

Not shared, there is no gate: only this computer can open the app, and who sits here is host.
Shared, who sits at the machine is host; others show a passphrase, or log in (`ui.login`).
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping
from functools import partial, wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

import streamlit as st

from club import config
from club.errors import InvalidInput, StoreUnavailable
from club.gate import Answer, Gate, Role
from ui import login, visitor
from ui.components.basics import ICON
from ui.text import counted, plain

SHARED = "MOVIE_CLUB_SHARED"  # set by `make share`
GUESS, SAID = "passphrase", "gate_said"
TITLE = "Movie club"
NO_COOKIE = "Your browser keeps no cookie of this page, so it would not be known again. Allow it."
Given = ParamSpec("Given")
Result = TypeVar("Result")


# Not Streamlit's caches, which it empties for whoever is connected and asks.
_gates: dict[Path, Gate] = {}
_with_accounts: set[Path] = set()


def gate() -> Gate:
    """Return the gate of the club, the same for everybody."""
    return _gates.setdefault(config.folder(), Gate(config.folder()))


def by_accounts() -> bool:
    """Return whether people come in by an account; who once had to, has to until the program ends.

    Raises:
        InvalidInput: they should, but the secrets cannot be read, or are being written just now.
    """
    found = login.is_configured()
    if found:
        _with_accounts.add(config.folder())
    elif config.folder() in _with_accounts:
        raise InvalidInput(f"[auth] is gone from {login.FILE}. Is that meant? Start the app again.")
    return found


def is_shared() -> bool:
    """Return whether others than this computer may come.

    A server that all can reach is shared. So is one that is called by another name than its own:
    something on this machine passes others on, or a page from elsewhere has given the name to us.
    """
    asked_for = visitor.name_of(st.context.headers.get("host"))
    if (
        os.environ.get(SHARED)
        or not visitor.is_own(st.get_option("server.address"))
        or not (asked_for is None or visitor.is_own(asked_for))
    ):
        return True
    try:
        return by_accounts()
    except InvalidInput:  # somebody was to be kept out
        return True


def role() -> Role | None:
    """Return what the visitor may do: "host" everything, "member" all but what destroys.

    None: the visitor is outside.
    """
    if not is_shared():
        return "host"
    try:
        mine = token(st.context.cookies)
        if by_accounts():  # Streamlit's other tabs do not notice that one has logged out
            has_left = mine is not None and gate().has_left(mine)
            return None if has_left else login.role(login.email())
        if at_the_machine():
            return "host"
        return None if mine is None else gate().role(mine)
    except (InvalidInput, StoreUnavailable):  # the entrance says which
        return None


def is_host() -> bool:
    """Return whether the visitor may do what cannot be undone."""
    return role() == "host"


def by_host(action: Callable[Given, Result]) -> Callable[Given, Result]:
    """Return `action` for hosts only: a page that was drawn for one can be older than the role.

    Raises:
        InvalidInput: whoever asks for it is no host.
    """

    @wraps(action)
    def checked(*args: Given.args, **named: Given.kwargs) -> Result:
        if not is_host():
            raise InvalidInput("Only a host can do that.")
        return action(*args, **named)

    return checked


def at_the_machine() -> bool:
    """Return whether the visitor sits at the computer that serves the club."""
    return visitor.at_the_machine(st.context.ip_address, st.context.headers)


def guard() -> None:
    """Let the visitor in; or draw the entrance, and nothing else."""
    if not is_shared():
        return
    found = role()
    if found is None:
        _entrance()
        st.stop()
    if by_accounts():
        if mine := token(st.context.cookies):  # for the door, which sees no account
            gate().admit(mine, partial(login.role, login.email()))
    elif at_the_machine():
        return
    with st.sidebar:
        st.caption(f"You are in as a {found}.")
        st.button("Log out", icon=":material/logout:", key="log_out", on_click=_leave)


def knock() -> None:
    """Take what was typed as a guess; the answer is told when the page is drawn again."""
    guess = str(st.session_state.pop(GUESS, ""))  # it stays nowhere
    mine = token(st.context.cookies)
    if mine is None:
        st.session_state[SAID] = NO_COOKIE
        return
    try:
        answer = gate().enter(mine, st.context.ip_address or "here", guess)
    except StoreUnavailable:  # the entrance says so
        return
    st.session_state[SAID] = None if answer.role else _told(answer)


def ask(label: str, button: str) -> None:
    """Draw the field for a passphrase, and what became of the last one."""
    with st.form("gate", clear_on_submit=True, border=False):
        # A manager of passwords fills it in, and a phone does not "correct" it.
        st.text_input(label, type="password", key=GUESS, autocomplete="current-password")
        st.form_submit_button(button, type="primary", on_click=knock, width="stretch")
    if said := st.session_state.pop(SAID, None):
        st.error(said, icon=":material/lock:")


def _entrance() -> None:
    st.space("large")
    with (
        st.container(horizontal_alignment="center"),
        st.container(border=True, width=440, key="entrance"),
    ):
        st.space("small")
        with st.container(horizontal_alignment="center"):
            st.image(ICON, width=56, alt="")
        st.title(TITLE, anchor=False, text_alignment="center")
        try:
            if by_accounts():
                _log_in()
            elif gate().is_set():
                st.markdown(
                    "Whoever invited you knows the passphrase.",
                    text_alignment="center",
                )
                ask("Passphrase", "Come in")
            else:
                st.warning(
                    "This club has no passphrase yet, so nobody can come in. "
                    "Its host starts it with `make share`."
                )
        except (InvalidInput, StoreUnavailable) as error:
            st.error(plain(error), icon=":material/error:")
        st.space("small")


def _log_in() -> None:
    if login.is_logged_in() and not gate().has_left(token(st.context.cookies) or ""):
        known = login.email()
        st.markdown(
            f"{plain(known)} is not on this club’s list. Ask its host."
            if known
            else "Whoever you logged in with does not say that your address is yours."
        )
        st.button("Log out", key="log_out", on_click=_leave, width="stretch")
    elif login.can_be_used():
        st.markdown("Log in with the account that your host knows.", text_alignment="center")
        st.button("Log in", type="primary", key="log_in", on_click=st.login, width="stretch")
    else:
        st.warning('Logging in needs two more packages: `pip install "streamlit[auth]"`.')


def _leave() -> None:
    if mine := token(st.context.cookies):
        gate().leave(mine)
    st.session_state.clear()
    if by_accounts():
        st.logout()


def token(cookies: Mapping[str, str]) -> str | None:
    """Return what a visitor is known by, None: by nothing.

    The whole browser, since phones load a page again whenever they like; with accounts, the one
    time that somebody logged in there.

    Raises:
        InvalidInput: the secrets cannot be read.
    """
    return visitor.account(cookies) if by_accounts() else visitor.browser(cookies)


def _told(answer: Answer) -> str:
    seconds = math.ceil(answer.wait)
    wait = counted(seconds, "second") if seconds < 120 else counted(seconds // 60 + 1, "minute")
    if not answer.heard:
        return f"That came too early, so nobody looked at it. Try again in {wait}."
    return "That is not the passphrase." + (f" The next try counts in {wait}." if seconds else "")
