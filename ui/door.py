"""What a shared server answers besides drawing pages: connections, pictures, downloads, uploads.

Streamlit hands files out to whoever knows their address. It runs a page's callbacks and fragments
before, or without, the page's first line, where the gate stands: a page that stays open after its
visitor was put out could go on changing things. And it empties its caches, everybody's, for
whoever is connected and asks. Only `ui/shared.py` puts this before it.
"""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import urlsplit

import streamlit as st
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg

from club.errors import InvalidInput, StoreUnavailable
from club.gate import Role
from ui import gate, visitor

CLOSED, OPEN = ("/_stcore/", "/media/", "/app/"), {"/_stcore/health", "/_stcore/host-config"}
PROTOCOL = b"sec-websocket-protocol"
RANK: dict[Role | None, int] = {None: 0, "member": 1, "host": 2}
SOON = 1.0  # seconds
POLICY = 1008  # why a connection is closed, RFC 6455

# What a page needs of what Streamlit does for who is connected.
TO_SEE = {"rerun_script", "stop_script", "app_heartbeat"}
TO_USE = TO_SEE | {"file_urls_request", "backend_operation_request"}
LONGEST = 1 << 20  # bytes that somebody outside may say at once


class Door:
    """Middleware: closed to who did not come through the gate, and to other sites' pages."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request or a connection on, or refuse it."""
        if scope["type"] == "websocket":
            await self._connect(scope, receive, send)
        elif scope["type"] != "http":
            await self._app(scope, receive, send)
        else:
            closed = _is_closed(scope["path"])
            refused = closed and _role(HTTPConnection(scope)) is None
            app = PlainTextResponse("Not for you.", 403) if refused else self._app
            await app(scope, receive, _answer(send, closed=closed))

    async def _connect(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a connection."""
        request = HTTPConnection(scope)
        if _is_foreign(request):
            await send({"type": "websocket.close", "code": POLICY})
            return
        watch = _Watch(request, receive, send)
        try:
            await self._app(scope if watch.best else _fresh(scope), watch.hear, watch.tell)
        finally:
            watch.end()


class _Watch:
    """Passes on what a page needs; closes the connection when its visitor may do less than before.

    Streamlit knows a session's callbacks for as long as the session lasts, whatever is drawn later.
    The browser connects again by itself, and gets a session that knows none.
    """

    def __init__(self, request: HTTPConnection, receive: Receive, send: Send) -> None:
        self._request, self._receive, self._send = request, receive, send
        self.best = _role(request)  # that the visitor ever had
        self._closing: asyncio.Task[None] | None = None
        self._look: asyncio.TimerHandle | None = None

    async def hear(self) -> Message:
        """Take the next message that the visitor may send, unless put out meanwhile."""
        while True:
            message = await self._receive()
            if message["type"] != "websocket.receive":
                return message
            kind = None if self._is_less() else self._kind(message)
            if kind is None:
                self._close()
                return {"type": "websocket.disconnect", "code": POLICY}
            if kind in (TO_SEE if self.best is None else TO_USE):
                break
        self.end()
        # Who logs out with this message begins anew soon, and not in the middle of the next one.
        self._look = asyncio.get_running_loop().call_later(SOON, self._look_again)
        return message

    async def tell(self, message: Message) -> None:
        """Pass on what the app says; it may be the first page behind the gate."""
        if self.best is None:
            self.best = _role(self._request)
        if self._closing is None:
            await self._send(message)

    def end(self) -> None:
        """Look no more."""
        if self._look is not None:
            self._look.cancel()

    def _look_again(self) -> None:
        if self._is_less():
            self._close()

    def _kind(self, message: Message) -> str | None:
        """Name what a message asks for, None: nothing that a browser would send."""
        said = message.get("bytes") or b""
        if self.best is None and len(said) > LONGEST:
            return None
        try:
            return BackMsg.FromString(said).WhichOneof("type")
        except DecodeError:
            return None

    def _is_less(self) -> bool:
        now = _role(self._request)
        if RANK[now] < RANK[self.best]:
            return True
        self.best = now
        return False

    def _close(self) -> None:
        if self._closing is None:
            closing = self._send({"type": "websocket.close", "code": POLICY})
            self._closing = asyncio.ensure_future(closing)


def _is_closed(path: str) -> bool:
    """Whether a path is for who came in, wherever the server was told to have its pages."""
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    inside = path.removeprefix(f"/{base}") if base else path
    return inside.startswith(CLOSED) and inside not in OPEN


def _fresh(scope: Scope) -> Scope:
    """Take the name of an earlier session away: an outsider does not go on where somebody was."""
    return {
        **scope,
        "headers": [
            (name, b",".join(value.split(b",")[:2]) if name == PROTOCOL else value)
            for name, value in scope["headers"]
        ],
    }


def _answer(send: Send, *, closed: bool) -> Send:
    """Let no other site show our pages inside its own, and nobody keep what is for friends.

    Nor the page that it is drawn into: a browser that goes back to it would show it as it was
    left, also after logging out in another tab.
    """

    async def tell(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers: Any = MutableHeaders(scope=message)
            headers["Content-Security-Policy"] = "frame-ancestors 'self'"
            if closed or headers.get("Content-Type", "").startswith("text/html"):
                headers["Cache-Control"] = "private, no-store"
        await send(message)

    return tell


def _is_foreign(request: HTTPConnection) -> bool:
    """Whether another site's page asks; Streamlit would ask the internet who we are, to be sure."""
    origin = request.headers.get("origin")
    try:
        return origin is not None and urlsplit(origin).netloc != request.headers.get("host")
    except ValueError:  # no address at all
        return True


def _role(request: HTTPConnection) -> Role | None:
    address = request.client.host if request.client else ""
    try:
        if not gate.by_accounts() and visitor.at_the_machine(address, request.headers):
            return "host"
        token = gate.token(request.cookies)
        return None if token is None else gate.gate().role(token)
    except (InvalidInput, StoreUnavailable):
        return None
