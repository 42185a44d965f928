"""Explore and the Catalogue in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import sources
from browser import Server, settled
from playwright.sync_api import Page, expect

from club.store import Store


def test_explore_on_a_phone_shows_results_first(
    new_server: Callable[..., Server], visit: Callable[..., Page]
) -> None:
    server = new_server()
    page = visit(f"{server.url}/explore?keyword=heist", phone=True)
    expect(page.locator("h1")).to_have_text("Find us something")
    first = page.locator(".st-key-picks .tile").first
    assert first.bounding_box()["y"] + first.bounding_box()["height"] < 844
    assert page.evaluate("document.body.scrollWidth") <= 390
    listed = Store(server.var / "club.db").movies.shortlist()
    button = first.get_by_role("button", name=re.compile("^Shortlist"))
    button.click()
    expect(page.locator(".st-key-picks .action").first).to_have_text("✓ Listed")
    settled(page)
    movie = int(first.get_attribute("data-movie"))
    assert Store(server.var / "club.db").movies.shortlist() == [*listed, movie]
    # The focus stays on the button, whose label says now what it undoes.
    shadow = "[...document.querySelectorAll('*')].map(e => e.shadowRoot?.activeElement?.className)"
    assert page.evaluate(f"{shadow}.includes('action')")
    title = first.locator(".title").inner_text()
    first.locator("a").click()
    expect(page).to_have_url(f"{server.url}/movie?movie={movie}")
    expect(page.locator("h1")).to_have_text(title)
    page.goto(f"{server.url}/club")
    on_list = page.locator(f".st-key-shortlist .tile[data-movie='{movie}']")
    on_list.get_by_role("button", name="Take off").click()
    expect(on_list).to_have_count(0)
    settled(page)
    assert Store(server.var / "club.db").movies.shortlist() == listed


def test_map_of_taste(shared_server: Server, visit: Callable[..., Page]) -> None:
    page = visit(f"{shared_server.url}/explore")
    page.get_by_text("The map of taste").click()
    map_ = page.locator(".js-plotly-plot")
    expect(map_.locator(".annotation").first).to_be_visible()
    assert map_.locator(".scatterlayer .point").count() > 500


def test_catalogue_upload(
    new_server: Callable[..., Server], visit: Callable[..., Page], tmp_path: Path
) -> None:
    archive = sources.zipped(sources.latest(), tmp_path / "ml-latest.zip", "ml-latest/")
    page = visit(f"{new_server().url}/settings?set=Catalogue")
    page.locator("input[type=file]").set_input_files(archive)
    page.get_by_role("button", name="Look inside").click()
    preview = page.locator(".st-key-import_preview")
    expect(preview.get_by_text("MovieLens")).to_be_visible()
    page.get_by_role("button", name="Import it").click()
    expect(page.get_by_text("Now: MovieLens, imported on")).to_be_visible()
    settled(page)
