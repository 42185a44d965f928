"""TMDB in a real browser, with a server on this machine in its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from browser import Server, settled
from fake_tmdb import V3_KEY, Answer, FakeTmdb
from playwright.sync_api import Page, expect

NewServer = Callable[..., Server]
Visit = Callable[..., Page]


@pytest.fixture
def fake() -> Iterator[FakeTmdb]:
    with FakeTmdb() as server:
        yield server


def test_a_movie_is_found_at_tmdb_and_added_with_its_poster(
    new_server: NewServer, visit: Visit, fake: FakeTmdb
) -> None:
    server = new_server()
    secrets = f'[tmdb]\nkey = "{V3_KEY}"\nurl = "{fake.url}"\n'
    (server.var / "secrets.toml").write_text(secrets, "utf-8")
    page = visit(f"{server.url}/settings?set=Catalogue")
    fake.break_at("/3/search", Answer(200, b"<html>Log in</html>"))
    title, search = (
        page.get_by_label("Search TMDB"),
        page.get_by_role("button", name="Search"),
    )
    title.fill("cellarmates")
    search.click()
    expect(page.get_by_test_id("stAlert")).to_contain_text("A web page answers in TMDB's place")
    search.click()
    page.locator(".st-key-tmdb_results .link").click()
    card = page.locator(".st-key-tmdb_movie")
    expect(card).to_contain_text("A family moves in, one after the other.")
    page.get_by_role("button", name="Add to the club").click()
    expect(card).to_contain_text("We have this movie")
    settled(page)
    page.goto(f"{server.url}/club")
    listed = page.locator(".st-key-shortlist .tile").filter(has_text="Cellarmates")
    picture = listed.locator("img")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == 200
    assert "image/jpeg" in picture.evaluate("i => atob(i.src.split(',')[1])")
    log = (server.var / "server.log").read_text("utf-8")
    assert V3_KEY not in page.content() + log
    assert all(address.startswith(("/3/", "/t/p/")) for address in fake.asked)
