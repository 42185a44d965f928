"""Axe finds nothing serious or moderate on any page, in both themes and widths."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser import Server, settled
from playwright.sync_api import Browser, Page

PAGES = sorted(file.stem for file in (Path(__file__).parents[2] / "pages").glob("[a-z]*.py"))
ADDRESSES = {"tonight": "", "movie": "movie?movie=68954", "rate": "rate?movie=68954"}
GRAVE = {"moderate", "serious", "critical"}
# Streamlit's own link past the navigation, which it puts outside all landmarks.
NOT_OURS = {"exclude": [["[data-testid=stSkipToContent]"]]}


def found(page: Page) -> list[str]:
    """What axe complains about: rule, element, and what is wrong with it."""
    violations = Axe().run(page, context=NOT_OURS).response["violations"]
    return [
        f"{one['id']}: {node['target']} {node['failureSummary']}"
        for one in violations
        if one["impact"] in GRAVE
        for node in one["nodes"]
    ]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_has_no_complaint(
    shared_server: Server, browser: Browser, theme: str, width: int
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 844}, color_scheme=theme, has_touch=width == 390
    )
    context.set_default_timeout(60_000)
    page = context.new_page()
    complaints = {}
    for name in PAGES:
        page.goto(f"{shared_server.url}/{ADDRESSES.get(name, name)}")
        settled(page)
        if said := found(page):
            complaints[name] = said
    context.close()
    assert not complaints


def test_tiles_by_keyboard(shared_server: Server, browser: Browser) -> None:
    """A tile is one stop and its action another; neither is too small for a finger."""
    page = browser.new_page()
    page.goto(f"{shared_server.url}/explore")
    settled(page)
    tile = page.locator(".st-key-picks .tile").first
    link, action = tile.locator("a"), tile.locator("button")
    link.focus()
    page.keyboard.press("Tab")
    shadow = "[...document.querySelectorAll('*')].map(e => e.shadowRoot?.activeElement?.className)"
    assert "action" in page.evaluate(shadow)
    assert page.get_by_role("button", name="Fullscreen").count() == 0
    for target in (link, action):
        assert min(target.bounding_box()[side] for side in ("width", "height")) >= 40
    movie = tile.get_attribute("data-movie")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{shared_server.url}/movie?movie={movie}")
    page.close()
