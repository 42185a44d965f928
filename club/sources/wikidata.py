"""Wikidata (CC0): facts of movies, and newer movies, from its public query service.

It answers SPARQL at https://query.wikidata.org. Who asks is expected to name the program, to ask
one question at a time, and to wait for as long as Retry-After says
(https://www.mediawiki.org/wiki/Wikidata_Query_Service/User_Manual). Questions that take longer than
a minute are cut off, in the middle of the answer if need be, so all of them are small. Whatever
comes is checked field by field; what cannot be used counts as unknown.
"""

from __future__ import annotations

import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from club import validation
from club.errors import BadAnswer
from club.movies import NewMovie
from club.sources.http import HttpClient, Pace
from club.sources.memory import FileCache, JsonMemory
from recommender.bundled import DATA

ADDRESS = "https://query.wikidata.org/sparql"
PROGRAM = "movie-club/0.2 (a private film club's own copy; python-requests)"
PACE = Pace(1)  # questions a second, of the whole process
SLOW = (10.0, 65.0, 90.0)  # seconds; the service itself gives up after 60
PAUSES, LONGEST_WAIT = (5.0, 20.0), 120.0  # seconds between attempts
KEPT_DAYS = 14
LARGEST_CACHE = 2000  # answers; about 100 MB
FILMS, TITLES = 25, 2  # in one question, which travels in an address
WIDELY_KNOWN = 15  # Wikipedias and sister projects with a page
CAST, MOST_KEYWORDS = 8, 12

IMDB, TMDB, TITLE, DATE, RUNTIME = "P345", "P4947", "P1476", "P577", "P2047"
DIRECTOR, ACTOR, GENRE, SUBJECT, PLACE = "P57", "P161", "P136", "P921", "P840"
KIND, COUNTRY, LANGUAGE, BASED_ON, FOLLOWS = "P31", "P495", "P364", "P144", "P155"
# film, feature film, animated film, animated feature film, television film, anime film,
# documentary film: short films and films that are only planned are other kinds
_KINDS = "wd:Q11424,wd:Q24869,wd:Q202866,wd:Q29168811,wd:Q506240,wd:Q20650540,wd:Q93204"
_LANGUAGES = (
    *("en", "mul", "de", "fr", "es", "it", "pt", "nl"),
    *("sv", "pl", "ru", "ja", "ko", "zh"),
)
_ITEM = re.compile(r"http://www\.wikidata\.org/entity/(Q\d{1,12})")
_PROPERTY = re.compile(r"http://www\.wikidata\.org/prop/direct/(P\d{1,6})")
_YEAR = re.compile(r"(\d{4})-\d\d-\d\dT")

