"""Roles and names of visitors: what a member cannot do, and under which name a change stands."""

from datetime import date
from pathlib import Path

import pytest
import streamlit as st
from a_visit import is_outside, sit_at_the_machine, visit
from an_evening import ANA, BRUNO, CHIARA, UP, decided, here, said, tap, widget
from furnished import Open, change_member, click
from streamlit.testing.v1 import AppTest

from club.errors import InvalidInput
from club.sharing import Session
from club.store import Store
from ui import access, state

Patch = pytest.MonkeyPatch
FRIDAY = date(2026, 11, 27)
ADDRESS = "bea@example.org"


@pytest.fixture
def shared(var: Path, monkeypatch: Patch) -> Session:
    """The visitor is a member of a shared club."""
    return visit(monkeypatch, "member")


def say(app: AppTest, member: int) -> AppTest:
    """Answer who holds the browser."""
    return app.pills(access.ASKED).set_value(member).run()


def asks(app: AppTest) -> bool:
    return access.ASKED in [pills.key for pills in app.pills]


def last(store: Store) -> tuple[str, str]:
    row = store.audit_log(1).iloc[0]
    return str(row["who"]), str(row["act"])


def buttons(app: AppTest) -> list[str]:
    return [button.label for button in app.button]


@pytest.mark.cold
@pytest.mark.reads
def test_page_without_a_session_is_empty_and_loads_again(
    open_page: Open, monkeypatch: Patch
) -> None:
    visit(monkeypatch)
    assert is_outside(open_page("night", night="1"))


def test_unshared_club_is_for_this_computer_only(open_page: Open, monkeypatch: Patch) -> None:
    sit_at_the_machine(monkeypatch)
    assert "Start our own club" in buttons(open_page("club"))
    with monkeypatch.context() as patch:
        sit_at_the_machine(patch, "192.168.0.2:8501")
        app = open_page("club")
        assert [title.value for title in app.title] == [access.TITLE]
        assert "Only the computer" in app.warning[0].value
        assert not app.button
    with monkeypatch.context() as patch:  # the server listens on all interfaces
        option = st.get_option
        patch.setattr(st, "get_option", lambda key: key != "server.address" and option(key))
        assert not open_page("club").button


def test_unshared_club_with_accounts_shows_nothing(open_page: Open, monkeypatch: Patch) -> None:
    sit_at_the_machine(monkeypatch)
    monkeypatch.setattr(st, "secrets", {"auth": {"client_id": "x"}})
    assert not open_page("club").button


def test_member_cannot_destroy_anything(open_page: Open, shared: Session, store: Store) -> None:
    night = store.nights.plan(FRIDAY, [ANA, BRUNO])
    app = open_page("club")
    assert "Start our own club" not in buttons(app)
    store.start_own_club("Friday club")
    app = open_page("settings", set="About")
    assert "Go back to the demo" not in buttons(app)
    assert "Only a host can delete the club." in said(app)
    app = open_page("settings", set="Catalogue")
    assert {"Only a host can import them.", "Only a host can look for newer movies."} <= {
        *said(app)
    }
    assert not app.get("file_uploader")
    store.nights.plan(FRIDAY)
    assert "Delete" not in buttons(open_page("night", night=str(night)))


@pytest.mark.reads
def test_host_only_is_checked_when_it_is_done(var: Path, monkeypatch: Patch) -> None:
    done: list[int] = []
    act = access.host_only(done.append)
    session = visit(monkeypatch, "member")
    with pytest.raises(InvalidInput, match="Only a host"):
        act(1)
    session.current_role = lambda: "host"
    act(2)
    assert done == [2]


def test_chosen_name_stands_beside_changes_at_the_machine(open_page: Open, store: Store) -> None:
    store.ratings.rate(BRUNO, UP, 4.5)
    app = open_page("settings")
    assert not asks(app)
    app.pills("you_are").set_value(BRUNO).run()
    rate = open_page("rate")
    rate.button("undo").click().run()
    assert last(store) == ("Bruno", "took back ratings")
    assert store.ratings.history(limit=1)["changed_by"].tolist() == ["Bruno"]
    open_page("settings").pills("you_are").set_value(access.NOBODY).run()
    click(open_page("movie", movie=str(UP)), "On the shortlist")
    assert last(store) == ("nan", "took off the shortlist")


