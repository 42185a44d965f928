"""The Evaluation page in a real browser: the club's own figures, on a phone."""

from __future__ import annotations

import re
from collections.abc import Callable

from browser import Server
from playwright.sync_api import Page, expect

Visit = Callable[..., Page]

CHARTS = ("by_prediction", "by_member", "club_errors", "club_reliable")


def test_figures_are_drawn_and_their_parts_keep_apart(shared_server: Server, visit: Visit) -> None:
    page = visit(f"{shared_server.url}/settings?set=How+we+know", phone=True)
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
