"""Sharing a club on the home network: passphrases, sessions, throttled sign-ins, the address.

Only salted scrypt hashes of the passphrases are stored (RFC 7914; N = 2¹⁵, r = 8, p = 1: about
0.1 s and 32 MB each), in one settings file. Sessions and failed attempts are kept in the memory of
the process that serves, so that signing in reads and writes nothing else.
"""

from __future__ import annotations

import functools
import hashlib
import hmac
import io
import ipaddress
import json
import logging
import math
import os
import secrets
import socket
import threading
import time
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from club.config import URL
from club.errors import InvalidInput, StoreUnavailable, writing
from recommender.persistence import write_atomically

log = logging.getLogger(__name__)

Role = Literal["host", "member"]
Clock = Callable[[], float]  # seconds, monotonic

# Short, common, easy to say across a room and to type on a phone.
WORDS = tuple(Path(__file__).with_name("words.txt").read_text("utf-8").split())
BITS = 60  # entropy of a generated passphrase, at least
SHORTEST, LONGEST = 12, 200  # characters of a chosen passphrase
SETTINGS = "sharing.json"  # in the club's folder
NEW_PASSPHRASE = "`make share NEW=--new` sets a new passphrase."
COST, BLOCK, COSTS = 2**15, 8, {2**power for power in range(14, 21)}
SALT, DIGEST = 16, 32  # bytes

EVENING, MONTH = 12 * 3600.0, 30 * 86_400.0  # seconds until a session expires
FREE_ATTEMPTS, FIRST_WAIT, LONGEST_WAIT = 3, 5.0, 900.0  # of one client; seconds
FREE_FOR_ALL, LONGEST_FOR_ALL = 20, 5.0  # short, or one attacker would keep everybody out
FORGET_AFTER = 3600.0  # seconds without a failed attempt
MAX_CLIENTS = 1000  # whose failed attempts are remembered

_WHITE_ON_BLACK, _RESET = "\x1b[38;5;231;48;5;16m", "\x1b[0m"  # ECMA-48
_TEST_NET = "192.0.2.1"  # documentation address, RFC 5737


@dataclass(frozen=True)
class PassphraseHash:
    """A salted scrypt hash of a normalised passphrase; `cost` is scrypt's N, one of `COSTS`."""

    salt: bytes = field(repr=False)
    digest: bytes = field(repr=False)
    cost: int = COST

    def matches(self, passphrase: str) -> bool:
        """Return True for the passphrase, however it is capitalised and spaced."""
        return hmac.compare_digest(_scrypt(passphrase, self.salt, self.cost), self.digest)


@dataclass(frozen=True)
class Passphrases:
    """The passphrases of a club; without one for hosts only the person at the machine is host."""

    member: PassphraseHash
    host: PassphraseHash | None = None


def generate_passphrase() -> str:
    """Return random words with at least `BITS` bits of entropy."""
    return " ".join(secrets.choice(WORDS) for _ in range(math.ceil(BITS / math.log2(len(WORDS)))))


def hash_passphrase(passphrase: str, cost: int = COST) -> PassphraseHash:
    """Return the hash to store; raises InvalidInput for a passphrase too short or too long."""
    if not SHORTEST <= len(normalise(passphrase)) <= LONGEST:
        raise InvalidInput(f"A passphrase has {SHORTEST} to {LONGEST} characters.")
    salt = secrets.token_bytes(SALT)
    return PassphraseHash(salt, _scrypt(passphrase, salt, cost), cost)


def normalise(passphrase: str) -> str:
    """Return a passphrase without differences of case, hyphens and spaces, which phones add."""
    # NFKC again after folding the case, which can undo the normal form.
    folded = unicodedata.normalize("NFKC", passphrase).casefold()
    # scrypt pads with NULs: with and without trailing ones would be the same.
    spaced = unicodedata.normalize("NFKC", folded).translate(str.maketrans("-\0", "  "))
    return " ".join(spaced.split())


def _scrypt(passphrase: str, salt: bytes, cost: int) -> bytes:
    # A lone surrogate cannot be encoded, and must not become an error that shows the passphrase.
    text = normalise(passphrase[: 2 * LONGEST]).encode("utf-8", "replace")
    memory = 2 * 128 * cost * BLOCK
    return hashlib.scrypt(text, salt=salt, n=cost, r=BLOCK, p=1, maxmem=memory, dklen=DIGEST)


