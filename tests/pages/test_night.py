"""A night's page: everybody's say counts, votes and stars stay hidden, and what was predicted
stays as it was, and hidden from those who have not rated."""

import pytest
from an_evening import (
    ANA,
    BRUNO,
    CHIARA,
    CONTACT,
    FRIDAY,
    SIX,
    UP,
    candidates,
    decided,
    dump,
    expected,
    here,
    pick,
    rated,
    said,
    tap,
    widget,
    words,
)
from furnished import Open, click
from sqlalchemy import update

from club.db import schema
from club.store import Store
from ui import state


def open_night(open_page: Open, night: int, **query: str):
    return open_page("night", night=str(night), **query)


def test_call_off_and_on_and_delete(open_page: Open, store: Store) -> None:
    night = decided(store, {ANA: (3.5, 3.0)})
    app = click(open_night(open_page, night), "Call it off")
    assert [info.value for info in app.info] == ["This night is called off."]
    assert store.nights.get(night).called_off
    click(app, "It's on after all")
    assert not store.nights.get(night).called_off
    assert not app.info
    rated(store, night, {ANA: 4.5})
    app.button("delete_night").click().run()
    assert store.nights.all() == []
    assert state.view().stars[ANA, UP] == 4.5


def test_attendance_from_two_screens(open_page: Open, store: Store) -> None:
    night = store.nights.plan(FRIDAY)
    one, other = (open_night(open_page, night) for _ in range(2))
    assert "Nobody is here yet" in words(one)
    tap(tap(one, "present_", ANA, True), "present_", BRUNO, True)
    assert list(expected(pick(one))) == ["Ana", "Bruno"]
    tap(tap(other, "present_", CHIARA, True), "present_", BRUNO, False)
    assert store.nights.get(night).present == (ANA, CHIARA)
    assert here(other) == [ANA, CHIARA]


def test_movies_that_are_out_say_why(open_page: Open, store: Store) -> None:
    night = store.nights.plan(FRIDAY, [ANA, BRUNO], longest=97)
    store.nights.veto(night, BRUNO, UP)
    app = open_night(open_page, night)
    assert any("All 6 movies" in text for text in said(app))
    out = {tile["title"]: tile for tile in widget(app, "candidates_S")["tiles"]}
    assert (out["Up"]["note"], out["Up"]["action"]) == ("Bruno vetoed it", "Undo")
    assert (out["Contact"]["note"], out["Contact"]["action"]) == ("Too long: 2 h 30 min", "")
    unknown = store.movies.add("Our holiday", 2024)
    store.movies.add_to_shortlist(unknown)
    store.nights.edit(night, longest=150)
    assert "how long Our holiday takes" in words(app.run())
    store.movies.remove_from_shortlist(unknown)
    store.nights.edit(night, longest=None)
    store.ratings.rate(ANA, CONTACT, 4.5)
    app.run()
    assert candidates(app).keys() == {
        "Chinatown", "Shaun of the Dead", "Casino Royale", "Some Like It Hot",
    }  # fmt: skip
    assert candidates(app, out=True)["Contact"]["note"] == "Ana has seen it"
    store.nights.edit(night, rewatch=True)
    assert "Contact" in candidates(app.run())


def test_ballots_and_hidden_ratings_are_on_no_page(open_page: Open, store: Store) -> None:
    voted = store.nights.plan(FRIDAY, [ANA, BRUNO])
    store.nights.edit(voted, voting="rank")
    watched = decided(store, {ANA: (3.5, 3.0), BRUNO: (4.0, 4.5)})
    store.nights.rate(watched, ANA, 5.0)
    store.nights.vote(voted, ANA, [UP, CONTACT])
    screens: list[tuple[str, dict[str, str]]] = [
        *(("night", {"night": str(night)}) for night in (voted, watched)),
        *(("night", {"night": str(night), "me": "Bruno"}) for night in (voted, watched)),
        ("nights", {}),
        ("nights", {"view": "Scoreboard"}),
        ("tonight", {}),
        ("rate", {"movie": str(UP)}),
        ("movie", {"movie": str(UP)}),
        ("club", {"about": "Our taste"}),
        ("settings", {"set": "How we know"}),
    ]
    first = [dump(open_page(page, **query)) for page, query in screens]
    store.nights.vote(voted, ANA, [CONTACT])
    with store.database.write() as write:  # another rating, and no other change beside it
        write.connection.execute(update(schema.night_ratings).values(half_stars=1))
    for (page, query), before in zip(screens, first, strict=True):
        assert dump(open_page(page, **query)) == before, (page, query)


