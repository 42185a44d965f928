from collections import Counter
from pathlib import Path

import pandas as pd
import pytest

from recommender import DataError, Dataset, load_bundled
from recommender.bundled import DATA, demo_club


@pytest.fixture(scope="module")
def bundled() -> Dataset:
    return load_bundled()


@pytest.fixture(scope="module")
def keywords() -> pd.DataFrame:
    return pd.read_csv(DATA / "keywords.csv")


def test_movielens_small_is_complete(bundled: Dataset) -> None:
    assert len(bundled.ratings) == 100_004
    assert len(bundled.user_ids) == 671
    assert (bundled.movies.index < 2_000_000).sum() == 9_066
    assert (bundled.ratings["rating"] * 2 % 1 == 0).all()
    assert (bundled.movies["title"] != "").all()
    assert bundled.movies["year"].notna().all()
    assert bundled.movies.loc[2571, "title"] == "The Matrix"
    assert bundled.movies.loc[4973, "aliases"] == ("Le Fabuleux destin d'Amélie Poulain",)
    assert not bundled.movies["title"].str.endswith((", The", ", A", ", An")).any()


def test_keyword_rows_match_the_catalogue(bundled: Dataset, keywords: pd.DataFrame) -> None:
    assert list(keywords) == ["movie_id", "title", "year", "keywords"]
    assert keywords["movie_id"].is_unique
    listed = bundled.movies.loc[keywords["movie_id"]]
    assert listed["title"].tolist() == keywords["title"].tolist()
    assert listed["year"].tolist() == keywords["year"].tolist()


def test_popular_and_new_movies_have_keywords(bundled: Dataset, keywords: pd.DataFrame) -> None:
    counts = bundled.rating_counts
    # Movies with as many ratings as the 1,500th; those level with it may be left out.
    last = counts.nlargest(1_500).iloc[-1]
    often = counts.index[counts > last]
    assert set(often) <= set(keywords["movie_id"])
    newest = bundled.movies.loc[keywords["movie_id"], "year"] >= 2014
    assert newest.sum() >= 100


def test_keywords_are_six_to_twelve_shared_words(keywords: pd.DataFrame) -> None:
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


def test_runtimes_are_plausible(bundled: Dataset, keywords: pd.DataFrame) -> None:
    rows = pd.read_csv(DATA / "runtimes.csv")
    assert list(rows) == ["movie_id", "minutes"]
    assert rows["movie_id"].is_unique
    assert set(rows["movie_id"]) <= set(keywords["movie_id"])
    assert len(rows) >= 1_600
    assert (bundled.movies.loc[rows["movie_id"], "runtime"].to_numpy() == rows["minutes"]).all()
    shorts = set(rows.loc[rows["minutes"] < 45, "movie_id"])
    # Wallace & Gromit, Winnie the Pooh, Dr. Horrible, Kung Fury: these are that short.
    assert shorts == {745, 1023, 1148, 1223, 66934, 134170}
    assert rows["minutes"].between(20, 320).all()


def test_facts_of_bundled_movies(bundled: Dataset) -> None:
    facts = pd.read_parquet(DATA / "facts.parquet")
    assert facts.index.isin(bundled.movies.index).all()
    assert len(facts) >= 7_356
    assert facts["imdb_id"].str.fullmatch(r"tt\d{7,8}").all()
    assert facts["imdb_id"].is_unique
    assert bundled.movies["runtime"].notna().sum() >= 1_638 + 5_747
    # Theatrical cuts of our own beside the cuts that Wikidata lists last.
    ours = pd.read_csv(DATA / "runtimes.csv").set_index("movie_id")["minutes"]
    apart = (facts["runtime"] - ours).dropna().abs()
    assert (apart <= 5).mean() > 0.9
    matrix = bundled.movies.loc[2571]
    assert set(matrix["directors"]) == {"Lana Wachowski", "Lilly Wachowski"}
    assert "Keanu Reeves" in matrix["cast"]
    assert matrix["imdb_id"] == "tt0133093"
    assert bundled.movies.loc[1246, "directors"] == ("Peter Weir",)


def test_demo_club_has_raters_and_unseen_candidates(bundled: Dataset) -> None:
    demo = demo_club()
    assert len(demo.members) == 8
    assert len(demo.shortlist) == 6
    own = bundled.ratings[bundled.ratings["user_id"].isin(demo.members)]
    assert own["user_id"].nunique() == 8
    assert not own["movie_id"].isin(demo.shortlist).any()
    assert all(bundled.movies.loc[list(demo.shortlist), "keywords"])


def test_missing_or_damaged_file(data_folder: Path) -> None:
    for name, content, problem in (
        ("movielens/ratings.parquet", "PAR1", "is damaged"),
        ("movielens/ratings.parquet", None, "is missing"),
        ("runtimes.csv", "movie_id,min", "is damaged"),
        ("facts.parquet", "PAR1", "is damaged"),
        ("demo.json", '{"name": "x"', "is damaged"),
    ):
        file = data_folder / name
        before = file.read_bytes() if file.exists() else None
        file.unlink() if content is None else file.write_text(content)
        with pytest.raises(DataError, match=f"The bundled file {file.name} {problem}"):
            (demo_club if name == "demo.json" else load_bundled)(data_folder)
        file.unlink(missing_ok=True) if before is None else file.write_bytes(before)


def test_folder_of_other_data_is_told_from_ours(tmp_path: Path) -> None:
    """Fault: an archive of MovieLens was called damaged bundled data."""
    (tmp_path / "movies.csv").write_text("movieId,title,genres\n1,Toy Story (1995),Animation\n")
    for place in (tmp_path, tmp_path / "movies.csv", tmp_path / "nowhere"):
        with pytest.raises(DataError, match=r"no movielens/movies\.parquet.*import-catalogue"):
            load_bundled(place)


def test_facts_of_our_own_are_optional(data_folder: Path) -> None:
    assert load_bundled(data_folder).movies["runtime"].isna().all()
    (data_folder / "runtimes.csv").write_text("movie_id,minutes\n3,136\n")
    assert load_bundled(data_folder).movies.loc[3, "runtime"] == 136
