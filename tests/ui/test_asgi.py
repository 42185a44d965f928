"""The sign-in before the app: requests, websockets, accounts, and limits for strangers."""

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import requests
import streamlit as st
import uvicorn
from fake_provider import CLIENT, CLIENT_SECRET, Provider
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect
from websockets.exceptions import ConnectionClosedError
from websockets.sync.client import connect

from club.sharing import Passphrases, hash_passphrase, save_passphrases
from ui import access, asgi

MEMBER, HOST = "violet otter cinema wagon", "granite teapot monsoon lizard"
PHONE, MACHINE = ("192.168.0.9", 50_000), ("127.0.0.1", 50_000)
URL = "http://192.168.0.2:8501"
STREAM = "ws://192.168.0.2:8501/_stcore/stream"
NewBrowser = Callable[..., TestClient]
Secrets = dict[str, dict[str, object]]
SIGN_IN_TEXT = "Whoever invited you knows the passphrase."


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Tell which session a request has, and answer each websocket message with its length."""
    session = HTTPConnection(scope).headers.getlist(access.SESSION_HEADER)
    if scope["type"] == "http":
        cache = {"Cache-Control": "immutable"} if scope["path"].startswith("/static") else {}
        await JSONResponse({"session": session}, headers=cache)(scope, receive, send)
        return
    websocket = WebSocket(scope, receive, send)
    await websocket.accept()
    try:
        while True:
            await websocket.send_text(str(len(await websocket.receive_bytes())))
    except WebSocketDisconnect:
        pass


@pytest.fixture(scope="module")
def passphrases() -> Passphrases:
    return Passphrases(hash_passphrase(MEMBER, 2**14), hash_passphrase(HOST, 2**14))


@pytest.fixture(autouse=True)
def var(tmp_path: Path, passphrases: Passphrases, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a club with passphrases."""
    monkeypatch.setenv("MOVIE_CLUB_VAR", str(tmp_path))
    monkeypatch.setattr(st, "secrets", {})
    save_passphrases(passphrases, tmp_path)
    return tmp_path


@pytest.fixture
def behind() -> SessionMiddleware:
    """The app behind the sign-in; cookies signed by one are worthless for another."""
    return SessionMiddleware(
        asgi.AccessMiddleware(app), secret_key="k" * 32, session_cookie=asgi.COOKIE
    )


@pytest.fixture
def browser(behind: SessionMiddleware) -> NewBrowser:
    """A new browser, on a phone of the home network unless said otherwise."""

    def opened(client: tuple[str, int] = PHONE, url: str = URL) -> TestClient:
        return TestClient(behind, base_url=url, client=client, follow_redirects=False)

    return opened


@pytest.fixture
def friend(browser: NewBrowser) -> TestClient:
    """A browser that has signed in as a member."""
    client = browser()
    assert sign_in(client, MEMBER).status_code == 303
    return client


def sign_in(client: TestClient, passphrase: str, path: str = "/"):
    return client.post(path, data={"passphrase": passphrase})


def refusal(client: TestClient, answer) -> str:
    """The sign-in page that tells, after a redirect, why nobody is signed in."""
    assert answer.status_code == 303
    page = client.get(answer.headers["location"])
    assert page.status_code == 401
    assert "<p role" not in client.get(answer.headers["location"]).text  # told once
    return re.search(r'<p role="alert">(.*)</p>', page.text)[1]


def session_of(client: TestClient) -> str:
    (key,) = client.get("/").json()["session"]
    return key


def test_calendar_needs_no_session_but_nothing_beside_it_is_reached(browser: NewBrowser) -> None:
    client = browser()
    assert client.get("/calendar/abc-_1.ics").json() == {"session": []}
    for path in ("/calendar/", "/calendar/abc", "/calendar/a.ics/b", "/calendar/../a.ics?b.ics"):
        assert client.get(path).status_code == 401


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "POST", "TRACE"])
def test_stranger_gets_the_sign_in_page_only(browser: NewBrowser, method: str) -> None:
    for path in ("/", "/night?night=1", "/media/x.png", "/_stcore/health", "//static/x.js"):
        answer = browser().request(method, URL + path)
        assert answer.status_code == 401
        assert "set-cookie" not in answer.headers
        assert answer.headers["cache-control"] == "no-store"
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        if method != "HEAD":
            assert SIGN_IN_TEXT in answer.text
            assert not re.search(r"(src|href)=\"(?!data:)", answer.text)


