"""Accounts instead of a passphrase: real logins, at a provider on this machine."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from browser import SharedServer, is_outside, no_deep_link_leads_inside, settled
from fake_provider import CLIENT, CLIENT_SECRET, Provider
from playwright.sync_api import Browser, Page, expect

from ui import login

pytestmark = pytest.mark.skipif(
    not login.can_be_used(), reason='accounts need Authlib and httpx: pip install "streamlit[auth]"'
)

LOG_IN = "Log in"
ACCOUNTS = {
    "Bo": {"email": "bo@example.org", "email_verified": True},
    "Ana": {"email": "Ana@Example.org", "email_verified": True},
    "Eve": {"email": "eve@example.org", "email_verified": True},
    "Mallory": {  # who wrote Bo's address into her account
        "email": "bo@example.org",
        "email_verified": False,
    },
    "Trudy": {"email": "bo@example.org"},
}
Visit = Callable[..., Page]


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    started = Provider(ACCOUNTS).start()
    yield started
    started.stop()


@pytest.fixture(scope="module")
def server(
    furnished: Path, tmp_path_factory: pytest.TempPathFactory, provider: Provider
) -> Iterator[SharedServer]:
    var = tmp_path_factory.mktemp("login") / "var"
    shutil.copytree(furnished, var)
    started = SharedServer(var)
    (var / "secrets.toml").write_text(
        f"""
        [auth]
        redirect_uri = "{started.url}/oauth2callback"
        cookie_secret = "{"0123456789abcdef" * 4}"
        client_id = "{CLIENT}"
        client_secret = "{CLIENT_SECRET}"
        server_metadata_url = "{provider.url}/.well-known/openid-configuration"

        [club]
        hosts = ["bo@example.org"]
        members = ["ana@example.org"]
        """
    )
    yield started.start()
    started.stop()


def log_in(page: Page, name: str) -> None:
    page.get_by_role("button", name=LOG_IN).click()
    page.get_by_role("link", name=name, exact=True).click()
    settled(page)


def log_out(page: Page) -> None:
    page.get_by_test_id("stExpandSidebarButton").click()
    page.get_by_role("button", name="Log out").click()


# First in this file: the very first thing that the server is asked for is a deep link.
def test_no_deep_link_leads_past_the_login(server: SharedServer, browser: Browser) -> None:
    context = browser.new_context()
    page = context.new_page()
    no_deep_link_leads_inside(page, server.url, LOG_IN)
    # Not even from the machine itself: who sits there has an account, too.
    page.goto(f"http://localhost:{server.port}/club")
    settled(page)
    is_outside(page, LOG_IN)
    context.close()


@pytest.mark.parametrize(("name", "role"), [("Bo", "host"), ("Ana", "member")])
def test_who_is_on_the_list_comes_in_by_an_account(
    server: SharedServer, visit: Visit, name: str, role: str
) -> None:
    page = visit(server.url)
    log_in(page, name)
    page.goto(f"{server.url}/club")
    settled(page)
    expect(page.locator("h1")).to_have_text("Demo club")
    own = page.get_by_role("button", name="Start our own club")
    expect(own).to_have_count(1 if role == "host" else 0)
    page.get_by_test_id("stExpandSidebarButton").click()
    expect(page.get_by_text(f"You are in as a {role}.")).to_be_visible()


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Eve", "is not on this club’s list"),
        ("Mallory", "does not say that your address is yours"),
        ("Trudy", "does not say that your address is yours"),
    ],
)
def test_who_is_not_on_the_list_or_only_says_so_stays_outside(
    server: SharedServer, visit: Visit, name: str, told: str
) -> None:
    page = visit(server.url)
    log_in(page, name)
    is_outside(page, "Log out")
    expect(page.get_by_text(told)).to_be_visible()
    page.get_by_role("button", name="Log out").click()
    is_outside(page, LOG_IN)


def test_logging_out_closes_every_tab_and_the_cookie_is_worth_nothing(
    server: SharedServer, visit: Visit, browser: Browser
) -> None:
    page = visit(server.url)
    log_in(page, "Ana")
    tab = page.context.new_page()
    tab.goto(f"{server.url}/club")
    settled(tab)
    expect(tab.locator("h1")).to_have_text("Demo club")
    stolen = page.context.cookies()
    cookie = "; ".join(f"{one['name']}={one['value']}" for one in stolen)
    assert server.ask("/media/any", "club.localhost", Cookie=cookie) == 404  # there is none
    log_out(page)
    is_outside(page, LOG_IN)
    is_outside(tab, LOG_IN)  # within a heartbeat, without being touched
    assert server.ask("/media/any", "club.localhost", Cookie=cookie) == 403
    thief = browser.new_context()
    more = {"name": "_streamlit_user_9", "value": "one.more.part"}  # which Streamlit passes over
    thief.add_cookies([*stolen, {**more, "domain": "club.localhost", "path": "/"}])
    theirs = thief.new_page()
    theirs.goto(f"{server.url}/club")
    settled(theirs)
    is_outside(theirs, LOG_IN)
    thief.close()
    log_in(tab, "Bo")  # the next one at the same browser
    expect(tab.get_by_test_id("stTopNavLink").first).to_be_visible()
