"""Catalogues in every format and layout are read and joined to the base dataset."""

import contextlib
import re
from pathlib import Path

import pandas as pd
import pytest
import sources
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from club.errors import InvalidInput
from club.imports import catalogue
from club.imports.catalogue.merge import FROM_TMDB, identify
from club.imports.catalogue.source import Rejected, Source, movies_frame
from club.imports.tables import movielens_title

WORLD = sources.world()


def imported(files: sources.Files, tmp_path: Path, **how) -> catalogue.Import:
    return catalogue.join(catalogue.read(sources.folder(files, tmp_path / "files")), WORLD, **how)


def reasons(found: catalogue.Import) -> dict[str, int]:
    left_out = (re.fullmatch(r"Left out \((.*)\): (\d+)\.", note) for note in found.notes)
    return {found[1]: int(found[2]) for found in left_out if found}


def test_movies_dataset_is_joined_by_links(tmp_path: Path) -> None:
    found = imported(sources.kaggle(), tmp_path)
    movies = found.data.movies
    assert movies.at[1, "keywords"] == ("toy", "Friendship", "jealousy")
    assert movies.at[6, "keywords"] == ("heist", "based on children's book")
    assert movies.at[6, "title"] == "Heat"  # number 6 at TMDB is another movie
    assert movies.at[1, "overview"] == "Led by Woody"
    assert movies.loc[[1, 6], "runtime"].tolist() == [81, 170]
    assert movies.loc[[1, 6, 999], "tmdb_id"].tolist() == [862, 949, 6]
    assert movies.loc[[1, 6], "imdb_id"].tolist() == ["tt0114709", "tt0113277"]
    assert movies.loc[999, ["title", "year", "aliases"]].tolist() == [
        "Another",
        1999,
        ("Un autre",),
    ]
    new = movies.loc[FROM_TMDB + 2]
    assert (new["title"], new["genres"]) == ("Nova", ("Sci-Fi",))
    assert pd.isna(new["year"])
    assert len(movies) == len(WORLD.movies) + 2


def test_movies_dataset_rejected_rows(tmp_path: Path) -> None:
    found = imported(sources.kaggle(), tmp_path)
    assert reasons(found) == {
        "listed twice": 2,
        "no title": 1,
        "the id is no number": 1,
        "another number of cells than 8": 1,
        "the keywords are no list": 1,
        "no rating from 0.5 to 5": 2,
    }
    assert found.counts["Rows left out"] == 8


def test_ratings_follow_links_and_raters_stay_apart(tmp_path: Path) -> None:
    found = imported(sources.kaggle(), tmp_path)
    rows = found.data.ratings[["user_id", "movie_id", "rating"]].to_numpy().tolist()
    # User 1 gave what user 1 of the world gave and is the same person; 2 and 5 are not.
    assert rows == [
        [1, 1, 4.0],
        [1, 6, 5.0],
        [10_000_001, 6, 1.0],
        [10_000_002, 47, 3.0],
        [10_000_002, 999, 2.5],
    ]
    assert "1 ratings are of movies that nothing says the title of." in found.notes
    without = imported(sources.kaggle(), tmp_path, with_ratings=False)
    pd.testing.assert_frame_equal(without.data.ratings, WORLD.ratings)


def test_movielens_ids_need_an_agreeing_title_and_tags_are_shared(tmp_path: Path) -> None:
    movies = imported(sources.latest(), tmp_path).data.movies
    assert movies.at[6, "title"] == "Heat"
    other = movies[movies["title"] == "Something Else Entirely"]
    assert other.index[0] >= 1_500_000_000
    assert movies.loc[2571, ["title", "year", "tmdb_id"]].tolist() == ["The Matrix", 1999, 603]
    assert movies.at[8, "title"] == "Les Misérables"
    assert movies.at[47, "aliases"] == ("Se7en",)
    # Tags of two people or three movies become keywords.
    assert movies.at[2571, "keywords"] == ("simulation",)
    assert movies.at[1, "keywords"] == ("toy", "Friendship", "toys")


def test_movielens_1m(tmp_path: Path) -> None:
    found = imported(sources.one_million(), tmp_path)
    assert found.data.movies.at[8, "title"] == "Les Misérables"
    assert found.data.ratings["rating"].tolist() == [5.0, 3.0]
    assert reasons(found) == {"another number of cells than 3": 1, "no rating from 0.5 to 5": 1}


