"""A real server and a real browser, and when a page is ready: for browser tests and pictures."""

import os
import runpy
import shutil
import socket
import sys
import urllib.error
import urllib.request
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Self

from playwright.sync_api import Locator, Page, expect

from club.config import DATABASE, VAR

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


class Server:
    """`streamlit run app.py` on a free port, living in the folder `var`.

    Args:
        database: where the club is; None: in that folder.
    """

    # Nobody's own key for TMDB is ever used: only what a test puts into its folder.
    command = ("streamlit", "run", "app.py", "--server.port={port}", "--secrets.files={secrets}")
    name = "localhost"  # as browsers call it

    def __init__(self, var: Path, database: str | None = None) -> None:
        self.var = var
        self.database = database
        self._process: BaseProcess | None = None
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]

    @property
    def url(self) -> str:
        return f"http://{self.name}:{self.port}"

    def start(self, *, cold: bool = False) -> Self:
        """Start it: in a process that has loaded the app, or, `cold`, as the command does."""
        secrets = self.var / "secrets.toml"
        command = [part.format(port=self.port, secrets=secrets) for part in self.command]
        env = {VAR: str(self.var), DATABASE: self.database}
        self._process = get_context("forkserver").Process(
            target=_serve, args=(command, env, self.var / "server.log", cold), daemon=True
        )
        self._process.start()
        while not self.ask("/_stcore/health"):
            assert self._process.exitcode is None, (self.var / "server.log").read_text("utf-8")
            self._process.join(0.05)
        return self

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.join(20)
            self._process = None

    def ask(self, path: str, host: str = "localhost", method: str = "GET", **headers: str) -> int:
        """The status that a plain request gets, 0 for none."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}",
            data=b"x" if method == "PUT" else None,
            method=method,
            headers={"Host": f"{host}:{self.port}", **headers},
        )
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return 0


def _serve(command: list[str], env: dict[str, str | None], log: Path, cold: bool) -> None:
    """Run a module as `python -m` does, with its output in `log`."""
    for name, value in env.items():
        os.environ.pop(name, None) if value is None else os.environ.update({name: value})
    with log.open("ab") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    if cold:
        os.execv(sys.executable, [sys.executable, "-m", *command])
    sys.argv = command
    runpy.run_module(command[0], run_name="__main__", alter_sys=True)


class SharedServer(Server):
    """What `make share` starts."""

    command = (
        *("ui.asgi", "--port", "{port}", "--address", "127.0.0.1", "--secrets", "{secrets}"),
    )
    # Browsers look for it on this machine, yet it is not the machine's own name.
    name = "club.localhost"


def find_browser() -> str | None:
    """The path of the browser on this machine, None without one."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def settled(page: Page) -> None:
    """Wait until the page is drawn, and make sure that it is no error."""
    page.wait_for_selector("h1", timeout=60_000)
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    assert page.locator("[data-testid=stException]").count() == 0


# Streamlit draws a page anew where the browser goes back. A poll of the old page may end before
# that drawing begins, so the page counts as drawn once nothing has run for a moment.
GO = """address => new Promise(drawn => {
  const app = document.querySelector("[data-testid=stApp]")
  let ran = false, quiet
  new MutationObserver((_, observer) => {
    const running = app.dataset.testScriptState === "running"
    ran ||= running
    clearTimeout(quiet)
    if (ran && !running) quiet = setTimeout(() => { observer.disconnect(); drawn() }, 300)
  }).observe(app, { attributeFilter: ["data-test-script-state"] })
  history.pushState({}, "", address)
  dispatchEvent(new PopStateEvent("popstate", { state: {} }))
})"""


def go(page: Page, address: str) -> None:
    """Go to another address of the app as a link in it does, without loading the app anew."""
    page.evaluate(GO, f"/{address}")
    settled(page)


# The classes of what has the focus, wherever in the page's components.
FOCUSED = "[...document.querySelectorAll('*')].map(e => e.shadowRoot?.activeElement?.className)"


def is_outside(page: Page, button: str = "Come in") -> None:
    """Expect the sign-in page and nothing of the app."""
    expect(page.get_by_role("button", name=button)).to_be_visible()
    expect(page.locator("h1")).to_have_text(["Movie club"])
    expect(page.get_by_test_id("stApp")).to_have_count(0)


def stars_of(page: Page, name: str) -> Locator:
    return page.get_by_role("slider", name=f"Stars from {name}")


def tap(page: Page, name: str, stars: float) -> None:
    """Tap the half of a star that stands for `stars`."""
    row = stars_of(page, name)
    row.scroll_into_view_if_needed()
    box = row.bounding_box()
    row.click(position={"x": box["width"] * (stars - 0.25) / 5, "y": box["height"] / 2})


def rated(page: Page, name: str, stars: str) -> None:
    expect(stars_of(page, name)).to_have_attribute("aria-valuetext", stars)
