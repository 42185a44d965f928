"""The identity of a database: one for each state that was put in a file's place."""

import shutil

import pytest

from club.errors import StoreReplaced
from club.store import Store


@pytest.fixture
def copied(file):
    """A club of Ana and Bo, and a copy of its file from before Bo joined."""
    store = Store(file)
    store.members.add("Ana")
    earlier = shutil.copy(file, file.with_name("earlier.db"))
    store.members.add("Bo")
    return store, earlier


@pytest.mark.either_database
def test_identity_stays_while_the_club_is_written_to(store):
    before = store.state().identity
    store.by("Ana", before).members.add("Ana")
    assert Store(store.database.url.render_as_string(False)).ratings.rate(1, 1, 4) == 2
    assert store.state() == (before, 2)


@pytest.mark.parametrize("put", [shutil.copy, shutil.move])
@pytest.mark.parametrize("writes", [0, 1])
def test_file_copied_over_by_hand_has_another_identity(copied, put, writes):
    """Fault: the version came back, and caches of the replaced club with it."""
    store, earlier = copied
    before = store.state()
    put(earlier, store.file)
    changed = Store(store.file)
    for _ in range(writes):
        changed.touch()
    after = store.state()
    assert after.identity != before.identity
    assert store.state() == after


def test_same_copy_put_back_twice_has_two_identities(copied):
    store, earlier = copied
    seen = {store.state().identity}
    for name in ("Cy", "Di"):
        shutil.copy(earlier, store.file)
        store.members.add(name)
        seen.add(store.state().identity)
    assert len(seen) == 3


def test_change_meant_for_a_replaced_club_is_refused(copied):
    """Fault: stars went to the member who has the same id in the backup."""
    store, earlier = copied
    drawn = store.state()
    shutil.copy(earlier, store.file)
    store.members.add("Eve")  # another Bo
    with pytest.raises(StoreReplaced):
        store.by("Bo", drawn.identity).ratings.rate(2, 1, 4)
    assert store.ratings.current().empty
    store.by("Eve", store.state().identity).ratings.rate(2, 1, 4)


def test_club_that_begins_anew_has_another_identity(store):
    ana = store.members.add("Ana")
    before = store.state().identity
    store.start_own_club("Ours")
    with pytest.raises(StoreReplaced):
        store.by(None, before).ratings.rate(ana, 1, 4)
