"""A database that is away for a while: the page says so, and comes back by itself."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from browser import Server, settled
from playwright.sync_api import Page, expect


def test_page_recovers_with_the_database(
    new_server: Callable[..., Server], visit: Callable[..., Page], tmp_path: Path
) -> None:
    server = new_server()
    club, away = server.var / "club.db", tmp_path / "away"
    away.mkdir()
    page = visit(server.url)
    for file in server.var.glob("club.db*"):
        shutil.move(file, away)
    page.reload()
    trying = page.get_by_text("This page tries again by itself every few seconds.")
    expect(trying).to_be_visible(timeout=30_000)
    expect(page.get_by_role("alert").first).to_contain_text("is not there any more")
    assert not club.exists()
    for file in away.iterdir():
        shutil.move(file, server.var)
    expect(page.locator(".st-key-tonight_pick")).to_be_visible(timeout=30_000)
    settled(page)
    expect(trying).to_have_count(0)
    expect(page.get_by_role("alert")).to_have_count(0)