def test_passphrase_opens_the_address_that_was_asked_for(browser: NewBrowser) -> None:
    client = browser()
    answer = sign_in(client, f" {MEMBER.title()} ", "/rate?movie=68954")
    assert (answer.status_code, answer.headers["location"]) == (303, "/rate?movie=68954")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    page = client.get("/rate?movie=68954")
    assert page.headers["content-security-policy"] == "frame-ancestors 'self'"
    assert page.headers["cache-control"] == "private, no-store"
    assert client.get("/static/x.js").headers["cache-control"] == "immutable"
    assert SIGN_IN_TEXT in browser().get("/").text  # another browser


@pytest.mark.parametrize("path", ["//evil.example.org/x", "/\\evil.example.org", "///evil/x"])
def test_sign_in_never_leads_to_another_server(browser: NewBrowser, path: str) -> None:
    location = sign_in(browser(), MEMBER, URL + path).headers["location"]
    assert re.match(r"/(?![/\\])", location)


def test_wrong_passphrase_is_told_and_the_fourth_waits(browser: NewBrowser) -> None:
    client = browser()
    texts = [refusal(client, sign_in(client, "wrong", "/rate?movie=1")) for _ in range(3)]
    assert texts[0] == texts[1] == "That is not the passphrase."
    assert texts[2] == f"{texts[0]} The next try counts in 5 seconds."
    st.cache_resource.clear()  # which a page can be made to do
    assert "Too early" in refusal(client, sign_in(client, MEMBER))
    friend = browser(("192.168.0.10", 1))
    sign_in(friend, MEMBER)
    assert friend.get("/").status_code == 200


@pytest.mark.parametrize("body", [b"passphrase=" + b"x" * 1_000_000, b"passphrase=", b"\xff\x00&="])
def test_odd_form_signs_nobody_in(browser: NewBrowser, body: bytes) -> None:
    assert browser().post("/", content=body).status_code == 401


def test_cookie_is_worth_nothing_altered_or_after_sign_out(
    browser: NewBrowser, friend: TestClient
) -> None:
    cookie = friend.cookies[asgi.COOKIE]
    content, moment, signature = cookie.split(".")
    swapped = signature.swapcase()
    for value in (content, f"{content}.{moment}.{swapped}", f"x{cookie}", cookie[:-5], ""):
        assert browser().get("/", headers={"Cookie": f"{asgi.COOKIE}={value}"}).status_code == 401
    copy = {"Cookie": f"{asgi.COOKIE}={cookie}"}
    assert browser().get("/", headers=copy).status_code == 200
    access.sessions().end(session_of(friend))
    assert browser().get("/", headers=copy).status_code == 401


def test_session_header_of_a_browser_is_not_passed_on(
    browser: NewBrowser, friend: TestClient
) -> None:
    forged = {access.SESSION_HEADER.upper(): session_of(friend)}
    assert browser().get("/", headers=forged).status_code == 401
    at_home = browser(MACHINE, "http://localhost:8501")
    assert at_home.get("/", headers=forged).json() == {"session": [""]}


def test_member_becomes_host_and_the_earlier_session_ends(friend: TestClient) -> None:
    before = session_of(friend)
    assert friend.get(access.SIGN_IN).status_code == 401
    answer = sign_in(friend, HOST, access.SIGN_IN)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert access.sessions().get(before) is None
    assert access.sessions().get(session_of(friend)).current_role() == "host"


@pytest.mark.parametrize(
    ("client", "host", "headers", "status"),
    [
        (MACHINE, "localhost:8501", {}, 200),
        (("::1", 1), "[::1]:8501", {}, 200),
        (MACHINE, "localhost:8501", {"X-Forwarded-For": "192.168.0.9"}, 401),
        (MACHINE, "localhost:8501", {"Forwarded": "for=192.168.0.9"}, 401),
        (MACHINE, "rebound.example.org:8501", {}, 401),
        (MACHINE, "localhost.example.org", {}, 401),
        (MACHINE, "localhost@club.example.org", {}, 401),
        (PHONE, "localhost:8501", {}, 401),
        (PHONE, "localhost:8501", {"X-Forwarded-For": "127.0.0.1"}, 401),
    ],
)
def test_only_the_machine_itself_needs_no_session(
    browser: NewBrowser,
    client: tuple[str, int],
    host: str,
    headers: dict[str, str],
    status: int,
) -> None:
    assert browser(client).get("/", headers={"Host": host, **headers}).status_code == status


