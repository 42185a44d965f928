"""The entrance of a shared club, seen from a friend's browser and by somebody without one."""

from __future__ import annotations

import http.client
import re
import shutil
import urllib.request
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest
from browser import SharedServer, is_outside, no_deep_link_leads_inside, settled
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from club import home_network, passphrase
from club.passphrase import Locks, hashed

PASSPHRASE = "violet otter cinema wagon"
Visit = Callable[..., Page]


@pytest.fixture(scope="module")
def server(furnished: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedServer]:
    var = tmp_path_factory.mktemp("gate") / "var"
    shutil.copytree(furnished, var)
    passphrase.save(Locks(hashed(PASSPHRASE, 2**14)), var)
    started = SharedServer(var).start()
    yield started
    started.stop()


def come_in(page: Page, guess: str = PASSPHRASE) -> None:
    page.get_by_label("Passphrase").fill(guess)
    page.get_by_role("button", name="Come in").click()


# First in this file: the very first thing that the server is asked for is a deep link.
def test_no_deep_link_leads_past_the_gate(server: SharedServer, browser: Browser) -> None:
    context = browser.new_context()
    no_deep_link_leads_inside(context.new_page(), server.url)
    context.close()


def test_a_wrong_then_the_right_passphrase_a_second_tab_and_out_again(
    server: SharedServer, visit: Visit
) -> None:
    page = visit(f"{server.url}/rate?movie=68954", phone=True)
    come_in(page, "violet otter cinema boat")
    expect(page.get_by_test_id("stAlert")).to_have_text(re.compile("That is not the passphrase"))
    is_outside(page)
    come_in(page, f"{PASSPHRASE.title()} ")
    expect(page.locator("h1")).to_have_text("Rate")
    assert page.url == f"{server.url}/rate?movie=68954"
    # Phones load a page again whenever they like: a browser that came in stays in.
    tab = page.context.new_page()
    tab.goto(f"{server.url}/club")
    settled(tab)
    expect(tab.locator("h1")).to_have_text("Demo club")
    expect(tab.get_by_role("button", name="Start our own club")).to_have_count(0)
    is_outside(visit(server.url))  # another browser
    tab.get_by_test_id("stExpandSidebarButton").click()
    tab.get_by_role("button", name="Log out").click()
    is_outside(tab)
    is_outside(page)  # within a heartbeat, without being touched


def test_who_sits_at_the_machine_is_asked_nothing(server: SharedServer, visit: Visit) -> None:
    page = visit(f"http://localhost:{server.port}/club")
    expect(page.get_by_role("button", name="Start our own club")).to_be_visible()
    expect(page.locator(".st-key-sharing img")).to_be_visible()


@pytest.mark.skipif(home_network.address(80) is None, reason="this computer is on no network")
def test_a_phone_scans_the_way_in(server: SharedServer, visit: Visit) -> None:
    scanner = pytest.importorskip("zxingcpp", reason="zxing-cpp reads QR codes")
    page = visit(f"http://localhost:{server.port}/club")
    picture = page.locator(".st-key-sharing img").screenshot()
    found = scanner.read_barcodes(Image.open(BytesIO(picture)))
    shown = page.locator(".st-key-sharing code").inner_text()
    assert [code.text for code in found] == [shown]
    with urllib.request.urlopen(shown) as answer:
        assert answer.status == 200


def test_pictures_and_uploads_are_for_who_came_in(server: SharedServer, visit: Visit) -> None:
    page = visit(f"{server.url}/club")
    come_in(page)
    expect(page.locator("h1")).to_have_text("Demo club")
    with page.expect_download() as download:
        page.get_by_role("button", name=re.compile("CSV")).first.click()
    file = re.sub(r"^http://[^/]*", "", download.value.url)
    assert file.startswith("/media/")
    cookie = "; ".join(f"{one['name']}={one['value']}" for one in page.context.cookies())
    assert server.ask(file, "club.localhost", Cookie=cookie) == 200
    assert server.ask(file, "club.localhost") == 403
    assert server.ask(file, "club.localhost", Cookie="_streamlit_xsrf=2|00000000|00|1") == 403
    assert server.ask(file, "localhost", **{"X-Forwarded-For": "192.168.0.9"}) == 403
    for method in ("PUT", "DELETE"):
        assert server.ask("/_stcore/upload_file/any/1", "club.localhost", method) == 403
    # Who came in meets Streamlit's own checks: first that no other site's page asks.
    upload = "/_stcore/upload_file/any/1"
    assert server.ask(upload, "club.localhost", "PUT", Cookie=cookie) == 403
    token = next(one["value"] for one in page.context.cookies() if "xsrf" in one["name"])
    headers = {"Cookie": cookie, "X-Xsrftoken": token}
    assert server.ask(upload, "club.localhost", "PUT", **headers) == 400  # no such session
    assert server.ask("/_stcore/metrics", "club.localhost") == 403


@pytest.mark.parametrize(("origin", "status"), [("club.localhost", 101), ("evil.example.org", 403)])
def test_only_our_own_pages_connect(server: SharedServer, origin: str, status: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
    headers = {
        "Host": f"club.localhost:{server.port}",
        "Origin": f"http://{origin}:{server.port}",
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
    }
    connection.request("GET", "/_stcore/stream", headers=headers)
    assert connection.getresponse().status == status
    connection.close()


def test_the_passphrase_is_in_no_file_and_no_log(server: SharedServer) -> None:
    for file in server.var.rglob("*"):
        if file.is_file():
            content = file.read_bytes().lower()
            assert b"violet otter" not in content, file
