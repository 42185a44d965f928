"""What the browser tests share: a real server, and when a page is ready."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

ROOT = Path(__file__).resolve().parent.parent
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


class Server:
    """`streamlit run app.py` on a free port, living in the folder `var`.

    Args:
        database: where the club is; None: in that folder.
    """

    def __init__(self, var: Path, database: str | None = None) -> None:
        self.var = var
        self.database = database
        self._process: subprocess.Popen[bytes] | None = None
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def start(self) -> Server:
        env = {k: v for k, v in os.environ.items() if k != "MOVIE_CLUB_DATABASE"}
        if self.database is not None:
            env["MOVIE_CLUB_DATABASE"] = self.database
        command = [sys.executable, "-m", "streamlit", "run", "app.py"]
        with (self.var / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                # Nobody's own key for TMDB is ever used: only what a test puts into its folder.
                [
                    *(*command, "--server.port", str(self.port)),
                    *("--secrets.files", str(self.var / "secrets.toml")),
                ],
                cwd=ROOT,
                env=env | {"MOVIE_CLUB_VAR": str(self.var)},
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        while not self.answers():
            assert self._process.poll() is None, (self.var / "server.log").read_text("utf-8")
        return self

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(20)
            self._process = None

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False


class SharedServer(Server):
    """What `make share` starts; `url` is how others than this machine see it."""

    @property
    def url(self) -> str:
        # Browsers look for it on this machine, yet it is not the machine's own name.
        return f"http://club.localhost:{self.port}"

    def start(self) -> SharedServer:
        command = [
            *(sys.executable, "-m", "ui.asgi", "--port", str(self.port), "--address", "127.0.0.1"),
            *("--secrets", str(self.var / "secrets.toml")),
        ]
        env = os.environ | {"MOVIE_CLUB_VAR": str(self.var)}
        env.pop("MOVIE_CLUB_DATABASE", None)
        with (self.var / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                command, cwd=ROOT, env=env, stdout=log, stderr=subprocess.STDOUT
            )
        while not self.ask("/_stcore/health", "localhost"):
            assert self._process.poll() is None, (self.var / "server.log").read_text("utf-8")
        return self

    def ask(self, path: str, host: str, method: str = "GET", **headers: str) -> int:
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


def settled(page: Page) -> None:
    """Wait until the page is drawn, and make sure that it is no error."""
    page.wait_for_selector("h1", timeout=60_000)
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    assert page.locator("[data-testid=stException]").count() == 0


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
