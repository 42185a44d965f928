"""A real server, a real browser, and a picture of what went wrong."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from multiprocessing import forkserver
from pathlib import Path

import pytest
from browser import BROWSERS, DESK, PHONE, Server, find_browser, settled
from furnished import furnish_once
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "test-results"
# Asked for a deep link, the page looks for its server below that link first and is told no.
# Signed out of a shared club, it is disconnected, perhaps in the middle of a heartbeat, and its
# requests get the sign-in page.
HARMLESS = re.compile(
    r"/_stcore/(health|host-config)$|^Cannot send rerun backMessage when disconnected|status of 401"
    r"|^WebSocket is already in CLOSING"
)
MODULE = re.compile(r"dynamically imported module: (\S+)")  # harmless if it was refused

# Nothing runs long enough here for a compiler that optimises: it takes a tenth of all work.
FLAGS = ["--js-flags=--no-opt"]

expect.set_options(timeout=60_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "e2e" in item.path.parts:
            item.add_marker(pytest.mark.e2e)


def pytest_terminal_summary(terminalreporter) -> None:
    done = [r for r in terminalreporter.stats.get("passed", []) if "tests/e2e/" in r.nodeid]
    if done:
        terminalreporter.write_line(f"browser tests passed: {len(done)}")
    for what, measured in (figure for report in done for figure in report.user_properties):
        terminalreporter.write_line(f"{what}: {measured}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):
    report = yield
    if report.when == "call" and report.failed:
        PICTURES.mkdir(exist_ok=True)
        for number, page in enumerate(item.stash.get(PAGES, [])):
            if page.is_closed():
                continue
            page.screenshot(path=PICTURES / f"{item.name}-{number}.png", full_page=True)
    return report


PAGES = pytest.StashKey[list[Page]]()


@pytest.fixture(scope="session", autouse=True)
def _loaded_app() -> None:
    """Begin to load the app, in the process that servers fork from."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join((str(ROOT), str(ROOT / "tests"))))
        forkserver.set_forkserver_preload(["warm"])
        forkserver.ensure_running()


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return furnish_once(tmp_path_factory)


@pytest.fixture
def new_server(furnished: Path, tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Start a server of the test's own: with the demo and a model, or in an empty folder; `cold`
    as the command does, for what its first seconds are about."""
    servers: list[Server] = []

    def start(*, empty: bool = False, database: str | None = None, cold: bool = False) -> Server:
        var = tmp_path / f"var{len(servers)}"
        if empty:
            var.mkdir()
        else:
            shutil.copytree(furnished, var)
        servers.append(Server(var, database).start(cold=cold))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


@pytest.fixture(scope="session")
def shared_server(furnished: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for the tests that change nothing."""
    var = tmp_path_factory.mktemp("shared") / "var"
    shutil.copytree(furnished, var)
    server = Server(var).start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = find_browser()
    if path is None:
        pytest.skip(f"no browser: none of {', '.join(BROWSERS)} is on PATH")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[..., Page]]:
    """Open an address in a browser of its own, as another visitor; nothing may go wrong there."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []
    refused: set[str] = set()  # addresses asked for by who was signed out
    request.node.stash[PAGES] = []

    def complain(message) -> None:
        said = f"{message.text} {message.location.get('url', '')}"
        if message.type == "error" and not HARMLESS.search(said):
            complaints.append(said)

    def open_at(url: str, *, phone: bool = False, outside: bool = False) -> Page:
        context = browser.new_context(
            viewport=PHONE if phone else DESK, has_touch=phone, is_mobile=phone
        )
        context.set_default_timeout(60_000)
        contexts.append(context)
        page = context.new_page()
        request.node.stash[PAGES].append(page)
        page.on("console", complain)
        page.on("response", lambda got: refused.add(got.url) if got.status == 401 else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(url)
        if outside:
            page.wait_for_selector("form")
        else:
            settled(page)
        return page

    yield open_at
    for page in request.node.stash[PAGES]:
        assert page.is_closed() or page.locator("[data-testid=stException]").count() == 0
    for context in contexts:
        context.close()
    assert not [said for said in complaints if refused.isdisjoint(MODULE.findall(said))]
