"""From movie to movie on a phone: a link that somebody sent, Tonight, Explore, and back."""

import re
from collections.abc import Callable

from browser import FOCUSED, Server, go, settled
from playwright.sync_api import Page, expect

from club.store import Store

PULP_FICTION = 296


def test_from_movie_to_movie_and_back(
    new_server: Callable[..., Server], visit: Callable[..., Page]
) -> None:
    server = new_server()
    store = Store(server.var / "club.db")
    # The first that this server is ever asked for.
    page = visit(f"{server.url}/movie?movie={PULP_FICTION}", phone=True)
    heading = page.locator("h1")
    expect(heading).to_have_text("Pulp Fiction")
    expect(page).to_have_title("Pulp Fiction (1994) · Movie club")
    poster = page.locator(".st-key-movie img").first.bounding_box()
    assert poster["x"] < heading.bounding_box()["x"]
    assert heading.bounding_box()["y"] < poster["y"] + poster["height"]

    go(page, "")
    card = page.locator(".st-key-candidates_S .tile").first
    name = card.locator(".title").inner_text()
    card.locator("a").tap()
    expect(heading).to_have_text(name)
    similar = page.locator(".st-key-similar .tile").first
    similar.scroll_into_view_if_needed()
    listed, movie = store.movies.shortlist(), int(similar.get_attribute("data-movie"))
    assert movie not in listed
    similar.locator("a").tap()
    expect(page).to_have_url(f"{server.url}/movie?movie={movie}")
    expect(heading).not_to_have_text(name)
    settled(page)
    expect(heading).to_be_in_viewport()
    page.get_by_role("button", name="Shortlist it").tap()
    expect(page.get_by_role("button", name="On the shortlist")).to_be_visible()
    assert store.movies.shortlist() == [*listed, movie]
    page.go_back()
    expect(heading).to_have_text(name)
    page.go_back()
    expect(page.locator(".st-key-tonight_pick")).to_be_visible()
    settled(page)
    expect(page.locator(f"[class*=st-key-candidates_] [href*='movie={movie}']")).to_have_count(1)

    shortlist_on_explore(page, store)
    field = page.get_by_label("Add a member")
    expect(field).not_to_be_focused()
    field.fill("  Zoë ")
    field.press("Enter")
    expect(page.get_by_role("img", name="Zoë")).to_be_visible()
    expect(field).to_be_focused()


def shortlist_on_explore(page: Page, store: Store) -> None:
    """Put what Explore offers first on the shortlist, and take it off on the page of the club."""
    go(page, "explore?keyword=heist")
    expect(page.locator("h1")).to_have_text("Find us something")
    first = page.locator(".st-key-picks .tile").first
    assert first.bounding_box()["y"] + first.bounding_box()["height"] < 844
    listed, movie = store.movies.shortlist(), int(first.get_attribute("data-movie"))
    first.get_by_role("button", name=re.compile("^Shortlist")).tap()
    expect(first.locator(".action")).to_have_text("✓ Listed")
    settled(page)
    assert store.movies.shortlist() == [*listed, movie]
    # The focus stays on the button, whose label says now what it undoes.
    assert "action" in page.evaluate(FOCUSED)
    go(page, "club")
    on_list = page.locator(f".st-key-shortlist .tile[data-movie='{movie}']")
    on_list.get_by_role("button", name="Take off").tap()
    expect(on_list).to_have_count(0)
    settled(page)
    assert store.movies.shortlist() == listed
