"""Make the pictures of README.md and docs/guide.md from the running app: `make pictures`.

Everything in them is the demo club as `make run` shows it first; nothing is drawn by hand.
"""

from __future__ import annotations

import io
import tempfile
from dataclasses import dataclass
from pathlib import Path

from browser import DESK, PHONE, Server, find_browser, settled
from PIL import Image
from playwright.sync_api import Page, sync_playwright

from club.store import Store

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "screenshots"
LARGEST = 300_000  # bytes
QUALITY = 84  # of WebP


@dataclass(frozen=True)
class Picture:
    """One file: what it shows, on which device, and what is waited for."""

    name: str
    address: str
    wait_for: str  # selector
    phone: bool = True
    theme: str = "light"


def pictures(night: int) -> list[Picture]:
    """Return all of them; `night` is one whose stars are revealed."""
    pick, reveal = ".st-key-tonight_pick .axis .face", ".st-key-reveal .row"
    return [
        Picture("tonight-light", "", pick, phone=False),
        Picture("tonight-dark", "", pick, phone=False, theme="dark"),
        Picture("tonight-phone", "", pick),
        Picture("rate-phone", "rate?me=Ana", ".st-key-rate_wall [role=slider]"),
        Picture("year-phone", "club?about=Our+year", ".st-key-prizes img"),
        Picture("reveal-phone", f"night?night={night}", reveal, theme="dark"),
    ]


def take(page: Page, picture: Picture, server: Server) -> None:
    """Save one picture."""
    page.goto(f"{server.url}/{picture.address}")
    page.locator(picture.wait_for).first.wait_for()
    settled(page)
    page.evaluate("document.fonts.ready")
    shot = page.screenshot(animations="disabled")
    file = FOLDER / f"{picture.name}.webp"
    Image.open(io.BytesIO(shot)).convert("RGB").save(file, quality=QUALITY, method=6)
    size = file.stat().st_size
    print(f"{file.name}: {size / 1000:.0f} kB")
    assert size < LARGEST


def main() -> None:
    """Start the app in a folder of its own, and take the pictures one after the other."""
    with tempfile.TemporaryDirectory() as var, sync_playwright() as playwright:
        server = Server(Path(var)).start(cold=True)
        try:
            browser = playwright.chromium.launch(executable_path=find_browser())
            nights = Store(Path(var) / "club.db").nights.all()
            night = next(night.night_id for night in nights if night.state == "revealed")
            for picture in pictures(night):
                context = browser.new_context(
                    viewport=PHONE if picture.phone else DESK,
                    device_scale_factor=2 if picture.phone else 1.5,
                    is_mobile=picture.phone,
                    has_touch=picture.phone,
                    color_scheme=picture.theme,
                )
                take(context.new_page(), picture, server)
                context.close()
        finally:
            server.stop()


if __name__ == "__main__":
    main()
