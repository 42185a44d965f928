"""The app on the home network: `make share`, or `python -m ui.asgi`.

Streamlit behind a sign-in page. Without a session every request gets that page and every websocket
is refused; a websocket is closed when its session ends or its role changes. The server limits what
strangers can make it hold: connections of one address, unfinished requests, long messages.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import html
import logging
import os
import re
import resource
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import parse_qs, urlsplit

import uvicorn
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config as streamlit_config
from streamlit.starlette import App
from uvicorn.protocols.http.h11_impl import H11Protocol

from club.config import configure_logging
from club.errors import InvalidInput, StoreUnavailable
from club.sharing import MONTH, Session, network
from ui import access, router
from ui.access import SESSION_HEADER, SIGN_IN, START_SHARED, Visitor

log = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parent.parent
PAGE = Template(Path(__file__).with_name("assets").joinpath("sign_in.html").read_text("utf-8"))
ICON = base64.b64encode(Path(__file__).with_name("assets").joinpath("icon.svg").read_bytes())
COOKIE = "movie_club"
CALENDAR = rf"{access.CALENDAR}[\w-]+\.ics"

POLICY = 1008  # a websocket's close code, RFC 6455
CHECK_SECONDS = 1.0  # between looks at whether a websocket's session has ended
LONGEST_FORM = 8192  # bytes
LONGEST_MESSAGE = 4_000_000  # bytes of a websocket message; files are uploaded by requests
REQUEST_SECONDS = 10.0  # for the headers of a request, and for a stranger's form
CONNECTIONS = 128  # of one address: a dozen friends behind one tunnel
FILES = 4096  # descriptors that the process asks the system for; half of them for connections


PASSPHRASE = """<p>Whoever invited you knows the passphrase.</p>
<form method="post">
<label for="passphrase">Passphrase</label>
<input id="passphrase" name="passphrase" type="password" autocomplete="current-password"
 autocapitalize="none" required autofocus>