def test_movielens_100k(tmp_path: Path) -> None:
    found = imported(sources.hundred_thousand(), tmp_path)
    movies, ratings = found.data.movies, found.data.ratings
    assert movies.at[6, "title"] == "Heat"
    assert movies.at[7, "title"] == "Sabrina"
    triad = movies[movies["title"] == "Shanghai Triad"].iloc[0]
    assert triad["aliases"] == ("Yao a yao yao dao waipo qiao",)
    assert ratings[ratings["rating"] == 1]["movie_id"].tolist() == [6]
    assert movies[movies["title"] == "Café"]["year"].tolist() == [1996]


def test_reviews_join_no_movie(tmp_path: Path) -> None:
    found = imported(sources.reviews(), tmp_path)
    heat = found.data.movies[found.data.movies["title"] == "Heat"]
    assert len(heat) == 2
    assert heat["keywords"].tolist() == [("heist",), ("movies & tv", "action")]
    assert len(found.data.ratings) == 3
    assert found.data.ratings["timestamp"].unique().tolist() == [1440385637]
    assert found.data.user_ids.min() >= 10_000_000


LAYOUTS = [
    sources.kaggle, sources.latest, sources.one_million, sources.hundred_thousand, sources.reviews
]  # fmt: skip


@pytest.mark.parametrize("layout", LAYOUTS)
def test_join_keeps_known_movies_and_twice_changes_nothing(tmp_path: Path, layout) -> None:
    files = sources.folder(layout(), tmp_path)
    once = catalogue.join(catalogue.read(files), WORLD)
    same = once.data.movies.loc[WORLD.movies.index, ["title", "year"]]
    pd.testing.assert_frame_equal(same, WORLD.movies[["title", "year"]])
    twice = catalogue.join(catalogue.read(files), once.data)
    pd.testing.assert_frame_equal(twice.data.movies, once.data.movies)
    pd.testing.assert_frame_equal(twice.data.ratings, once.data.ratings)
    assert twice.counts["New ones"] == 0


TITLES = st.sampled_from(["Heat", "Sabrina", "Seven", "Se7en", "Toy Story", "Nova", ""])


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(1, 60), TITLES, st.sampled_from([None, 1954, 1955, 1994, 1995, 2020])
        ),
        unique_by=lambda row: row[0],
        max_size=8,
    ),
    st.booleans(),
)
def test_identify_never_mixes_up_movies(rows: list[tuple[int, str, int | None]], own: bool) -> None:
    """Whatever numbers collide: who joins is called so and came out then, and no two are one."""
    described = [
        {"key": key, "title": title, "year": year, "movielens_id": None if own else key}
        for key, title, year in rows
    ]
    source = Source("Test", movies_frame(described), False, None, Rejected())
    ids = identify(source, WORLD.movies)
    assert ids.dropna().is_unique
    for key, title, year in rows:
        movie = ids[key]
        if pd.isna(movie) or movie not in WORLD.movies.index:
            assert pd.isna(movie) == (title == "")
            continue
        known = WORLD.movies.loc[movie]
        assert title in (known["title"], *known["aliases"])
        assert year is None or abs(year - known["year"]) <= 1


def test_join_takes_whole_raters_of_too_many_ratings(tmp_path: Path) -> None:
    files = sources.latest()
    rows = [(user, movie, 4.0, 1) for user in range(200) for movie in (1, 47, 2571)]
    files["ratings.csv"] = sources.table(("userId", "movieId", "rating", "timestamp"), *rows)
    found = imported(files, tmp_path, max_ratings=300)
    per_person = found.data.ratings.groupby("user_id").size()
    assert set(per_person) == {3}
    assert 60 <= len(per_person) <= 140
    again = imported(files, tmp_path, max_ratings=300)
    pd.testing.assert_frame_equal(again.data.ratings, found.data.ratings)
    assert any(note.startswith("Of 600 ratings") for note in found.notes)


@pytest.mark.parametrize(
    ("text", "title", "year", "aliases"),
    [
        ("Matrix, The (1999)", "The Matrix", 1999, ()),
        ("Seven (a.k.a. Se7en) (1995)", "Seven", 1995, ("Se7en",)),
        ("City of Lost Children, The (Cité des enfants perdus, La) (1995)",
         "The City of Lost Children", 1995, ("La Cité des enfants perdus",)),
        ("Avventura, L' (1960)", "L'Avventura", 1960, ()),
        ("Fawlty Towers (1975-1979)", "Fawlty Towers", 1975, ()),
        ("2001", "2001", None, ()),
        ("(500) Days of Summer (2009)", "(500) Days of Summer", 2009, ()),
    ],
)  # fmt: skip
def test_movielens_titles(
    text: str, title: str, year: int | None, aliases: tuple[str, ...]
) -> None:
    assert movielens_title(text) == (title, year, aliases)


