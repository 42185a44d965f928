"""The entrance: who meets it, who passes, and what a member cannot do."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from furnished import Open, click
from streamlit import config
from streamlit.runtime.secrets import Secrets
from streamlit.testing.v1 import AppTest

from club import passphrase
from club.errors import InvalidInput
from club.passphrase import Locks, hashed
from ui import gate, login, router, visitor
from ui.services import Store

MEMBER, HOST = "violet otter cinema wagon", "granite teapot monsoon lizard"
COOKIE_SECRET = "0123456789abcdef" * 2
AtTheMachine = Callable[[], None]


@pytest.fixture(scope="module")
def locks() -> Locks:
    return Locks(hashed(MEMBER, 2**14), hashed(HOST, 2**14))


def use_phone(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Visit from another browser from now on."""
    cookie = f"2|00000000|{number:032x}|7"
    monkeypatch.setattr(type(st.context), "cookies", {"_streamlit_xsrf": cookie})


@pytest.fixture(autouse=True)
def from_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Visitors use a phone of the home network."""
    monkeypatch.setattr(type(st.context), "ip_address", "192.168.0.9")
    monkeypatch.setattr(type(st.context), "headers", {"host": "192.168.0.2:8501"})
    use_phone(monkeypatch, 1)


@pytest.fixture
def at_the_machine(monkeypatch: pytest.MonkeyPatch) -> AtTheMachine:
    """The visitor sits at the computer from the moment that this is called."""

    def sit() -> None:
        monkeypatch.setattr(type(st.context), "ip_address", None)
        monkeypatch.setattr(type(st.context), "headers", {"host": "localhost:8501"})

    return sit


@pytest.fixture
def shared(var: Path, monkeypatch: pytest.MonkeyPatch, locks: Locks) -> Path:
    """The folder of a club that is shared."""
    monkeypatch.setenv(gate.SHARED, "1")
    passphrase.save(locks, var)
    return var


def is_outside(app: AppTest) -> bool:
    return [title.value for title in app.title] == [gate.TITLE]


def guess(app: AppTest, text: str, button: str = "Come in") -> AppTest:
    app.text_input(key=gate.GUESS).set_value(text)
    return click(app, button)


def everything(app: AppTest) -> str:
    return " ".join(str(one.value) for one in [*app.caption, *app.markdown, *app.error])


def test_not_shared_there_is_no_gate_and_everybody_is_host(
    open_page: Open, at_the_machine: AtTheMachine
) -> None:
    at_the_machine()
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
    shared: Path, open_page: Open, at_the_machine: AtTheMachine
) -> None:
    at_the_machine()
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


@pytest.fixture
def secrets_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where secrets.toml may lie; there is none yet."""
    file, before = tmp_path / "secrets.toml", config.get_option("secrets.files")
    config.set_option("secrets.files", [str(file)])
    monkeypatch.setattr(st, "secrets", Secrets())
    yield file
    config.set_option("secrets.files", before)