<button>Come in</button>
</form>"""
ACCOUNT = """<p>Log in with the account that your host knows.</p>
<form method="post"><button name="account" value="1">Log in</button></form>"""
SIGN_IN_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",
}


class AccessMiddleware:
    """Lets requests and websockets of a session, or from the machine itself, through to the app."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request or a websocket, or pass it on."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] == "http" and re.fullmatch(CALENDAR, scope["path"]):
            await self._app(scope, receive, send)  # which knows the secret in the address
            return
        foreign = _is_foreign(HTTPConnection(scope))
        visitor = None if foreign else _identify(scope)
        if scope["type"] == "websocket":
            await self._websocket(visitor, scope, receive, send)
        elif foreign:
            await PlainTextResponse("Another site's page asks.", 403)(scope, receive, send)
        elif visitor is None or scope["path"] in {SIGN_IN, _callback_path()}:
            answer = await _sign_in(Request(scope, receive))
            await answer(scope, receive, send)
        else:
            await self._app(_inner(scope, visitor), receive, _private(send))

    async def _websocket(
        self, visitor: Visitor | None, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Serve a websocket for as long as its visitor keeps session and role."""
        closed = False

        async def close() -> None:
            nonlocal closed
            if not closed:
                closed = True
                with suppress(OSError):  # the browser was faster
                    await send({"type": "websocket.close", "code": POLICY})

        async def receive_checked() -> Message:
            message = await receive()
            if message["type"] == "websocket.receive" and _identify(scope) != visitor:
                await close()
                return {"type": "websocket.disconnect", "code": POLICY}
            return message

        async def send_open(message: Message) -> None:
            if not closed:
                await send(message)

        async def watch() -> None:
            while _identify(scope) == visitor:
                await asyncio.sleep(CHECK_SECONDS)
            await asyncio.sleep(CHECK_SECONDS)  # for the page to show that it has signed out
            await close()

        if visitor is None:
            await close()
            return
        watching = asyncio.create_task(watch())
        try:
            await self._app(_inner(scope, visitor), receive_checked, send_open)
        finally:
            watching.cancel()


async def _sign_in(request: Request) -> Response:
    """Sign in, or show the sign-in page at the address that shows its page afterwards.

    What went wrong is shown after a redirect: loading the page again must not try again.
    """
    content, message = "", request.session.pop("message", "")
    try:
        accounts = access.by_accounts()
        if not accounts and access.sessions().passphrases() is None:
            message = f"This club has no passphrase yet, so nobody can come in. {START_SHARED}"
        else:
            content = ACCOUNT if accounts else PASSPHRASE
            try:
                answer = await (_log_in if accounts else _check_passphrase)(request)
            except InvalidInput as error:
                request.session["message"] = str(error)
                before = _address(request) if request.method == "POST" else "/"
                answer = _see_other(request.session.pop("next", before))
            if answer is not None:
                return answer
    except (InvalidInput, StoreUnavailable) as error:
        message = str(error)
    alert = f'<p role="alert">{html.escape(message)}</p>' if message else ""
    icon = f"data:image/svg+xml;base64,{ICON.decode()}"
    return HTMLResponse(PAGE.substitute(icon=icon, content=content + alert), 401, SIGN_IN_HEADERS)


async def _check_passphrase(request: Request) -> Response | None:
    """Open a session for a right passphrase, None if none was sent.

    Raises:
        InvalidInput: it is wrong, or came too early.
        StoreUnavailable: the settings cannot be read.
    """
    form = await _form(request)
    if "passphrase" not in form:
        return None
    client = request.client.host if request.client else ""
    session = await run_in_threadpool(access.sessions().sign_in, form["passphrase"][0], client)
    return _signed_in(request, session, _address(request))


def _signed_in(request: Request, session: Session, address: str) -> Response:
    """Give the browser its session in place of an earlier one."""
    access.sessions().end(request.session.get("key", ""))
    request.session["key"] = session.key
    return _see_other("/" if address.startswith(SIGN_IN) else address)


def _see_other(address: str) -> Response:
    return RedirectResponse(address, 303, {"Cache-Control": "no-store"})


def _address(request: Request) -> str:
    """Return the address on this server that a request asked for."""
    path = request.scope["raw_path"].decode("ascii", "replace").lstrip("/\\")
    # Browsers take "//host" and "/\\host" for another server.
    return f"/{path}" + (f"?{request.url.query}" if request.url.query else "")


async def _form(request: Request) -> dict[str, list[str]]:
    """Return the fields of a form, none if it is too long, comes too slowly or is no form."""
    if request.method != "POST":
        return {}
    body = b""
    try:
        async with asyncio.timeout(REQUEST_SECONDS):
            async for chunk in request.stream():
                body += chunk
                if len(body) > LONGEST_FORM:
                    return {}
        return parse_qs(body.decode("utf-8", "replace"), max_num_fields=10)
    except (TimeoutError, ValueError):
        return {}


async def _log_in(request: Request) -> Response | None:
    """Send the browser to the provider of accounts, or open a session when it comes back."""
    if request.scope["path"] != _callback_path():
        if "account" not in await _form(request):
            return None
        request.session["next"] = _address(request)
        with _login_errors("Logging in does not work now; the accounts' provider does not answer."):
            answer: Response = await _client().authorize_redirect(request, _auth()["redirect_uri"])
        return answer
    with _login_errors("That did not work. Log in once more."):
        claims = (await _client().authorize_access_token(request)).get("userinfo") or {}
    # Some providers let people enter any address, and do not call it verified.
    verified = str(claims.get("email_verified")).casefold() == "true"
    email = str(claims.get("email") or "") if verified else ""
    if not email:
        raise InvalidInput("Your account's address is not confirmed, so it cannot be used here.")
    role = access.account_role(email)
    if role is None:
        raise InvalidInput(f"{email} is not on this club's list. Ask its host.")
    log.info("Signed in as a %s, with an account", role)
    session = access.sessions().open(lambda: access.account_role(email), MONTH, email)
    return _signed_in(request, session, request.session.pop("next", "/"))


@contextmanager
def _login_errors(message: str) -> Iterator[None]:
    """Raise InvalidInput with `message` for all that a login can meet."""
    try:
        from authlib.common.errors import AuthlibBaseError  # noqa: PLC0415
        from httpx import HTTPError  # noqa: PLC0415
        from joserfc.errors import JoseError  # noqa: PLC0415
    except ImportError:
        raise InvalidInput(
            'Logging in needs two more packages: pip install "streamlit[auth]".'
        ) from None
    try:
        yield
    except (AuthlibBaseError, HTTPError, JoseError, KeyError, ValueError) as error:
        log.warning("A login failed", exc_info=error)
        raise InvalidInput(message) from error


def _client() -> Any:
    """Return the OpenID Connect client of the secrets as they are now."""
    from authlib.integrations.starlette_client import OAuth  # noqa: PLC0415

    auth = _auth()
    options = {"scope": "openid email profile", "prompt": "select_account"}
    return OAuth().register(
        "club",
        **{name: auth.get(name) for name in ("client_id", "client_secret", "server_metadata_url")},
        client_kwargs=options | auth.get("client_kwargs", {}) | {"code_challenge_method": "S256"},
    )


def _auth() -> dict[str, Any]:
    return dict(access.secrets_section("auth") or {})


def _callback_path() -> str | None:
    try:
        return urlsplit(str(_auth().get("redirect_uri"))).path or None
    except InvalidInput:
        return None


def _identify(scope: Scope) -> Visitor | None:
    client = scope.get("client")
    key = scope["session"].get("key")
    return access.identify(client[0] if client else None, HTTPConnection(scope).headers, key)


def _inner(scope: Scope, visitor: Visitor) -> Scope:
    """Return the scope for the app, whose header SESSION_HEADER is ours alone."""
    name = SESSION_HEADER.encode()
    headers = [pair for pair in scope["headers"] if pair[0].lower() != name]
    headers.append((name, visitor.session.key.encode()))
    return {key: value for key, value in scope.items() if key != "session"} | {"headers": headers}


def _private(send: Send) -> Send:
    """Let no other site frame the pages, and no browser or proxy keep what is for friends."""

    async def send_private(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["Content-Security-Policy"] = "frame-ancestors 'self'"
            if "immutable" not in headers.get("Cache-Control", ""):  # the program's own scripts
                headers["Cache-Control"] = "private, no-store"
        await send(message)

    return send_private


def _is_foreign(request: HTTPConnection) -> bool:
    """Return True for a request of another site's page."""
    origin = request.headers.get("origin")
    try:
        return origin is not None and urlsplit(origin).netloc != request.headers.get("host")
    except ValueError:  # not an address
        return True


class LimitedProtocol(H11Protocol):
    """HTTP connections: not too many of one address, and none that is silent for long."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Refuse a connection beyond the limits, without a word."""
        super().connection_made(transport)
        mine = self._network(self)
        same = sum(1 for other in self.connections if self._network(other) == mine)
        if same > CONNECTIONS or len(self.connections) > _open_files() // 2:
            transport.abort()
        else:
            self.loop.call_later(REQUEST_SECONDS, self._close_if_silent, self.cycle)

    @staticmethod
    def _network(connection: Any) -> str:
        return network(connection.client[0]) if connection.client else ""

    def _close_if_silent(self, before: object) -> None:
        """Close the connection if it has asked for nothing since the last look.

        Args:
            before: request that was last answered then, "busy" while one was being answered.
        """
        if self not in self.connections:  # closed, or a websocket by now
            return
        answered = self.cycle is None or self.cycle.response_complete
        if answered and before is self.cycle:
            self.transport.abort()
        else:
            now = self.cycle if answered else "busy"
            self.loop.call_later(REQUEST_SECONDS, self._close_if_silent, now)


def _open_files() -> int:
    """Return how many files and connections the process can have open."""
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return FILES if soft == resource.RLIM_INFINITY else min(soft, FILES)


def create_app() -> ASGIApp:
    """Return the app behind its sign-in page."""
    return SessionMiddleware(
        AccessMiddleware(App(ROOT / "app.py", routes=router.routes())),
        secret_key=secrets.token_hex(32),
        session_cookie=COOKIE,
        max_age=int(MONTH),
    )


def main(arguments: list[str] | None = None) -> None:
    """Serve the app until the process is told to stop."""
    parser = argparse.ArgumentParser(prog="python -m ui.asgi", description=main.__doc__)
    parser.add_argument("--port", type=int, default=8501)
    parser.add_argument("--address", default="0.0.0.0", help="that the server listens on")
    parser.add_argument("--secrets", help=f"file to read in place of {access.SECRETS}")
    options = parser.parse_args(arguments)
    os.environ[access.SHARED] = "1"
    configure_logging()
    streamlit_config.set_option("server.port", options.port)
    streamlit_config.set_option("server.address", options.address)
    if options.secrets:
        streamlit_config.set_option("secrets.files", [options.secrets])
    if _open_files() < FILES:
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        soft = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    router.preload()
    uvicorn.Server(server_config(create_app(), options.address, options.port)).run()


def server_config(app: ASGIApp, address: str, port: int) -> uvicorn.Config:
    """Return the settings of a server with limits for strangers."""
    return uvicorn.Config(
        app,
        host=address,
        port=port,
        backlog=CONNECTIONS,  # which asyncio accepts at once, before one is refused
        http=LimitedProtocol,
        ws="websockets-sansio",
        ws_max_size=LONGEST_MESSAGE,
        ws_ping_interval=30,
        ws_ping_timeout=30,
        ws_per_message_deflate=False,
        access_log=False,
        server_header=False,
        log_level="error",  # a line for every odd request would fill the log
        timeout_graceful_shutdown=5,
    )


if __name__ == "__main__":
    main()
