"""Valid little examples of all that people bring, from which `fuzz_targets.py` begins."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from club.store import Store
from recommender import Dataset

NAME, FILE = b"\x1f", b"\x1e"  # end a file's name, and a file, where bytes stand for many files

Files = dict[str, bytes]
Run = Callable[[bytes], None]


@dataclass(frozen=True)
class Target:
    """One parser, or several that read the same.

    Args:
        seeds: valid examples.
        run: what bytes are given to.
        longest: bytes of an input.
    """

    seeds: list[bytes]
    run: Run
    longest: int = 4096


def joined(files: Files) -> bytes:
    """Return files as the bytes that `parted` takes apart, so that mutations reach the inside."""
    return FILE.join(name.encode() + NAME + content for name, content in files.items())


def parted(data: bytes) -> Files:
    """Return any bytes as files by name; a name may be anything."""
    parts = (part.partition(NAME) for part in data.split(FILE)[:20])
    return {name.decode("utf-8", "replace"): content for name, _, content in parts}


def zipped(files: Iterable[tuple[str, bytes]]) -> bytes:
    """Return a ZIP in which the content stands as it is."""
    packing = io.BytesIO()
    with zipfile.ZipFile(packing, "w") as archive:
        for name, content in files:
            archive.writestr(zipfile.ZipInfo(name or "x"), content)
    return packing.getvalue()


def world() -> Dataset:
    """A catalogue of a few movies."""
    movies = pd.DataFrame(
        {
            "title": ["Heat", "Heat", "The Host", "Boot, Das", "Up"],
            "year": [1995, 1986, 2006, 1981, None],
            "genres": [("Crime",), (), (), ("War",), ()],
            "keywords": [("heist",), (), (), (), ("balloon",)],
            "aliases": [(), (), ("Gwoemul",), (), ()],
            "tmdb_id": [949, None, 1255, None, 14160],
        },
        index=pd.Index([6, 7, 8, 9, 10], name="movie_id"),
    )
    rows = [(1, 6, 4.0), (1, 7, 5.0), (2, 6, 3.5), (3, 9, 4.5)]
    ratings = pd.DataFrame(rows, columns=["user_id", "movie_id", "rating"]).assign(timestamp=1000)
    return Dataset(ratings, movies)


def club(file: Path) -> Store:
    """A club with a little of everything that people can do to it in words."""
    store = Store(file)
    ana, bo = store.members.add("Ana"), store.members.add("Bo =1+1")
    store.ratings.rate_many([(ana, 6, 4.5), (ana, 7, 3.0), (bo, 6, 0.5)])
    store.ratings.unrate(ana, 7)
    store.ratings.undo()
    store.movies.add("Our holiday", 2024, "Comedy", "beach", overview="Line 1\nLine 2")
    store.movies.add_to_shortlist(6)
    return store


LETTERBOXD: Files = {
    "ratings.csv": b"Date,Name,Year,Letterboxd URI,Rating\n2024-01-01,Heat,1995,u1,4.5\n",
    "diary.csv": b"Date,Name,Year,Letterboxd URI,Rating,Rewatch,Tags,Watched Date\n"
    b'2024-01-01,"Boot, Das",1981,u2,4,Yes,"a, b",2024-01-02\n',
    "watched.csv": b"Date,Name,Year,Letterboxd URI\n2024-01-01,Up,2009,u3\n",
    "watchlist.csv": b"Date,Name,Year,Letterboxd URI\n2024-01-01,The Host,2006,u4\n",
}
BROUGHT: list[Files] = [
    LETTERBOXD,
    *({name: content} for name, content in LETTERBOXD.items()),
    {"list.csv": b"Letterboxd list export v7\nDate,Name,Tags,URL,Description\n2024-01-01,L,,,\n\n"
     b"Position,Name,Year,URL,Description\n1,Heat,1995,u,\n"},
    {"imdb.csv": b"Const,Your Rating,Date Rated,Title,Original Title,URL,Title Type,Year\r\n"
     b"tt1,9,2024-01-01,Heat,Heat,u,Movie,1995\r\ntt2,7,2024-01-01,S,S,u,TV Series,2001\r\n"},
    {"own.csv": b"member_id,member,movie_id,title,year,stars,rated_at\n"
     b"1,Ana,6,Heat,1995,4.5,2024-01-01T10:00:00Z\n3,Ana,-1,'=1+1,,3.0,2024-01-01T10:00:00Z\n"},
    {"plain.csv": b"sep=;\nTitle;Year;Rating;Member;Date;TMDB\nHeat;1995;8/10;Ana;1.2.2024;949\n"},
    {"plain.csv": "title\trating10\tname\nÉté\t7\tBo\n".encode("utf-16")},
]  # fmt: skip
IMPORTED: list[Files] = [
    {
        "movies_metadata.csv": b"genres,id,original_title,overview,release_date,runtime,title\n"
        b"\"[{'id': 80, 'name': 'Crime'}]\",949,Heat,x,1995-12-15,170.0,Heat\n",
        "keywords.csv": b"id,keywords\n949,\"[{'id': 1, 'name': 'heist'}]\"\n",
        "links.csv": b"movieId,imdbId,tmdbId\n6,1,949\n7,2,\n",
        "ratings.csv": b"userId,movieId,rating,timestamp\n1,6,4.0,1000\n2,7,0.5,9\n",
    },
    {
        "movies.csv": b"movieId,title,genres\n6,Heat (1995),Crime|Drama\n"
        b"11,\"Matrix, The (a.k.a. M) (1999)\",['Action']\n",
        "ratings.csv": b"userId,movieId,rating,timestamp\n1,6,4.0,1000\n2,11,0.5,9\n",
        "links.csv": b"movieId,imdbId,tmdbId\n6,1,949\n",
        "tags.csv": b"userId,movieId,tag,timestamp\n1,6,heist,1\n2,6,heist,1\n",
    },
    {
        "movies.dat": "1::Toys (1995)::Children's\n8::Été, L' (1998)::Drama\n".encode("latin-1"),
        "ratings.dat": b"1::1::5::978300760\n1::8::3::978302109\n",
        "tags.dat": b"1::1::toys::978300760\n",
    },
    {
        "u.item": b"1|Toy Story (1995)|01-Jan-1995||x|0|0|1" + b"|0" * 16 + b"\n",
        "u.data": b"196\t1\t3\t881250949\n",
    },
    {
        "meta.jsonl": b'{"parent_asin": "B1", "title": "Heat", "categories": ["Crime"]}\n',
        "reviews.csv": b"user_id,parent_asin,rating,timestamp,history\nA,B1,5.0,1440385637000,\n",
    },
    {
        "meta.csv": b"parent_asin,title,categories\nB1,Heat,\"['Movies', 'Crime']\"\n",
        "reviews.jsonl": b'{"user_id": "A", "parent_asin": "B1", "rating": 5, "timestamp": 1}\n',
    },
]
KEYWORDS = [
    b"[{'id': 1, 'name': \"based on children's book\"}]",
    b"['a', ('b',), {'c'}]",
    b"a|b|(no genres listed)",
]
HARM: list[Files] = [
    {"plain.csv": b'Title,Rating\r"a\rb",4\r\n=1+1,x\n"open,3\n'},
    {"../../etc/ratings.csv": LETTERBOXD["ratings.csv"], "a\\..\\diary.csv": b"Name\x00"},
]
HARM_IMPORTED: list[Files] = [
    {
        "meta.jsonl": b'{"parent_asin": "\\ud800", "title": "\\ud800", "categories": "[[["}\n[[[\n',
        "reviews.jsonl": b'{"user_id": {}, "parent_asin": ["\\udfff"], "rating": 1e400}\n[]\n',
    },
    {
        "../movies.csv": b'movieId,title,genres\r1,"T\rwo (1999)",[{[]: 1}]\r2e9,x\ry,=B\r',
        "ratings.csv": b'userId,movieId,rating,timestamp\n1,1,4,inf\n1e99,1e99,9,-1\n"1,1,4,1\n',
    },
]
COOKIES = [
    b"2|00000000|000102030405060708090a0b0c0d0e0f|1700000000\n127.0.0.1\nlocalhost:8501\n",
    b'"2|a1b2c3d4|a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4|1"\n::1\n[::1]:8501\n10.0.0.1',
]
MOVIE = {
    "id": 949, "title": "Heat", "original_title": "Heat", "release_date": "1995-12-15",
    "overview": "Cops.", "poster_path": "/a1.jpg", "adult": False, "runtime": 170,
    "genres": [{"id": 80, "name": "Crime"}], "keywords": {"keywords": [{"id": 1, "name": "Heist"}]},
}  # fmt: skip
ANSWERS = [
    MOVIE,
    {"page": 1, "results": [MOVIE, {**MOVIE, "id": 1}]},
    {"images": {"secure_base_url": "https://image.tmdb.org/t/p/"}},
]
