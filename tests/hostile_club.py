"""A club whose every name, title and note means harm, and ways to see whether it does any."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from a_night import predictions
from google.protobuf.message import Message
from hostile_texts import LONG_TITLE, NAMES, NOTES, TITLES, WORDS

from club.store import Store

MARK = "evil.test"  # in every text that means harm; `ui.text.plain` puts a backslash into it


@dataclass(frozen=True)
class Hostile:
    """What is in the club: the ids of its nights by state, its own movies, and a guest."""

    nights: dict[str, int]
    movies: tuple[int, ...]
    guest: int


def spoil(store: Store) -> Hostile:
    """Give everything in the demo club that people can name a name that means harm."""
    members = [int(member) for member in store.members.all().index]
    for member, name in zip(members, NAMES, strict=True):
        store.members.rename(member, name)
    movies = tuple(
        store.movies.add(
            title,
            1990 + number,
            WORDS,
            WORDS,
            overview=f"# {title} {NOTES}",
            aliases=[f"{title[:100]} {MARK}"],
        )
        for number, title in enumerate((*TITLES, LONG_TITLE))
    )
    for movie in store.movies.shortlist():
        store.movies.remove_from_shortlist(movie)
    for movie in movies[:5]:
        store.movies.add_to_shortlist(movie)
    mine = store.by(f"**account** ![x](http://{MARK}/)")
    mine.ratings.rate_many(
        [
            (member, movie, 0.5 + (member * movie) % 10 / 2)
            for member in members
            for movie in movies[2:]
        ]
    )
    guest = mine.members.add_guest(
        f"<b>guest</b> {MARK}", loves=[296], likes=WORDS, dislikes=["ship"]
    )
    mine.members.rename(members[0], NAMES[0])
    gone = mine.members.add(f"[gone](http://{MARK})")
    mine.members.remove(gone)
    return Hostile(_nights(store, [*members, guest], movies), movies, guest)


def _nights(store: Store, people: list[int], movies: tuple[int, ...]) -> dict[str, int]:
    book = store.nights
    opened = _decided(store, date(2026, 12, 4), people, movies[:4])
    book.edit(opened, place=f"*at* {MARK}", notes=f"> {NOTES}", picker=people[0])
    for person in people:
        book.rate(opened, person, 0.5 + person % 10 / 2)
    sealed = _decided(store, date(2026, 12, 5), people, movies[4:])
    planned = book.plan(date(2026, 12, 6), people, starts_at=time(20), place=f"<i>{MARK}</i>")
    book.veto(planned, people[0], movies[0])
    off = book.plan(date(2026, 12, 7), people, place=f":red[{MARK}]")
    book.call_off(off)
    voted = book.plan(date(2026, 12, 8), people)
    book.edit(voted, voting="rank", notes=NOTES)
    for person in people:
        book.vote(voted, person, [movies[1 + person % 3], movies[4]])
    return {"opened": opened, "decided": sealed, "planned": planned, "off": off, "voted": voted}


def _decided(store: Store, on: date, people: list[int], movies: tuple[int, ...]) -> int:
    night = store.nights.plan(on, people)
    said = predictions(people, movies)
    store.nights.decide(night, movies[0], said, model=f"**m** {MARK}", by="average")
    return night


def strings(message: Message, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield every text of a message with the names of the fields that lead to it."""
    for field, value in message.ListFields():
        here = f"{path}.{field.name}" if path else field.name
        for one in value if field.is_repeated else [value]:
            if isinstance(one, Message):
                yield from strings(one, here)
            elif isinstance(one, str):
                yield here, one


def texts(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield every text of a piece of JSON with the keys that lead to it."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from texts(part, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for part in value:
            yield from texts(part, path)