def test_vote_result_after_last_ballot(open_page: Open, store: Store) -> None:
    night = store.nights.plan(FRIDAY, [ANA, BRUNO])
    store.nights.edit(night, voting="rank")
    draft = f"{night}-{ANA}:{CONTACT}.{UP}"
    tiles = widget(open_night(open_page, night, me="Ana", ballot=draft), "ballot_")["tiles"]
    assert {t["title"]: t["note"] for t in tiles if t["note"]} == {"Contact": "1st", "Up": "2nd"}
    tiles = widget(open_night(open_page, night, me="Bruno", ballot=draft), "ballot_")["tiles"]
    assert not any(tile["note"] for tile in tiles)  # nor is it his
    assert {one["name"] for tile in tiles for one in tile["people"]} == {"Bruno"}
    store.nights.vote(night, ANA, [UP, CONTACT])
    app = open_night(open_page, night, me="Bruno", ballot=f"{night}-{BRUNO}:{UP}")
    assert "1 of 2 have voted; waiting for Bruno." in words(app)
    click(app, "Vote")
    assert pick(app)["title"] == "Up"
    assert {"Ana: Up and Contact", "Bruno: Up"} <= set(said(app))
    # Ana has Up before five others and so has Bruno; his other five are tied behind it.
    table = app.dataframe[0].value.set_index("Movie")
    assert table.loc["Up"].to_dict() == {"Duels won": 5.0}
    app.button("tonight_watch").click().run()
    assert store.nights.get(night).decided_by == "vote"


def test_tie_is_drawn_among_the_tied(open_page: Open, store: Store) -> None:
    night = store.nights.plan(FRIDAY, [ANA, BRUNO, CHIARA])
    store.nights.edit(night, voting="approve")
    store.nights.vote(night, ANA, [UP])
    store.nights.vote(night, BRUNO, [CONTACT])
    app = open_night(open_page, night)
    app.button("open_votes").click().run()  # without Chiara's
    app.button("draw_tied").click().run()
    drawn = store.nights.get(night).drawn
    assert drawn in {UP, CONTACT}
    assert pick(app)["id"] == drawn
    app.button("tonight_watch").click().run()
    assert store.nights.get(night).decided_by == "vote and lot"
    (tile,) = widget(app, "watched_")["tiles"]
    assert tile["note"] == "Chosen by a vote, with a lot for the tie."


def test_lot_never_falls_on_vetoed_movie(open_page: Open, store: Store) -> None:
    night = store.nights.plan(FRIDAY, [ANA])
    for movie in SIX:
        if movie != UP:
            store.nights.veto(night, ANA, movie)
    open_night(open_page, night).button("draw").click().run()
    assert (store.nights.get(night).drawn, store.nights.get(night).draws) == (UP, 1)
    other = open_night(open_page, night)
    assert "The lot fell on **Up**." in said(other)
    other.button("watch_drawn").click().run()
    assert store.nights.get(night).decided_by == "random"


def test_snapshot_survives_later_ratings(open_page: Open, store: Store) -> None:
    night = store.nights.plan(FRIDAY, [ANA, BRUNO])
    app = open_night(open_page, night)
    mean = sum(expected(pick(app)).values()) / 2
    app.button("tonight_watch").click().run()
    after, before = store.nights.get(night), store.nights.predictions().query("night_id == @night")
    assert after.decided_by == "average"
    assert len(before) == 2 * 6
    assert before[before["movie_id"] == after.movie]["mean"].mean() == pytest.approx(mean)
    rated(store, night, {ANA: 4, BRUNO: 4})
    first = widget(open_night(open_page, night), "reveal")
    assert first["said"] == f"{mean:.1f}"
    store.ratings.rate_many([(ANA, movie, 0.5) for movie in SIX if movie != after.movie])
    assert widget(open_night(open_page, night), "reveal") == first


