import shutil
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest

from recommender import DataError, Dataset, load_bundled
from recommender.bundled import DATA, demo_club
from recommender.features import MovieFeatures


@pytest.fixture(scope="module")
def bundled() -> Dataset:
    return load_bundled()


@pytest.fixture(scope="module")
def keywords() -> pd.DataFrame:
    return pd.read_csv(DATA / "keywords.csv")


def test_the_whole_of_movielens_small_is_there(bundled: Dataset) -> None:
    assert len(bundled.ratings) == 100_004
    assert len(bundled.user_ids) == 671
    assert len(bundled.movies) == 9_066
    assert (bundled.ratings["rating"] * 2 % 1 == 0).all()
    assert (bundled.movies["title"] != "").all()
    assert bundled.movies["year"].notna().all()


def test_titles_are_in_natural_order(bundled: Dataset) -> None:
    assert bundled.movies.loc[2571, "title"] == "The Matrix"
    assert bundled.movies.loc[4973, "aliases"] == ("Le Fabuleux destin d'Amélie Poulain",)
    assert not bundled.movies["title"].str.endswith((", The", ", A", ", An")).any()


def test_keyword_rows_match_the_catalogue(bundled: Dataset, keywords: pd.DataFrame) -> None:
    assert list(keywords) == ["movie_id", "title", "year", "keywords"]
    assert keywords["movie_id"].is_unique
    listed = bundled.movies.loc[keywords["movie_id"]]
    assert listed["title"].tolist() == keywords["title"].tolist()
    assert listed["year"].tolist() == keywords["year"].tolist()


def test_the_most_rated_movies_have_keywords(bundled: Dataset, keywords: pd.DataFrame) -> None:
    counts = bundled.rating_counts
    # Movies with as many ratings as the 1,500th; those level with it may be left out.
    last = counts.nlargest(1_500).iloc[-1]
    often = counts.index[counts > last]
    assert set(often) <= set(keywords["movie_id"])
    newest = bundled.movies.loc[keywords["movie_id"], "year"] >= 2014
    assert newest.sum() >= 100


def test_keywords_are_six_to_twelve_shared_lower_case_words(keywords: pd.DataFrame) -> None:
    rows = keywords["keywords"].str.split("|")
    assert rows.str.len().between(6, 12).all()
    assert all(len(set(row)) == len(row) for row in rows)
    words = Counter(word for row in rows for word in row)
    assert all(word == word.strip().lower() and word.isascii() and word for word in words)
    shared = [word for word, movies in words.items() if movies >= 5]
    assert len(shared) > 0.9 * len(words)
    assert not {word for word in words if word + "s" in words}, "singular and plural side by side"
    # What became of a movie is not known when it is new, and would give its ratings away.
    verdicts = {"flop", "winner", "classic film", "cult film", "blockbuster", "cheesy", "guilty"}
    assert not {word for word in words if any(verdict in word for verdict in verdicts)}


def test_most_movies_with_keywords_have_a_plausible_runtime(
    bundled: Dataset, keywords: pd.DataFrame
) -> None:
    rows = pd.read_csv(DATA / "runtimes.csv")
    assert list(rows) == ["movie_id", "minutes"]
    assert rows["movie_id"].is_unique
    assert set(rows["movie_id"]) <= set(keywords["movie_id"])
    assert len(rows) >= 1_600
    assert bundled.movies["runtime"].notna().sum() == len(rows)
    shorts = set(rows.loc[rows["minutes"] < 45, "movie_id"])
    # Wallace & Gromit, Winnie the Pooh, Dr. Horrible, Kung Fury: these are that short.
    assert shorts == {745, 1023, 1148, 1223, 66934, 134170}
    assert rows["minutes"].between(20, 320).all()


@pytest.mark.parametrize(
    ("title", "year", "minutes"),
    [
        ("Toy Story", 1995, 81),
        ("Pulp Fiction", 1994, 154),
        ("The Matrix", 1999, 136),
        ("Titanic", 1997, 194),
        ("12 Angry Men", 1957, 96),
        ("Schindler's List", 1993, 195),
        ("The Godfather", 1972, 175),
        ("Run Lola Run", 1998, 81),
        ("Spirited Away", 2001, 125),
        ("Gravity", 2013, 91),
        ("Mad Max: Fury Road", 2015, 120),
        ("Lawrence of Arabia", 1962, 222),
        ("Amelie", 2001, 122),
    ],
)
def test_runtimes_are_those_of_the_cut_in_theatres(
    bundled: Dataset, title: str, year: int, minutes: int
) -> None:
    movies = bundled.movies
    found = movies.loc[(movies["title"] == title) & (movies["year"] == year), "runtime"]
    assert abs(found.item() - minutes) <= 5


def test_a_folder_without_runtimes_is_a_world_without_runtimes(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    shutil.copytree(DATA, folder, ignore=shutil.ignore_patterns("var", "runtimes.csv"))
    assert load_bundled(folder).movies["runtime"].isna().all()


def test_runtimes_change_nothing_that_is_learned(bundled: Dataset) -> None:
    without = Dataset(bundled.ratings, bundled.movies.drop(columns="runtime"))
    features = MovieFeatures.build(bundled.movies)
    assert features == MovieFeatures.build(without.movies)
    encoded, plain = (features.encode(data.movies) for data in (bundled, without))
    assert (encoded != plain).nnz == 0


def test_the_demo_club_is_real_and_its_candidates_are_unseen(bundled: Dataset) -> None:
    demo = demo_club()
    assert len(demo.members) == 8
    assert len(demo.shortlist) == 6
    own = bundled.ratings[bundled.ratings["user_id"].isin(demo.members)]
    assert own["user_id"].nunique() == 8
    assert not own["movie_id"].isin(demo.shortlist).any()
    assert all(bundled.movies.loc[list(demo.shortlist), "keywords"])


def test_a_file_cut_in_half_is_one_clear_sentence(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    shutil.copytree(DATA, folder, ignore=shutil.ignore_patterns("var"))
    whole = (folder / "movielens" / "ratings.parquet").read_bytes()
    (folder / "movielens" / "ratings.parquet").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DataError, match=r"^The bundled file ratings.parquet is damaged; restore"):
        load_bundled(folder)
    (folder / "movielens" / "ratings.parquet").unlink()
    with pytest.raises(DataError, match=r"^The bundled file ratings.parquet is missing; restore"):
        load_bundled(folder)
    shutil.copy(DATA / "movielens" / "ratings.parquet", folder / "movielens")
    (folder / "runtimes.csv").write_text("movie_id,min")
    with pytest.raises(DataError, match=r"^The bundled file runtimes.csv is damaged; restore"):
        load_bundled(folder)
    (folder / "demo.json").write_text('{"name": "x"')
    with pytest.raises(DataError, match=r"^The bundled file demo.json is damaged"):
        demo_club(folder)
