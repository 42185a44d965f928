"""Build data/facts.parquet from the `bokeh_sampledata` package (Wikidata, CC0).

    pip install bokeh_sampledata==2026.1 && PYTHONPATH=. python data/build_facts.py

Nobody needs this to run the app: its result is in the repository. The package's movies.db holds
17,472 films of 1940 to 2014. This takes what Wikidata knows of the movies that we have, and the
films that we lack; scores, awards and everything of the table `tomatoes` are left out.

Which film is which movie, same_films.csv says, else title and year as `club.matching` compares
them. What a film is called there, and its year, become another title of the movie.
"""

from __future__ import annotations

import hashlib
import importlib.util
import sqlite3
import sys
from pathlib import Path

import pandas as pd

from club.matching import Query, TitleMatcher, title_key
from recommender.dataset import check_movies

HERE = Path(__file__).resolve().parent
SHA256 = "1d9c6a02e488d0354b2309e16130c58820a91ac2ce417e814c5964f9579a65ac"
FIRST = 3_000_000  # what we lack has the package's own id after this
SHORTEST, LONGEST = 1, 900  # minutes
GENRES = {  # as the catalogue calls them; what is no genre there is left out
    "Biography": "", "Sport": "", "History": "", "Music": "Musical", "Family": "Children",
}  # fmt: skip


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


def matched(movies: pd.DataFrame, films: pd.DataFrame) -> pd.Series:
    """Return the movie_id of each film: one of `movies`, a new one, or 0 for what is left out.

    Left out are films that are called like a movie of their year without being it for certain.
    Two films are never one movie.
    """
    same = pd.read_csv(HERE / "same_films.csv").set_index("imdb_id")["movie_id"]
    columns = zip(films["Title"], films["Year"], films["imdbID"], strict=True)
    queries = [
        Query(titles=(title,), year=int(year), imdb_id=int(number[2:]))
        for title, year, number in columns
    ]
    matcher = TitleMatcher(movies)
    found = [
        same.get(number, match.movie_id)
        for number, match in zip(films["imdbID"], matcher.match_all(queries), strict=True)
    ]
    called = [bool(matcher.find(query.titles, query.year or 0)) for query in queries]
    new = FIRST + films["ID"]
    ids = [
        own if movie is None and not known else movie or 0
        for movie, own, known in zip(found, new, called, strict=True)
    ]
    result = pd.Series(ids, index=films.index, dtype="int64")
    return result.where((result >= FIRST) | ~result.duplicated(keep=False), 0)


def other_titles(movies: pd.DataFrame, films: pd.DataFrame) -> list[str]:
    """Return what each film is called if that is no name of the movie; a year if it is another."""
    found = []
    others = pd.read_csv(HERE / "other_titles.csv").set_index("movie_id")["title"]
    for movie, title, year in zip(films.index, films["Title"], films["Year"], strict=True):
        if movie in others.index:
            found.append(str(others[movie]))
            continue
        if movie not in movies.index:
            found.append("")
            continue
        names = (movies.at[movie, "title"], *movies.at[movie, "aliases"])
        is_known = title_key(title) in map(title_key, names)
        if movies.at[movie, "year"] != year:
            found.append(f"{title} ({year})")
        else:
            found.append("" if is_known else title)
    return found


def build() -> None:
    """Write facts.parquet into data/."""
    movielens = pd.read_parquet(HERE / "movielens" / "movies.parquet")
    ours = [pd.read_csv(HERE / name).set_index("movie_id") for name in ("recent.csv", "older.csv")]
    ours = [one.rename(columns={"original_title": "aliases"}) for one in ours]
    movies = check_movies(pd.concat([movielens, *ours]))
    with sqlite3.connect(f"file:{database()}?mode=ro", uri=True) as source:
        films = pd.read_sql("SELECT * FROM omdb WHERE Title IS NOT NULL ORDER BY ID", source)
    films = films.drop_duplicates("imdbID").drop_duplicates(["Title", "Year", "Director"])
    films = films.set_index(matched(movies, films).rename("movie_id"))
    films = films[films.index > 0].sort_index()
    is_new = ~films.index.isin(movies.index)

    def names(column: str) -> pd.Series:
        return films[column].fillna("").str.replace(", ", "|")

    def genres(text: str) -> str:
        called = [GENRES.get(genre, genre) for genre in text.split("|")]
        return "|".join(dict.fromkeys(filter(None, called)))

    runtime = films["Runtime"].where(films["Runtime"].between(SHORTEST, LONGEST))
    facts = pd.DataFrame(
        {
            "title": films["Title"].where(is_new, ""),
            "year": films["Year"].where(is_new).astype("Int16"),
            "genres": names("Genre").map(genres).where(is_new, ""),
            "aliases": other_titles(movies, films),
            "runtime": runtime.round().astype("Int16"),
            "directors": names("Director"),
            "cast": names("Cast"),
            "language": names("Language"),
            "country": names("Country"),
            "certificate": films["Rating"].fillna(""),
            "imdb_id": films["imdbID"],
        }
    )
    facts.to_parquet(HERE / "facts.parquet", compression="zstd", compression_level=19)


if __name__ == "__main__":
    build()
