"""Who may come in when the club is shared: guesses are slowed down, passes are remembered."""

from __future__ import annotations

import hashlib
import ipaddress
import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from club import passphrase
from club.passphrase import Hashed

Role = Literal["host", "member"]
Clock = Callable[[], float]  # seconds, never backwards

FREE, FIRST, LONGEST = 3, 5.0, 900.0  # wrong guesses of a client; seconds
FREE_OF_ALL, LONGEST_OF_ALL = 20, 5.0  # short, or one guesser would keep everybody out
QUIET = 3600.0  # seconds after which wrong guesses are forgotten
CLIENTS = 1000  # remembered at most
GONE = 100_000  # lines of tokens of who logged out for good, remembered at most
STAY = 12 * 3600.0  # seconds for which a pass holds: an evening


@dataclass
class _Tally:
    wrong: int = 0
    last: float = -math.inf

    def add(self, now: float) -> None:
        self.wrong = 1 if now - self.last >= QUIET else self.wrong + 1
        self.last = now

    def wait(self, now: float, free: int, longest: float) -> float:
        if self.wrong < free or now - self.last >= QUIET:
            return 0.0
        pause = min(FIRST * 2.0 ** min(self.wrong - free, 32), longest)
        return min(pause, max(0.0, self.last + pause - now))  # sums of floats are not exact


class SlowDown:
    """How long somebody must wait after wrong guesses.

    After `FREE` wrong guesses a client waits 5 s, then 10 s, doubling up to a quarter of an hour.
    After `FREE_OF_ALL` by whomever, everybody waits 5 s after each. A right guess forgives
    nothing: else a member could guess at the host's passphrase for ever.
    """

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        self._all = _Tally()
        self._clients: dict[str, _Tally] = {}

    def wait(self, client: str) -> float:
        """Return the seconds until the next guess of `client` is looked at, 0 for now."""
        now = self._clock()
        own = self._clients.get(network(client), _Tally()).wait(now, FREE, LONGEST)
        return max(own, self._all.wait(now, FREE_OF_ALL, LONGEST_OF_ALL))

    def wrong(self, client: str) -> None:
        """Note a wrong guess."""
        now = self._clock()
        self._all.add(now)
        tally = self._clients.pop(network(client), _Tally())
        tally.add(now)
        self._clients[network(client)] = tally  # the last one again
        if len(self._clients) > CLIENTS:
            del self._clients[next(iter(self._clients))]


def network(client: str) -> str:
    """Return what stands for a client: its address, of version 6 only the 64 bits of its home."""
    try:
        address = ipaddress.ip_address(client)
    except ValueError:
        return client
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((int(address), 64), strict=False))


@dataclass(frozen=True)
class Answer:
    """What becomes of a guess.

    Args:
        role: what the visitor is from now on, None: stays outside.
        wait: seconds until the next guess is looked at.
        heard: False if this one came too early, so that it was not even looked at.
    """

    role: Role | None
    wait: float = 0.0
    heard: bool = True


@dataclass(frozen=True)
class _Pass:
    role: Callable[[], Role | None]  # asked every time: what it was given for can end
    until: float


class Gate:
    """The one gate of a club, for all visitors and threads.

    Who has a pass is known by a token, a secret of the visitor's browser; only its hash is kept,
    and only in memory. A pass ends when it is given back, when it is old, when the passphrase
    that it was given for has changed, when an account is on no list any more, and when the program
    ends.

    Args:
        folder: where the passphrases are, in `passphrase.FILE`.
        clock: seconds, never backwards.
    """

    def __init__(self, folder: Path, clock: Clock = time.monotonic) -> None:
        self._folder, self._clock = folder, clock
        self._slow = SlowDown(clock)
        self._passes: dict[bytes, _Pass] = {}
        self._gone: dict[bytes, None] = {}
        self._lock = threading.Lock()

    def is_set(self) -> bool:
        """Return whether there is a passphrase.

        Raises:
            StoreUnavailable: its file cannot be read.
        """
        return passphrase.load(self._folder) is not None

    def has_host_passphrase(self) -> bool:
        """Return whether somebody from elsewhere can become host by a passphrase."""
        locks = passphrase.load(self._folder)
        return locks is not None and locks.host is not None

    def enter(self, token: str, client: str, guess: str) -> Answer:
        """Look at a guess, unless it comes too early, and remember who may come in.

        Args:
            client: the address where the guess comes from.

        Raises:
            StoreUnavailable: the passphrases cannot be read.
        """
        with self._lock:  # one guess at a time: many at once are not looked at any faster
            if wait := self._slow.wait(client):
                return Answer(None, wait, heard=False)
            locks = passphrase.load(self._folder)
            found: list[tuple[Role, Hashed]] = []
            if locks is not None:
                both: tuple[tuple[Role, Hashed | None], ...] = (
                    ("host", locks.host),
                    ("member", locks.member),
                )
                found = [(role, lock) for role, lock in both if lock and lock.matches(guess)]
            if not found:
                self._slow.wrong(client)
                return Answer(None, self._slow.wait(client))
            role, lock = found[0]
            self._remember(token, lambda: role if self._fits(lock) else None)
            return Answer(role)

    def admit(self, token: str, role: Callable[[], Role | None]) -> None:
        """Give a pass to somebody who is known otherwise, unless this token was given back.

        Args:
            role: tells what its holder may do, whenever that is asked.
        """
        with self._lock:
            if not self.has_left(token):
                self._remember(token, role)

    def _remember(self, token: str, role: Callable[[], Role | None]) -> None:
        now = self._clock()
        self._passes = {key: one for key, one in self._passes.items() if one.until > now}
        self._passes[_key(token)] = _Pass(role, now + STAY)

    def _fits(self, lock: Hashed) -> bool:
        locks = passphrase.load(self._folder)
        return locks is not None and lock in (locks.host, locks.member)

    def role(self, token: str) -> Role | None:
        """Return what the holder of `token` may do here, None: is outside.

        Raises:
            StoreUnavailable: the passphrases cannot be read.
        """
        found = self._passes.get(_key(token))
        return None if found is None or found.until <= self._clock() else found.role()

    def leave(self, token: str) -> None:
        """Take the pass back; only a passphrase gives this token another one.

        Args:
            token: by each line of which its holder would be known again.
        """
        with self._lock:
            self._passes.pop(_key(token), None)
            self._gone |= dict.fromkeys(map(_key, token.splitlines()))
            while len(self._gone) > GONE:
                del self._gone[next(iter(self._gone))]

    def has_left(self, token: str) -> bool:
        """Return whether the holder of `token`, or of a line of it, gave the pass back."""
        return any(_key(line) in self._gone for line in token.splitlines())


def _key(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
