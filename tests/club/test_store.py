"""The club itself: the demo, a new beginning, and the audit log of every change."""

from datetime import date

import pandas as pd
import pytest
from a_night import predictions

from club.cli import main
from club.demo import load_demo
from club.errors import InvalidInput
from club.movies import Details, NewMovie
from club.store import Store
from recommender.bundled import DemoClub
from recommender.dataset import Dataset

FRIDAY = date(2026, 11, 27)
ANA, BO, ZOE, OWN, NIGHT = 1, 2, 3, -1, 1
ABOUT = ("member_id", "movie_id", "night_id")
WORLD = Dataset(
    pd.DataFrame(
        {
            "user_id": [7, 7, 8, 9],
            "movie_id": [1, 2, 1, 3],
            "rating": [4.0, 0.5, 3.5, 5.0],
            "timestamp": [900, 1000, 1100, 1200],
        }
    ),
    pd.DataFrame({"title": ["One", "Two", "Three", "Four"]}, index=[1, 2, 3, 4]),
)
DEMO = DemoClub("Demo club", {8: "Bo", 7: "Ana"}, (4, 3))


@pytest.mark.either_database
def test_load_demo_has_ratings_and_a_shortlist(store):
    assert load_demo(store, WORLD, DEMO)
    assert (store.club().name, store.club().is_demo) == ("Demo club", True)
    members = store.members.all()
    assert members["name"].tolist() == ["Bo", "Ana"]
    assert members["world_user_id"].tolist() == [8, 7]
    bo, ana = members.index
    assert store.ratings.current().to_numpy().tolist() == [
        [bo, 1, 3.5, 1100],
        [ana, 1, 4.0, 900],
        [ana, 2, 0.5, 1000],
    ]
    assert store.movies.shortlist() == [4, 3]
    assert set(store.ratings.history()["kind"]) == {"demo"}
    assert store.ratings.undoable() is None
    assert store.version() == 1


@pytest.mark.either_database
def test_start_own_club_empties_the_club(store):
    load_demo(store, WORLD, DEMO)
    store.ratings.rate(store.members.all().index[0], 3, 2)
    store.movies.add_to_shortlist(store.movies.add("Our holiday"))
    old_ids = set(store.members.all().index)
    version = store.version()
    assert store.start_own_club("  Tuesday club ") == store.version() == version + 1
    assert (store.club().name, store.club().is_demo) == ("Tuesday club", False)
    assert store.members.all(include_left=True).empty
    assert store.ratings.current(include_left=True).empty
    assert store.ratings.history().empty
    assert (store.movies.own().empty, store.movies.shortlist()) == (True, [])
    assert store.ratings.undo() is None
    assert store.members.add("Ana") not in old_ids
    assert store.movies.add("Our holiday") == -2


