"""The demo club: some users of the base dataset, with first names and their real ratings."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pandas as pd
from sqlalchemy import insert

from club import members, movies, ratings, validation
from club.db import schema
from club.db.database import Write
from club.store import Store, empty_club
from recommender.bundled import DemoClub, DemoNight
from recommender.columns import MOVIE, RATING, TIMESTAMP, USER
from recommender.dataset import Dataset


def load_demo(store: Store, world: Dataset, demo: DemoClub, *, replace: bool = False) -> bool:
    """Make the store the demo club in one transaction, unless it has been written to.

    Every person of the demo becomes a member with all of that user's ratings, at the times when
    they were made; none of them can be undone. Its nights were in the weeks before now.

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
        for weeks, night in enumerate(reversed(demo.nights)):
            _insert_night(write, night, weeks, ids, theirs)
    return True


def _insert_night(
    write: Write, night: DemoNight, weeks: int, ids: dict[int, int], ratings: pd.DataFrame
) -> None:
    """Add a night of last week or `weeks` before; its stars are those that its people gave."""
    now = datetime.fromtimestamp(write.now, UTC)
    evening = now.replace(hour=20, minute=0, second=0) - timedelta(days=3, weeks=weeks)
    at = int(evening.timestamp())
    values = {"on_date": evening.date(), "place": "", "notes": "", "rewatch": True, "draws": 0}
    added = insert(schema.nights).values(values | {"created_at": at})
    night_id = write.connection.execute(added.returning(schema.nights.c.night_id)).scalar_one()
    rows = night.predictions
    there = [user for user in ids if user in set(rows[USER])]
    given = ratings[ratings[MOVIE] == night.movie].set_index(USER)[RATING]
    people = [{"night_id": night_id, "member_id": ids[user]} for user in there]
    predicted = [
        {"night_id": night_id, "member_id": ids[user], "known": False, **row}
        for user, row in zip(
            rows[USER],
            rows.drop(columns=USER).rename(columns={"like": "like_chance"}).to_dict("records"),
            strict=True,
        )
    ]
    stars = [
        person | {"half_stars": validation.half_stars(given[user]), "rated_at": at}
        for person, user in zip(people, there, strict=True)
    ]
    write.insert(schema.attendance, *people)
    write.insert(schema.predictions, *predicted)
    write.insert(schema.night_ratings, *stars)
    decided = {
        "movie_id": night.movie,
        "decided_movie_id": night.movie,
        "decided_at": at,
        "decided_by": "average",
        "model": "the demo's",
        "club_version": write.version,
        "thresholds": list(night.thresholds),
        "opened_at": at + 10_800,
    }
    write.update(schema.nights, {"night_id": night_id}, **decided)
