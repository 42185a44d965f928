import numpy as np
import pandas as pd
import pytest
from a_night import decided, refused

from club.catalogue import training_data
from club.errors import NotFound
from club.export import ratings_csv
from recommender.dataset import Dataset

TAKEN = "There is a {} called {} already"


def stars(store, member_id: int) -> dict[int, float]:
    ratings = store.ratings.current(include_guests=True)
    theirs = ratings[ratings["member_id"] == member_id]
    return dict(zip(theirs["movie_id"], theirs["rating"], strict=True))


@pytest.mark.either_database
def test_all_lists_members_in_order_of_joining(store):
    empty = store.members.all()
    ids = [store.members.add(name) for name in ("Zoë", "Ana", "李小龍")]
    members = store.members.all()
    assert members["name"].to_dict() == dict(zip(ids, ["Zoë", "Ana", "李小龍"], strict=True))
    assert (
        members.dtypes.astype(str).to_dict()
        == empty.dtypes.astype(str).to_dict()
        == {
            "name": "str",
            "world_user_id": "Int64",
            "joined_at": "datetime64[s, UTC]",
            "left_at": "datetime64[s, UTC]",
        }
    )
    assert members["left_at"].isna().all()
    assert (pd.Timestamp.now("UTC") - members["joined_at"]).max() < pd.Timedelta(minutes=1)


@pytest.mark.either_database
def test_names_of_present_people_differ(store):
    again = " ANA "
    ana, bo, gil = store.members.add("Ana"), store.members.add("Bo"), store.members.add_guest("Gil")
    sentence = TAKEN.format("member", "Ana")
    refused(sentence, store.members.add, again)
    refused(sentence, store.members.add_guest, again)
    refused(sentence, store.members.rename, bo, again)
    refused(TAKEN.format("guest", "Gil"), store.members.add, "GIL")
    refused(TAKEN.format("guest", "Gil"), store.members.rename, ana, "gil")
    assert store.version() == 3
    store.members.remove(gil)
    assert store.members.add("Gil") == 4
    refused(TAKEN.format("member", "Gil"), store.members.restore, gil)


def test_rename_keeps_ratings(store):
    ana = store.members.add("Ana")
    store.ratings.rate(ana, 1, 4)
    assert store.members.rename(ana, "ANA") == 3
    assert store.members.rename(ana, "ANA") == 3
    refused("must not be empty", store.members.rename, ana, "")
    assert store.members.all()["name"].tolist() == ["ANA"]
    assert stars(store, ana) == {1: 4.0}


def test_remove_keeps_ratings_and_restore_counts_them_again(store):
    ana, bo = store.members.add("Ana"), store.members.add("Bo")
    store.ratings.rate_many([(ana, 1, 4), (bo, 1, 2.5)])
    assert store.members.remove(ana) == store.members.remove(ana) == 4
    assert store.members.all().index.tolist() == [bo]
    assert store.members.all(include_left=True)["left_at"].isna().tolist() == [False, True]
    assert store.ratings.current()["member_id"].tolist() == [bo]
    assert store.ratings.current(include_left=True)["member_id"].tolist() == [ana, bo]
    refused("Ana has left the club; bring them back first", store.ratings.rate, ana, 1, 4)
    assert store.members.restore(ana) == store.members.restore(ana) == 5
    assert store.members.all()["left_at"].isna().all()
    assert store.ratings.current()["rating"].tolist() == [4.0, 2.5]


@pytest.mark.parametrize("member_id", [99, 2**40, None])
def test_unknown_member_is_not_found(store, member_id):
    for action in (
        lambda unknown: store.members.rename(unknown, "Ana"),
        store.members.remove,
        store.members.restore,
        lambda unknown: store.members.mark_seen(unknown, 1),
        lambda unknown: store.members.unmark_seen(unknown, 1),
        lambda unknown: store.ratings.rate(unknown, 1, 3),
        lambda unknown: store.ratings.unrate(unknown, 1),
    ):
        with pytest.raises(NotFound, match=f"There is no member {member_id}."):
            action(member_id)
    assert store.version() == 0