@pytest.mark.parametrize("origin", ["http://evil.example.org", f"{URL}1", "null", "http://["])
def test_another_sites_page_is_refused(friend: TestClient, origin: str) -> None:
    assert friend.put("/_stcore/upload_file/a/1", headers={"Origin": origin}).status_code == 403
    with (
        pytest.raises(WebSocketDisconnect),
        friend.websocket_connect(STREAM, headers={"Origin": origin}),
    ):
        pytest.fail("it is connected")
    assert friend.put("/x", headers={"Origin": URL}).status_code == 200


def test_websocket_needs_a_session(browser: NewBrowser, friend: TestClient) -> None:
    with pytest.raises(WebSocketDisconnect), browser().websocket_connect(STREAM):
        pytest.fail("it is connected")
    with friend.websocket_connect(STREAM) as websocket:
        websocket.send_bytes(b"four")
        assert websocket.receive_text() == "4"


def end_session(friend: TestClient, _: Path) -> None:
    access.sessions().end(session_of(friend))


def change_passphrase(_: TestClient, var: Path) -> None:
    save_passphrases(Passphrases(hash_passphrase("another one for friends", 2**14)), var)


@pytest.mark.parametrize("put_out", [end_session, change_passphrase])
def test_websocket_hears_nothing_after_its_session_ended(
    friend: TestClient, var: Path, put_out: Callable[[TestClient, Path], None]
) -> None:
    with friend.websocket_connect(STREAM) as websocket:
        put_out(friend, var)
        websocket.send_bytes(b"delete")
        with pytest.raises(WebSocketDisconnect) as closed:
            websocket.receive_text()
        assert closed.value.code == asgi.POLICY


def test_idle_websocket_is_closed_when_its_role_changes(
    friend: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asgi, "CHECK_SECONDS", 0.01)
    session = access.sessions().get(session_of(friend))
    with friend.websocket_connect(STREAM) as websocket:
        session.current_role = lambda: "host"
        with pytest.raises(WebSocketDisconnect):
            websocket.receive_text()


ACCOUNTS = {
    "Bo": {"email": "bo@example.org", "email_verified": True},
    "Ana": {"email": "Ana@Example.org", "email_verified": "true"},
    "Eve": {"email": "<b>eve@example.org", "email_verified": True},
    "Mallory": {"email": "bo@example.org", "email_verified": False},
    "Trudy": {"email": "bo@example.org"},
    "Nemo": {"email": "", "email_verified": True},
}


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    started = Provider(ACCOUNTS).start()
    yield started
    started.stop()


@pytest.fixture
def accounts(provider: Provider, var: Path, monkeypatch: pytest.MonkeyPatch) -> Secrets:
    """Secrets with accounts."""
    pytest.importorskip("authlib", reason='accounts need pip install "streamlit[auth]"')
    secrets = {
        "auth": {
            "redirect_uri": f"{URL}/oauth2callback",
            "client_id": CLIENT,
            "client_secret": CLIENT_SECRET,
            "server_metadata_url": f"{provider.url}/.well-known/openid-configuration",
        },
        "club": {"hosts": ["bo@example.org"], "members": ["ana@example.org"]},
    }
    monkeypatch.setattr(st, "secrets", secrets)
    return secrets


def log_in(client: TestClient, name: str, path: str = "/"):
    """Follow the ways of a browser to the provider and back."""
    answer = client.post(path, data={"account": "1"})
    assert answer.status_code == 302
    page = requests.get(answer.headers["location"], timeout=5).text
    back = re.search(rf'href="([^"]*)">{name}<', page)[1].replace("&amp;", "&")
    return client.get(back)


@pytest.mark.parametrize(("name", "role"), [("Bo", "host"), ("Ana", "member")])
@pytest.mark.usefixtures("accounts")
def test_account_on_a_list_gets_its_role(browser: NewBrowser, name: str, role: str) -> None:
    client = browser()
    assert "Log in with the account" in client.get("/club").text
    answer = log_in(client, name, "/club?x=1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/club?x=1")
    session = access.sessions().get(session_of(client))
    assert (session.current_role(), session.account) == (role, ACCOUNTS[name]["email"])


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Eve", "&lt;b&gt;eve@example.org is not on this club"),
        ("Mallory", "address is not confirmed"),
        ("Trudy", "address is not confirmed"),
        ("Nemo", "address is not confirmed"),
    ],
)
@pytest.mark.usefixtures("accounts")
def test_account_that_is_not_listed_or_not_verified_stays_outside(
    browser: NewBrowser, name: str, told: str
) -> None:
    client = browser()
    assert told in refusal(client, log_in(client, name))


