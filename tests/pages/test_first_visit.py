"""What a first visit finds: a learned model, and the nights of the demo."""

from datetime import UTC, datetime, timedelta

import pytest

from club.catalogue import training_data
from club.demo import load_demo
from club.store import Store
from recommender import HybridModel, TrainingOptions
from recommender.bundled import DATA, demo_club
from recommender.columns import MOVIE
from ui import state


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Store:
    store = Store(tmp_path_factory.mktemp("demo") / "demo.db")
    load_demo(store, state.bundled(), demo_club())
    return store


def test_shipped_model_is_what_the_first_start_would_learn(demo: Store) -> None:
    shipped = HybridModel.load(DATA / "model")
    assert shipped.options == TrainingOptions()
    data = training_data(state.bundled(), demo)
    assert shipped.content_hash == data.content_hash, "run data/build_demo.py"
    assert sum(file.stat().st_size for file in (DATA / "model").iterdir()) < 8_000_000


def test_first_start_learns_nothing(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOVIE_CLUB_VAR", str(tmp_path / "new"))
    monkeypatch.delenv("MOVIE_CLUB_DATABASE", raising=False)
    monkeypatch.setattr(state, "learn", lambda: pytest.fail("it began to learn"))
    state.learn_if_needed()
    assert state.trainer().learned_version == state.store().version()
    store = state.store()
    store.ratings.rate(int(store.members.all().index[0]), 1, 5)
    assert state.shipped_model() is None  # it would no longer be the same


def test_demo_has_nights_with_predictions_that_came_before_the_stars(demo: Store) -> None:
    nights = demo.nights.all()
    assert [night.state for night in nights] == ["revealed"] * 8
    today = datetime.now(UTC).date()
    assert all(today - timedelta(days=70) < night.on < today for night in nights)
    given = demo.ratings.current().set_index(["member_id", MOVIE])["rating"]
    predicted, rated = demo.nights.predictions(), demo.nights.ratings()
    for night in nights:
        stars = rated[rated["night_id"] == night.night_id].set_index("member_id")["rating"]
        assert set(stars.index) == set(night.present)
        assert all(given[member, night.movie] == value for member, value in stars.items())
        rows = predicted[predicted["night_id"] == night.night_id]
        assert set(rows["member_id"]) == set(night.present)
        assert night.movie == rows.groupby(MOVIE)["mean"].mean().idxmax()
