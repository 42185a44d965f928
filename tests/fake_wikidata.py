"""A server on this machine that answers like Wikidata's query service, or breaks on purpose.

Its films are invented; their rows have the form of the service's answers (SPARQL 1.1 Query Results
JSON), of which there is one for each value of each property.
"""

import re
from collections.abc import Iterable
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

from fake_tmdb import Answer, FakeTmdb

ENTITY, DIRECT = "http://www.wikidata.org/entity/", "http://www.wikidata.org/prop/direct/"
Cell = dict[str, str]


def uri(name: str) -> Cell:
    return {"type": "uri", "value": (ENTITY if name.startswith("Q") else DIRECT) + name}


def text(value: str, language: str | None = None) -> Cell:
    return {"type": "literal", "value": value} | ({"xml:lang": language} if language else {})


def fact(of: str, value: str, name: str = "", known: int = 0) -> dict[str, Cell]:
    """A row about a film: its property, the value, the value's name and pages."""
    row = {"property": uri(of), "value": uri(value) if value.startswith("Q") else text(value)}
    if name:
        row["name"] = text(name, "en")
    if known:
        row["known"] = text(str(known))
    return row


def label(title: str, language: str = "en") -> dict[str, Cell]:
    return {"value": text(language), "name": text(title, language)}


SALT_ROAD = [
    label("Salt Road"),
    label("Salt Road", "mul"),
    fact("P31", "Q11424", "film", 200),
    fact("P577", "2026-03-05T00:00:00Z"),
    fact("P577", "2026-01-20T00:00:00Z"),
    fact("P136", "Q1", "crime thriller film", 60),
    fact("P136", "Q2", "coming-of-age film", 60),
    fact("P921", "Q3", "organized crime", 60),
    fact("P921", "Q4", "something without a word here", 60),
    fact("P840", "Q90", "Paris", 300),
    fact("P495", "Q142", "France", 300),
    fact("P364", "Q150", "French", 200),
    fact("P144", "Q8261", "novel"),
    fact("P155", "Q99", "Sugar Road"),
    fact("P57", "Q5", "Ada Lind", 12),
    fact("P161", "Q6", "Bea Roth", 5),
    fact("P161", "Q7", "Cem Aksoy", 70),
    fact("P161", "Q8"),
    fact("P345", "tt30000001"),
    fact("P4947", "900001"),
    fact("P1476", "La route du sel"),
    fact("P2047", "+121"),
]
OTHERS = {
    "Q1002": [
        label("Moon Ferry"),
        fact("P577", "2025-11-02T00:00:00Z"),
        fact("P31", "Q29168811", "animated feature film"),
        fact("P136", "Q9", "fantasy film"),
        fact("P345", "tt30000002"),
    ],
    "Q1003": [  # shown again in 2026
        label("Old Harbour"),
        fact("P577", "1961-05-01T00:00:00Z"),
        fact("P577", "2026-02-01T00:00:00Z"),
    ],
    "Q1004": [label("Heat"), fact("P577", "1995-12-06T00:00:00Z"), fact("P345", "tt0113277")],
}


class FakeWikidata(FakeTmdb):
    """The server; `films` are rows by item, `pages` how many pages each film has."""

    def __init__(self) -> None:
        super().__init__()
        self.films: dict[str, list[dict[str, Any]]] = {"Q1001": SALT_ROAD, **OTHERS}
        self.pages: dict[str, int] = dict.fromkeys(self.films, 30)
        self.programs: list[str | None] = []
        self.url = f"{self.root}/sparql"

    def answer(self, request: BaseHTTPRequestHandler) -> Answer:
        query = parse_qs(urlsplit(request.path).query)["query"][0]
        self.asked.append(query)
        self.programs.append(request.headers.get("User-Agent"))
        return self.broken(request) or Answer(200, results(self._rows(query)))

    def values(self, of: str) -> dict[str, list[str]]:
        return {
            item: [row["value"]["value"] for row in rows if row.get("property") == uri(of)]
            for item, rows in self.films.items()
        }

    def _rows(self, query: str) -> list[dict[str, Any]]:
        if "psv:P2047" in query:
            asked = dict.fromkeys(re.findall(r"wd:(Q\d+)", query))
            return [{"film": uri(i), **row} for i in asked for row in self.films.get(i, ())]
        if found := re.search(r"\?film wdt:(P345|P4947) \?number", query):
            numbers = set(re.findall(r'"(\w+)"', query))
            return [
                {"film": uri(item), "number": text(value)}
                for item, values in self.values(found[1]).items()
                for value in values
                if value in numbers
            ]
        if "rdfs:label|skos:altLabel" in query:
            titles = set(re.findall(r'"([^"]+)"@', query))
            named = {
                item: {row["name"]["value"] for row in rows if "property" not in row}
                for item, rows in self.films.items()
            }
            return [{"film": uri(item)} for item, names in named.items() if names & titles]
        since, until = re.findall(r'"(\d{4}-\d\d-\d\dT)00:00:00Z"', query)
        least = int(re.search(r"\?links >= (\d+)", query)[1])
        return [
            {"film": uri(item), "links": text(str(self.pages[item]))}
            for item, dates in self.values("P577").items()
            if self.pages[item] >= least and any(since <= date < until for date in dates)
        ]


def results(rows: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """An answer of the service."""
    listed = list(rows)
    names = sorted({name for row in listed for name in row})
    return {"head": {"vars": names}, "results": {"bindings": listed}}
