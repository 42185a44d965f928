"""The visitor: host or member, by which account, and under which name they change the club.

When a club is shared, `ui.asgi` lets nobody without a session reach a page, and says in a header
which session it is. Roles are checked here, where something is done. Names are a courtesy among
friends (docs/security.md), unless an account proves them (`[club.people]` in the secrets).
"""

from __future__ import annotations

import functools
import ipaddress
import os
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple, ParamSpec, TypeVar
from urllib.parse import urlsplit

import streamlit as st

from club import config, validation
from club.errors import InvalidInput, StoreUnavailable
from club.sharing import Role, Session, Sessions
from ui import state
from ui.cache import cached_under
from ui.state import View
from ui.text import distinct, plain

SHARED = "MOVIE_CLUB_SHARED"  # set by `ui.asgi`, which then stands before the pages
SESSION_HEADER = "x-movie-club-session"  # set by `ui.asgi`, never by a browser
TITLE, SIGN_IN = "Movie club", "/sign-in"
CALENDAR = "/calendar/"  # the secret after it lets in whoever knows it
SECRETS = ".streamlit/secrets.toml"
LISTS: dict[str, Role] = {"members": "member", "hosts": "host"}  # in [club] of the secrets
FORWARDED = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip")

SCREEN = "me"  # in a night's address: the member whose turn it is on this screen
ASKED, CHOSEN = "who_are_you", "you_are"
NOBODY = 0  # no member in particular
START_SHARED = "Its host can let you in with `make share`."
ONLY_OWN = "You can change only what is yours. A host can allow more in Settings."

# A page whose session has ended is dead; only loading it again shows the sign-in page.
RELOAD = "<script>location.reload()</script>"
RELOAD_WHEN_SIGNED_OUT = """<script>
function check() {
  fetch("/_stcore/health", {cache: "no-store"})
    .then(answer => { if (answer.status === 401) location.reload(); })
    .catch(() => {});
}
if (!window.movieClubCheck) {
  window.movieClubCheck = setInterval(check, 3000);
  document.addEventListener("visibilitychange", check);
}
</script>"""

Given = ParamSpec("Given")
Result = TypeVar("Result")


class Visitor(NamedTuple):
    """A signed-in person, or the one at the machine."""

    session: Session
    role: Role


@cached_under(config.folder)  # not one of Streamlit's caches, which a visitor can clear
def sessions(folder: Path) -> Sessions:
    """Return the sessions of the club, one object for all visitors."""
    return Sessions(folder)


def identify(address: str | None, headers: Mapping[str, str], key: str | None) -> Visitor | None:
    """Return who is behind a request from `address` (None: this machine), if there is a session."""
    try:
        if not by_accounts() and is_local(address, headers):
            session: Session | None = sessions().machine
        else:
            session = sessions().get(key or "")
        role = None if session is None else session.current_role()
    except (InvalidInput, StoreUnavailable):  # the sign-in page shows it
        return None
    return None if session is None or role is None else Visitor(session, role)


def visitor() -> Visitor | None:
    """Return the visitor whose page is drawn."""
    address, headers = st.context.ip_address, st.context.headers
    if is_shared():
        return identify(address, headers, headers.get(SESSION_HEADER))
    # Nothing stands before the pages: only the person at the machine sees them.
    # Tests of pages send no headers; browsers always name a host.
    here = is_loopback(st.get_option("server.address"))
    return identify(None, headers or {"host": "localhost"}, None) if here else None


def is_shared() -> bool:
    """Return True if others than this computer can sign in."""
    return bool(os.environ.get(SHARED))


def is_host() -> bool:
    """Return True if the visitor may do what cannot be undone."""
    found = visitor()
    return found is not None and found.role == "host"


def can_become_host() -> bool:
    """Return True for a member of a club with a passphrase for hosts."""
    known = None if is_host() or by_accounts() else sessions().passphrases()
    return known is not None and known.host is not None


def is_local(address: str | None, headers: Mapping[str, str]) -> bool:
    """Return True if a request comes from the machine itself, as far as one can know.

    A proxy or tunnel on the machine, and another site's page that gave this machine a name of its
    own (DNS rebinding), look alike but name another host or a forwarding header.
    """
    if any(headers.get(name) is not None for name in FORWARDED):
        return False
    try:
        host = urlsplit(f"//{headers.get('host') or ''}").hostname
    except ValueError:
        return False
    return (address is None or is_loopback(address)) and is_loopback(host)


def is_loopback(host: str | None) -> bool:
    """Return True for a name or address that always means the machine itself."""
    try:
        return host == "localhost" or ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


def guard() -> None:
    """Stop the page if the visitor may not see it."""
    found = visitor()
    if found is None:
        if is_shared():  # the session has just ended
            st.html(RELOAD, unsafe_allow_javascript=True)
        else:
            st.title(TITLE, anchor=False)
            st.warning(f"Only the computer that runs it can open this page. {START_SHARED}")
        st.stop()
    elif found.session is not sessions().machine:
        st.html(RELOAD_WHEN_SIGNED_OUT, unsafe_allow_javascript=True)


def log_out_button() -> None:
    """Draw the way out for who has signed in."""
    found = visitor()
    if found is not None and found.session is not sessions().machine:
        st.caption(f"You are signed in as a {found.role}.")
        st.button("Log out", icon=":material/logout:", key="log_out", on_click=_sign_out)


def _sign_out() -> None:
    if found := visitor():
        sessions().end(found.session.key)
    st.session_state.clear()


def host_only(action: Callable[Given, Result]) -> Callable[Given, Result]:
    """Return `action` with a check, when it is done, that raises InvalidInput unless for a host."""

    @functools.wraps(action)
    def checked(*args: Given.args, **named: Given.kwargs) -> Result:
        if not is_host():
            raise InvalidInput("Only a host can do that.")
        return action(*args, **named)

    return checked


