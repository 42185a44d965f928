"""Check recent.csv: its form, and its years, runtimes and IMDb numbers against lists of facts.

    python data/check_recent.py [FACTS.csv ...]

A list of facts has the columns title and year, and possibly runtime and imdbId. Faults of form make
the exit status 1; disagreements do not, because such lists have errors of their own.
"""

from __future__ import annotations

import csv
import re
import sys
import unicodedata
from collections import Counter, defaultdict
from pathlib import Path

import pandas as pd

DATA = Path(__file__).resolve().parent
HEADER = "movie_id,title,original_title,year,genres,keywords,runtime,directors,imdb_id"
Row = dict[str, str]


def key(title: str) -> str:
    """Return a title without case, accents, punctuation and article, for comparing."""
    title = re.sub(r"^(.*)[,;] ?(The|An?|Les?|La|Der|Die|Das|El)$", r"\2 \1", title.strip())
    plain = unicodedata.normalize("NFKD", title.lower().replace("&", "and"))
    return re.sub(r"[\W_]+", "", re.sub(r"^(the|an?) ", "", plain))


def read(path: Path) -> list[Row]:
    """Return the rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return [{k: v or "" for k, v in row.items()} for row in csv.DictReader(file)]


def row_faults(row: Row) -> list[str]:
    """Return what is wrong with one row taken by itself."""
    keywords, genres = row["keywords"].split("|"), row["genres"].split("|")
    wrong = {
        "needs an id above 2000000": not re.fullmatch(r"2\d{6}", row["movie_id"]),
        "needs a title": not row["title"],
        "has an original title that is no other": row["title"] == row["original_title"] != "",
        "has spaces at an end": any(value != value.strip() for value in row.values()),
        "needs a year of 2015 or later": not re.fullmatch(r"20(1[5-9]|2\d)", row["year"]),
        "has a genre twice": len(set(genres)) < len(genres),
        "needs 6 to 10 keywords": not 6 <= len(keywords) <= 10,
        "has a keyword twice": len(set(keywords)) < len(keywords),
        "has a keyword with capitals or spaces": any(k != k.lower().strip() for k in keywords),
        "needs a runtime": not re.fullmatch(r"[1-9]\d{0,2}", row["runtime"]),
        "needs a director": not row["directors"],
        "has a bad IMDb number": not re.fullmatch(r"(tt\d{7,8})?", row["imdb_id"]),
    }
    return [f"{row['title']} ({row['year']}) {fault}" for fault, yes in wrong.items() if yes]


def faults(rows: list[Row], folder: Path = DATA) -> list[str]:
    """Return every fault of form, also of the rows taken together and beside the bundled data."""
    if not rows or ",".join(rows[0]) != HEADER:
        return [f"the columns must be {HEADER}"]
    bundled = pd.read_parquet(folder / "movielens" / "movies.parquet").fillna("")
    known = {
        (key(name), str(movie.year))
        for movie in bundled.itertuples()
        for name in [movie.title, *str(movie.aliases).split("|")]
    }
    genres = {genre for text in bundled["genres"] for genre in text.split("|")}
    old = {k for row in read(folder / "keywords.csv") for k in row["keywords"].split("|")}
    movies = Counter((row["title"], row["year"], row["directors"]) for row in rows)
    numbers = Counter(row["imdb_id"] for row in rows if row["imdb_id"])
    used = Counter(k for row in rows for k in row["keywords"].split("|"))
    found = [fault for row in rows for fault in row_faults(row)]
    ids = Counter(row["movie_id"] for row in rows)
    found += [f"{number} is the id of {n} movies" for number, n in ids.items() if n > 1]
    found += [f"{', '.join(movie)} is there {n} times" for movie, n in movies.items() if n > 1]
    found += [f"{t} ({y}) is bundled already" for t, y, _ in movies if (key(t), y) in known]
    wrong = {genre for row in rows for genre in row["genres"].split("|")} - genres
    found += [f"{genre!r} is no genre of the bundled movies" for genre in sorted(wrong)]
    found += [f"{number} belongs to {n} rows" for number, n in numbers.items() if n > 1]
    found += [f"only {n} movies have {k!r}" for k, n in used.items() if n < 5 and k not in old]
    return found


def disagreements(rows: list[Row], facts: list[Row]) -> list[str]:
    """Return the rows whose title a list has with another year, runtime or IMDb number.

    A title that is more than two years away is taken for another movie.
    """
    listed: dict[str, list[Row]] = defaultdict(list)
    for fact in facts:
        if fact["year"].isdigit():
            listed[key(fact["title"])].append(fact)
    found = []
    for row in rows:
        name, year = f"{row['title']} ({row['year']})", int(row["year"])
        near = [fact for fact in listed[key(row["title"])] if abs(int(fact["year"]) - year) <= 2]
        same = [fact for fact in near if int(fact["year"]) == year]
        if near and not same:
            found.append(f"{name}: listed for {', '.join(fact['year'] for fact in near)}")
        runtimes = [float(fact["runtime"]) for fact in same if fact.get("runtime")]
        if runtimes and all(abs(minutes - int(row["runtime"])) > 5 for minutes in runtimes):
            found.append(f"{name}: {row['runtime']} minutes, listed with {runtimes}")
        numbers = [f"tt{int(fact['imdbId']):07}" for fact in same if fact.get("imdbId")]
        if numbers and row["imdb_id"] and row["imdb_id"] not in numbers:
            found.append(f"{name}: {row['imdb_id']}, listed as {', '.join(numbers)}")
    return found


def main(paths: list[str]) -> int:
    """Print the faults and disagreements; return the exit status."""
    rows = read(DATA / "recent.csv")
    found = faults(rows)
    for fault in found:
        print(fault)
    for path in paths:
        print(f"{path}:", *disagreements(rows, read(Path(path))), sep="\n  ")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
