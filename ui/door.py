"""What a shared server answers besides drawing pages: connections, pictures, downloads, uploads.

Streamlit hands files out to whoever knows their address. And it runs a page's callbacks and
fragments before, or without, the page's first line, where the gate stands: a page that stays open
after its visitor was put out could go on changing things. Only `ui/shared.py` puts this before it.
"""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from club.errors import InvalidInput, StoreUnavailable
from club.gate import Role
from ui import gate, visitor

CLOSED, OPEN = ("/_stcore/", "/media/", "/app/"), {"/_stcore/health", "/_stcore/host-config"}
PROTOCOL = b"sec-websocket-protocol"
RANK: dict[Role | None, int] = {None: 0, "member": 1, "host": 2}
SOON = 1.0  # seconds
POLICY = 1008  # why a connection is closed, RFC 6455


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
        elif (
            scope["path"].startswith(CLOSED)
            and scope["path"] not in OPEN
            and _role(HTTPConnection(scope)) is None
        ):
            await PlainTextResponse("Not for you.", 403)(scope, receive, send)
        else:
            await self._app(scope, receive, _unframed(send))

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
    """Closes a connection when its visitor may do less than before.

    Streamlit knows a session's callbacks for as long as the session lasts, whatever is drawn later.
    The browser connects again by itself, and gets a session that knows none.
    """

    def __init__(self, request: HTTPConnection, receive: Receive, send: Send) -> None:
        self._request, self._receive, self._send = request, receive, send
        self.best = _role(request)  # that the visitor ever had
        self._closing: asyncio.Task[None] | None = None
        self._look: asyncio.TimerHandle | None = None

    async def hear(self) -> Message:
        """Take the next message of the browser, unless the visitor was put out meanwhile."""
        message = await self._receive()
        if message["type"] != "websocket.receive":
            return message
        if self._is_less():
            self._close()
            return {"type": "websocket.disconnect", "code": POLICY}
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


def _fresh(scope: Scope) -> Scope:
    """Take the name of an earlier session away: an outsider does not go on where somebody was."""
    return {
        **scope,
        "headers": [
            (name, b",".join(value.split(b",")[:2]) if name == PROTOCOL else value)
            for name, value in scope["headers"]
        ],
    }


def _unframed(send: Send) -> Send:
    """Let no other site show our pages inside its own, where a click is not meant for us."""

    async def tell(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers: Any = MutableHeaders(scope=message)
            headers["Content-Security-Policy"] = "frame-ancestors 'self'"
        await send(message)

    return tell


def _is_foreign(request: HTTPConnection) -> bool:
    """Whether another site's page asks; Streamlit would ask the internet who we are, to be sure."""
    origin = request.headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != request.headers.get("host")


def _role(request: HTTPConnection) -> Role | None:
    address = request.client.host if request.client else ""
    if visitor.at_the_machine(address, request.headers):
        return "host"
    try:
        token = gate.token(request.cookies)
        return None if token is None else gate.gate().role(token)
    except (InvalidInput, StoreUnavailable):
        return None