# Films of some months with pages in many languages, the best known first. In this order: the dates
# are an index, and the optimiser would begin with all films there are.
_KNOWN_QUERY = """
SELECT DISTINCT ?film ?links WHERE {{
  hint:Query hint:optimizer "None" .
  ?film wdt:P577 ?date . hint:Prior hint:rangeSafe true .
  FILTER(?date >= "{since}T00:00:00Z"^^xsd:dateTime && ?date < "{until}T00:00:00Z"^^xsd:dateTime)
  ?film wdt:P31 ?kind . FILTER(?kind IN ({kinds}))
  ?film wikibase:sitelinks ?links . FILTER(?links >= {links})
}} ORDER BY DESC(?links) ?film
"""
_NUMBER_QUERY = """
SELECT ?film ?number WHERE {{ VALUES ?number {{ {numbers} }} ?film wdt:{of} ?number . }}
"""
_TITLE_QUERY = """
SELECT DISTINCT ?film WHERE {{
  VALUES ?name {{ {names} }}
  ?film rdfs:label|skos:altLabel ?name . ?film wdt:P31 ?kind . FILTER(?kind IN ({kinds}))
}}
"""
# One row for each value of each property: with all in one row, every cast member would come with
# every genre. Runtimes are taken only where they are in minutes, of what counts there as best.
_FACTS_QUERY = """
SELECT ?film ?property ?value ?name ?known WHERE {{
  {{
    VALUES ?film {{ {films} }}
    VALUES ?property {{ {items} }}
    ?film ?property ?value .
    OPTIONAL {{ ?value wikibase:sitelinks ?known . }}
    OPTIONAL {{ ?value rdfs:label ?en . FILTER(LANG(?en) = "en") }}
    OPTIONAL {{ ?value rdfs:label ?mul . FILTER(LANG(?mul) = "mul") }}
    BIND(COALESCE(?en, ?mul) AS ?name)
  }} UNION {{
    VALUES ?film {{ {films} }}
    VALUES ?property {{ {texts} }}
    ?film ?property ?value .
  }} UNION {{
    VALUES ?film {{ {films} }}
    ?film p:P2047 ?stated . ?stated a wikibase:BestRank ; psv:P2047 ?length .
    ?length wikibase:quantityUnit wd:Q7727 ; wikibase:quantityAmount ?value .
    BIND(wdt:P2047 AS ?property)
  }} UNION {{
    VALUES ?film {{ {films} }}
    ?film wdt:P144 ?work . ?work wdt:P31 ?value .
    ?value rdfs:label ?name . FILTER(LANG(?name) = "en")
    BIND(wdt:P144 AS ?property)
  }} UNION {{
    VALUES ?film {{ {films} }}
    ?film rdfs:label ?name . FILTER(LANG(?name) IN ("en", "mul"))
    BIND(LANG(?name) AS ?value)
  }}
}}
"""
_ITEMS = (KIND, GENRE, SUBJECT, PLACE, DIRECTOR, ACTOR, COUNTRY, LANGUAGE, FOLLOWS)
_TEXTS = (DATE, IMDB, TMDB, TITLE)

# What a genre there says about the catalogue's genres, word by word.
GENRES = {
    "action": "Action", "martial arts": "Action", "superhero": "Action", "kung fu": "Action",
    "adventure": "Adventure", "swashbuckler": "Adventure", "animated": "Animation",
    "animation": "Animation", "anime": "Animation", "children's": "Children",
    "family film": "Children", "comedy": "Comedy", "comedic": "Comedy", "parody": "Comedy",
    "satire": "Comedy", "crime": "Crime", "gangster": "Crime", "heist": "Crime", "mafia": "Crime",
    "documentary": "Documentary", "drama": "Drama", "melodrama": "Drama", "biographical": "Drama",
    "fantasy": "Fantasy", "horror": "Horror", "slasher": "Horror", "zombie": "Horror",
    "vampire": "Horror", "musical": "Musical", "mystery": "Mystery", "detective": "Mystery",
    "whodunit": "Mystery", "romance": "Romance", "romantic": "Romance", "science fiction": "Sci-Fi",
    "thriller": "Thriller", "war": "War", "western": "Western",
}  # fmt: skip
_GENRE = re.compile(rf"\b({'|'.join(sorted(GENRES, key=len, reverse=True))})\b")
_ENDING = re.compile(r" (?:film|movie|fiction|cinema|genre)s?$")


class Fact(NamedTuple):
    """One value of a property: its text or item, the item's English name, its pages."""

    value: str
    name: str
    known: int


