"""Everything that this package raises on purpose; each message is one sentence fit for a page.

ClubError
├── InvalidInput       what somebody typed cannot be used (also a ValueError)
├── NotFound           a member or movie that is not there
├── StoreUnavailable   the database cannot be opened, read or written right now
│   ├── DatabaseDamaged    it is damaged: only a backup helps
│   └── StoreReplaced      it is not the database that the change was meant for
└── SourceError        an outside source (TMDB) could not be used; everything else goes on
    ├── SourceUnavailable  it refuses the key, is out of reach or busy: no use in asking on
    └── BadAnswer          one answer cannot be used; others may be
"""

# ruff: noqa: N818 (the names say what is wrong; a suffix would add nothing)

from collections.abc import Iterator
from contextlib import contextmanager


class ClubError(Exception):
    """Root of the package's own errors."""


class InvalidInput(ClubError, ValueError):
    """Stars, a name, a title or a location that cannot be used, and why."""


class NotFound(ClubError):
    """A member or movie that the club does not have."""


class StoreUnavailable(ClubError):
    """A database that is locked, damaged, read-only, full, out of reach or too new."""


@contextmanager
def writing(what: object) -> Iterator[None]:
    """Raise StoreUnavailable where the system refuses to write, as "[what] cannot be written"."""
    try:
        yield
    except OSError as error:
        raise StoreUnavailable(f"{what} cannot be written: {error.strerror or error}.") from error


class DatabaseDamaged(StoreUnavailable):
    """A database file that is damaged or no database at all; restoring a backup replaces it."""


class StoreReplaced(StoreUnavailable):
    """A database that another state of the club has taken the place of; nothing was changed."""


class SourceError(ClubError):
    """An outside source could not be used; never holds its key."""


class SourceUnavailable(SourceError):
    """The key is refused, or the source is out of reach, in trouble or too busy right now."""


class BadAnswer(SourceError):
    """An answer that is cut off, too long, of another form, or no picture."""