# Damaged and hostile files are refused or survived


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("movies.csv", "id,name\n1,x\n", "movies.csv has no column 'movieId'; it has id, name"),
        ("movies.csv", "", "movies.csv has no column 'movieId'; it has nothing"),
        ("ratings.csv", "userId,movieId,rating\n1,1,4\n", "ratings.csv has no column 'timestamp'"),
        ("ratings.csv", "userId,movieId,rating,timestamp\n", "ratings.csv holds no ratings"),
        ("ratings.csv", "userId,movieId,rating,timestamp\n1,1,55,1\n", "holds no ratings from"),
        ("ratings.csv", "userId,movieId,rating,timestamp\n1,77,4,1\n", "None of the ratings"),
    ],
)
def test_wrong_columns_and_empty_tables_name_the_file(
    tmp_path: Path, name: str, content: str, sentence: str
) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        imported(sources.latest() | {name: content}, tmp_path)


def test_nuls_latin_letters_and_long_cells(tmp_path: Path) -> None:
    files = sources.latest()
    rows = (
        'movieId,title,genres\r\n1,"Caf\xe9\x00 (1999)",Drama\r\n2,"' + "x" * (2 << 20) + '",\r\n'
    )
    files["movies.csv"] = (rows + '3,"T\r\nwo (2001)",A\r\n').encode("latin-1")
    files["ratings.csv"] = "userId,movieId,rating,timestamp\n1,1,4,1\n"
    found = imported(files, tmp_path)
    new = found.data.movies.iloc[5:]
    assert new["title"].tolist() == ["Café", "T wo"]


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.sampled_from(["movies.csv", "ratings.csv", "links.csv", "tags.csv"]),
    st.one_of(st.text(max_size=200), st.binary(max_size=200)),
)
def test_any_content_is_read_or_refused(tmp_path: Path, name: str, content: str | bytes) -> None:
    raw = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    header = sources.latest()[name]
    assert isinstance(header, str)
    files = sources.latest() | {name: header.split("\n")[0].encode() + b"\n" + raw}
    with contextlib.suppress(InvalidInput):
        imported(files, tmp_path)


PRODUCT = '{"parent_asin": "B1", "title": "Heat"}\n'
REVIEW = '{"user_id": "A", "parent_asin": "B1", "rating": 5, "timestamp": 1}\n'


@pytest.mark.parametrize("line", ["junk", "[1]", "5", "null", "[" * 100_000, '{"parent_asin": '])
def test_lines_that_are_no_json_are_rejected(tmp_path: Path, line: str) -> None:
    files: sources.Files = {"a.jsonl": f"{PRODUCT}{line}\n", "b.jsonl": f"{REVIEW}{line}\n"}
    found = imported(files, tmp_path)
    assert found.data.ratings[["rating", "timestamp"]].to_numpy().tolist() == [[5.0, 1]]
    assert "Left out (no line of JSON): 2." in found.notes


def test_json_with_lone_surrogates_and_line_breaks(tmp_path: Path) -> None:
    half = '{"parent_asin": "\\ud800", "title": "A\u2028B\\ud800", "categories": "[[[[["}\n'
    files: sources.Files = {"a.jsonl": PRODUCT + half, "b.jsonl": REVIEW.replace("A", "\\udfff")}
    found = imported(files, tmp_path)
    assert found.data.movies["title"].tolist()[5:] == ["Heat", "A B?"]
    assert len(found.data.ratings) == 1


def test_rejected_rows_are_counted_over_all_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("club.imports.catalogue.source.CHUNK", 8)
    bad = ",1,4,1\n" * 5 + "1,1,9,1\n" * 4 + "1,1,4,1\n" * 250  # so few nines are slips
    files = sources.latest() | {"ratings.csv": f"userId,movieId,rating,timestamp\n{bad}"}
    source = catalogue.read(sources.folder(files, tmp_path))
    found = catalogue.join(source, WORLD)
    assert (source.rejected["no user"], source.rejected["no rating from 0.5 to 5"]) == (5, 4)
    assert found.counts["Rows left out"] == 5 + 4 + 1