@pytest.mark.usefixtures("shared")
def test_friend_is_asked_for_a_name_once_a_session(
    open_page: Open, store: Store, monkeypatch: Patch
) -> None:
    app = open_page()
    assert asks(app)
    assert not asks(say(app, CHIARA))
    store.ratings.rate(CHIARA, UP, 4.5)
    page = open_page("rate")  # another tab, later
    assert not asks(page)
    page.button("undo").click().run()
    assert last(store) == ("Chiara", "took back ratings")
    visit(monkeypatch, "member")
    other = open_page()
    assert asks(other)
    assert not asks(say(other, access.NOBODY))
    assert not asks(open_page())


@pytest.mark.usefixtures("shared")
def test_screen_of_a_night_names_the_actor(open_page: Open, store: Store) -> None:
    say(open_page(), CHIARA)
    night = decided(store, {ANA: (3.0, 3.0), BRUNO: (3.0, 3.0), CHIARA: (3.0, 3.0)})
    app = open_page("night", night=str(night), me="Bruno")
    tap(app, "watched_", UP, 4)
    assert last(store) == ("Bruno", "rated a night")
    tap(app, "me_faces", ANA, True)
    tap(app, "watched_", UP, 3)
    assert last(store) == ("Ana", "rated a night")


@pytest.mark.usefixtures("shared")
def test_only_own_ratings_can_be_changed(open_page: Open, store: Store) -> None:
    store.ratings.rate(BRUNO, UP, 4.5)
    app = say(open_page("rate", movie=str(UP)), ANA)
    store.let_rate_for_others(False)
    version = store.version()
    app.button("undo").click().run()  # on a page from before the rule
    (error,) = app.error
    assert access.ONLY_OWN.split(".")[0] in error.value
    assert store.version() == version
    assert app.button("undo").disabled  # it is Bruno's
    assert any("Bruno 4½" in text for text in said(app))
    store.ratings.rate(ANA, UP, 2)
    assert not app.run().button("undo").disabled


@pytest.mark.usefixtures("shared")
def test_only_own_votes_and_those_of_guests(open_page: Open, store: Store) -> None:
    store.let_rate_for_others(False)
    zoe = store.members.add_guest("Zoe", loves=[UP])
    night = store.nights.plan(FRIDAY, [ANA, BRUNO, zoe])
    app = say(open_page("night", night=str(night)), ANA)
    tap(app, "present_", BRUNO, False)
    assert store.nights.get(night).present == (ANA, zoe)
    store.nights.attend(night, [ANA, BRUNO, zoe])
    store.nights.edit(night, voting="approve")
    app = open_page("night", night=str(night))
    assert [face["name"] for face in widget(app, "me_faces")["faces"]] == ["Ana", "Zoe"]
    tap(app, "present_", BRUNO, False)  # whose vote would be gone
    assert [access.ONLY_OWN.split(".")[0] in error.value for error in app.error] == [True]
    assert here(app) == [ANA, BRUNO, zoe]
    tap(app, "present_", ANA, False)
    assert not app.error
    assert store.nights.get(night).present == (BRUNO, zoe)
    store.nights.attend(night, [BRUNO])
    app.run()
    assert "You can vote and rate once you are here." in said(app)


@pytest.mark.usefixtures("shared")
def test_only_oneself_is_renamed(open_page: Open, store: Store) -> None:
    app = change_member(say(open_page("club"), ANA), BRUNO)
    store.let_rate_for_others(False)
    version = store.version()
    app.text_input(f"rename_{BRUNO}").set_value("Anna")
    app.button(f"rename_{BRUNO}_save").click().run()  # of a page from before the rule
    assert access.ONLY_OWN.split(".")[0] in app.error[0].value
    assert store.version() == version
    fresh = change_member(open_page("club"), ANA)
    assert [face["member"] for face in widget(fresh, "to_change")["faces"]] == [ANA]
    fresh.text_input(f"rename_{ANA}").set_value("Anna")
    fresh.button(f"rename_{ANA}_save").click().run()
    assert store.members.all().at[ANA, "name"] == "Anna"


