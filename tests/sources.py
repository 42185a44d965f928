"""Small files in every layout that people bring, with the defects that the real ones have."""

import csv
import gzip
import io
import json
import zipfile
from pathlib import Path

import pandas as pd

from club.imports import ratings
from club.imports.ratings import RatingsFile
from recommender.dataset import Dataset

Files = dict[str, str | bytes]


def world() -> Dataset:
    """Five movies, three raters. 862 is nobody's MovieLens id here but Toy Story's at TMDB."""
    movies = pd.DataFrame(
        {
            "title": ["Toy Story", "Heat", "Sabrina", "Sabrina", "Seven"],
            "year": [1995, 1995, 1954, 1995, 1995],
            "genres": ["Animation|Children", "Crime", "Romance", "Romance", "Crime"],
            "keywords": ["toy|Friendship", "heist", "", "", ""],
            "aliases": ["", "", "", "", "Se7en"],
        },
        index=[1, 6, 915, 7, 47],
    )
    rows = [(1, 1, 4.0), (1, 6, 5.0), (2, 6, 3.5), (3, 47, 4.5)]
    ratings = pd.DataFrame(rows, columns=["user_id", "movie_id", "rating"]).assign(timestamp=1000)
    return Dataset(ratings, movies)


def table(*rows: tuple[object, ...], end: str = "\n") -> str:
    """Return rows as CSV."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator=end).writerows(rows)
    return out.getvalue()


def kaggle() -> Files:
    """The Movies Dataset: Python literals, dates as ids, duplicates, ids that collide by chance."""
    names = [{"id": 931, "name": "jealousy"}, {"id": 9, "name": "Friendship"}]
    quoted = [{"id": 1, "name": "based on children's book"}]
    no = "False"
    metadata = table(
        ("adult", "genres", "id", "original_title", "overview", "release_date", "runtime", "title"),
        (no, "[{'id': 16, 'name': 'Animation'}]", "862", "Toy Story", "Led by\r\nWoody",
         "1995-10-30", "81.0", "Toy Story"),
        (no, "[{'id': 80, 'name': 'Crime'}]", "949", "Heat", "", "1995-12-15", "170.0", "Heat"),
        (no, "[]", "6", "Un autre", "", "1999-01-01", "0.0", "Another"),
        (no, "[{'id': 878, 'name': 'Science Fiction'}]", "2", "Nova", "", "", "90", "Nova"),
        (no, "[]", "862", "Toy Story", "", "1995-10-30", "81.0", "Toy Story"),
        (no, "[]", "77", "", "", "1990-01-01", "", ""),
        (" - Written by someone", "[]", "1997-08-20", "", "", "1", "", "False"),
        (no, "[]"),
    )  # fmt: skip
    return {
        "movies_metadata.csv": metadata,
        "keywords.csv": table(
            ("id", "keywords"), (862, names), (949, quoted), (949, quoted),
            (6, "[{'id': 1"), (2, "[]"),
        ),
        "links_small.csv": table(
            ("movieId", "imdbId", "tmdbId"), (1, "0114709", 862), (6, "0113277", "949.0"),
            (47, "0114369", ""), (999, "0", 6),
        ),
        "ratings_small.csv": table(
            ("userId", "movieId", "rating", "timestamp"), (1, 1, 4.0, 1000), (1, 6, 5.0, 1000),
            (2, 6, 1.0, 1000), (5, 47, 3.0, 1000), (5, 999, 2.5, 1000), (5, 123456, 2.5, 1000),
            (5, 1, 0, 1000), (5, 6, "good", 1000),
        ),
    }  # fmt: skip


def latest() -> Files:
    """A MovieLens archive of today."""
    return {
        "movies.csv": table(
            ("movieId", "title", "genres"),
            (1, "Toy Story (1995)", "Adventure|Animation|Children"),
            (47, "Seven (a.k.a. Se7en) (1995)", "Mystery|Thriller"),
            (6, "Something Else Entirely (1962)", "(no genres listed)"),
            (2571, "Matrix, The (1999)", "Action|Sci-Fi"),
            (8, "Misérables, Les (1998)", "Drama"),
            (9, "", ""),
        ),
        "ratings.csv": table(
            ("userId", "movieId", "rating", "timestamp"), (1, 1, 4.0, 1), (1, 2571, 5.0, 2),
            (2, 6, 3.0, 3), (2, 1, 0.5, 4), (3, 8, 4.5, 5),
        ),
        "links.csv": table(
            ("movieId", "imdbId", "tmdbId"), (1, 1, 862), (2571, 2, 603), (9, 3, "")
        ),
        "tags.csv": table(
            ("userId", "movieId", "tag", "timestamp"), (1, 2571, "Simulation", 1),
            (2, 2571, "simulation ", 2), (2, 2571, "my favourite", 3), (1, 1, "toys", 1),
            (1, 47, "toys", 1), (1, 8, "toys", 1),
        ),
    }  # fmt: skip


def one_million() -> Files:
    """MovieLens 1m: `::` and latin-1."""
    return {
        "movies.dat": "1::Toy Story (1995)::Animation|Children's|Comedy\n"
        "8::Misérables, Les (1998)::Drama\n9::broken\n".encode("latin-1"),
        "ratings.dat": b"1::1::5::978300760\n1::8::3::978302109\n2::1::9::978302109\n",
    }


def hundred_thousand() -> Files:
    """MovieLens 100k: its 6 is another movie than later data's."""
    flags = "|".join("1" if i == 5 else "0" for i in range(19))
    lines = [
        f"1|Toy Story (1995)|01-Jan-1995||http://x|{flags}",
        f"6|Shanghai Triad (Yao a yao yao dao waipo qiao) (1995)|01-Jan-1995||x|{flags}",
        f"7|Heat (1995)|01-Jan-1995||x|{flags}",
        f"8|Café (1996)|||x|{flags}",
    ]
    return {
        "u.item": "\n".join(lines).encode("latin-1"),
        "u.data": "196\t1\t3\t881250949\n186\t6\t3\t891717742\n22\t7\t1\t878887116\n",
    }


