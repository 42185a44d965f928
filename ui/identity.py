"""In whose name a visitor changes the club, and for whom they may.

An account can say it (`[club.people]` in the secrets). Otherwise visitors say it themselves, once
for a browser: among friends a name is a courtesy, not a proof (docs/security.md).
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterable
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

import streamlit as st

from club import config, validation
from club.errors import InvalidInput
from ui import gate, login, state, visitor
from ui.cache import cached
from ui.state import View
from ui.text import distinct, plain

SCREEN = "me"  # in a night's address: who holds the screen there
TAB, ASKED, CHOSEN = "tab", "who_are_you", "you_are"
NOBODY = 0  # said to be nobody in particular
BROWSERS = 1000  # remembered at most
ONLY_OWN = "You can change only what is yours; a host can allow more on the Club page."

Given = ParamSpec("Given")
Result = TypeVar("Result")


@cached()
def _browsers(folder: Path) -> dict[str, int]:
    """Who holds which browser: a member_id or NOBODY, the last that said so last."""
    return {}


def settle(club: View) -> None:
    """Note in whose name `state.store` keeps what the visitor changes from now on."""
    st.session_state[state.ACTOR] = _name(club)


def greet(club: View) -> None:
    """Note in whose name the visitor changes the club, and ask if nobody knows."""
    settle(club)
    if is_asked(club):
        _ask(club)
    if gate.is_shared() and not gate.at_the_machine():
        with st.sidebar:
            choice(club, "you_are_here")


def me(club: View) -> int | None:
    """Return the member who holds this browser, None: nobody in particular."""
    found = _by_account(club) or _browsers(config.folder()).get(_browser(), NOBODY)
    return found if found in _may_be(club) else None


def only_own(club: View) -> bool:
    """Return whether the visitor may enter nobody else's stars, votes or what they have seen."""
    return not club.club.for_others and not gate.is_host()


def may_enter(club: View, member: int) -> bool:
    """Return whether the visitor may enter what is a member's or guest's."""
    return not only_own(club) or member in {me(club), *club.guests}


def own(action: Callable[Given, Result], members: Iterable[int]) -> Callable[Given, Result]:
    """Return `action` for who may enter what is these members'; it is asked when it is done.

    Raises:
        InvalidInput: the visitor may not.
    """

    @wraps(action)
    def checked(*args: Given.args, **named: Given.kwargs) -> Result:
        club = state.view()
        if not all(may_enter(club, member) for member in members):
            raise InvalidInput(ONLY_OWN)
        return action(*args, **named)

    return checked


def is_asked(club: View) -> bool:
    """Return whether the visitor is asked who they are: in a shared club, until they have said."""
    if not gate.is_shared() or gate.is_host() or not club.names or _by_account(club):
        return False
    return _browser() not in _browsers(config.folder())


def _ask(club: View) -> None:
    """Draw the question who holds this browser."""

    def say() -> None:
        _say(st.session_state.get(ASKED))

    with st.container(border=True, key="who"):
        st.pills(
            "Who are you?",
            [*_may_be(club), NOBODY],
            format_func=_called(club).__getitem__,
            key=ASKED,
            on_change=say,
            wrap=True,
            help="Your name stands beside what you change, for all to see.",
        )


def choice(club: View, key: str = CHOSEN) -> None:
    """Draw who holds this browser, to be changed."""
    if (by_account := _by_account(club)) is not None:
        st.caption(f"You are {plain(club.names[by_account])}.")
        return
    everyone = [NOBODY, *_may_be(club)]

    def say() -> None:
        _say(st.session_state[key])

    st.selectbox(
        "You are",
        everyone,
        index=everyone.index(me(club) or NOBODY),
        format_func=_called(club).__getitem__,
        key=key,
        on_change=say,
        help="Your name stands beside what this browser changes, for all to see.",
    )


def _name(club: View) -> str | None:
    """What stands beside a change: an account's, else who holds the screen, else the browser's."""
    account = login.email() if login.is_configured() else None
    member = _by_account(club)
    if member is None and account is None:
        screen = st.session_state.get(SCREEN)
        member = screen if screen in club.names and may_enter(club, screen) else me(club)
    if member is not None:
        return club.names[member]
    return (validation.tidied(account, validation.MAX_NAME) or None) if account else None


def _by_account(club: View) -> int | None:
    """The member whose account the visitor has logged in with."""
    address = login.email() if login.is_configured() else None
    return None if address is None else _whose(club).get(address.casefold())


def _whose(club: View) -> dict[str, int]:
    """Whose account is whose: address -> member_id; nobody's where nobody logs in."""
    called = login.people() if login.is_configured() else {}
    keys = {validation.name_key(name): member for member, name in club.names.items()}
    found = {address: keys.get(validation.name_key(name)) for address, name in called.items()}
    return {address: member for address, member in found.items() if member is not None}


def _may_be(club: View) -> list[int]:
    """Who the visitor may say to be: themselves, or anybody who has no account of their own."""
    others = set(_whose(club).values()) - {_by_account(club)}
    return [member for member in club.names if member not in others]


def _say(member: int | None) -> None:
    if member is None:  # tapped once more, so that nothing is chosen
        return
    browsers, mine = _browsers(config.folder()), _browser()
    browsers.pop(mine, None)
    browsers[mine] = member
    if len(browsers) > BROWSERS:
        browsers.pop(next(iter(browsers)), None)


def _browser() -> str:
    """What a browser is known by; one without cookies is known by this tab."""
    secret = visitor.browser(st.context.cookies)
    if secret is None:
        secret = st.session_state.setdefault(TAB, secrets.token_hex(16))
    return hashlib.sha256(secret.encode()).hexdigest()


def _called(club: View) -> dict[int, str]:
    labels = distinct(["Nobody in particular", *map(plain, club.names.values())])
    return dict(zip([NOBODY, *club.names], labels, strict=True))
