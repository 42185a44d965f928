"""Similarity of members, leanings, what divides the club, the map."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.manifold import trustworthiness

from recommender import Dataset, HybridModel, taste


def ratings(*rows: tuple[int, int, float] | tuple[int, int, float, int]) -> pd.DataFrame:
    """Rows of member, movie, stars and, optionally, seconds; otherwise one second apart."""
    timed = [row if len(row) > 3 else (*row, 1_600_000_000 + i) for i, row in enumerate(rows)]
    frame = pd.DataFrame(timed, columns=["member_id", "movie_id", "rating", "timestamp"])
    return frame.astype({"rating": float})


def stars_of(member: int, own: dict[int, float]) -> pd.DataFrame:
    return ratings(*[(member, movie, stars) for movie, stars in own.items()])


TRAINS = {movie: 5.0 if movie % 2 == 0 else 1.0 for movie in range(10)}
MORE_TRAINS = {movie: 5.0 if movie % 2 == 0 else 1.0 for movie in range(10, 20)}
SHIPS = {movie: 6.0 - stars for movie, stars in MORE_TRAINS.items()}


def matches(model: HybridModel, members: dict[int, dict[int, float]]) -> pd.DataFrame:
    each = {member: stars_of(member, own) for member, own in members.items()}
    drawn = {member: taste.draw_member(model, own, member) for member, own in each.items()}
    return taste.compare(pd.concat([stars_of(0, {}), *each.values()]), drawn)


def pair(frame: pd.DataFrame, first: int, second: int) -> pd.Series:
    return frame.set_index(["first", "second"]).loc[(first, second)]


@pytest.fixture(scope="module")
def clubs(tiny_model: HybridModel) -> pd.DataFrame:
    """Members 101 and 102 love trains, 103 ships; 101 rated other movies; 104 is new."""
    return matches(tiny_model, {101: TRAINS, 102: MORE_TRAINS, 103: SHIPS, 104: {}})


class TestSimilarityOfMembers:
    def test_pairs(self, clubs: pd.DataFrame) -> None:
        alike, apart = pair(clubs, 101, 102), pair(clubs, 101, 103)
        assert alike["both"] == apart["both"] == 0
        assert (alike["clarity"], apart["clarity"]) == ("alike", "apart")
        assert alike["low"] > apart["high"] + 0.1
        common, new = pair(clubs, 102, 103), pair(clubs, 101, 104)
        assert common["both"] == 10
        assert new["clarity"] == "unclear"
        pairs = [(101, 102), (101, 103), (101, 104), (102, 103), (102, 104), (103, 104)]
        assert list(zip(clubs["first"], clubs["second"], strict=True)) == pairs
        assert ((clubs["low"] <= clubs["value"]) & (clubs["value"] <= clubs["high"])).all()

    def test_draws_have_the_mean_and_variance_of_react(
        self, tiny_model: HybridModel, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        spread = np.linspace(0.5, 2.0, tiny_model.n_movies)
        tiny_model = replace(tiny_model, bias=replace(tiny_model.bias, spread=spread))
        own, rows = stars_of(101, TRAINS), taste.panel(tiny_model)
        assert set(rows) == set(range(20))  # 20 and 21 have no rating
        monkeypatch.setattr(taste, "DRAWS", 20_000)
        drawn = taste.draw_member(tiny_model, own, 101)
        reactions = tiny_model.react(own, tiny_model.movie_ids[rows], member_ids=[101])
        everybody = tiny_model.expected(tiny_model.movie_ids[rows])
        total = everybody["expected"].to_numpy() + drawn.taste.mean(axis=0)
        inside = (total > 0.6) & (total < 4.9)  # react cuts means to 0.5..5
        assert inside.sum() > 5
        assert total[inside] == pytest.approx(reactions.mean[0][inside], abs=0.02)
        variance = drawn.taste.var(axis=0) + drawn.noise**2 + everybody["variance"].to_numpy()
        assert np.sqrt(variance) == pytest.approx(reactions.sd[0], rel=0.03)
        assert (taste.draw_member(tiny_model, own, 101).taste == drawn.taste).all()

    @pytest.mark.parametrize(("apart", "same"), [(0.0, 1), (0.5, 1), (-0.5, 1), (1.0, 0)])
    def test_same_stars_allow_half_a_star(self, apart: float, same: int) -> None:
        one, other = (
            taste.Drawn(np.array([[1.0]]), np.array([1e-3])),
            taste.Drawn(np.array([[1.0 + apart]]), np.array([1e-3])),
        )
        assert taste.same_stars(one, other)[0] == pytest.approx(same)


def beyond(frame: pd.DataFrame) -> pd.DataFrame:
    """Everybody else gives every movie 3 stars."""
    return frame.assign(others=3.0, difference=frame["rating"] - 3.0, known=True)


# Member 1 loves trains (even movies), member 2 ships; 3 is kind to all, and 4 rated one movie.
CLUB = beyond(
    ratings(
        *[(1, movie, 4.5 if movie % 2 == 0 else 1.5) for movie in range(12)],
        *[(2, movie, 1.5 if movie % 2 == 0 else 4.5) for movie in range(12)],
        *[(3, movie, 4.5) for movie in range(12)],
        (4, 0, 0.5),
    )
)


def lean(frame: pd.DataFrame, member: int, word: str) -> pd.Series:
    return frame.set_index(["member_id", "word"]).loc[(member, word)]


@pytest.fixture(scope="module")
def leans(checkerboard: Dataset) -> pd.DataFrame:
    return taste.leanings(CLUB, checkerboard.movies)


class TestLeanings:
    def test_generosity(self) -> None:
        found = taste.generosity(CLUB)
        assert found.loc[3, "low"] > 0.3
        assert found.loc[1, "low"] < 0 < found.loc[1, "high"]
        assert found["n"].tolist() == [12, 12, 12, 1]
        assert found.loc[4, "value"] > -1  # one rating of half a star is not the whole truth
        assert found.loc[4, "first"] == found.loc[4, "last"]

    def test_known_taste_is_found(self, leans: pd.DataFrame) -> None:
        train = lean(leans, 1, "train")
        assert train["low"] > 0.5
        assert lean(leans, 1, "ship")["high"] < -0.5
        assert lean(leans, 3, "train")["lean"] == pytest.approx(lean(leans, 3, "ship")["lean"])
        assert ((leans["low"] <= leans["lean"]) & (leans["lean"] <= leans["high"])).all()
        assert train["n"] == train["movies"] == 6

    def test_favourites(self, leans: pd.DataFrame) -> None:
        assert taste.favourites(leans, 1, "keyword")["word"].tolist() == ["train", "ship"]
        assert taste.favourites(leans, 2, "keyword")["word"].tolist() == ["ship", "train"]
        assert taste.favourites(leans, 1, "genre").empty  # all movies are dramas
        assert taste.favourites(leans, 4, "keyword").empty  # one movie is no favourite

    def test_departures(self) -> None:
        found = taste.departures(CLUB, 1, limit=2)
        assert found["movie_id"].tolist() == [0, 2, 9, 11]
        assert found["difference"].tolist() == [1.5, 1.5, -1.5, -1.5]
        assert taste.departures(CLUB.assign(known=False), 1).empty

    def test_beyond_the_crowd_leaves_the_club_out(
        self, tiny_model: HybridModel, checkerboard: Dataset
    ) -> None:
        theirs = checkerboard.ratings.rename(columns={"user_id": "member_id"}).assign(timestamp=1)
        club = theirs[theirs["member_id"] < 3]
        found = taste.beyond_the_crowd(tiny_model, club)
        assert found["difference"].tolist() == pytest.approx(
            (found["rating"] - found["others"]).tolist()
        )
        row = found[found["movie_id"] == 4].iloc[0]
        others = theirs[(theirs["movie_id"] == 4) & (theirs["member_id"] >= 3)]
        # Damped, but on the side of those who are not in the club.
        mean = tiny_model.mean_rating
        assert (row["others"] > mean) == (others["rating"].mean() > mean)
        unrated = taste.beyond_the_crowd(tiny_model, ratings((900, 20, 5.0)), club)
        assert not unrated["known"].any()


class TestSplits:
    def test_words_divide_and_unite(self, checkerboard: Dataset) -> None:
        found = taste.word_splits(taste.leanings(CLUB, checkerboard.movies)).set_index("word")
        train = found.loc["train"]
        assert (train["for_it"], train["against"], train["sure"]) == (1, 2, True)
        assert (train["movies"], train["members"], train["shared"]) == (6, 3, 0)
        assert found.index[-1] == "Drama"  # all movies are dramas

    def test_shared_leaning_and_thresholds(self) -> None:
        rows = [(1, 1, 0.4, 0.2), (2, 1, 0.3, 0.1), (3, 1, 0.5, 0.3)]
        frame = pd.DataFrame(rows, columns=["member_id", "n", "lean", "low"])
        frame = frame.assign(kind="genre", word="War", n=4, movies=9, high=frame["lean"] + 0.2)
        (row,) = taste.word_splits(frame).itertuples()
        assert row.shared == 0.3
        assert not row.sure
        for few in (frame.assign(movies=4), frame.head(2), frame.assign(n=1)):
            assert taste.word_splits(few).empty

    def test_movies(self) -> None:
        rows = [(1, 1, 0.5), (2, 1, 5.0), (3, 1, 0.5), (1, 2, 4.0), (2, 2, 4.0), (3, 2, 4.5)]
        found = taste.movie_splits(ratings(*rows, (1, 3, 0.5), (2, 3, 5.0)))
        assert found["movie_id"].tolist() == [1, 2]  # only two rated movie 3
        assert found["n"].tolist() == [3, 3]
        assert (found["low"].iloc[0], found["high"].iloc[0]) == (0.5, 5.0)
        # Squares 13.5 and 1/6 over 4 degrees of freedom; three more of these are mixed in.
        usual = (13.5 + 1 / 6) / 4
        assert found["spread"].iloc[0] == pytest.approx(((13.5 + 3 * usual) / 5) ** 0.5)
        assert taste.movie_splits(ratings((1, 1, 3.0))).empty


N = 120


@pytest.fixture(scope="module")
def islands(tiny_model: HybridModel) -> HybridModel:
    """Movies that lie in three heaps; movie i in heap i % 3, rated N - i times."""
    rng = np.random.default_rng(0)
    embeddings = np.eye(8, dtype=np.float32)[np.arange(N) % 3] + 0.05 * rng.normal(size=(N, 8))
    embeddings /= np.linalg.norm(embeddings, axis=1, keepdims=True)
    kernel = replace(tiny_model.kernel, embeddings=embeddings.astype(np.float32))
    return replace(
        tiny_model, movie_ids=np.arange(N) + 1000, counts=np.arange(N, 0, -1), kernel=kernel
    )


def test_neighbours_stay_near(islands: HybridModel) -> None:
    found = taste.draw_map(islands)
    assert found["movie_id"].tolist() == list(range(1000, 1000 + N))
    plane = found[["x", "y"]].to_numpy()
    assert np.abs(plane).max(axis=0) == pytest.approx([1, 1])
    assert trustworthiness(islands.kernel.embeddings, plane, n_neighbors=10) > 0.9
    heap = np.arange(N) % 3
    middle = np.array([plane[heap == k].mean(axis=0) for k in range(3)])
    nearest = ((plane[:, None] - middle) ** 2).sum(axis=2).argmin(axis=1)
    assert (nearest == heap).mean() > 0.95


def test_map_has_the_most_rated_movies_or_nothing(islands: HybridModel) -> None:
    assert taste.draw_map(islands, 40)["movie_id"].tolist() == list(range(1000, 1040))
    few = replace(islands, counts=np.where(np.arange(N) < 3, islands.counts, 0))
    nowhere = replace(islands.kernel, embeddings=np.zeros((N, 0), dtype=np.float32))
    assert taste.draw_map(few).empty
    assert taste.draw_map(replace(islands, kernel=nowhere)).empty


def test_regions_are_named_by_their_keywords() -> None:
    corner = np.array([(-1, -1), (-1, 1), (1, 1)])[np.arange(N) % 3]
    jitter = np.random.default_rng(1).normal(scale=0.05, size=(N, 2))
    places = pd.DataFrame(corner + jitter, columns=["x", "y"]).assign(movie_id=np.arange(N))
    words = [("everywhere", f"only {i % 3}") for i in range(N)]
    found = taste.regions(places, pd.Series(words, index=np.arange(N)), n=3)
    assert sorted(found["label"]) == ["only 0", "only 1", "only 2"]
    assert found["movies"].tolist() == [40, 40, 40]
    only_2 = found.set_index("label").loc["only 2"]
    assert (only_2["x"], only_2["y"]) == pytest.approx((1, 1), abs=0.1)
    assert taste.regions(places.head(2), pd.Series(dtype=object), n=3).empty
