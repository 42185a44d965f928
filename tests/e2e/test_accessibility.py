"""Axe finds nothing serious or moderate on any page: light on a phone, dark on a desk."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from axe_playwright_python.sync_playwright import Axe
from browser import DESK, FOCUSED, PHONE, Server, go, settled
from playwright.sync_api import Page, ViewportSize, expect

Visit = Callable[..., Page]

CHARTS = ("by_prediction", "by_member", "club_reliable")
PAGES = sorted(file.stem for file in (Path(__file__).parents[2] / "pages").glob("[a-z]*.py"))
ADDRESSES = {"tonight": "", "movie": "movie?movie=68954", "rate": "rate?movie=68954"}
GRAVE = {"moderate", "serious", "critical"}
# Streamlit's own link past the navigation, which it puts outside all landmarks.
NOT_OURS = {"exclude": [["[data-testid=stSkipToContent]"]]}
TOO_WIDE = """() => [...document.querySelectorAll('[data-testid=stMain] *')].filter(e => {
    const box = e.getBoundingClientRect()
    return box.width > 0 && box.right > window.innerWidth + 1
      && !e.closest('[data-testid=stDataFrame], svg, details:not([open])')
      && !e.closest('[style*=clip-path]')  // for screen readers only
}).map(e => e.outerHTML.slice(0, 200))"""
# Buttons and links outside of sentences; the tools of tables and fields are Streamlit's.
TOO_SMALL = """() => [...document.querySelectorAll('[data-testid=stMain] :is(button, summary, a)')]
  .filter(e => {
    const box = e.getBoundingClientRect()
    return box.width > 0 && Math.min(box.width, box.height) < 40
      && !e.closest('p, [data-testid=stElementToolbar], [data-testid=stTooltipIcon]')
      && !e.closest('[data-testid=stNumberInput], [data-testid=stMultiSelect]')
}).map(e => e.outerHTML.slice(0, 200))"""
OVERFLOW = "document.documentElement.scrollWidth - window.innerWidth"
Look = tuple[Literal["light", "dark"], ViewportSize]
LIGHT_PHONE: Look = ("light", PHONE)
DARK_DESK: Look = ("dark", DESK)
BACKGROUND = "getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor"


def complaints(page: Page) -> list[str]:
    """What axe complains about: rule, element, and what is wrong with it."""
    options = {"resultTypes": ["violations"]}
    violations = Axe().run(page, context=NOT_OURS, options=options).response["violations"]
    return [
        f"{one['id']}: {node['target']} {node['failureSummary']}"
        for one in violations
        if one["impact"] in GRAVE
        for node in one["nodes"]
    ]


def charts_keep_their_parts_apart(page: Page) -> None:
    finding = page.locator(".st-key-finding")
    expect(finding).to_contain_text(re.compile(r"On 963 of your own ratings .* by 0\.\d\d stars"))
    for key in CHARTS:
        chart = page.locator(f".st-key-{key}")
        expect(chart.locator(".js-plotly-plot")).to_be_visible()
        axis, legend = chart.locator(".xtitle"), chart.locator(".legend")
        if axis.count():
            box = axis.first.bounding_box()
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= 390
            if legend.count():
                assert box["y"] + box["height"] <= legend.first.bounding_box()["y"] + 2, key
    expect(page.locator(".st-key-by_member .ytick text")).to_have_count(8)
    tables = page.get_by_text("The same as a table")
    expect(tables).to_have_count(len(CHARTS))
    tables.last.click()
    expect(page.get_by_test_id("stDataFrame").locator("visible=true")).to_have_count(1)


def put_on(page: Page, look: Look) -> None:
    scheme, size = look
    before = page.evaluate(BACKGROUND)
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=scheme)
    page.wait_for_function(f"before => {BACKGROUND} != before", arg=before)
    settled(page)


def test_axe_has_no_complaint_of_light_phones_and_dark_desks(
    shared_server: Server, visit: Visit
) -> None:
    page, looks, found = visit(shared_server.url, phone=True), [LIGHT_PHONE, DARK_DESK], {}
    for name in PAGES:
        go(page, ADDRESSES.get(name, name))
        for number, look in enumerate(looks):
            if number:
                put_on(page, look)
            found[name, look[0]] = complaints(page)
            if look is LIGHT_PHONE:
                found[name, "size"] = page.evaluate(TOO_WIDE) + page.evaluate(TOO_SMALL)
                assert page.evaluate(OVERFLOW) <= 0, name
        looks.reverse()  # the next page begins with the look of this one's end
    assert not {where: what for where, what in found.items() if what}


def test_charts_of_phones_and_tiles_by_keyboard(shared_server: Server, visit: Visit) -> None:
    page = visit(f"{shared_server.url}/settings?set=How+we+know", phone=True)
    charts_keep_their_parts_apart(page)
    # By keyboard a tile is one stop and its action another; neither is too small for a finger.
    go(page, "explore")
    tile = page.locator(".st-key-picks .tile").first
    link, action = tile.locator("a"), tile.locator("button")
    link.focus()
    page.keyboard.press("Tab")
    assert "action" in page.evaluate(FOCUSED)
    assert page.get_by_role("button", name="Fullscreen").count() == 0
    for target in (link, action):
        assert min(target.bounding_box()[side] for side in ("width", "height")) >= 40
    movie = tile.get_attribute("data-movie")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{shared_server.url}/movie?movie={movie}")
