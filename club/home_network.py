"""Where the club is found on the home network, as an address and as a picture of it."""

from __future__ import annotations

import socket

import segno

_WHITE_ON_BLACK, _AS_BEFORE = "\x1b[38;5;231;48;5;16m", "\x1b[0m"  # ECMA-48
_ELSEWHERE = "192.0.2.1"  # nobody's, RFC 5737


def address(port: int) -> str | None:
    """Return the address at which others at home reach this machine, None without a network.

    Only the machine is asked, by which of its own addresses it would send; nothing is sent.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((_ELSEWHERE, 9))
        except OSError:
            return None
        return f"http://{probe.getsockname()[0]}:{port}"


def is_free(port: int) -> bool:
    """Return whether nothing on this machine answers at this port yet."""
    with socket.socket() as probe:
        probe.settimeout(1)
        try:
            return probe.connect_ex(("127.0.0.1", port)) != 0
        except OverflowError:  # no port has such a number
            return False


def svg(text: str) -> str:
    """Return the QR code of an address as an SVG, black on white on any background."""
    code = segno.make(text, error="m")
    return str(code.svg_inline(scale=6, border=3, light="#fff", dark="#000"))


def terminal(text: str) -> str:
    """Return the QR code of an address in half blocks, for a terminal.

    The colours are named: on a light terminal it would be a negative, which many phones cannot
    read.
    """
    rows = [list(row) for row in segno.make(text, error="m").matrix_iter(border=2)]
    if len(rows) % 2:
        rows.append([0] * len(rows[0]))
    blocks = {(0, 0): "█", (0, 1): "▀", (1, 0): "▄", (1, 1): " "}  # light is what is printed
    pairs = zip(rows[::2], rows[1::2], strict=True)
    lines = (
        "".join(blocks[bool(high), bool(low)] for high, low in zip(upper, lower, strict=True))
        for upper, lower in pairs
    )
    return "\n".join(f"{_WHITE_ON_BLACK}{line}{_AS_BEFORE}" for line in lines)