class Words:
    """The catalogue's words for what Wikidata says.

    Args:
        keywords: all that the catalogue has; no other one is ever used.
    """

    def __init__(self, keywords: Iterable[str]) -> None:
        self._known = set(keywords)
        table = pd.read_csv(DATA / "wikidata.csv", keep_default_na=False)
        self._told = {
            (row.property, row.label): row.keywords.split("|") for row in table.itertuples()
        }

    def genres(self, facts: Mapping[str, Sequence[Fact]]) -> list[str]:
        """Return the catalogue's genres of a film."""
        names = " / ".join(fact.name.casefold() for fact in [*facts[GENRE], *facts[KIND]])
        return list(dict.fromkeys(GENRES[word] for word in _GENRE.findall(names)))

    def keywords(self, facts: Mapping[str, Sequence[Fact]]) -> list[str]:
        """Return the catalogue's keywords of a film, the most telling first."""
        found = [
            word
            for of in (SUBJECT, GENRE, PLACE, KIND, BASED_ON, COUNTRY, LANGUAGE)
            for fact in facts[of]
            for word in self._words(of, fact.name.casefold())
        ]
        spoken = {fact.name.casefold() for fact in facts[LANGUAGE]}
        if spoken and not any("english" in language for language in spoken):
            found.append("foreign language film")
        if facts[FOLLOWS]:
            found.append("sequel")
        return [word for word in dict.fromkeys(found) if word in self._known][:MOST_KEYWORDS]

    def _words(self, of: str, label: str) -> Sequence[str]:
        if of in {COUNTRY, LANGUAGE, BASED_ON}:
            return self._told.get((of, label), ())
        short = _ENDING.sub("", label)
        for name in (label, short, short.removesuffix("s")):
            if told := self._told.get(("", name)):
                return told
            if name in self._known:
                return (name,)
        return ()