def refuse_others(members: Collection[int]) -> None:
    """Raise InvalidInput unless the visitor may enter what is these members'."""
    if members and not all(may_enter(state.view(), member) for member in members):
        raise InvalidInput(ONLY_OWN)


def only_own(club: View) -> bool:
    """Return True if the visitor may enter nobody else's stars, votes or seen movies."""
    return not club.club.for_others and not is_host()


def may_enter(club: View, member: int) -> bool:
    """Return True if the visitor may enter the stars and votes of a member or guest."""
    return not only_own(club) or member in {me(club), *club.guests}


# Accounts (OpenID Connect), where the secrets have a section [auth].


@cached_under(config.folder)
def by_accounts(_folder: Path) -> bool:
    """Return True if people sign in with an account; InvalidInput for unreadable secrets."""
    # Not looked up again: while the file is being written, [auth] may be missing for a moment.
    return secrets_section("auth") is not None


def account_role(address: str | None) -> Role | None:
    """Return the role of an e-mail address, None without one; InvalidInput for broken lists."""
    club, mine = secrets_section("club") or {}, (address or "").casefold()
    roles: dict[str, Role] = {}
    for name, role in LISTS.items():
        entries = club.get(name, [])
        if isinstance(entries, str) or not isinstance(entries, Iterable):
            raise InvalidInput(f'{name} in {SECRETS} is a list: {name} = ["ana@example.org"]')
        roles |= {str(entry).casefold(): role for entry in entries if entry}
    return roles.get(mine)


def secrets_section(name: str) -> Mapping[str, object] | None:
    """Return a section of the secrets, None if there is none; InvalidInput if nobody can tell."""
    try:
        section = st.secrets[name]
    except KeyError:
        return None
    except (OSError, ValueError):  # no file, or one that cannot be read
        for file in filter(Path.exists, map(Path, st.get_option("secrets.files"))):
            # A damaged file that was meant to keep strangers out, not just to hold a key.
            if not os.access(file, os.R_OK) or b"auth" in file.read_bytes():
                raise InvalidInput(f"{SECRETS} cannot be read, so nobody can log in.") from None
        return None
    return section if isinstance(section, Mapping) else {}


# The name that stands beside a change.


def set_actor(club: View) -> None:
    """Store under which name `state.store` records the visitor's changes from now on."""
    st.session_state[state.ACTOR] = _actor(club)


def greet(club: View) -> None:
    """Set the actor, and ask the visitor for their name if it is not known."""
    set_actor(club)
    if is_name_asked(club):
        with st.container(border=True, key="who"):
            choose_name(club, ASKED, "Who are you?")


def choose_name(club: View, key: str = CHOSEN, label: str = "You are") -> None:
    """Draw the members to choose whose browser this is."""
    if (member := _member_of_account(club)) is not None:
        st.caption(f"You are {plain(club.names[member])}.")
        return
    found = visitor()
    unknown = found is None or found.session.member_id is None
    st.pills(
        label,
        [*_choices(club), NOBODY],
        default=me(club) or (None if unknown else NOBODY),
        required=True,
        format_func=_labels(club).__getitem__,
        key=key,
        on_change=_choose,
        args=(key,),
        wrap=True,
        help="Everybody sees who changed what.",
    )


def is_name_asked(club: View) -> bool:
    """Return True for a member of a shared club who has not chosen a name yet."""
    found = visitor()
    if found is None or found.role == "host" or not club.names or _member_of_account(club):
        return False
    return found.session.member_id is None


def me(club: View) -> int | None:
    """Return the member of this browser, None for no member in particular."""
    found = visitor()
    member = _member_of_account(club) or (found and found.session.member_id)
    return member if member in _choices(club) else None


def _actor(club: View) -> str | None:
    """Return the name of the account's member, else of the screen's, else of the browser's."""
    account, member = _account(), _member_of_account(club)
    if member is None and account is None:
        screen = st.session_state.get(SCREEN)
        member = screen if screen in club.names and may_enter(club, screen) else me(club)
    if member is not None:
        return club.names[member]
    return (validation.tidied(account, validation.MAX_NAME) or None) if account else None


def _account() -> str | None:
    """Return the address that the visitor has signed in with, None without an account."""
    found = visitor()
    return found.session.account if found else None


def _member_of_account(club: View) -> int | None:
    account = _account()
    return _accounts(club).get(account.casefold()) if account is not None else None


def _accounts(club: View) -> dict[str, int]:
    """Return the member_id of each address in `[club.people]`; InvalidInput if that is no table."""
    people = (secrets_section("club") or {}).get("people", {}) if by_accounts() else {}
    if not isinstance(people, Mapping):
        raise InvalidInput(f'people in {SECRETS} are addresses with names: "a@b.org" = "Ana"')
    members = {validation.name_key(name): member for member, name in club.names.items()}
    found = {str(a).casefold(): members.get(validation.name_key(n)) for a, n in people.items()}
    return {address: member for address, member in found.items() if member is not None}


def _choices(club: View) -> list[int]:
    """Return the members that the visitor may choose: those without an account of their own."""
    others = set(_accounts(club).values()) - {_member_of_account(club)}
    return [member for member in club.names if member not in others]


def _labels(club: View) -> dict[int, str]:
    labels = distinct(["Rather not say", *map(plain, club.names.values())])
    return dict(zip([NOBODY, *club.names], labels, strict=True))


def _choose(key: str) -> None:
    member, found = st.session_state.get(key), visitor()
    if member is not None and found is not None:
        found.session.member_id = member