def test_account_taken_off_the_list_is_put_out(browser: NewBrowser, accounts: Secrets) -> None:
    client = browser()
    log_in(client, "Ana")
    assert client.get("/").status_code == 200
    accounts["club"]["members"] = []
    assert client.get("/").status_code == 401


@pytest.mark.usefixtures("accounts")
def test_callback_without_a_login_of_this_browser_is_refused(browser: NewBrowser) -> None:
    client = browser()
    answer = client.get("/oauth2callback?code=1&state=1")
    assert answer.headers["location"] == "/"
    assert "That did not work" in refusal(client, answer)


def test_with_accounts_the_machine_logs_in_like_all(browser: NewBrowser, accounts: Secrets) -> None:
    at_home = browser(MACHINE, "http://localhost:8501")
    assert at_home.get("/").status_code == 401
    assert sign_in(browser(), MEMBER).status_code == 401  # nor does a passphrase help
    del accounts["auth"]  # as while the file is being written
    assert at_home.get("/").status_code == 401


@pytest.mark.parametrize(
    ("content", "status"), [('[tmdb]\nkey = "\n', 200), ('[auth]\nclient_id = "\n', 401)]
)
def test_damaged_secrets_let_nobody_in_if_they_may_ask_for_accounts(
    browser: NewBrowser, secrets_file: Path, content: str, status: int
) -> None:
    secrets_file.write_text(content)
    assert browser(MACHINE, "http://localhost:8501").get("/").status_code == status


@pytest.fixture
def port(behind: SessionMiddleware, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A real server on this machine, with limits that a test reaches soon."""
    monkeypatch.setattr(asgi, "CONNECTIONS", 8)
    monkeypatch.setattr(asgi, "REQUEST_SECONDS", 0.5)
    config = asgi.server_config(behind, "127.0.0.1", 0)
    config.lifespan = "off"
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        yield listening.getsockname()[1]
        server.should_exit = True
        thread.join(20)


def closed_after(connection: socket.socket, longest: float) -> float:
    """Return the seconds after which the server closes a connection."""
    start = time.monotonic()
    connection.settimeout(longest)
    try:
        while connection.recv(1 << 16):
            pass
    except ConnectionResetError:
        pass
    return time.monotonic() - start


UNFINISHED = (
    b"",
    b"GET / HTTP/1.1\r\nHost: club.localhost\r\nX-Slow: ",
    b"POST / HTTP/1.1\r\nHost: club.localhost\r\nContent-Length: 500\r\n\r\npassphrase=",
    b"PUT /x HTTP/1.1\r\nHost: club.localhost\r\nContent-Length: 500\r\n\r\nx",
    b"GET / HTTP/1.1\r\nHost: club.localhost\r\n\r\nGET / HTTP/1.1\r\nX-Slow: ",
)


def test_unfinished_requests_are_closed(port: int) -> None:
    with ExitStack() as stack:
        connections = [
            stack.enter_context(socket.create_connection(("127.0.0.1", port))) for _ in UNFINISHED
        ]
        for connection, sent in zip(connections, UNFINISHED, strict=True):
            connection.sendall(sent)
        assert all(closed_after(connection, 10) < 9 for connection in connections)


def test_one_address_has_few_connections_and_pages_stay_open(
    port: int, caplog: pytest.LogCaptureFixture
) -> None:
    with ExitStack() as stack:
        page = stack.enter_context(
            connect(f"ws://localhost:{port}/", proxy=None, origin=f"http://localhost:{port}")
        )
        many = [
            stack.enter_context(socket.create_connection(("127.0.0.1", port))) for _ in range(20)
        ]
        refused = [closed_after(connection, 10) < 9 for connection in many[asgi.CONNECTIONS :]]
        assert all(refused)
        page.send(b"four")
        assert page.recv(timeout=10) == "4"
    assert not caplog.records


def test_long_websocket_message_is_refused_before_it_is_held(port: int) -> None:
    with connect(f"ws://localhost:{port}/", proxy=None, origin=f"http://localhost:{port}") as page:
        header = b"\x82\xff" + (100_000_000).to_bytes(8, "big") + b"mask"
        page.socket.sendall(header)  # and not a byte of what it announces
        with pytest.raises(ConnectionClosedError, match="1009"):
            page.recv(timeout=10)
