"""People known by an account (OpenID Connect, `st.login`), where the secrets have an [auth]."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from pathlib import Path

import streamlit as st

from club.errors import InvalidInput
from club.gate import Role

FILE = ".streamlit/secrets.toml"


def is_configured() -> bool:
    """Return whether people come in by an account.

    Raises:
        InvalidInput: the secrets cannot be read.
    """
    return _section("auth") is not None


def can_be_used() -> bool:
    """Return whether the library that it needs is installed."""
    return importlib.util.find_spec("authlib") is not None


def email() -> str | None:
    """Return the address of who is logged in, None where nobody is."""
    if not st.user.get("is_logged_in") or st.user.get("email_verified") is False:
        return None
    return str(st.user.get("email") or "") or None


def role() -> Role | None:
    """Return what who is logged in may do here, None: is not on the list."""
    mine = (email() or "").casefold()
    club = _section("club") or {}
    if mine in _listed(club, "hosts"):
        return "host"
    return "member" if mine in _listed(club, "members") else None


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
        if any(Path(file).exists() for file in st.get_option("secrets.files")):
            raise InvalidInput(f"{FILE} cannot be read, so nobody can log in.") from None
        return None
    return section if isinstance(section, Mapping) else {}
