"""Every change of the club says who made it."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from a_night import predictions

from club.audit import terminal_actor
from club.cli import main
from club.errors import InvalidInput
from club.movies import Details
from club.nights import Nights
from club.store import Store

FRIDAY = date(2026, 11, 27)
ANA, BO, ZOE, OWN, NIGHT = 1, 2, 3, -1, 1

Step = tuple[str, str, Callable[[Store], Any], dict[str, int]]  # method, act, call, about


def an_evening(store: Store) -> list[Step]:
    """Every method that changes something, in an order in which each does."""
    nights, away = NIGHT, NIGHT + 1
    one = {"member_id": ANA, "movie_id": 5}
    night = {"night_id": nights}
    return [
        ("start_own_club", "began the club anew", lambda s: s.start_own_club("Us"), {}),
        ("touch", "looked elsewhere", lambda s: s.touch("looked elsewhere"), {}),
        ("add_member", "added a member", lambda s: s.members.add("Ana"), {"member_id": ANA}),
        ("add_member", "added a member", lambda s: s.members.add("Bob"), {"member_id": BO}),
        (
            "rename_member",
            "renamed a member",
            lambda s: s.members.rename(BO, "Bo"),
            {"member_id": BO},
        ),
        ("remove_member", "let somebody go", lambda s: s.members.remove(BO), {"member_id": BO}),
        (
            "restore_member",
            "took somebody back",
            lambda s: s.members.restore(BO),
            {"member_id": BO},
        ),
        (
            "add_guest",
            "brought a guest",
            lambda s: s.members.add_guest("Zoe", likes="heist"),
            {"member_id": ZOE},
        ),
        ("edit_guest", "changed a guest", lambda s: s.edit_guest(ZOE, "Zo"), {"member_id": ZOE}),
        (
            "guest_becomes_member",
            "made a guest a member",
            lambda s: s.members.promote_guest(ZOE),
            {"member_id": ZOE},
        ),
        ("rate_many", "rated", lambda s: s.ratings.rate(ANA, 5, 4), one),
        ("rate_many", "rated", lambda s: s.ratings.unrate(ANA, 5), one),
        ("rate_many", "rated", lambda s: s.ratings.rate_many([(ANA, 5, 1), (BO, 6, 2)]), {}),
        ("undo", "took back ratings", lambda s: s.ratings.undo(), {}),
        ("mark_seen", "marked as seen", lambda s: s.members.mark_seen(ANA, 5), one),
        ("unmark_seen", "marked as not seen", lambda s: s.members.unmark_seen(ANA, 5), one),
        (
            "add_to_shortlist",
            "put on the shortlist",
            lambda s: s.movies.add_to_shortlist(5),
            {"movie_id": 5},
        ),
        (
            "remove_from_shortlist",
            "took off the shortlist",
            lambda s: s.movies.remove_from_shortlist(5),
            {"movie_id": 5},
        ),
        ("add_movie", "added a movie", lambda s: s.movies.add("Ours"), {"movie_id": OWN}),
        (
            "keep_details",
            "fetched details of movies",
            lambda s: s.movies.save_details([DETAILS]),
            {},
        ),
        (
            "let_rate_for_others",
            "let members rate only for themselves",
            lambda s: s.let_rate_for_others(False),
            {},
        ),
        (
            "let_rate_for_others",
            "let members rate for others",
            lambda s: s.let_rate_for_others(True),
            {},
        ),
        ("plan", "planned a night", lambda s: s.nights.plan(FRIDAY), night),
        ("plan", "planned a night", lambda s: s.nights.plan(FRIDAY), {"night_id": away}),
        ("delete", "deleted a night", lambda s: s.nights.delete(away), {"night_id": away}),
        ("call_off", "called a night off", lambda s: s.nights.call_off(nights), night),
        ("call_on", "called a night on again", lambda s: s.nights.call_on(nights), night),
        ("attend", "said who is there", lambda s: s.nights.attend(nights, [ANA, BO]), night),
        ("edit", "changed a night", lambda s: s.nights.edit(nights, voting="rank"), night),
        ("veto", "vetoed", lambda s: s.nights.veto(nights, ANA, 5), {**night, **one}),
        ("unveto", "took a veto back", lambda s: s.nights.unveto(nights, ANA, 5), {**night, **one}),
        ("vote", "voted", lambda s: s.nights.vote(nights, ANA, [5]), {**night, "member_id": ANA}),
        (
            "unvote",
            "took a vote back",
            lambda s: s.nights.unvote(nights, ANA),
            {**night, "member_id": ANA},
        ),
        (
            "draw",
            "drew a lot",
            lambda s: s.nights.draw(nights, [5, 6], lambda _: 1),
            {**night, "movie_id": 6},
        ),
        ("decide", "decided on", decide, {**night, "movie_id": 5}),
        (
            "rate",
            "rated a night",
            lambda s: s.nights.rate(nights, ANA, 4),
            {**night, "member_id": ANA},
        ),
        (
            "unrate",
            "took back what a night was given",
            lambda s: s.nights.unrate(nights, ANA),
            {**night, "member_id": ANA},
        ),
        (
            "rate",
            "rated a night",
            lambda s: s.nights.rate(nights, BO, 2),
            {**night, "member_id": BO},
        ),
        ("open", "opened the ratings", lambda s: s.nights.reveal(nights), night),
    ]


DETAILS = Details(50, "The Usual Suspects", 629, 106, "Five men.", ("heist",))


def decide(store: Store) -> int:
    frame = predictions([ANA, BO], [5, 6])
    return store.nights.decide(NIGHT, 5, frame, model="m", by="average")


def test_every_change_is_listed_with_who_made_it(store: Store) -> None:
    called = set()
    for method, act, call, about in an_evening(store):
        before = len(store.audit_log())
        call(store.by("Chiara"))
        rows = store.audit_log()
        assert len(rows) == before + 1 or method == "start_own_club", method
        row = rows.iloc[0]
        assert (row["version"], row["who"], row["act"]) == (store.version(), "Chiara", act), method
        things = row[["member_id", "movie_id", "night_id"]].dropna().to_dict()
        assert things == about, method
        called.add(method)
    changing = {
        name
        for kind in (*Store.__mro__, *Nights.__mro__)
        for name, method in vars(kind).items()
        if inspect.isfunction(method) and "database.write(" in inspect.getsource(method)
    }
    assert called == changing


def test_what_changed_nothing_is_not_listed(store: Store) -> None:
    ana = store.members.add("Ana")
    store.ratings.rate(ana, 5, 4)
    before = store.audit_log()
    store.ratings.rate(ana, 5, 4)
    store.ratings.unrate(ana, 6)
    with pytest.raises(InvalidInput):
        store.members.add("ana")
    assert store.audit_log().equals(before)
    assert before["who"].isna().all()  # nobody said


def test_ratings_say_who_entered_them_and_somebody_else_may_be_named(store: Store) -> None:
    ana = store.members.add("Ana")
    bo = store.by("Bo")
    bo.ratings.rate(ana, 5, 4)
    store.by("Chiara").ratings.rate(ana, 6, 3)
    bo.ratings.undo()
    assert store.ratings.history()["changed_by"].tolist() == ["Bo", "Chiara", "Bo"]
    assert store.audit_log(3)["who"].tolist() == ["Bo", "Chiara", "Bo"]
    assert store.by("  Bo ").database.actor == "Bo"
    assert store.database.actor is None  # the store itself is nobody's


@pytest.mark.parametrize("who", ["", "a\nb", "x" * 61])
def test_who_makes_a_change_has_a_name_that_can_be_kept(store: Store, who: str) -> None:
    with pytest.raises(InvalidInput):
        store.by(who)


def test_commands_stand_under_the_name_of_the_computers_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: "bo" * 40)
    who = "bo" * 20 + " (command)"
    database = str(tmp_path / "club.db")
    assert main(["--database", database, "demo"]) == 0
    store = Store(database)
    assert store.audit_log()["who"].tolist() == [who]
    table = tmp_path / "mine.csv"
    table.write_text("Title,Year,Rating\nUp,2009,4.5\n")
    command = ["import", str(table), "--member", "Ana", "--scale", "5", "--database", database]
    assert main(command) == 0
    assert store.audit_log(1)["who"].tolist() == [who]
    assert main(["backup", str(tmp_path / "b.db"), "--database", database]) == 0
    store.by("Bo").start_own_club("Ours")
    assert main(["restore", str(tmp_path / "b.db"), "--yes", "--database", database]) == 0
    row = store.audit_log(1).iloc[0]
    assert (row["who"], row["act"], row["version"]) == (
        *[who, "brought back an earlier state"],
        store.version(),
    )


def test_a_user_without_a_name_is_somebody(monkeypatch: pytest.MonkeyPatch) -> None:
    def nameless() -> str:
        raise KeyError("no user 12345")

    monkeypatch.setattr("getpass.getuser", nameless)
    assert terminal_actor() == "somebody (command)"