# What is done, in an order in which each changes something; the text of the log, what it is about.
CHANGES = [
    (lambda s: s.start_own_club("Us"), "started a new club", ()),
    (lambda s: s.touch("looked elsewhere"), "looked elsewhere", ()),
    (lambda s: s.members.add("Ana"), "added a member", (ANA, None, None)),
    (lambda s: s.members.add("Bob"), "added a member", (BO, None, None)),
    (lambda s: s.members.rename(BO, "Bo"), "renamed a member", (BO, None, None)),
    (lambda s: s.members.remove(BO), "removed a member", (BO, None, None)),
    (lambda s: s.members.restore(BO), "brought a member back", (BO, None, None)),
    (lambda s: s.members.add_guest("Zoe", likes="heist"), "brought a guest", (ZOE, None, None)),
    (lambda s: s.members.promote_guest(ZOE), "made a guest a member", (ZOE, None, None)),
    (lambda s: s.ratings.rate(ANA, 5, 4), "rated", (ANA, 5, None)),
    (lambda s: s.ratings.unrate(ANA, 5), "rated", (ANA, 5, None)),
    (lambda s: s.ratings.rate_many([(ANA, 5, 1), (BO, 6, 2)]), "rated", ()),
    (lambda s: s.ratings.undo(), "took back ratings", ()),
    (lambda s: s.members.mark_seen(ANA, 5), "marked as seen", (ANA, 5, None)),
    (lambda s: s.members.unmark_seen(ANA, 5), "marked as not seen", (ANA, 5, None)),
    (lambda s: s.movies.add_to_shortlist(5), "put on the shortlist", (None, 5, None)),
    (lambda s: s.movies.remove_from_shortlist(5), "took off the shortlist", (None, 5, None)),
    (lambda s: s.movies.add("Ours"), "added a movie", (None, OWN, None)),
    (lambda s: s.movies.edit(OWN, NewMovie("Ours 2")), "changed a movie", (None, OWN, None)),
    (lambda s: s.movies.add("Theirs"), "added a movie", (None, OWN - 1, None)),
    (lambda s: s.movies.merge(OWN - 1, 5), "merged a movie", (None, OWN - 1, None)),
    (lambda s: s.movies.delete(OWN), "deleted a movie", (None, OWN, None)),
    (lambda s: s.watchlists.add(ANA, [5]), "put on a watchlist", (ANA, 5, None)),
    (lambda s: s.watchlists.add(ANA, [5, 6, 7]), "put on a watchlist", (ANA, None, None)),
    (lambda s: s.watchlists.remove(ANA, 5), "took off a watchlist", (ANA, 5, None)),
    (lambda s: s.rename("Our club"), "renamed the club", ()),
    (
        lambda s: s.movies.save_details([Details(50, "The Usual Suspects", 629)]),
        "fetched details of movies",
        (),
    ),
    (lambda s: s.let_rate_for_others(False), "let members rate only for themselves", ()),
    (lambda s: s.let_rate_for_others(True), "let members rate for others", ()),
    (lambda s: s.share_calendar(True), "gave the calendar a new address", ()),
    (lambda s: s.share_calendar(False), "closed the calendar's address", ()),
    (lambda s: s.nights.plan(FRIDAY), "planned a night", (None, None, NIGHT)),
    (lambda s: s.nights.plan(FRIDAY), "planned a night", (None, None, NIGHT + 1)),
    (lambda s: s.nights.delete(NIGHT + 1), "deleted a night", (None, None, NIGHT + 1)),
    (lambda s: s.nights.call_off(NIGHT), "called a night off", (None, None, NIGHT)),
    (lambda s: s.nights.call_on(NIGHT), "put a night back on", (None, None, NIGHT)),
    (lambda s: s.nights.attend(NIGHT, [ANA, BO]), "said who is here", (None, None, NIGHT)),
    (lambda s: s.nights.edit(NIGHT, voting="rank"), "changed a night", (None, None, NIGHT)),
    (lambda s: s.nights.veto(NIGHT, ANA, 5), "vetoed", (ANA, 5, NIGHT)),
    (lambda s: s.nights.unveto(NIGHT, ANA, 5), "took a veto back", (ANA, 5, NIGHT)),
    (lambda s: s.nights.vote(NIGHT, ANA, [5]), "voted", (ANA, None, NIGHT)),
    (lambda s: s.nights.unvote(NIGHT, ANA), "took a vote back", (ANA, None, NIGHT)),
    (lambda s: s.nights.draw(NIGHT, [5, 6], lambda _: 1), "drew a lot", (None, 6, NIGHT)),
    (
        lambda s: s.nights.decide(NIGHT, 5, predictions([ANA, BO], [5, 6]), model="m", by="b"),
        "decided on",
        (None, 5, NIGHT),
    ),
    (lambda s: s.nights.change_movie(NIGHT, 6), "changed a night", (None, None, NIGHT)),
    (lambda s: s.nights.rate(NIGHT, ANA, 4), "rated a night", (ANA, None, NIGHT)),
    (lambda s: s.nights.unrate(NIGHT, ANA), "took back stars of a night", (ANA, None, NIGHT)),
    (lambda s: s.nights.rate(NIGHT, BO, 2), "rated a night", (BO, None, NIGHT)),
    (lambda s: s.nights.reveal(NIGHT), "revealed the stars", (None, None, NIGHT)),
]


@pytest.mark.either_database
def test_every_change_is_logged_with_its_actor(store):
    versions = []
    for call, _, _ in CHANGES:
        call(store.by("Chiara"))
        versions.append(store.version())
    log = store.audit_log()[::-1]
    assert log["version"].tolist() == versions
    assert set(log["who"]) == {"Chiara"}
    assert log["act"].tolist() == [act for _, act, _ in CHANGES]
    for (_, act, about), row in zip(CHANGES, log[[*ABOUT]].to_dict("records"), strict=True):
        wanted = about or (None,) * 3
        assert tuple(None if pd.isna(value) else value for value in row.values()) == wanted, act


def test_rolled_back_writes_are_not_logged(store):
    ana = store.members.add("Ana")
    store.ratings.rate(ana, 5, 4)
    before = store.audit_log()
    store.ratings.rate(ana, 5, 4)
    store.ratings.unrate(ana, 6)
    with pytest.raises(InvalidInput):
        store.members.add("ana")
    for name in ("", "a\nb", "x" * 61):
        with pytest.raises(InvalidInput):
            store.by(name)
    assert store.audit_log().equals(before)
    assert before["who"].isna().all()


def test_commands_are_logged_under_the_computers_user(tmp_path, monkeypatch):
    monkeypatch.setattr("getpass.getuser", lambda: "bo" * 40)
    monkeypatch.setattr("club.cli.load_bundled", lambda: WORLD)
    who, database = "bo" * 20 + " (command)", str(tmp_path / "club.db")
    assert main(["--database", database, "new", "Us"]) == 0
    table = tmp_path / "mine.csv"
    table.write_text("Title,Year,Rating\nUp,2009,4.5\n")
    command = ["import", str(table), "--new-member", "--member", "Ana", "--add-missing"]
    assert main([*command, "--database", database]) == 0
    assert main(["backup", str(tmp_path / "b.db"), "--database", database]) == 0
    assert main(["restore", str(tmp_path / "b.db"), "--yes", "--database", database]) == 0
    log = Store(database).audit_log()
    assert log["who"].tolist() == [who] * 3
    assert log["act"].iloc[0] == "brought back an earlier state"
