"""Who asks: the machine's own screen, a browser that was seen before, or anybody.

The same questions are asked about a page's connection (`ui.gate`) and a plain request (`ui.door`).
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

_COOKIE, _ACCOUNT = "_streamlit_xsrf", re.compile(r"_streamlit_user(_[1-9])?")
_SECRET = 16  # bytes of it
_FORWARDED = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip")


def is_own(host: str | None) -> bool:
    """Return whether a host name or address always means the machine itself."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


def at_the_machine(address: str | None, headers: Mapping[str, str]) -> bool:
    """Return whether a request comes from the machine itself, as far as one can know.

    What a proxy or tunnel on the machine passes on, and what a foreign page sends to a name of its
    own that leads here, looks alike but names another host or says that it was passed on.

    Args:
        address: where the connection comes from, None: from this machine.
        headers: of the request.
    """
    if any(headers.get(name) is not None for name in _FORWARDED):
        return False
    asked_for = name_of(headers.get("host"))
    return (address is None or is_own(address)) and is_own(asked_for)


def name_of(host: str | None) -> str | None:
    """Return the name in a Host header: "localhost" of "localhost:8501"."""
    try:
        return urlsplit(f"//{host or ''}").hostname
    except ValueError:
        return None


def browser(cookies: Mapping[str, str]) -> str | None:
    """Return the secret that a browser shares with this server, None where it has none.

    It is Streamlit's own, drawn at random for every browser: "2|mask|secret XOR mask|time" in a
    cookie, masked anew at every visit.
    """
    try:
        version, mask_hex, masked_hex, _ = cookies.get(_COOKIE, "").strip("\"'").split("|")
        mask, masked = bytes.fromhex(mask_hex), bytes.fromhex(masked_hex)
    except ValueError:
        return None
    if version != "2" or len(mask) != 4 or len(masked) < _SECRET:
        return None
    return bytes(byte ^ mask[place % 4] for place, byte in enumerate(masked)).hex()


def account(cookies: Mapping[str, str]) -> str | None:
    """Return what Streamlit gave a browser when somebody logged in there, None where nobody did.

    It is another one after every login, and lies in several cookies, here lines, where it is long:
    "content.time.signature" each. The same signature can be written in several ways, and a cookie
    more changes nothing for Streamlit: `Gate.leave` goes by each line.
    """
    parts = [
        cookies[name].rpartition(".")[0] for name in sorted(cookies) if _ACCOUNT.fullmatch(name)
    ]
    return "\n".join(part for part in parts if part) or None