def test_only_hosts_change_what_members_may_do(
    open_page: Open, store: Store, monkeypatch: Patch
) -> None:
    app = open_page("settings")
    (toggle,) = (one for one in app.toggle if one.label.startswith("Members may rate"))
    toggle.set_value(False).run()
    assert not store.club().for_others
    visit(monkeypatch, "member")
    (toggle,) = (one for one in app.toggle if one.label.startswith("Members may rate"))
    toggle.set_value(True).run()  # on a page that was drawn for a host
    assert not store.club().for_others
    assert [error.value for error in app.error] == [
        "Only a host can do that\\. Nothing was changed."
    ]
    member = open_page("settings")
    assert not [one for one in member.toggle if one.label.startswith("Members may rate")]
    assert "You can rate and vote for yourself; a host can allow more." in said(member)


def test_account_or_its_member_stands_beside_changes(
    open_page: Open, store: Store, monkeypatch: Patch
) -> None:
    secrets: dict[str, dict[str, object]] = {"auth": {}, "club": {"people": {}}}
    monkeypatch.setattr(st, "secrets", secrets)
    visit(monkeypatch, "member", ADDRESS)
    app = open_page("movie", movie=str(UP))
    assert asks(app)
    click(app, "On the shortlist")
    assert last(store) == (ADDRESS, "took off the shortlist")
    secrets["club"]["people"] = {ADDRESS.upper(): "bruno"}
    assert not asks(click(app.run(), "Shortlist it"))
    assert last(store)[0] == "Bruno"
    store.let_rate_for_others(False)
    night = decided(store, {ANA: (3.0, 3.0), BRUNO: (3.0, 3.0)})
    app = open_page("night", night=str(night), me="Ana")
    assert [face["name"] for face in widget(app, "me_faces")["faces"]] == ["Bruno"]


def test_member_with_an_account_cannot_be_chosen(
    open_page: Open, store: Store, monkeypatch: Patch
) -> None:
    lists: dict[str, dict[str, str]] = {"people": {}}
    monkeypatch.setattr(st, "secrets", {"auth": {}, "club": lists})
    visit(monkeypatch, "member", ADDRESS)
    app = open_page("club")
    assert "Ana" in app.pills(access.ASKED).options
    say(app, ANA)
    lists["people"] = {"ana@example.org": "Ana"}
    store.let_rate_for_others(False)
    app = open_page("settings")
    assert "Ana" not in app.pills("you_are").options
    assert app.pills("you_are").value == access.NOBODY
    assert access.me(state.view()) is None
    lists["people"][ADDRESS] = "Ana"  # two accounts of one person
    assert access.me(state.view()) == ANA


def test_list_of_changes_tells_who_did_what(open_page: Open, store: Store) -> None:
    mine = store.by("**Bold** <b>")
    mine.ratings.rate(ANA, UP, 4.5)
    mine.ratings.rate_many([(ANA, UP, 1), (BRUNO, UP, 2)])
    night = mine.nights.plan(FRIDAY)
    mine.nights.attend(night, [ANA])
    gone = mine.nights.plan(FRIDAY)
    mine.nights.delete(gone)
    table = next(
        t.value for t in open_page("settings", set="Changes").dataframe if "What" in t.value
    )
    assert table["What"].tolist()[:6] == [
        "deleted a night: a night",
        "planned a night: a night",
        "said who is here: Friday, 27 November 2026",
        "planned a night: Friday, 27 November 2026",
        "rated: 2 ratings of Ana and Bruno",
        "rated: Ana, Up (2009), 4½",
    ]
    assert table["Who"].tolist()[:6] == ["**Bold** <b>"] * 6  # cells of a table are no Markdown
    assert table["Who"].tolist()[-1] == "–"
