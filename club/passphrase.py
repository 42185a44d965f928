"""The passphrases of a club that is shared: made, hashed, kept in one file, checked.

Only salted scrypt hashes are kept (RFC 7914; N = 2¹⁵, r = 8, p = 1: about 0.1 s and 32 MB each).
"""

from __future__ import annotations

import hashlib
import hmac
import json
import math
import os
import secrets
import tempfile
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

from club.errors import InvalidInput, StoreUnavailable

# Short, common, easy to say across a room and to type on a phone.
WORDS = tuple(Path(__file__).with_name("words.txt").read_text("utf-8").split())
BITS = 60  # at least, of a passphrase made here
SHORTEST, LONGEST = 12, 200  # characters of a passphrase that somebody thought of
FILE = "sharing.json"  # in the club's folder
COST, BLOCK = 2**15, 8
_AS_SPACES = str.maketrans("-\0", "  ")
_SALT, _DIGEST, _COSTS = 16, 32, {2**power for power in range(14, 21)}


@dataclass(frozen=True)
class Hashed:
    """What is kept of a passphrase: enough to know it again, too little to tell it.

    Args:
        salt: 16 random bytes.
        digest: 32 bytes, scrypt of the passphrase as `spoken`.
        cost: scrypt's N, a power of two from 2¹⁴ to 2²⁰.
    """

    salt: bytes = field(repr=False)
    digest: bytes = field(repr=False)
    cost: int = COST

    def matches(self, passphrase: str) -> bool:
        """Return whether `passphrase` is the one, however it is capitalised and spaced."""
        return hmac.compare_digest(_scrypt(passphrase, self.salt, self.cost), self.digest)


@dataclass(frozen=True)
class Locks:
    """The passphrases of a club.

    Args:
        member: lets somebody in.
        host: lets somebody in who may do everything; None: only who sits at the machine may.
    """

    member: Hashed
    host: Hashed | None = None


def make() -> str:
    """Return a new passphrase of random words, of at least BITS bits."""
    return " ".join(secrets.choice(WORDS) for _ in range(math.ceil(BITS / math.log2(len(WORDS)))))


def hashed(passphrase: str, cost: int = COST) -> Hashed:
    """Return what is kept of a passphrase.

    Raises:
        InvalidInput: it is too short or too long.
    """
    if not SHORTEST <= len(spoken(passphrase)) <= LONGEST:
        raise InvalidInput(f"A passphrase has {SHORTEST} to {LONGEST} characters.")
    salt = secrets.token_bytes(_SALT)
    return Hashed(salt, _scrypt(passphrase, salt, cost), cost)


def spoken(passphrase: str) -> str:
    """Return a passphrase as one says it: phones begin with a capital and end with a space."""
    # Once more after the case is folded: that can undo the normal form.
    folded = unicodedata.normalize("NFKC", passphrase).casefold()
    # scrypt does not tell a text from the same one with NULs behind it.
    return " ".join(unicodedata.normalize("NFKC", folded).translate(_AS_SPACES).split())


def _scrypt(passphrase: str, salt: bytes, cost: int) -> bytes:
    # A lone surrogate is no text, but must not become an error that names the passphrase.
    text = spoken(passphrase[: 2 * LONGEST]).encode("utf-8", "replace")
    memory = 2 * 128 * cost * BLOCK
    return hashlib.scrypt(text, salt=salt, n=cost, r=BLOCK, p=1, maxmem=memory, dklen=_DIGEST)


def save(locks: Locks, folder: Path) -> None:
    """Write the file whole, for the eyes of its owner only.

    Raises:
        StoreUnavailable: it cannot be written.
    """
    content = {"member": _row(locks.member), "host": locks.host and _row(locks.host)}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=folder, prefix=".sharing-")  # mode 0600
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(content, file, indent=2)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(folder / FILE)
    except OSError as error:
        raise StoreUnavailable(f"{folder / FILE} cannot be written: {error.strerror}.") from error


def load(folder: Path) -> Locks | None:
    """Return the passphrases of the club in `folder`, None where none was ever set.

    Raises:
        StoreUnavailable: the file cannot be read, or is no such file.
    """
    try:
        content = json.loads((folder / FILE).read_text("utf-8"))
        host = content["host"]
        return Locks(_lock(content["member"]), None if host is None else _lock(host))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise StoreUnavailable(f"{FILE} cannot be read; set a new passphrase.") from error


def _row(lock: Hashed) -> dict[str, str | int]:
    return {"salt": lock.salt.hex(), "scrypt": lock.digest.hex(), "n": lock.cost}


def _lock(row: dict[str, str]) -> Hashed:
    salt, digest, cost = bytes.fromhex(row["salt"]), bytes.fromhex(row["scrypt"]), row["n"]
    if len(salt) != _SALT or len(digest) != _DIGEST or cost not in _COSTS:
        raise ValueError
    return Hashed(salt, digest, int(cost))