@pytest.mark.either_database
def test_add_guest_keeps_loves_hates_and_keywords(store):
    empty = store.members.guests()
    own = store.movies.add("Our holiday")
    gil = store.by("Ana").members.add_guest(
        " Gil ", [1, np.int64(2)], [own], "train|space", ["gore", " ", "gore"]
    )
    guests = store.members.guests()
    assert guests.loc[gil].tolist() == ["Gil", ("train", "space"), ("gore",)]
    pd.testing.assert_series_equal(empty.dtypes, guests.dtypes)
    assert stars(store, gil) == {1: 5.0, 2: 5.0, own: 1.0}
    history = store.ratings.history(include_guests=True)
    kinds = history[["kind", "changed_by", "step"]].drop_duplicates()
    assert kinds.to_numpy().tolist() == [["guest", "Ana", 2]]
    assert store.ratings.undo() is None


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("",), "must not be empty"),
        (("Gil", [1, 2], [2]), "cannot love and hate the same movie"),
        (("Gil", [], [], "train|space", "gore|space"), "like and dislike the same keyword: space"),
        (("Gil", [], [], ["x" * 61]), "liked keywords can have 60 characters at most"),
        (("Gil", [], [], (), list(map(str, range(51)))), "50 disliked keywords at most"),
    ],
)
def test_add_guest_refuses_what_cannot_be(store, arguments, sentence):
    refused(sentence, store.members.add_guest, *arguments)
    with pytest.raises(NotFound, match="There is no movie -5"):
        store.members.add_guest("Gil", [1], [-5])
    assert store.version() == 0
    assert store.members.all(include_guests=True).empty


def test_no_model_learns_from_guests_and_no_export_has_them(store):
    ana, gil = store.members.add("Ana"), store.members.add_guest("Gil", [1], [2])
    store.ratings.rate(ana, 1, 3)
    movies = pd.DataFrame(
        {"title": ["One", "Two"], "year": [1990, 1991], "genres": [()] * 2, "keywords": [()] * 2},
        index=pd.Index([1, 2], name="movie_id"),
    )
    base = Dataset(pd.DataFrame({"user_id": [7], "movie_id": [1], "rating": [4.0]}), movies)
    assert set(training_data(base, store).ratings["user_id"]) == {ana, -8}
    assert "Gil" not in ratings_csv(store, movies).decode()
    store.members.promote_guest(gil)
    assert set(training_data(base, store).ratings["user_id"]) == {ana, gil, -8}


def test_promote_guest_keeps_ratings_nights_and_snapshots(store):
    gil = store.members.add_guest("Gil", [1], [2], "train")
    night = decided(store, [gil])
    snapshot = store.nights.predictions()
    store.members.mark_seen(gil, 9)
    store.members.promote_guest(gil)
    assert store.members.guests().empty
    assert store.members.all()["name"].tolist() == ["Gil"]
    assert store.ratings.current()["rating"].tolist() == [5.0, 1.0]
    assert store.nights.get(night).present == (gil,)
    assert store.members.seen().to_numpy().tolist() == [[gil, 9]]
    pd.testing.assert_frame_equal(store.nights.predictions(), snapshot)
    assert store.nights.whose_turn([gil]) == gil
    with pytest.raises(NotFound, match=f"There is no guest {gil}."):
        store.members.promote_guest(gil)


def test_seen_movies_are_marked_once(store):
    ana, gil = store.members.add("Ana"), store.members.add_guest("Gil")
    assert store.members.mark_seen(gil, 2) == store.members.mark_seen(gil, 2) == 3
    store.members.mark_seen(ana, np.int64(7))
    store.members.mark_seen(np.int64(ana), 3)
    assert store.members.seen().to_numpy().tolist() == [[ana, 3], [ana, 7], [gil, 2]]
    assert store.members.unmark_seen(ana, np.int64(3)) == store.members.unmark_seen(ana, 3) == 6
    store.members.remove(ana)
    assert store.members.seen().to_numpy().tolist() == [[gil, 2]]
    refused("Ana has left the club", store.members.mark_seen, ana, 1)
    with pytest.raises(NotFound, match="There is no movie -5"):
        store.members.mark_seen(gil, -5)
