"""The entrance with a passphrase: who meets it, who passes, and what a member cannot do."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
import streamlit as st
from a_visit import everything, from_elsewhere, guess, is_outside, sit_at_the_machine, use_phone
from furnished import Open, click

from club import passphrase
from club.errors import InvalidInput
from club.passphrase import Locks, hashed
from ui import gate, router
from ui.state import Store

MEMBER, HOST = "violet otter cinema wagon", "granite teapot monsoon lizard"


@pytest.fixture(scope="module")
def locks(cheap: int) -> Locks:
    return Locks(hashed(MEMBER, cheap), hashed(HOST, cheap))


@pytest.fixture(autouse=True)
def phone(monkeypatch: pytest.MonkeyPatch) -> None:
    from_elsewhere(monkeypatch)


@pytest.fixture
def shared(var: Path, monkeypatch: pytest.MonkeyPatch, locks: Locks) -> Path:
    """The folder of a club that is shared."""
    monkeypatch.setenv(gate.SHARED, "1")
    passphrase.save(locks, var)
    return var


def test_not_shared_there_is_no_gate_and_everybody_is_host(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    sit_at_the_machine(monkeypatch)
    app = open_page("club")
    assert not is_outside(app)
    assert [button.label for button in app.sidebar.button] == []
    assert "Start our own club" in [button.label for button in app.button]
    assert "On your phones" not in [one.value for one in app.subheader]


@pytest.mark.parametrize("name", router.PAGES)
def test_every_page_is_behind_the_gate(shared: Path, open_page: Open, name: str) -> None:
    app = open_page(name, night="1")
    assert is_outside(app)
    assert [one.label for one in app.text_input] == ["Passphrase"]
    assert [one.label for one in app.button] == ["Come in"]
    assert not app.caption
    assert not app.subheader


def test_a_wrong_guess_stays_outside_and_the_right_one_comes_in(
    shared: Path, open_page: Open
) -> None:
    app = guess(open_page("rate"), "granite otter cinema wagon")
    assert is_outside(app)
    assert [one.value for one in app.error] == ["That is not the passphrase."]
    guess(app, f" {MEMBER.title()} ")
    assert [title.value for title in app.title] == ["Rate"]
    assert "You are in as a member." in everything(app)


def test_the_passphrase_stays_nowhere_in_the_session(shared: Path, open_page: Open) -> None:
    app = guess(open_page(), MEMBER)
    assert "otter" not in repr(app.session_state)


def test_a_browser_that_keeps_no_cookie_cannot_come_in(
    shared: Path, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(st.context), "cookies", {})
    app = guess(open_page(), MEMBER)
    assert is_outside(app)
    assert [one.value for one in app.error] == [gate.NO_COOKIE]


def test_a_page_that_gave_our_machine_a_name_of_its_own_is_outside(
    var: Path, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(st.context), "ip_address", None)
    monkeypatch.setattr(type(st.context), "headers", {"host": "rebound.example.org:8501"})
    assert is_outside(open_page("club"))


def test_after_three_wrong_guesses_one_is_told_how_long_to_wait(
    shared: Path, open_page: Open
) -> None:
    app = open_page()
    for _ in range(3):
        guess(app, "wrong")
    assert "The next try counts in 5 seconds." in everything(app)
    guess(app, MEMBER)
    assert is_outside(app)
    assert "That came too early, so nobody looked at it. Try again in" in everything(app)


def test_emptied_caches_put_nobody_out_and_forgive_no_guess(
    shared: Path, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    friend = guess(open_page(), MEMBER)
    use_phone(monkeypatch, 2)
    app = open_page()
    for _ in range(3):
        guess(app, "wrong")
    st.cache_resource.clear()  # which Streamlit does for whoever is connected and asks
    guess(app, MEMBER)
    assert is_outside(app)
    assert "That came too early" in everything(app)
    use_phone(monkeypatch, 1)
    assert not is_outside(friend.run())


def test_another_browser_meets_the_gate_and_logging_out_closes_it(
    shared: Path, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = guess(open_page(), MEMBER)
    assert not is_outside(open_page())
    use_phone(monkeypatch, 2)
    assert is_outside(open_page())
    use_phone(monkeypatch, 1)
    click(app, "Log out")
    assert is_outside(app)
    assert is_outside(app.run())


def test_a_member_cannot_destroy_anything(shared: Path, open_page: Open, store: Store) -> None:
    app = guess(open_page("club"), MEMBER)
    assert "Start our own club" not in [button.label for button in app.button]
    store.start_own_club("Friday club")
    assert "Go back to the demo" not in [button.label for button in app.run().button]
    assert "Only a host can delete the club." in everything(app)
    app.switch_page("pages/catalogue.py").run()
    assert "Only a host can bring other movies and ratings." in everything(app)
    assert not app.get("file_uploader")


def test_a_member_cannot_delete_a_night_a_host_can(
    shared: Path, open_page: Open, store: Store
) -> None:
    from datetime import date

    night = store.nights.plan(date(2030, 1, 4), tuple(store.members().index))
    member = guess(open_page("night", night=str(night)), MEMBER)
    assert "Only a host can delete a night." in everything(member)
    assert "Delete" not in [button.label for button in member.button]
    click(member, "Log out")
    host = guess(open_page("night", night=str(night)), HOST)
    assert "Delete" in [button.label for button in host.button]


def test_a_member_becomes_host_by_the_hosts_passphrase(shared: Path, open_page: Open) -> None:
    app = guess(open_page("club"), MEMBER)
    guess(app, HOST, "Become a host")
    assert "You are in as a host." in everything(app)
    assert "Start our own club" in [button.label for button in app.button]


def test_what_only_hosts_may_do_is_refused_where_it_is_done(
    shared: Path, locks: Locks, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    act = gate.by_host(asked.append)
    mine = gate.token(st.context.cookies)
    for guessed, expected in ((MEMBER, []), (HOST, [1])):
        gate.gate().enter(mine, "192.168.0.9", guessed)
        with contextlib.suppress(InvalidInput):
            act(1)
        assert asked == expected


def test_who_sits_at_the_machine_is_host_and_asked_nothing(
    shared: Path, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    sit_at_the_machine(monkeypatch)
    app = open_page("club")
    assert "Start our own club" in [button.label for button in app.button]
    assert "On your phones" in [one.value for one in app.subheader]
    assert not app.sidebar.button


def test_a_server_that_all_can_reach_is_shared_even_if_nobody_said_so(
    var: Path, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    option = st.get_option
    monkeypatch.setattr(
        st, "get_option", lambda key: None if key == "server.address" else option(key)
    )
    app = open_page()
    assert is_outside(app)
    assert "This club has no passphrase yet" in app.warning[0].value
    assert not app.text_input


def test_a_damaged_file_lets_nobody_in(shared: Path, open_page: Open) -> None:
    (shared / passphrase.FILE).write_text("{}")
    app = open_page()
    assert is_outside(app)
    assert "set a new passphrase" in app.error[0].value.replace("\\", "")
