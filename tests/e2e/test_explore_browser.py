"""Explore and the Catalogue in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import sources
from browser import Server, settled
from playwright.sync_api import Page, expect

from club.store import Store


def test_explore_link_shortlist_and_map(
    new_server: Callable[..., Server], visit: Callable[..., Page]
) -> None:
    server = new_server()
    page = visit(f"{server.url}/explore?keyword=heist", phone=True)
    expect(page.locator("h1")).to_have_text("Find us something")
    expect(page.get_by_text(re.compile(r"The best of \d+ movies for everyone"))).to_be_visible()
    assert page.evaluate("document.body.scrollWidth") <= 390
    page.get_by_role("button", name="Shortlist it").first.click()
    expect(page.get_by_text("on the shortlist").first).to_be_visible()
    settled(page)
    assert len(Store(server.var / "club.db").movies.shortlist()) == 7

    map_ = visit(f"{server.url}/explore").locator(".js-plotly-plot")
    expect(map_.locator(".annotation").first).to_be_visible()
    dots = map_.locator(".scatterlayer .point")
    assert dots.count() > 500


def test_catalogue_upload(
    new_server: Callable[..., Server], visit: Callable[..., Page], tmp_path: Path
) -> None:
    archive = sources.zipped(sources.latest(), tmp_path / "ml-latest.zip", "ml-latest/")
    page = visit(f"{new_server().url}/catalogue")
    page.locator("input[type=file]").set_input_files(archive)
    page.get_by_role("button", name="Look into it").click()
    preview = page.locator(".st-key-import_preview")
    expect(preview.get_by_text("MovieLens")).to_be_visible()
    with page.expect_download() as download:
        preview.get_by_role("button", name="Rows left out").click()
    assert "no title" in Path(download.value.path()).read_text("utf-8-sig")
    page.get_by_role("button", name="Take it over").click()
    expect(page.get_by_text("Now: MovieLens, imported on")).to_be_visible()
    settled(page)
