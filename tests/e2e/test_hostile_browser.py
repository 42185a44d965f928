"""A club whose every name and title means harm, in a real browser: it does none."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from browser import Server, go
from hostile_club import spoil
from hostile_texts import NAMES, TITLES
from playwright.sync_api import Page, expect

from club.store import Store

Visit = Callable[..., Page]
SAID_BY_US = {
    "www.themoviedb.org",
    "www.imdb.com",
    "letterboxd.com",
    "www.wikidata.org",
    "doi.org",
}  # hosts that the program's own texts link to
PAGES = ["explore", "rate", "nights", "club", "club?about=Our+taste", "settings?set=Catalogue"]
ELSEWHERE = """() => {
  const address = (tag) => tag.src || tag.href || tag.data || tag.action || ""
  return [...document.querySelectorAll("a, img, script, iframe, object, embed, link, form, video")]
    .map(address)
    .map((at) => at.baseVal ?? at)
    .filter((at) => at && !at.startsWith("data:") && !at.startsWith(location.origin))
}"""
SIDEWAYS = """() => {
  const main = document.querySelector("[data-testid=stMain]")
  const page = document.documentElement
  return [page.scrollWidth - page.clientWidth, main.scrollWidth - main.clientWidth]
}"""


TEXTS = """() => [document.body, ...[...document.querySelectorAll('*')].flatMap(
    e => e.shadowRoot ? [...e.shadowRoot.children] : [])].map(e => e.innerText).join(' ')"""


def said(page: Page) -> str:
    """What people see of a page, without the joiner that nobody sees."""
    return " ".join(page.evaluate(TEXTS).replace("\u2060", "").split())


def harmless(page: Page) -> None:
    """Nothing on the page leads elsewhere but what the program itself says, and it fits."""
    hosts = {urlsplit(address).hostname for address in page.evaluate(ELSEWHERE)}
    assert hosts <= SAID_BY_US, page.url
    assert page.locator(".katex, [alt=emoji]").count() == 0
    assert page.evaluate(SIDEWAYS) == [0, 0], page.url


def test_hostile_texts_are_letters(new_server: Callable[..., Server], visit: Visit) -> None:
    server = new_server()
    there = spoil(Store(server.var / "club.db"))
    page = visit(f"{server.url}/movie?movie={there.movies[0]}", phone=True)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: pytest.fail(f"a dialog opened: {dialog.message}"))
    page.get_by_role("button", name="On the shortlist").click()
    expect(page.get_by_test_id("stToast")).to_contain_text("![x](http:\u2060//evil.test/a.png)")
    harmless(page)
    page.get_by_role("button", name="Shortlist it").click()
    expect(page.get_by_role("button", name="On the shortlist")).to_be_visible()
    nights = [f"night?night={night}" for night in there.nights.values()]
    for address in [*PAGES, *nights, f"rate?movie={there.movies[-1]}"]:
        go(page, address)
        harmless(page)
        if address == "club":
            assert [name for name in NAMES if name not in said(page)] == []
    for movie, title in [*zip(there.movies, TITLES, strict=False)][:4]:
        go(page, f"movie?movie={movie}")
        expect(page).to_have_title(re.compile(f"^{re.escape(title[:20])}.* · Movie club$"))
        harmless(page)
        heading = page.locator("h1").inner_text().replace("\u2060", "")
        assert heading.split() == title.split()
    go(page, "?seen=true")
    harmless(page)
    page.get_by_role("button", name="Not this").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Veto it")).to_be_visible()
    harmless(page)
    assert not re.search(r"\\[.(<;]", dialog.inner_text())  # what escapes is not seen
    assert asked
    assert [url for url in asked if not url.startswith((server.url, "data:", "blob:"))] == []
