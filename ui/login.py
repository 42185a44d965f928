"""People known by an account (OpenID Connect, `st.login`), where the secrets have an [auth]."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from pathlib import Path

import streamlit as st

from club.errors import InvalidInput
from club.gate import Role

FILE = ".streamlit/secrets.toml"
SECRET = 32  # characters of [auth]'s cookie_secret, at least: who guesses it is anybody


def is_configured() -> bool:
    """Return whether people come in by an account.

    Raises:
        InvalidInput: they should, but the secrets cannot be read or protect nobody.
    """
    auth = _section("auth")
    if auth is not None and len(str(auth.get("cookie_secret", ""))) < SECRET:
        raise InvalidInput(
            f"cookie_secret in {FILE} is shorter than {SECRET} characters, so nobody can log in."
        )
    return auth is not None


def can_be_used() -> bool:
    """Return whether the libraries that it needs are installed."""
    return all(importlib.util.find_spec(name) for name in ("authlib", "httpx"))


def is_logged_in() -> bool:
    """Return whether somebody is logged in, whoever that is."""
    return bool(st.user.get("is_logged_in"))


def email() -> str | None:
    """Return the address of who is logged in, None where nobody is or it may be another's.

    Some providers let people write any address into their account, and say of none that they have
    verified it: such an address proves nothing. Some say "true" instead of true.
    """
    if not is_logged_in() or str(st.user.get("email_verified")).casefold() != "true":
        return None
    return str(st.user.get("email") or "") or None


def role(address: str | None) -> Role | None:
    """Return what whoever has this address may do here, None: is not on the list.

    Raises:
        InvalidInput: a list is no list, or cannot be read.
    """
    club, mine = _section("club") or {}, (address or "").casefold()
    if mine in _listed(club, "hosts"):
        return "host"
    return "member" if mine in _listed(club, "members") else None


def people() -> dict[str, str]:
    """Return whose account is which member's: address (case folded) -> the member's name.

    Raises:
        InvalidInput: the list is none, or cannot be read.
    """
    found = (_section("club") or {}).get("people", {})
    if not isinstance(found, Mapping):
        raise InvalidInput(f'people in {FILE} are addresses with names: "ana@example.org" = "Ana"')
    return {str(address).casefold(): str(name) for address, name in found.items()}


def _listed(club: Mapping[str, object], name: str) -> set[str]:
    entries = club.get(name, [])
    if isinstance(entries, str) or not hasattr(entries, "__iter__"):
        raise InvalidInput(f'{name} in {FILE} is a list of addresses: {name} = ["ana@example.org"]')
    return {str(entry).casefold() for entry in entries} - {""}


def _section(name: str) -> Mapping[str, object] | None:
    try:
        section = st.secrets[name]
    except KeyError:
        return None
    except (OSError, ValueError):  # no file, or one that cannot be read
        if any(_may_ask_for_accounts(Path(file)) for file in st.get_option("secrets.files")):
            raise InvalidInput(f"{FILE} cannot be read, so nobody can log in.") from None
        return None
    return section if isinstance(section, Mapping) else {}


def _may_ask_for_accounts(file: Path) -> bool:
    """Whether a file with a mistake in it was to keep strangers out; a key for TMDB does not."""
    try:
        return "auth" in file.read_text("utf-8", "replace")
    except FileNotFoundError:
        return False
    except OSError:
        return True