def save_passphrases(passphrases: Passphrases, folder: Path) -> None:
    """Replace the settings file; raises StoreUnavailable if it cannot be written."""

    def fields(one: PassphraseHash) -> dict[str, str | int]:
        return {"salt": one.salt.hex(), "scrypt": one.digest.hex(), "n": one.cost}

    host = passphrases.host
    content = {"member": fields(passphrases.member), "host": host and fields(host)}
    file, text = folder / SETTINGS, json.dumps(content, indent=2)
    with writing(file):
        write_atomically(file, lambda fresh: fresh.write_text(text))


def load_passphrases(folder: Path) -> Passphrases | None:
    """Return the passphrases of the club in `folder`, None where none was ever set.

    Raises:
        StoreUnavailable: the settings file cannot be read, or is damaged.
    """

    def parsed(row: dict[str, str]) -> PassphraseHash:
        salt, digest, cost = bytes.fromhex(row["salt"]), bytes.fromhex(row["scrypt"]), row["n"]
        if len(salt) != SALT or len(digest) != DIGEST or cost not in COSTS:
            raise ValueError
        return PassphraseHash(salt, digest, int(cost))

    try:
        content = json.loads((folder / SETTINGS).read_text("utf-8"))
        host = content["host"]
        return Passphrases(parsed(content["member"]), None if host is None else parsed(host))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise StoreUnavailable(f"{SETTINGS} cannot be read. {NEW_PASSPHRASE}") from error


class Throttle:
    """Waiting times after failed attempts.

    After `FREE_ATTEMPTS` a client waits 5 s, then 10 s, doubling up to a quarter of an hour; after
    `FREE_FOR_ALL` of all clients, everybody waits 5 s after each. A right passphrase resets
    nothing: otherwise a member could try the host's passphrase for ever.
    """

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        self._failures: dict[str | None, tuple[int, float]] = {}  # None: all; number and latest

    def wait(self, client: str) -> float:
        """Return the seconds until the next attempt of `client` is checked, 0 for now."""
        return max(
            self._wait(network(client), FREE_ATTEMPTS, LONGEST_WAIT),
            self._wait(None, FREE_FOR_ALL, LONGEST_FOR_ALL),
        )

    def _wait(self, client: str | None, free: int, longest: float) -> float:
        number, latest = self._failures.get(client, (0, -math.inf))
        passed = self._clock() - latest
        if number < free or passed >= FORGET_AFTER:
            return 0.0
        return max(0.0, min(FIRST_WAIT * 2.0 ** min(number - free, 32), longest) - passed)

    def failed(self, client: str) -> None:
        """Count a failed attempt."""
        now = self._clock()
        for counted in (None, network(client)):
            number, latest = self._failures.pop(counted, (0, -math.inf))
            self._failures[counted] = (number + 1 if now - latest < FORGET_AFTER else 1, now)
        if len(self._failures) > MAX_CLIENTS:
            del self._failures[next(iter(self._failures))]  # the one that failed longest ago


@functools.lru_cache(maxsize=4096)
def network(client: str) -> str:
    """Return what identifies a client: its IPv4 address, or the /64 network of an IPv6 address."""
    try:
        address = ipaddress.ip_address(client)
    except ValueError:
        return client
    if isinstance(address, ipaddress.IPv6Address) and not address.ipv4_mapped:
        return str(ipaddress.ip_network((int(address), 64), strict=False))
    return str(getattr(address, "ipv4_mapped", None) or address)


@dataclass(eq=False)
class Session:
    """A signed-in browser, or the machine itself.

    Args:
        key: 256 random bits, which the browser holds in a signed cookie.
        current_role: asked at every use, since what a session was opened for can end: a
            passphrase changes, an account is taken off the list.
        expires: on the clock of `Sessions`.
        account: e-mail address, None for a passphrase.
        member_id: chosen in the browser, 0 for no member in particular, None before the choice.
    """

    key: str = field(repr=False)
    current_role: Callable[[], Role | None] = field(repr=False)
    expires: float
    account: str | None = None
    member_id: int | None = None


