"""The demo club: some of the world's raters, with first names and their real ratings."""

from __future__ import annotations

import time

from club import ledger, roster, shelf, validation
from club.founding import found_club
from club.store import Store
from recommender.bundled import DemoClub
from recommender.columns import MOVIE, RATING, TIMESTAMP, USER
from recommender.dataset import Dataset


def load_demo(store: Store, world: Dataset, demo: DemoClub, *, replace: bool = False) -> bool:
    """Make the store the demo club in one transaction, unless it has been written to.

    Every person of the demo becomes a member with all of that rater's ratings, at the times when
    they were made; none of them can be undone.

    Args:
        world: where the ratings come from; needs timestamps.
        replace: empty the club first, whatever is in it.

    Returns:
        Whether it is the demo club now; False when there is data already and `replace` is off.
    """
    now = int(time.time())
    theirs = world.ratings[world.ratings[USER].isin(list(demo.members))]
    with store.database.write("began the demo club") as write:
        if write.version > 1 and not replace:
            write.settle(changed=False)
            return False
        found_club(write.connection, validation.clean_name(demo.name), is_demo=True, at=now)
        members = {
            user_id: roster.join(write.connection, name, user_id, now)
            for user_id, name in demo.members.items()
        }
        rows = zip(theirs[USER], theirs[MOVIE], theirs[RATING], theirs[TIMESTAMP], strict=True)
        ledger.record_demo(
            write.connection,
            write.version,
            [
                (members[user_id], int(movie_id), validation.half_stars(stars), int(at))
                for user_id, movie_id, stars, at in rows
            ],
        )
        for movie_id in demo.shortlist:
            shelf.add_to_shortlist(write.connection, movie_id, now)
    return True
