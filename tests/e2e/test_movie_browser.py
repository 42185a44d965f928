"""A movie's page in a real browser: from a link that somebody sent, and on from there."""

from __future__ import annotations

from collections.abc import Callable

from browser import Server, settled
from playwright.sync_api import Page, expect

from club.store import Store

PULP_FICTION = 296


def test_tonight_to_similar_movie_and_back(
    new_server: Callable[..., Server], visit: Callable[..., Page]
) -> None:
    server = new_server()
    # The first that this server is ever asked for.
    sent = visit(f"{server.url}/movie?movie={PULP_FICTION}", phone=True)
    expect(sent.locator("h1")).to_have_text("Pulp Fiction")
    expect(sent).to_have_title("Pulp Fiction (1994) · Movie club")
    poster, title = sent.locator(".st-key-movie img").first, sent.locator("h1")
    assert poster.bounding_box()["x"] < title.bounding_box()["x"]
    assert title.bounding_box()["y"] < poster.bounding_box()["y"] + poster.bounding_box()["height"]
    assert sent.evaluate("document.body.scrollWidth") <= 390

    page = visit(server.url)
    card = page.locator(".st-key-candidates_S .tile a").first
    name = page.locator(".st-key-candidates_S .tile .title").first.inner_text()
    card.click()
    expect(page.locator("h1")).to_have_text(name)
    expect(page.get_by_role("button", name="On the shortlist")).to_be_visible()

    like_it = page.locator(".st-key-similar .tile").first
    like_it.scroll_into_view_if_needed()
    listed = Store(server.var / "club.db").movies.shortlist()
    movie = int(like_it.get_attribute("data-movie"))
    assert movie not in listed
    like_it.locator("a").click()
    expect(page).to_have_url(f"{server.url}/movie?movie={movie}")
    expect(page.locator("h1")).not_to_have_text(name)
    settled(page)
    expect(page.locator("h1")).to_be_in_viewport()

    page.get_by_role("button", name="Shortlist it").click()
    expect(page.get_by_role("button", name="On the shortlist")).to_be_visible()
    assert Store(server.var / "club.db").movies.shortlist() == [*listed, movie]

    page.go_back()
    expect(page.locator("h1")).to_have_text(name)
    page.go_back()
    expect(page.locator(".st-key-tonight_pick")).to_be_visible()
    settled(page)
    expect(page.locator(f"[class*=st-key-candidates_] [href*='movie={movie}']")).to_have_count(1)
