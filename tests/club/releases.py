"""Databases as earlier releases of the program left them."""

from collections.abc import Callable
from functools import partial

from club.db.database import Database
from club.db.migrate import upgrade

# What each release wrote: a member, ratings, a shortlist and own movies; what was fetched about
# movies; a guest, what was seen, and a night with a vote.
ROWS = {
    "0004": [
        "INSERT INTO members (name, name_key, joined_at) VALUES ('Ana', 'ana', 5)",
        "INSERT INTO ratings VALUES (1, 50, 9, 100), (1, -1, 4, 101)",
        "INSERT INTO rating_events (step, kind, at, member_id, movie_id, half_after, rated_after)"
        " VALUES (2, 'rate', 100, 1, 50, 9, 100), (3, 'rate', 101, 1, -1, 4, 101)",
        "INSERT INTO shortlist VALUES (-1, 1, 9), (50, 2, 9)",
        "INSERT INTO movies (movie_id, title, year, genres, keywords, added_at, runtime) VALUES"
        " (-1, 'Our holiday', 2024, '[\"Comedy\"]', '[\"beach\"]', 8, 12),"
        " (-2, 'Untitled', NULL, '[]', '[]', 9, NULL)",
        "UPDATE club SET name = 'Film club', version = 14, last_movie_id = -2",
        "INSERT INTO movie_details VALUES (50, 'The Usual Suspects', 629, 106, 'Five men.',"
        " '[\"heist\"]', 2000000000)",
        "INSERT INTO members (name, name_key, joined_at) VALUES ('Gil', 'gil', 200)",
        "INSERT INTO guests VALUES (2, '[\"heist\"]', '[]')",
        "INSERT INTO seen VALUES (1, 51, 201)",
        "INSERT INTO nights (on_date, place, notes, rewatch, voting, draws, created_at)"
        " VALUES ('2024-05-03', 'here', 'bring crisps', true, 'rank', 0, 202)",
        "INSERT INTO attendance VALUES (1, 1), (1, 2)",
        "INSERT INTO vetoes VALUES (1, 2, 51)",
        "INSERT INTO ballots VALUES (1, 1, '[50, -1]', 203)",
        "INSERT INTO predictions VALUES (1, 1, 50, 4.1, 0.7, 3.2, 5.0, 0.6, 4.5, 3.9, true),"
        " (1, 2, 50, 3.1, 0.9, 2.0, 4.2, 0.2, 3.5, 3.9, false)",
        "UPDATE nights SET movie_id = 50, decided_at = 300, decided_by = 'talk', model = 'm1',"
        " club_version = 13",
        "INSERT INTO night_ratings VALUES (1, 1, 8, 301)",
        "INSERT INTO changes (version, at, who, act, member_id, night_id)"
        " VALUES (14, 301, 'Bo', 'rated a night', 1, 1)",
    ],
    "0005": [  # both have voted on the first of these nights, one on the second
        "INSERT INTO nights (on_date, place, notes, rewatch, voting, draws, created_at)"
        " VALUES ('2024-05-10', '', '', true, 'rank', 0, 303),"
        " ('2024-05-17', '', '', true, 'rank', 0, 304)",
        "INSERT INTO attendance VALUES (2, 1), (2, 2), (3, 1), (3, 2)",
        "INSERT INTO ballots VALUES (2, 1, '[50]', 305), (2, 2, '[-1]', 306), (3, 1, '[50]', 307)",
        "UPDATE club SET version = 18",
    ],
    "0006": [
        "UPDATE nights SET votes_revealed_at = 308 WHERE night_id = 3",
        "UPDATE club SET version = 19",
    ],
}
# A trigger of release 0.1.0 that its successor has in another form.
TRIGGER = (
    "CREATE TRIGGER decisions_stay_as_they_are BEFORE UPDATE ON nights WHEN OLD.model <> NEW.model"
    " BEGIN SELECT RAISE(ABORT, 'x'); END",
    "CREATE FUNCTION decisions_stay_as_they_are() RETURNS trigger LANGUAGE plpgsql"
    " AS $$ BEGIN RAISE EXCEPTION 'x'; END $$",
    "CREATE TRIGGER decisions_stay_as_they_are BEFORE UPDATE ON nights FOR EACH ROW"
    " WHEN (OLD.model <> NEW.model) EXECUTE FUNCTION decisions_stay_as_they_are()",
)


def at_release(newest: str, location: str) -> Database:
    """A database of the release with revision `newest`; "0004" is 0.1.0, "0005" is 0.2.0."""
    database = Database(location, 1)
    if database.file is not None:
        database.file.touch()
    with database.transaction() as connection:
        for revision in [each for each in ROWS if each <= newest]:
            upgrade(connection, revision)
            for statement in ROWS[revision]:
                connection.exec_driver_sql(statement)
        if newest == "0004":
            for statement in TRIGGER[:1] if database.is_sqlite else TRIGGER[1:]:
                connection.exec_driver_sql(statement)
    return database


RELEASES: list[Callable[[str], Database]] = [partial(at_release, revision) for revision in ROWS]
at_release_4, at_release_5, at_release_6 = RELEASES
