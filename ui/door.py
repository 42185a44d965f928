"""What a shared server answers besides pages: pictures, downloads and uploads, to who is inside.

Streamlit hands these out to whoever knows their address. Only `ui/shared.py` puts this before them.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from ui import visitor
from ui.gate import gate

CLOSED = ("/media/", "/_stcore/upload_file/", "/_stcore/metrics")


class Door:
    """Middleware: closed to who did not come through the gate, and to other sites' pages."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] == "websocket" and _is_foreign(HTTPConnection(scope)):
            await send({"type": "websocket.close", "code": 1008})
        elif (
            scope["type"] == "http"
            and scope["path"].startswith(CLOSED)
            and not _is_inside(HTTPConnection(scope))
        ):
            await PlainTextResponse("Not for you.", 403)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def _is_foreign(request: HTTPConnection) -> bool:
    """Whether another site's page asks; Streamlit would ask the internet who we are, to be sure."""
    origin = request.headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != request.headers.get("host")


def _is_inside(request: HTTPConnection) -> bool:
    address = request.client.host if request.client else ""
    if visitor.at_the_machine(address, request.headers):
        return True
    token = visitor.browser(request.cookies)
    return token is not None and gate().role(token) is not None