@pytest.fixture
def accounts(var: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Accounts are asked for; the visitor's is what the test puts into the dictionary."""
    user: dict[str, Any] = {"is_logged_in": False}
    club = {"members": ["Ana@example.org"], "hosts": ["bo@example.org"]}
    auth = {"client_id": "x", "cookie_secret": COOKIE_SECRET}
    monkeypatch.setattr(st, "secrets", {"auth": auth, "club": club})
    monkeypatch.setattr(st, "user", user)
    monkeypatch.setattr(login, "can_be_used", lambda: True)
    return user


def test_with_accounts_one_logs_in_instead(accounts: dict[str, Any], open_page: Open) -> None:
    app = open_page("night", night="1")
    assert is_outside(app)
    assert [button.label for button in app.button] == ["Log in"]
    assert not app.text_input


@pytest.mark.parametrize(
    ("email", "role"), [("ana@EXAMPLE.org", "member"), ("bo@example.org", "host")]
)
def test_who_is_on_the_list_comes_in(
    accounts: dict[str, Any], open_page: Open, email: str, role: str
) -> None:
    accounts |= {"is_logged_in": True, "email": email, "email_verified": True}
    app = open_page("club")
    assert f"You are in as a {role}." in everything(app)
    assert ("Start our own club" in [button.label for button in app.button]) == (role == "host")


@pytest.mark.parametrize(
    "claims",
    [{"email": "eve@x.org", "email_verified": True}, {}, {"email": "", "email_verified": True}],
)
def test_who_is_not_on_the_list_stays_outside(
    accounts: dict[str, Any], open_page: Open, claims: dict[str, Any]
) -> None:
    accounts |= {"is_logged_in": True, **claims}
    app = open_page("club")
    assert is_outside(app)
    told = "is not on this club’s list" if claims.get("email") else "does not say that your address"
    assert told in everything(app)
    assert [button.label for button in app.button] == ["Log out"]


@pytest.mark.parametrize("verified", [False, None, "false", "", 0])
def test_an_address_that_nobody_verified_does_not_count(
    accounts: dict[str, Any], open_page: Open, verified: object
) -> None:
    accounts |= {"is_logged_in": True, "email": "bo@example.org", "email_verified": verified}
    assert is_outside(open_page())


def test_a_login_that_was_ended_in_another_tab_ends_here(
    accounts: dict[str, Any], open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(st, "logout", lambda: None)
    monkeypatch.setattr(type(st.context), "cookies", {"_streamlit_user": "signed.1"})
    accounts |= {"is_logged_in": True, "email": "ana@example.org", "email_verified": True}
    app, tab = open_page("club"), open_page("rate")
    click(tab, "Log out")
    assert is_outside(app.run())
    assert gate.gate().role("signed.1") is None
    assert [button.label for button in app.button] == ["Log in"]
    monkeypatch.setattr(type(st.context), "cookies", {"_streamlit_user": "signed.2"})
    assert not is_outside(open_page("rate"))


@pytest.mark.parametrize("secret", ["", "a long random text"])
def test_a_cookie_secret_that_can_be_guessed_lets_nobody_in(
    accounts: dict[str, Any],
    open_page: Open,
    at_the_machine: AtTheMachine,
    monkeypatch: pytest.MonkeyPatch,
    secret: str,
) -> None:
    at_the_machine()
    accounts |= {"is_logged_in": True, "email": "bo@example.org", "email_verified": True}
    auth = {"client_id": "x", "cookie_secret": secret}
    monkeypatch.setattr(st, "secrets", {"auth": auth, "club": {"hosts": ["bo@example.org"]}})
    app = open_page()
    assert is_outside(app)
    assert "shorter than 32 characters" in everything(app)


def test_while_the_file_is_written_nobody_comes_in(
    accounts: dict[str, Any],
    open_page: Open,
    at_the_machine: AtTheMachine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    at_the_machine()
    assert is_outside(open_page())
    monkeypatch.setattr(st, "secrets", {})
    app = open_page()
    assert is_outside(app)
    assert "is gone from" in everything(app)


def test_accounts_in_a_file_with_a_mistake_let_nobody_in(
    var: Path,
    open_page: Open,
    at_the_machine: AtTheMachine,
    monkeypatch: pytest.MonkeyPatch,
    secrets_file: Path,
) -> None:
    at_the_machine()
    secrets_file.write_text('[tmdb]\nkey = "\n')
    assert not is_outside(open_page())
    secrets_file.write_text('[auth]\nclient_id = "\n')
    assert is_outside(open_page())


def test_a_list_that_is_no_list_lets_nobody_in(
    accounts: dict[str, Any], open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts |= {"is_logged_in": True, "email": "bo@example.org", "email_verified": True}
    st.secrets["club"]["hosts"] = "bo@example.org"
    assert is_outside(open_page())


@pytest.mark.parametrize(
    ("address", "headers", "expected"),
    [
        (None, {"host": "localhost:8501"}, True),
        ("127.0.0.1", {"host": "127.0.0.1:8501"}, True),
        ("::1", {"host": "[::1]:8501"}, True),
        (None, {}, False),
        (None, {"host": "rebound.example.org:8501"}, False),
        (None, {"host": "localhost.example.org"}, False),
        (None, {"host": "192.168.0.2:8501"}, False),
        ("192.168.0.9", {"host": "localhost:8501"}, False),
        ("127.0.0.1", {"host": "localhost:8501", "x-forwarded-for": "192.168.0.9"}, False),
        ("127.0.0.1", {"host": "[::1"}, False),
    ],
)
def test_only_the_machine_itself_is_the_machine(
    address: str | None, headers: dict[str, str], expected: bool
) -> None:
    assert visitor.at_the_machine(address, headers) is expected


def test_a_browser_is_known_by_what_streamlit_drew_for_it() -> None:
    from streamlit.web.server.starlette import starlette_app_utils as drawn

    secret = bytes(range(16))
    for _ in range(3):  # masked anew each time
        cookie = drawn.generate_xsrf_token_string(secret, 7)
        assert visitor.browser({"_streamlit_xsrf": cookie}) == secret.hex()


@pytest.mark.parametrize("cookie", ["", "2|", "2|00000000|ab|7", "2|zz|zz|7", "1|00000000|" * 2])
def test_a_cookie_that_is_none_of_ours_names_no_browser(cookie: str) -> None:
    assert visitor.browser({"_streamlit_xsrf": cookie}) is None
    assert visitor.browser({}) is None


def test_an_account_is_known_by_all_parts_of_its_cookie() -> None:
    cookies = {"_streamlit_user": "chunks-2", "_streamlit_user_1": "a", "_streamlit_user_2": "b"}
    other = {"_streamlit_user_tokens": "t", "_streamlit_xsrf": "x", "streamlit_user": "u"}
    assert visitor.account(cookies | other) == visitor.account(cookies) == "chunks-2\na\nb"
    assert visitor.account(other) is None
