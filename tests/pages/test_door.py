"""What a shared server answers outside its pages, asked without a server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.types import ASGIApp, Message

from ui import gate
from ui.door import Door

ELSEWHERE = ("192.168.0.9", 50_000)
MACHINE = ("127.0.0.1", 50_000)


def ask(
    path: str, client: tuple[str, int] = ELSEWHERE, behind: ASGIApp | None = None
) -> tuple[int, dict[bytes, bytes]]:
    """Return the status and the headers that a plain request gets; 200 is what is behind."""
    told: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        told.append(message)

    scope: dict[str, Any] = {
        "type": "http",
        "method": "GET",
        "path": path,
        "headers": [(b"host", b"localhost:8501")],
        "client": client,
    }
    answering = Door(behind or PlainTextResponse("a picture"))(scope, receive, send)
    with pytest.raises(StopIteration):  # without a loop, since nothing here waits
        answering.__await__().__next__()
    return told[0]["status"], dict(told[0]["headers"])


@pytest.fixture(autouse=True)
def club(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody has come in, and the club has a folder of its own."""
    monkeypatch.setenv("MOVIE_CLUB_VAR", str(tmp_path))
    monkeypatch.setattr(st, "secrets", {})


@pytest.mark.parametrize("base", ["", "films", "/at/home/"])
def test_the_door_is_closed_wherever_the_server_has_its_pages(
    base: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    option = st.get_option
    monkeypatch.setattr(
        st, "get_option", lambda key: base if key == "server.baseUrlPath" else option(key)
    )
    root = f"/{base.strip('/')}" if base else ""
    for path in ("/media/x.png", "/_stcore/metrics", "/_stcore/upload_file/a/b", "/app/static/x"):
        assert ask(f"{root}{path}")[0] == 403
    for path in ("/", "/club", "/static/index.js", "/_stcore/health", "/_stcore/host-config"):
        assert ask(f"{root}{path}")[0] == 200


def test_the_machine_itself_gets_everything_but_with_accounts_it_logs_in_like_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert ask("/media/x.png", MACHINE)[0] == 200
    auth = {"client_id": "x", "cookie_secret": "0123456789abcdef" * 2}
    monkeypatch.setattr(st, "secrets", {"auth": auth})
    assert gate.by_accounts()
    assert ask("/media/x.png", MACHINE)[0] == 403


def test_nobody_in_between_keeps_what_is_for_friends_and_no_browser_a_page_to_go_back_to() -> None:
    for client in (MACHINE, ELSEWHERE):
        assert ask("/media/x.png", client)[1][b"cache-control"] == b"private, no-store"
        assert b"cache-control" not in ask("/static/index.js", client)[1]
        page = ask("/club", client, HTMLResponse("<html>"))[1]
        assert page[b"cache-control"] == b"private, no-store"
