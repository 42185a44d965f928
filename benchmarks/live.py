"""How soon the others see what one does: four browsers on one night, vetoes one after the other.

    python benchmarks/live.py

Needs requirements-dev.txt and Chromium.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from playwright.sync_api import sync_playwright

sys.path[:0] = [str(Path(__file__).parent.parent / name) for name in ("", "tests")]

from browser import Server  # noqa: E402
from furnished import furnish  # noqa: E402

from club.store import Store  # noqa: E402

VETOES = 5  # one candidate must be left


def main() -> None:
    """Print how long each veto took to reach another browser."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        var = furnish(Path(folder))
        Store(var / "club.db").nights.plan(date.today(), [1, 2, 3])
        server = Server(var).start()
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        pages = [browser.new_context().new_page() for _ in range(4)]
        for page, me in zip(pages, ("", "&me=Ana", "&me=Bruno", "&me=Chiara"), strict=True):
            page.goto(f"{server.url}/night?night=1{me}")
            page.wait_for_selector(".st-key-top_pick h3")
        seen = []
        for _ in range(VETOES):
            pick = pages[0].locator(".st-key-top_pick h3").inner_text()
            began = time.perf_counter()
            pages[2].locator(".st-key-top_pick").get_by_role("button", name="Veto").click()
            gone = "pick => document.querySelector('.st-key-top_pick h3')?.innerText !== pick"
            pages[0].wait_for_function(gone, arg=pick)
            seen.append(time.perf_counter() - began)
            pages[0].wait_for_timeout(2000)  # all four are idle again
        browser.close()
        server.stop()
    told = ", ".join(f"{one:.1f}" for one in seen)
    print(f"seconds until another browser shows it: {told}; median {sorted(seen)[VETOES // 2]:.1f}")


if __name__ == "__main__":
    main()