def test_predictions_are_hidden_until_one_has_rated(open_page: Open, store: Store) -> None:
    store.members.rename(ANA, "Sam K.")
    night = decided(store, {ANA: (3.2, 3.0), BRUNO: (4.3, 4.5), CHIARA: (3.0, 3.0)})
    for me in ("", "sam K\\."):  # a dot, as the address of a link writes it
        app = open_night(open_page, night, me=me)
        (tile,) = widget(app, "watched_")["tiles"]
        assert (tile["group"], tile["people"]) == (None, [])
        assert "3.2" not in words(app)
    assert widget(app, "me_faces")["note"] == "You are Sam K."
    tap(app, "watched_", UP, 4.5)
    assert "We expected 3.2." in words(app)
    assert "4.3" not in words(app)
    assert store.nights.outcome(night).rated == (ANA,)
    assert widget(app, "watched_")["tiles"][0]["rated"] == 4.5
    for person in (BRUNO, ANA):  # the stars of one leave the screen when another takes it
        tap(app, "me_faces", person, True)
        assert widget(app, "watched_")["tiles"][0]["rated"] is None
    other = decided(store, {ANA: (3.2, 3.0)})
    app.query_params.clear()
    app.query_params["night"] = str(other)
    app.run()
    assert widget(app, "me_faces")["note"] == "You are Sam K."


def test_guest_is_predicted(open_page: Open, store: Store) -> None:
    zoe = store.members.add_guest("Zoe", loves=[296, 2571], hates=[1721], likes=["heist"])
    max_ = store.members.add_guest("Max", loves=[1721], hates=[296])
    night = store.nights.plan(FRIDAY, [ANA, zoe, max_])
    apart = []
    for tile in candidates(open_night(open_page, night)).values():
        stars = expected(tile)
        assert list(stars) == ["Ana", "Zoe", "Max"]
        apart.append(abs(stars["Zoe"] - stars["Max"]))
    assert max(apart) > 0.1  # tastes, not the crowd's opinion


def test_host_reveals_early(open_page: Open, store: Store) -> None:
    night = decided(store, {ANA: (3.5, 3.0), BRUNO: (4.0, 4.5)})
    rated(store, night, {ANA: 4.5})
    app = open_night(open_page, night, me="Ana")
    assert "1 of 2 have rated; waiting for Bruno." in words(app)
    app.button("open_now").click().run()
    assert store.nights.get(night).state == "revealed"
    assert widget(app, "reveal")["gave"] == "4.5"
    assert "Bruno can still rate" in words(app)
    assert "hidden" not in words(app)
    tap(app, "me_faces", BRUNO, True)
    tap(app, "watched_", UP, 3)
    assert store.nights.outcome(night).stars == {ANA: 4.5, BRUNO: 3.0}


def test_reveal_by_hand(open_page: Open, store: Store) -> None:
    night = decided(store, {ANA: (3.5, 3.0), BRUNO: (4.0, 4.5)})
    rated(store, night, {ANA: 4.5, BRUNO: 2.5})
    app = open_night(open_page, night)
    data = widget(app, "reveal")
    assert (data["title"], data["said"], data["gave"]) == ("Up", "3.8", "3.5")
    assert data["sentence"] == "Bruno surprised us most: we thought 4.0, it was 2½."
    assert [(row["name"], row["shown"], row["band"]) for row in data["rows"]] == [
        ("Ana", "4½", [2.5, 4.5]),
        ("Bruno", "2½", [3.0, 5.0]),
    ]
    assert "1 of 2 inside" in words(app)  # Ana's 4.5 just so


def test_reveal_of_another_movie_that_was_watched(open_page: Open, store: Store) -> None:
    night = decided(store, {ANA: (3.5, 3.0)}, by="vote")
    store.nights.change_movie(night, 296)  # it was no candidate
    rated(store, night, {ANA: 4.5})
    data = widget(open_night(open_page, night), "reveal")
    assert (data["title"], data["said"], data["gave"]) == ("Pulp Fiction", "", "4.5")
    assert data["sentence"] == "We made no guess for this one."
