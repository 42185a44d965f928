"""Many browsers at once: how soon pages answer, and whether every rating is kept.

    python -m benchmarks.load                              # 8 browsers for five minutes
    python -m benchmarks.load --sessions 2 --minutes 0.5

Every session is a browser context of its own in one Chromium, on a demo club in a temporary folder.
It rates movies for one member and looks at every page, thinking 2 to 6 seconds (uniform, seeded)
between two actions. An answer is the time from a click until the page is drawn. Needs
requirements-dev.txt and Chromium; browsers cost more than the server, so run them elsewhere or few.
"""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
from playwright.async_api import Browser, Page, async_playwright
from playwright.async_api import Error as BrowserError

from benchmarks import command
from club.demo import load_demo
from club.store import Store
from recommender import load_bundled
from recommender.bundled import demo_club
from recommender.errors import RecommenderError

THINK = 2.0, 6.0  # seconds
LISTED = ("Explore", "Nights", "Rate", "Club", "Tonight")
FAMOUS = 400  # movies that are rated
DRAWN = "[data-testid=stApp][data-test-script-state=notRunning]"
PATIENCE = 300_000  # ms until the first model has learned, or a page is drawn, at most
ROOT = Path(__file__).resolve().parent.parent


@dataclass
class Result:
    """What all sessions saw.

    Args:
        answers: (action, seconds), in order.
        faults: one sentence each.
        given: (member_id, movie_id) -> the last stars.
    """

    answers: list[tuple[str, float]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    given: dict[tuple[int, int], float] = field(default_factory=dict)


@contextmanager
def serve(var: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Start the app on a free port; yield its address and process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    program = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    env = {k: v for k, v in os.environ.items() if k != "MOVIE_CLUB_DATABASE"}
    env |= {"MOVIE_CLUB_VAR": str(var), "MALLOC_ARENA_MAX": "2"}
    with (var / "server.log").open("wb") as log:
        server = subprocess.Popen(program, cwd=ROOT, env=env, stdout=log, stderr=log)
    try:
        yield f"http://localhost:{port}", server
    finally:
        server.kill()  # asked to end, it would first finish learning from the new ratings
        server.wait()


async def session(
    browser: Browser, url: str, member: tuple[int, str], minutes: float, result: Result
) -> None:
    """Go round as one person, and rate for `member` (id, name), for `minutes` after opening."""
    member_id, name = member
    rng, famous = random.Random(member_id), load_bundled().rating_counts.nlargest(FAMOUS).index
    page = await (await browser.new_context()).new_page()
    page.set_default_timeout(PATIENCE)

    async def timed(action: str, act: Callable[[], Any]) -> None:
        began = time.perf_counter()
        try:
            await act()
            await page.wait_for_selector(DRAWN)
            result.answers.append((action, time.perf_counter() - began))
            if await page.locator("[data-testid=stException]").count():
                result.faults.append(f"{action}: an exception on the page")
        except BrowserError as error:
            result.faults.append(f"{action}: {error.message.splitlines()[0]}")
        await asyncio.sleep(rng.uniform(*THINK))

    await timed("open", lambda: page.goto(url))
    until = time.perf_counter() + 60 * minutes
    while time.perf_counter() < until:
        movie, stars = int(rng.choice(famous)), rng.choice((1.5, 2.5, 3.5, 4.5))
        await timed("movie", lambda: page.goto(f"{url}/rate?movie={movie}"))  # noqa: B023
        await timed("rate", lambda: tap(page, name, stars))  # noqa: B023
        result.given[member_id, movie] = stars
        for title in LISTED:
            if time.perf_counter() < until:
                link = page.locator(".st-key-nav_bar .place").filter(has_text=title)
                await timed(title, link.click)
    await page.context.close()


async def tap(page: Page, name: str, stars: float) -> None:
    """Tap the half of a star that stands for `stars`, and wait until it is saved."""
    row = page.get_by_role("slider", name=f"Stars from {name}")
    await row.scroll_into_view_if_needed()
    box = await row.bounding_box()
    assert box is not None
    await row.click(position={"x": box["width"] * (stars - 0.25) / 5, "y": box["height"] / 2})
    await row.and_(page.locator("[aria-busy=false], :not([aria-busy])")).wait_for()


async def run(options: Namespace, var: Path, store: Store) -> tuple[Result, float]:
    """Let all sessions live; return what they saw and the server's memory, megabytes at most."""
    result, members = Result(), [*store.members.all()["name"].items()]
    with serve(var) as (url, server):
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"))
            first, learned = await browser.new_page(), False
            while not learned:
                with suppress(BrowserError):  # the server takes a while to answer
                    await first.goto(url)
                    await first.wait_for_selector(".st-key-tonight_pick", timeout=PATIENCE)
                    learned = True
                if server.poll() is not None:
                    raise RecommenderError((var / "server.log").read_text("utf-8")[-500:])
                await asyncio.sleep(1)
            await first.close()
            minutes = options.minutes
            every = [members[number % len(members)] for number in range(options.sessions)]
            await asyncio.gather(*[session(browser, url, one, minutes, result) for one in every])
            await browser.close()
        status = Path(f"/proc/{server.pid}/status").read_text("ascii").splitlines()
    peak = next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM"))
    return result, peak


def show(options: Namespace) -> int:
    """Print the answers by action; return 1 if anything failed or a rating was lost."""
    with tempfile.TemporaryDirectory(prefix="movie-club-") as folder:
        store = Store(Path(folder, "club.db"))
        load_demo(store, load_bundled(), demo_club())
        result, peak = asyncio.run(run(options, Path(folder), store))
        there = store.ratings.current().set_index(["member_id", "movie_id"])["rating"].to_dict()
    lost = sum(there.get(pair) != stars for pair, stars in result.given.items())
    faults = [*result.faults, *([f"{lost} ratings are lost"] if lost else [])]
    frame = pd.DataFrame(result.answers, columns=["action", "seconds"])
    seconds = frame.groupby("action", sort=False)["seconds"]
    table = pd.DataFrame({"answers": seconds.size(), "median": seconds.median()})
    table = table.assign(**{f"{q:.0%}": seconds.quantile(q) for q in (0.9, 0.99)}).reset_index()
    told = f"{len(result.given)} ratings; the server took {peak:.0f} MB at most"
    print(told, *faults, sep="\n", file=sys.stderr)
    command.show(table, options.json)
    return int(bool(faults))


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status."""
    parser = command.parser("load", __doc__)
    parser.add_argument("--sessions", type=command.whole, default=8)
    parser.add_argument("--minutes", type=float, default=5)
    return command.run(parser, show, argv)


if __name__ == "__main__":
    raise SystemExit(main())