class Sessions:
    """All sessions of a club, shared by all threads. They end with the process.

    `machine` is the session of whoever sits at the computer that serves the club.
    """

    def __init__(self, folder: Path, clock: Clock = time.monotonic) -> None:
        self._folder, self._clock = folder, clock
        self._throttle = Throttle(clock)
        self._open: dict[str, Session] = {}
        self.machine = Session("", lambda: "host", math.inf)
        self._attempts, self._lock = threading.Lock(), threading.Lock()

    def passphrases(self) -> Passphrases | None:
        """Return the settings as they are now; see `load_passphrases`."""
        return load_passphrases(self._folder)

    def sign_in(self, passphrase: str, client: str) -> Session:
        """Open a session for a right passphrase, tried at the address `client`.

        Raises:
            InvalidInput: the passphrase is wrong, or came too early and was not checked.
            StoreUnavailable: the settings cannot be read.
        """
        with self._attempts:  # one at a time: parallel attempts are not checked any faster
            if wait := self._throttle.wait(client):
                raise InvalidInput(f"Too early: it was not looked at. Try again in {_words(wait)}.")
            known = self.passphrases()
            for stored in () if known is None else (known.host, known.member):
                if stored is not None and stored.matches(passphrase):
                    session = self.open(functools.partial(self._role_of, stored), EVENING)
                    log.info("Signed in as a %s, with a passphrase", session.current_role())
                    return session
            self._throttle.failed(client)
            log.info("A wrong passphrase")
            wait = self._throttle.wait(client)
            more = f" The next try counts in {_words(wait)}." if wait else ""
            raise InvalidInput(f"That is not the passphrase.{more}")

    def open(
        self, role: Callable[[], Role | None], seconds: float, account: str | None = None
    ) -> Session:
        """Open a session; see `Session`."""
        now = self._clock()
        session = Session(secrets.token_urlsafe(32), role, now + seconds, account)
        with self._lock:
            self._open = {key: one for key, one in self._open.items() if one.expires > now}
            self._open[session.key] = session
        return session

    def get(self, key: str) -> Session | None:
        """Return an open session, None for an unknown, expired or ended one."""
        session = self._open.get(key)
        return None if session is None or session.expires <= self._clock() else session

    def end(self, key: str) -> None:
        """End a session."""
        with self._lock:
            if self._open.pop(key, None) is not None:
                log.info("Signed out")

    def _role_of(self, stored: PassphraseHash) -> Role | None:
        known = self.passphrases()
        if known is None or stored not in {known.host, known.member}:
            return None
        return "host" if stored == known.host else "member"


def _words(wait: float) -> str:
    seconds = math.ceil(wait)
    if seconds < 120:
        return f"{seconds} second{'s' if seconds > 1 else ''}"
    return f"{seconds // 60 + 1} minutes"


def home_address(port: int) -> str | None:
    """Return the URL that phones find the club at, None without a network.

    $MOVIE_CLUB_URL, else that of this machine on the home network: the system is asked which of
    its own addresses it would send from, and nothing is sent.
    """
    if told := os.environ.get(URL):
        return told
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((_TEST_NET, 9))
        except OSError:
            return None
        return f"http://{probe.getsockname()[0]}:{port}"


def is_port_free(port: int) -> bool:
    """Return True if nothing on this machine answers at this port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        try:
            return probe.connect_ex(("127.0.0.1", port)) != 0
        except OverflowError:  # not a port number
            return False


def qr_svg(text: str) -> str:
    """Return a QR code as an SVG, black on white on any background."""
    import segno  # noqa: PLC0415 (needed only where a club is shared)

    code = segno.make(text, error="m")
    return str(code.svg_inline(scale=6, border=3, light="#fff", dark="#000"))


def qr_terminal(text: str) -> str:
    """Return a QR code in half blocks; with colours, or a light terminal would invert it."""
    import segno  # noqa: PLC0415 (needed only where a club is shared)

    out = io.StringIO()
    segno.make(text, error="m").terminal(out, border=2, compact=True)
    return "\n".join(f"{_WHITE_ON_BLACK}{line}{_RESET}" for line in out.getvalue().splitlines())