def reviews() -> Files:
    """Amazon Reviews 2023."""
    products = [
        {"parent_asin": "B1", "title": "Heat", "categories": ["Movies & TV", "Action"], "price": 3},
        {"parent_asin": "B2", "title": "A film", "categories": []},
        {"parent_asin": "B1", "title": "Heat again", "categories": []},
    ]
    ratings = table(
        ("user_id", "parent_asin", "rating", "timestamp", "history"),
        ("AE1", "B1", 5.0, 1440385637000, ""), ("AE1", "B2", 2.0, 1440385637000, "B1"),
        ("AE2", "B1", 1.0, 1440385637000, ""), ("AE2", "B9", 1.0, 1440385637000, ""),
    )  # fmt: skip
    return {
        "meta_Movies_and_TV.jsonl.gz": gzip.compress("\n".join(map(json.dumps, products)).encode()),
        "Movies_and_TV.csv.gz": gzip.compress(ratings.encode()),
    }


def folder(files: Files, place: Path) -> Path:
    """Write files into a folder."""
    place.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        raw = content if isinstance(content, bytes) else content.encode("utf-8")
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(raw)
    return place


def zipped(files: Files, place: Path, root: str = "") -> Path:
    """Write files into a ZIP, below a folder of the name `root`."""
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(root + name, content)
    return place


def read(tmp_path: Path, content: str | bytes, name: str = "mine.csv") -> RatingsFile:
    """Read ratings from a file of this content."""
    file = tmp_path / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return ratings.read(file)


def given(found: RatingsFile) -> list[tuple[str, int | None, float | None]]:
    """Return title, year and rating of each row with a rating."""
    return [(row.title, row.year, row.rating) for row in found.of("rating")]


def why(found: RatingsFile) -> list[tuple[int, str]]:
    """Return the line and the reason of each rejected row, by line."""
    return sorted((row.line, row.reason) for row in found.rejected)
