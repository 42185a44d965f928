"""Watchlists in real browsers: two people at once, from a movie's page to Explore and off again."""

from __future__ import annotations

from collections.abc import Callable

from browser import Server, settled
from playwright.sync_api import Page, expect

from club.store import Store

ANA, BRUNO = 1, 2


def test_two_people_put_a_movie_on_their_lists(
    new_server: Callable[..., Server], visit: Callable[..., Page]
) -> None:
    server = new_server()
    store = Store(server.var / "club.db")
    rated = {int(movie) for movie in store.ratings.current()["movie_id"]}
    hers = visit(f"{server.url}/explore", phone=True)
    movie = int(hers.locator(".st-key-picks .tile").first.get_attribute("data-movie"))
    assert movie not in rated
    address, faces = f"{server.url}/movie?movie={movie}", f".st-key-want_{movie}"
    hers.goto(address)
    his = visit(address)
    for page, name in ((hers, "Ana"), (his, "Bruno")):
        page.locator(faces).get_by_role("button", name=name, exact=True).click()
    for page in (hers, his):
        expect(page.locator(faces)).to_contain_text("2 want to watch it")
        expect(page.locator(f"{faces} [aria-pressed=true]")).to_have_count(2)
    assert hers.evaluate("document.body.scrollWidth") <= 390
    assert store.watchlists.of(ANA) == store.watchlists.of(BRUNO) == [movie]

    hers.goto(f"{server.url}/explore")
    first = hers.locator(".st-key-in_common .tile")
    expect(first).to_have_attribute("data-movie", str(movie))
    expect(first.locator(".note")).to_contain_text("On two of your lists")

    hers.goto(f"{server.url}/rate")
    hers.get_by_text("Wants to watch (1)").click()
    mine = hers.locator(f".st-key-wants_{ANA}")
    mine.get_by_role("button", name="Take off").click()
    expect(mine).to_have_count(0)
    settled(hers)
    assert (store.watchlists.of(ANA), store.watchlists.of(BRUNO)) == ([], [movie])
    expect(his.locator(faces)).to_contain_text("1 wants to watch it")
