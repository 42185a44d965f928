"""Databases as earlier releases of the program left them."""

from __future__ import annotations

from club.db.database import Database
from club.db.migrate import upgrade


def at_release_1(location: str) -> Database:
    """A database as release 0001 left it: a member, ratings, a shortlist and own movies."""
    database = Database(location, 1)
    if database.file is not None:
        database.make_file()
    with database.transaction() as connection:
        upgrade(connection, "0001")
        for statement in (
            "INSERT INTO members (name, name_key, joined_at) VALUES ('Ana', 'ana', 5)",
            "INSERT INTO ratings VALUES (1, 50, 9, 100), (1, -1, 4, 101)",
            "INSERT INTO rating_events (step, kind, at, member_id, movie_id, half_after,"
            " rated_after) VALUES (2, 'rate', 100, 1, 50, 9, 100),"
            " (3, 'rate', 101, 1, -1, 4, 101)",
            "INSERT INTO shortlist VALUES (-1, 1, 9), (50, 2, 9)",
            "INSERT INTO movies VALUES (-1, 'Our holiday', 2024, '[\"Comedy\"]', '[\"beach\"]', 8),"
            " (-2, 'Untitled', NULL, '[]', '[]', 9)",
            "UPDATE club SET name = 'Film club', version = 6, last_movie_id = -2",
        ):
            connection.exec_driver_sql(statement)
    return database


def at_release_2(location: str) -> Database:
    """The same as release 0002 left it, with what was fetched about movies."""
    database = at_release_1(location)
    with database.transaction() as connection:
        upgrade(connection, "0002")
        connection.exec_driver_sql(
            "INSERT INTO movie_details VALUES (50, 'The Usual Suspects', 629, 106, 'Five men.',"
            " '[\"heist\"]', 2000000000)"
        )
        connection.exec_driver_sql("UPDATE movies SET runtime = 12 WHERE movie_id = -1")
    return database


def at_release_3(location: str) -> Database:
    """The same as release 0003 left it, with a guest, what was seen, and a night with a vote."""
    database = at_release_2(location)
    with database.transaction() as connection:
        upgrade(connection, "0003")
        for statement in (
            "INSERT INTO members (name, name_key, joined_at) VALUES ('Gil', 'gil', 200)",
            "INSERT INTO guests VALUES (2, '[\"heist\"]', '[]')",
            "INSERT INTO seen VALUES (1, 51, 201)",
            "INSERT INTO nights (on_date, place, notes, rewatch, voting, draws, created_at)"
            " VALUES ('2024-05-03', 'here', 'bring crisps', true, 'rank', 0, 202)",
            "INSERT INTO attendance VALUES (1, 1), (1, 2)",
            "INSERT INTO vetoes VALUES (1, 2, 51)",
            "INSERT INTO ballots VALUES (1, 1, '[50, -1]', 203)",
            "UPDATE club SET version = 12",
        ):
            connection.exec_driver_sql(statement)
    return database


def at_release_4(location: str) -> Database:
    """The same as release 0.1.0 left it, its night decided, rated and over."""
    database = at_release_3(location)
    with database.transaction() as connection:
        upgrade(connection, "0004")
        for statement in (
            "INSERT INTO predictions VALUES (1, 1, 50, 4, 0.7, 3, 5, 0.6, 3.5, 3.9, true)",
            "UPDATE nights SET movie_id = 50, decided_at = 210, decided_by = 'the votes',"
            " model = 'm', club_version = 14",
            "INSERT INTO night_ratings VALUES (1, 1, 9, 211)",
            "UPDATE nights SET opened_at = 212",
            "INSERT INTO changes (version, at, who, act, member_id, night_id)"
            " VALUES (15, 211, 'Ana', 'rated a night', 1, 1)",
            "UPDATE club SET version = 16",
        ):
            connection.exec_driver_sql(statement)
    return database


def at_release_4_decided(location: str) -> Database:
    """Release 0.1.0 with a night that is decided, and a hidden rating entered by Bo."""
    database = at_release_3(location)
    with database.transaction() as connection:
        upgrade(connection, "0004")
        for statement in (
            "INSERT INTO predictions VALUES (1, 1, 50, 4.1, 0.7, 3.2, 5.0, 0.6, 4.5, 3.9, true),"
            " (1, 2, 50, 3.1, 0.9, 2.0, 4.2, 0.2, 3.5, 3.9, false)",
            "UPDATE nights SET movie_id = 50, decided_at = 300, decided_by = 'talk',"
            " model = 'm1', club_version = 13",
            "INSERT INTO night_ratings VALUES (1, 1, 8, 301)",
            "INSERT INTO changes (version, at, who, act, member_id, night_id)"
            " VALUES (14, 301, 'Bo', 'rated a night', 1, 1)",
            "UPDATE club SET version = 14",
        ):
            connection.exec_driver_sql(statement)
    return database
