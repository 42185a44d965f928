"""A shared club as `make share` serves it, in a friend's browser and without one."""

import re
import shutil
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest
from browser import SharedServer, go, is_outside, settled
from fake_provider import CLIENT, CLIENT_SECRET, Provider
from PIL import Image
from playwright.sync_api import Page, expect

from club.sharing import Passphrases, hash_passphrase, home_address, save_passphrases
from ui import router

PASSPHRASE, HOST = "violet otter cinema wagon", "granite teapot monsoon lizard"
Visit = Callable[..., Page]
pytestmark = pytest.mark.xdist_group("shared")  # one server, in the order of the file


@pytest.fixture(scope="module")
def server(furnished: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedServer]:
    var = tmp_path_factory.mktemp("shared") / "var"
    shutil.copytree(furnished, var)
    known = Passphrases(hash_passphrase(PASSPHRASE, 2**14), hash_passphrase(HOST, 2**14))
    save_passphrases(known, var)
    started = SharedServer(var).start()
    yield started
    started.stop()


def come_in(page: Page, passphrase: str = PASSPHRASE) -> None:
    page.get_by_label("Passphrase").fill(passphrase)
    page.get_by_role("button", name="Come in").click()


def log_out(page: Page) -> None:
    page.locator(".st-key-nav_bar .settings").click()
    page.get_by_role("button", name="Log out").click()


def cookies(page: Page) -> str:
    return "; ".join(f"{one['name']}={one['value']}" for one in page.context.cookies())


def files_need_a_session(server: SharedServer, page: Page) -> None:
    """Download a file on the page Backups, and ask for it, and for uploads, from elsewhere."""
    with page.expect_download() as download:
        page.get_by_role("button", name=re.compile("CSV")).first.click()
    file = re.sub(r"^http://[^/]*", "", download.value.url)
    assert file.startswith("/media/")
    cookie, upload = cookies(page), "/_stcore/upload_file/any/1"
    assert server.ask(file, "club.localhost", Cookie=cookie) == 200
    assert server.ask(file, "club.localhost") == 401
    assert server.ask(file, "localhost", **{"X-Forwarded-For": "192.168.0.9"}) == 401
    assert server.ask(upload, "club.localhost", "PUT") == 401
    # Behind the sign-in Streamlit's own check goes on: its token against other sites' pages.
    assert server.ask(upload, "club.localhost", "PUT", Cookie=cookie) == 403


# First in this file: the very first thing that the server is asked for is a deep link.
def test_cold_deep_links_show_the_sign_in_page(server: SharedServer, visit: Visit) -> None:
    page = visit(f"{server.url}/night?night=1", outside=True)
    for name in router.PAGES:
        page.goto(f"{server.url}/{name}")
        is_outside(page)


def test_passphrase_second_tab_log_out_back_and_log(server: SharedServer, visit: Visit) -> None:
    page = visit(f"{server.url}/rate?movie=68954", phone=True, outside=True)
    come_in(page, "violet otter cinema boat")
    expect(page.get_by_role("alert")).to_have_text(re.compile("That is not the passphrase"))
    is_outside(page)
    come_in(page, f"{PASSPHRASE.title()} ")
    expect(page.locator("h1")).to_have_text("Who has seen Up?")
    assert page.url == f"{server.url}/rate?movie=68954"
    go(page, "settings?set=Backups")
    files_need_a_session(server, page)
    tab = page.context.new_page()
    tab.goto(f"{server.url}/club")
    settled(tab)
    is_outside(visit(server.url, outside=True))  # another browser
    log_out(tab)
    is_outside(tab)
    is_outside(page)  # soon, without being touched
    tab.go_back()
    expect(tab.get_by_test_id("stApp")).to_have_count(0)
    assert b"Signed in as a member" in (server.var / "server.log").read_bytes()
    for file in server.var.rglob("*"):
        assert not file.is_file() or b"violet otter" not in file.read_bytes().lower(), file


def test_member_becomes_host_and_a_new_passphrase_puts_out(
    server: SharedServer, visit: Visit
) -> None:
    page = visit(f"{server.url}/settings", outside=True)
    come_in(page)
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Become a host").click()
    come_in(opened.value, HOST)
    settled(opened.value)
    expect(page.get_by_text("You are signed in as a host.")).to_be_visible()  # connects anew
    # What the pages still asked for after that would get the sign-in page.
    expect(page.get_by_test_id("stCheckbox")).to_be_visible()
    for tab in (page, opened.value):
        expect(tab.get_by_test_id("stSkeleton")).to_have_count(0)
    known = Passphrases(hash_passphrase(PASSPHRASE, 2**14))
    save_passphrases(known, server.var)
    is_outside(page)
    is_outside(opened.value)


def test_machine_itself_is_host_and_shows_the_way_for_phones(
    server: SharedServer, visit: Visit
) -> None:
    page = visit(f"http://localhost:{server.port}/settings")
    if home_address(80) is None:
        pytest.skip("this computer is on no network")
    scanner = pytest.importorskip("zxingcpp", reason="zxing-cpp reads QR codes")
    picture = page.locator(".st-key-sharing img").screenshot()
    found = scanner.read_barcodes(Image.open(BytesIO(picture)))
    shown = page.locator(".st-key-sharing code").inner_text()
    assert [code.text for code in found] == [shown] == [home_address(server.port)]


@pytest.fixture
def with_accounts(furnished: Path, tmp_path: Path) -> Iterator[SharedServer]:
    """A server where people log in with an account at a provider on this machine."""
    ana = {"email": "ana@example.org", "email_verified": True}
    provider = Provider({"Ana": ana}).start()
    var = tmp_path / "var"
    shutil.copytree(furnished, var)
    started = SharedServer(var)
    (var / "secrets.toml").write_text(
        f"""
        [auth]
        redirect_uri = "{started.url}/oauth2callback"
        client_id = "{CLIENT}"
        client_secret = "{CLIENT_SECRET}"
        server_metadata_url = "{provider.url}/.well-known/openid-configuration"

        [club]
        members = ["ana@example.org"]
        people = {{"ana@example.org" = "Ana"}}
        """
    )
    yield started.start()
    started.stop()
    provider.stop()


def test_account_logs_in_and_out_of_every_tab(with_accounts: SharedServer, visit: Visit) -> None:
    pytest.importorskip("authlib", reason='accounts need pip install "streamlit[auth]"')
    is_outside(visit(f"http://localhost:{with_accounts.port}/club", outside=True), "Log in")
    page = visit(f"{with_accounts.url}/club", outside=True)
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("link", name="Ana", exact=True).click()
    settled(page)
    assert page.url == f"{with_accounts.url}/club"
    page.locator(".st-key-nav_bar .settings").click()
    expect(page.get_by_text("You are signed in as a member.")).to_be_visible()
    expect(page.get_by_text("You are Ana.").first).to_be_visible()
    tab = page.context.new_page()
    tab.goto(f"{with_accounts.url}/rate")
    settled(tab)
    cookie = cookies(page)
    assert with_accounts.ask("/media/any", "club.localhost", Cookie=cookie) == 404
    page.get_by_role("button", name="Log out").click()
    is_outside(page, "Log in")
    is_outside(tab, "Log in")
    assert with_accounts.ask("/media/any", "club.localhost", Cookie=cookie) == 401
