"""Movie nights: planned, then decided, then rated."""

from club.nights.choosing import (
    BallotBox,
    Candidates,
    Choosing,
    Reason,
    filter_candidates,
)
from club.nights.outcome import Outcome, Rating
from club.nights.planning import Night, Planning

__all__ = ["BallotBox", "Candidates", "Night", "Nights", "Outcome", "Reason", "filter_candidates"]


class Nights(Choosing, Planning, Rating):
    """The store's section `store.nights`.

    A night is *planned* until its movie is decided. Then everybody's predictions are stored for
    good, and the stars that people give the movie are hidden until all who are there have rated or
    somebody reveals them. People are members and guests.

    Every change returns the store's version unless it says otherwise. It raises InvalidInput with
    the reason where the night is called off or at another step, somebody is not there that night
    or has left the club, or a value cannot be used. All methods raise NotFound where there is no
    such night, member or movie, and StoreUnavailable as the store does.
    """
