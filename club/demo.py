"""The demo club: some users of the base dataset, with first names and their real ratings."""

from __future__ import annotations

from club import members, movies, ratings, validation
from club.store import Store, empty_club
from recommender.bundled import DemoClub
from recommender.columns import MOVIE, RATING, TIMESTAMP, USER
from recommender.dataset import Dataset


def load_demo(store: Store, world: Dataset, demo: DemoClub, *, replace: bool = False) -> bool:
    """Make the store the demo club in one transaction, unless it has been written to.

    Every person of the demo becomes a member with all of that user's ratings, at the times when
    they were made; none of them can be undone.

    Args:
        world: the base dataset; needs timestamps.
        replace: empty the club first, whatever is in it.

    Returns:
        Whether it is the demo club now; False when there is data already and `replace` is off.
    """
    theirs = world.ratings[world.ratings[USER].isin(list(demo.members))]
    with store.database.write("began the demo club") as write:
        if write.version > 1 and not replace:
            write.commit_if(False)
            return False
        empty_club(write, demo.name, is_demo=True)
        ids = {
            user_id: members.insert_member(write, name, user_id)
            for user_id, name in demo.members.items()
        }
        pairs = [
            (ids[user_id], int(movie_id))
            for user_id, movie_id in zip(theirs[USER], theirs[MOVIE], strict=True)
        ]
        ratings.record(
            write,
            dict(zip(pairs, map(validation.half_stars, theirs[RATING]), strict=True)),
            rated_at=dict(zip(pairs, map(int, theirs[TIMESTAMP]), strict=True)),
            entered_by=dict.fromkeys(ids.values()),
            kind="demo",
        )
        for movie_id in demo.shortlist:
            movies.append_to_shortlist(write, movie_id)
    return True
