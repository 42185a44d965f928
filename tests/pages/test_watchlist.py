"""Watchlists promise: kept with a tap, nobody else's changed, and Explore begins with them."""

import pytest
from a_visit import visit
from an_evening import tap, widget, words
from furnished import Open, tiles
from streamlit.testing.v1 import AppTest

from club.store import Store
from recommender.group import LIKED
from ui import state

ANA, BRUNO, CHIARA = 1, 2, 3


def unseen(number: int) -> list[int]:
    """Well-known movies that nobody of the demo has rated."""
    club = state.view()
    fame = club.catalogue.fame.drop([movie for _, movie in club.stars], errors="ignore")
    return [int(movie) for movie in fame.nlargest(number).index]


def notes(app: AppTest) -> dict[int, str]:
    return {tile["id"]: tile["note"] for tile in tiles(app, "in_common")}


def test_faces_on_the_movie_page_are_who_wants_to_watch_it(open_page: Open, store: Store) -> None:
    (movie,) = unseen(1)
    app = open_page("movie", movie=str(movie))
    key = f"want_{movie}"
    assert widget(app, key)["note"] == "Who wants to watch it?"
    tap(app, key, BRUNO, True)
    tap(app, key, BRUNO, True)  # as a browser may say twice
    assert store.watchlists.of(BRUNO) == [movie]
    assert widget(app, key)["note"] == "1 wants to watch it"
    assert [one["member"] for one in widget(app, key)["faces"] if one["on"]] == [BRUNO]
    tap(app, key, BRUNO, False)
    assert store.watchlists.of(BRUNO) == []


def test_nobody_changes_the_list_of_another_where_that_is_not_allowed(
    open_page: Open, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    (movie,) = unseen(1)
    store.watchlists.add(CHIARA, [movie])
    store.let_rate_for_others(False)
    visit(monkeypatch, "member").member_id = ANA
    app = open_page("movie", movie=str(movie))
    assert [one["member"] for one in widget(app, f"want_{movie}")["faces"]] == [ANA]
    assert widget(app, f"want_{movie}")["note"] == "1 wants to watch it"
    tap(app, f"want_{movie}", CHIARA, False)
    tap(app, f"want_{movie}", ANA, True)
    assert (store.watchlists.of(ANA), store.watchlists.of(CHIARA)) == ([movie], [movie])


def test_rate_shows_a_persons_own_list(open_page: Open, store: Store) -> None:
    app = open_page("rate")
    first, second = [tile["id"] for tile in tiles(app, f"wall_{ANA}")][:2]
    store.watchlists.add(ANA, [first, second])
    app = open_page("rate")
    assert {tile["id"] for tile in tiles(app, f"wants_{ANA}")} == {first, second}
    assert not {first, second} & {tile["id"] for tile in tiles(app, f"wall_{ANA}")}
    store.ratings.rate(ANA, second, 4)
    assert [tile["id"] for tile in tiles(open_page("rate"), f"wants_{ANA}")] == [first]
    store.watchlists.remove(ANA, first)
    assert not tiles(open_page("rate"), f"wants_{ANA}")


def test_explore_begins_with_what_several_want(open_page: Open, store: Store) -> None:
    everyone, several, one, rated = unseen(4)
    for member in range(1, 9):
        store.watchlists.add(member, [everyone, rated])
    for member in (ANA, BRUNO, CHIARA):
        store.watchlists.add(member, [several])
    store.watchlists.add(ANA, [one])
    store.ratings.rate(CHIARA, rated, 3)
    found = notes(open_page("explore"))
    assert set(found) == {everyone, several}
    assert found[everyone].startswith("On all your lists")
    assert found[several].startswith("On three of your lists")
    expected = state.reactions(state.view(), (everyone, several), tuple(range(1, 9)))
    for place, movie in enumerate((everyone, several)):
        likes = bool((expected.mean[:, place] >= LIKED).all())
        assert found[movie].endswith("and all of you should like it") == likes
    best = (everyone, several)[int(expected.mean.mean(axis=0).argmax())]
    assert next(iter(found)) == best
    assert set(notes(open_page("explore", again="true"))) == {everyone, several, rated}


def test_lists_of_those_who_are_away_do_not_count(open_page: Open, store: Store) -> None:
    first, second = unseen(2)
    store.watchlists.add(ANA, [first, second])
    store.watchlists.add(BRUNO, [second])
    away = " ".join(map(str, range(2, 9)))
    app = open_page("explore", away=away)
    assert notes(app) == {first: "", second: ""} or notes(app) == {second: "", first: ""}
    assert "On Ana's list" in words(app)
    assert set(notes(open_page("explore"))) == {second}


def test_tiles_of_explore_show_the_visitors_own_list(
    open_page: Open, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit(monkeypatch, "member").member_id = BRUNO
    app = open_page("explore")
    first, second = [tile["id"] for tile in tiles(app, "picks")][:2]
    store.watchlists.add(BRUNO, [first])
    store.watchlists.add(ANA, [second])
    app.segmented_control("puts_on").set_value("My list").run()
    actions = {tile["id"]: tile["action"] for tile in tiles(app, "picks")}
    assert (actions[first], actions[second]) == ("✓ My list", "My list")
    app.segmented_control("puts_on").set_value("Our shortlist").run()
    assert "✓ My list" not in [tile["action"] for tile in tiles(app, "picks")]
