"""Build data/facts.parquet from the `bokeh_sampledata` package (Wikidata, CC0).

    pip install bokeh_sampledata==2026.1 && python data/build_facts.py

Nobody needs this to run the app: its result is in the repository. The package's movies.db holds
17,472 films of 1940 to 2014. This takes what Wikidata knows of the bundled movies; scores, awards
and everything of the table `tomatoes` are left out.
"""

from __future__ import annotations

import hashlib
import importlib.util
import re
import sqlite3
import sys
import unicodedata
from pathlib import Path

import pandas as pd

HERE = Path(__file__).resolve().parent
SHA256 = "1d9c6a02e488d0354b2309e16130c58820a91ac2ce417e814c5964f9579a65ac"
COLUMNS = [
    "imdbID",
    "Title",
    "Year",
    "Rating",
    "Runtime",
    "Director",
    "Cast",
    "Language",
    "Country",
]
SHORTEST, LONGEST = 1, 900  # minutes


def database() -> Path:
    """Return the package's movies.db.

    Raises:
        SystemExit: the package is missing, or its file is another one than expected.
    """
    package = importlib.util.find_spec("bokeh_sampledata")
    if package is None or package.origin is None:
        sys.exit("Install bokeh_sampledata==2026.1 first.")
    path = Path(package.origin).parent / "_data" / "movies.db"
    if hashlib.sha256(path.read_bytes()).hexdigest() != SHA256:
        sys.exit(f"{path} is not the one of bokeh_sampledata 2026.1; install that version.")
    return path


def title_key(title: str) -> str:
    """Return a title without case, accents, articles in front and punctuation."""
    plain = unicodedata.normalize("NFKD", title.casefold()).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", plain.replace("&", " and "))
    return " ".join(words[1:] if len(words) > 1 and words[0] in {"the", "a", "an"} else words)


def matched(movies: pd.DataFrame, films: pd.DataFrame) -> pd.Series:
    """Return the row number in `films` of each movie that one film alone matches.

    A film matches by its title, or one of the movie's other titles, in the same year; else by its
    title a year off. Two movies never share a film.
    """
    by_title: dict[tuple[str, int], list[int]] = {}
    for row, (title, year) in enumerate(zip(films["Title"], films["Year"], strict=True)):
        by_title.setdefault((title_key(title), int(year)), []).append(row)

    def film(titles: list[str], years: tuple[int, ...]) -> int | None:
        keys = {(title_key(title), year) for title in titles for year in years}
        found = {row for key in keys if key[0] for row in by_title.get(key, [])}
        return found.pop() if len(found) == 1 else None

    result: dict[int, int] = {}
    for movie, title, year, aliases in movies[["title", "year", "aliases"]].itertuples():
        if pd.isna(year):
            continue
        names = [title, *filter(None, aliases.split("|"))]
        row = film(names, (year,))
        row = film([title], (year - 1, year + 1)) if row is None else row
        if row is not None:
            result[movie] = row
    rows = pd.Series(result, name="row")
    return rows[~rows.duplicated(keep=False)]


def build() -> None:
    """Write facts.parquet into data/."""
    movies = pd.read_parquet(HERE / "movielens" / "movies.parquet")
    with sqlite3.connect(f"file:{database()}?mode=ro", uri=True) as source:
        films = pd.read_sql("SELECT * FROM omdb ORDER BY ID", source)[COLUMNS]
    rows = matched(movies, films)
    films = films.iloc[rows].set_index(rows.index.astype("int32").rename("movie_id"))

    def names(column: str) -> pd.Series:
        return films[column].fillna("").str.replace(", ", "|")

    runtime = films["Runtime"].where(films["Runtime"].between(SHORTEST, LONGEST))
    facts = pd.DataFrame(
        {
            "runtime": runtime.round().astype("Int16"),
            "directors": names("Director"),
            "cast": names("Cast"),
            "language": names("Language"),
            "country": names("Country"),
            "certificate": films["Rating"].fillna(""),
            "imdb_id": films["imdbID"],
        }
    )
    facts.sort_index().to_parquet(HERE / "facts.parquet", compression="zstd")


if __name__ == "__main__":
    build()