class Wikidata:
    """Wikidata's films, with a memory: what was answered is not asked for again for two weeks.

    Args:
        folder: where answers are kept.
        keywords: see `Words`.
        address: of the query service.
        wait: see `HttpClient`.
        clock: seconds since 1970.
    """

    def __init__(
        self,
        folder: Path,
        keywords: Iterable[str],
        address: str = ADDRESS,
        *,
        wait: Callable[[float], None] | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        http = HttpClient(
            "Wikidata",
            program=PROGRAM,
            pace=PACE,
            slow=SLOW,
            pauses=PAUSES,
            longest_wait=LONGEST_WAIT,
            wait=wait,
        )
        self._address, self._words = address, Words(keywords)
        self._memory = JsonMemory(http, FileCache(folder, LARGEST_CACHE, clock=clock))

    def known(self, since: date, until: date) -> list[str]:
        """Return the items of films that came out somewhere from `since` to before `until`.

        Only those with `WIDELY_KNOWN` pages in Wikipedias, the best known first.

        Raises:
            SourceError: it could not be asked, or its answer cannot be used.
        """
        query = _KNOWN_QUERY.format(since=since, until=until, links=WIDELY_KNOWN, kinds=_KINDS)
        return list(dict.fromkeys(_items(self._ask(query))))

    def numbered(self, of: str, numbers: Iterable[str]) -> dict[str, set[str]]:
        """Return the items of films by their numbers (`of` IMDB or TMDB); raises as `known`."""
        found: dict[str, set[str]] = defaultdict(set)
        if wanted := sorted(set(numbers)):
            query = _NUMBER_QUERY.format(of=of, numbers=" ".join(f'"{n}"' for n in wanted))
            rows = self._ask(query)
            for item, row in zip(_items(rows), rows, strict=True):
                found[row.get("number", "")].add(item)
        return found

    def called(self, titles: Iterable[str]) -> list[str]:
        """Return the items of films with one of these titles; raises as `known`."""
        found: list[str] = []
        for some in parts(sorted(set(titles)), TITLES):
            quoted = ['"' + re.sub(r'(["\\])', r"\\\1", title) + '"' for title in some]
            names = " ".join(f"{title}@{code}" for title in quoted for code in _LANGUAGES)
            found += _items(self._ask(_TITLE_QUERY.format(names=names, kinds=_KINDS)))
        return list(dict.fromkeys(found))

    def films(self, items: Iterable[str]) -> dict[str, NewMovie]:
        """Return the films that have a title, by item, in the catalogue's words.

        The year is that of the earliest publication, and the best known of the cast come first.
        The title is the English one, or the original one where there is none. Raises as `known`.
        """
        found: dict[str, NewMovie] = {}
        for some in parts(list(dict.fromkeys(items)), FILMS):
            query = _FACTS_QUERY.format(
                films=" ".join(f"wd:{item}" for item in some),
                items=" ".join(f"wdt:{name}" for name in _ITEMS),
                texts=" ".join(f"wdt:{name}" for name in _TEXTS),
            )
            rows = self._ask(query)
            facts: dict[str, dict[str, list[Fact]]] = defaultdict(lambda: defaultdict(list))
            for item, row in zip(_items(rows), rows, strict=True):
                of = _PROPERTY.fullmatch(row.get("property", ""))
                known = row.get("known", "")
                fact = Fact(
                    row.get("value", ""),
                    validation.tidied(row.get("name", ""), validation.MAX_TITLE),
                    int(known) if known.isascii() and known.isdigit() else 0,
                )
                facts[item][of[1] if of else ""].append(fact)
            films = {item: _film(facts[item], self._words) for item in some if item in facts}
            found |= {item: film for item, film in films.items() if film is not None}
        return found

    def _ask(self, query: str) -> list[dict[str, str]]:
        question = {"query": " ".join(query.split()), "format": "json"}
        return self._memory.ask(self._address, question, _rows, KEPT_DAYS)


def parts(values: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    """Yield values in groups of `size`, the last one smaller."""
    for start in range(0, len(values), size):
        yield values[start : start + size]


def _rows(raw: Any) -> list[dict[str, str]]:
    """Return the rows of an answer, the value of each variable as text."""
    match raw:
        case {"results": {"bindings": list(rows)}}:
            return [_row(row) for row in rows]
    raise _unexpected()


def _row(raw: Any) -> dict[str, str]:
    if not isinstance(raw, dict):
        raise _unexpected()
    cells = {name: cell.get("value") for name, cell in raw.items() if isinstance(cell, dict)}
    row = {name: value for name, value in cells.items() if isinstance(value, str)}
    if not _ITEM.fullmatch(row.get("film", "")):
        raise _unexpected()
    return row


def _items(rows: Iterable[Mapping[str, str]]) -> list[str]:
    return [row["film"].rpartition("/")[2] for row in rows]


def _film(facts: Mapping[str, list[Fact]], words: Words) -> NewMovie | None:
    """Return a film from its facts; None if nobody says what it is called."""
    labels = {fact.value: fact.name for fact in facts[""] if fact.name}
    original = [validation.tidied(fact.value, validation.MAX_TITLE) for fact in facts[TITLE]]
    names = (labels.get("en"), labels.get("mul"), *original)
    titles = tuple(dict.fromkeys(name for name in names if name))
    if not titles:
        return None
    years = [int(match[1]) for fact in facts[DATE] if (match := _YEAR.match(fact.value))]
    lengths = [
        round(float(f.value))
        for f in facts[RUNTIME]
        if re.fullmatch(r"\+?\d{1,5}(\.\d+)?", f.value)
    ]
    imdb = [fact.value for fact in facts[IMDB] if re.fullmatch(r"tt\d{7,10}", fact.value, re.ASCII)]
    tmdb = [int(f.value) for f in facts[TMDB] if re.fullmatch(r"[1-9]\d{0,8}", f.value, re.ASCII)]
    cast = sorted(facts[ACTOR], key=lambda fact: -fact.known)
    runtimes = filter(None, map(validation.plausible_runtime, lengths))
    return NewMovie(
        titles[0],
        validation.plausible_year(min(years, default=None)),
        words.genres(facts),
        words.keywords(facts),
        runtime=next(runtimes, None),
        tmdb_id=tmdb[0] if len(set(tmdb)) == 1 else None,
        aliases=titles[1 : validation.MAX_ALIASES],
        imdb_id=imdb[0] if len(set(imdb)) == 1 else None,
        directors=validation.tidied_terms(fact.name for fact in facts[DIRECTOR]),
        cast=validation.tidied_terms(fact.name for fact in cast)[:CAST],
    )


def _unexpected() -> BadAnswer:
    return BadAnswer("Wikidata's answer is not what it documents; try again later.")
