"""A database or a server that is away for a while: the page says so, and comes back."""

import shutil
from collections.abc import Callable
from pathlib import Path

from browser import Server, settled
from playwright.sync_api import Page, expect


def test_page_and_installed_app_come_back(
    new_server: Callable[..., Server], visit: Callable[..., Page], tmp_path: Path
) -> None:
    server = new_server()
    club, away = server.var / "club.db", tmp_path / "away"
    away.mkdir()
    page = visit(server.url, phone=True)
    pick = page.locator(".st-key-tonight_pick")
    for file in server.var.glob("club.db*"):
        shutil.move(file, away)
    page.reload()
    trying = page.get_by_text("This page tries again by itself every few seconds.")
    expect(trying).to_be_visible()
    expect(page.get_by_role("alert").first).to_contain_text("is not there any more")
    assert not club.exists()
    for file in away.iterdir():
        shutil.move(file, server.var)
    expect(pick).to_be_visible()
    settled(page)
    expect(trying).to_have_count(0)
    expect(page.get_by_role("alert")).to_have_count(0)

    for icon in page.request.get(f"{server.url}/manifest.webmanifest").json()["icons"]:
        answer = page.request.get(f"{server.url}{icon['src']}")
        assert answer.headers["content-type"] == icon["type"]
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    server.stop()
    page.reload()
    expect(page.locator("h1")).to_have_text("The club is not there")
    server.start()
    page.get_by_role("button", name="Try again").click()
    expect(pick).to_be_visible()
