"""A shared club and somebody who speaks to its server without a browser."""

from __future__ import annotations

import shutil
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from browser import SharedServer
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosedError
from websockets.sync.client import ClientConnection, connect

from club import passphrase
from club.passphrase import Locks, hashed
from club.store import Store
from ui.door import LONGEST
from ui.gate import TITLE

AGAIN = ForwardMsg.FINISHED_EARLY_FOR_RERUN
MEMBER, HOST = "violet otter cinema wagon", "granite teapot monsoon lizard"


@pytest.fixture(scope="module")
def server(furnished: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedServer]:
    var = tmp_path_factory.mktemp("gate") / "var"
    shutil.copytree(furnished, var)
    started = SharedServer(var).start()
    yield started
    started.stop()


@pytest.fixture
def locks(server: SharedServer) -> Locks:
    both = Locks(hashed(MEMBER, 2**14), hashed(HOST, 2**14))
    passphrase.save(both, server.var)
    return both


@pytest.fixture
def store(server: SharedServer) -> Store:
    return Store(server.var / "club.db")


class Client:
    """What a browser's page would be, but one that does as it likes."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self.session = ""
        self.drawn: dict[str, str] = {}  # id and label of every widget that was ever drawn
        self.title = ""
        self.send()

    def say(self, message: bytes | str) -> None:
        """Send anything at all, and wait for no answer."""
        self._connection.send(message)

    def send(self, **widgets: str | bool) -> None:
        """Run the page; widgets by the end of their id: a text, or True for a press.

        Raises:
            ConnectionClosedError: the server wants to hear no more.
        """
        message = BackMsg()
        message.rerun_script.page_name = "club"
        for end, value in widgets.items():
            state = message.rerun_script.widget_states.widgets.add()
            state.id = next(one for one in self.drawn if one.endswith(end))
            if isinstance(value, str):
                state.string_value = value
            else:
                state.trigger_value = value
        self.say(message.SerializeToString())
        self._read()

    def ask(self, **asked: Any) -> set[str]:
        """Send another message than a run, and return the kinds of all answers."""
        for message in (BackMsg(**asked), BackMsg(app_heartbeat=True)):
            self.say(message.SerializeToString())
        kinds: set[str] = set()
        while "heartbeat_ack" not in kinds:
            kinds.add(str(self._next().WhichOneof("type")))
        return kinds - {"heartbeat_ack", "session_status_changed"}  # an earlier run's end

    def _next(self) -> ForwardMsg:
        message = ForwardMsg()
        message.ParseFromString(self._connection.recv(timeout=60))
        return message

    def _read(self) -> None:
        while True:
            message = self._next()
            kind = message.WhichOneof("type")
            if kind == "new_session":
                self.session = message.new_session.initialize.session_id
            elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
                self._note(message.delta.new_element)
            elif kind == "script_finished" and message.script_finished != AGAIN:
                return

    def _note(self, element: Any) -> None:
        drawn = getattr(element, element.WhichOneof("type"))
        if getattr(drawn, "id", ""):
            self.drawn[drawn.id] = getattr(drawn, "label", "")
        if element.WhichOneof("type") == "heading" and drawn.tag == "h1":
            self.title = drawn.body


@pytest.fixture
def come(server: SharedServer, locks: Locks) -> Iterator[Callable[..., Client]]:
    """Connect as `cookie`, continuing `session`, and come in with a passphrase."""
    with ExitStack() as stack:

        def connected(
            cookie: str | None, guess: str | None = None, session: str | None = None
        ) -> Client:
            token = (cookie or "=none").partition("=")[2]
            connection = connect(
                f"ws://club.localhost:{server.port}/_stcore/stream",
                address=("127.0.0.1", server.port),
                proxy=None,
                subprotocols=["streamlit", token, *([session] if session else [])],
                additional_headers={"Cookie": cookie} if cookie else {},
                origin=server.url,
                max_size=None,
            )
            client = Client(stack.enter_context(connection))
            if guess is not None:
                client.send(**{"-passphrase": guess, "-Come in": True})
                assert client.title != TITLE
            return client

        yield connected


def new_cookie(server: SharedServer) -> str:
    """Return what the server gives a browser that it sees for the first time."""
    with urllib.request.urlopen(f"http://127.0.0.1:{server.port}/_stcore/health") as answer:
        return str(answer.headers["Set-Cookie"]).partition(";")[0]


@pytest.fixture
def cookie(server: SharedServer) -> str:
    return new_cookie(server)


def test_a_page_that_stays_open_can_change_nothing_after_its_visitor_was_put_out(
    come: Callable[..., Client], cookie: str, store: Store
) -> None:
    page, tab = come(cookie, MEMBER), come(cookie)
    tab.send(log_out=True)
    before = store.version()
    with pytest.raises(ConnectionClosedError):
        page.send(leave_2=True)
    assert store.version() == before
    # Nor can who goes on where that page was, with its cookie or without.
    for again in (cookie, None):
        other = come(again, session=page.session)
        assert other.title == TITLE
        assert other.session != page.session
        other.drawn |= page.drawn
        other.send(leave_2=True)
        assert store.version() == before


def test_a_new_passphrase_puts_out_who_never_asks_for_a_page_again(
    come: Callable[..., Client], cookie: str, store: Store, server: SharedServer, locks: Locks
) -> None:
    page = come(cookie, MEMBER)
    passphrase.save(Locks(hashed("another one for friends", 2**14)), server.var)
    before = store.version()
    with pytest.raises(ConnectionClosedError):
        page.send(leave_2=True)
    assert store.version() == before


def test_a_host_who_is_none_any_more_is_begun_anew(
    come: Callable[..., Client], cookie: str, server: SharedServer, locks: Locks
) -> None:
    page = come(cookie, HOST)
    assert any(one.endswith("back_up") for one in page.drawn)
    passphrase.save(Locks(locks.member, hashed("another one for hosts", 2**14)), server.var)
    come(cookie, MEMBER)
    with pytest.raises(ConnectionClosedError):
        page.send(back_up=True)


def test_widgets_that_were_drawn_for_others_do_nothing(
    come: Callable[..., Client], cookie: str, store: Store, server: SharedServer
) -> None:
    host, member, outsider = come(cookie, HOST), come(new_cookie(server), MEMBER), come(None)
    before = store.version()
    for other, presses in ((member, ("-own", "back_up")), (outsider, ("-own", "leave_2"))):
        other.drawn |= host.drawn
        for press in presses:
            other.send(**{press: True})
    assert outsider.title == TITLE
    assert store.club().is_demo
    assert store.version() == before


def test_nobody_empties_the_caches_for_all_or_asks_what_no_page_needs(
    come: Callable[..., Client], cookie: str
) -> None:
    friend, outsider = come(cookie, MEMBER), come(None)
    for person in (outsider, friend):
        for asked in ("clear_cache", "load_git_info", "set_run_on_save", "debug_shutdown_runtime"):
            assert person.ask(**{asked: True}) == set()
    upload = {"request_id": "1", "file_names": ["x"]}
    assert outsider.ask(file_urls_request=upload) == set()
    assert friend.ask(file_urls_request=upload) == {"file_urls_response"}
    for person in (outsider, friend):
        person.send()
    assert outsider.title == TITLE
    assert friend.title != TITLE


@pytest.mark.parametrize(
    "message",
    [b"\xff\xff", b"", "text", b"\x0a" + b"x" * LONGEST],
    ids=["broken", "empty", "text", "long"],
)
def test_what_no_browser_would_send_ends_the_connection_and_is_not_worth_a_line_in_the_log(
    come: Callable[..., Client], server: SharedServer, message: bytes | str
) -> None:
    log = server.var / "server.log"
    before = log.read_text("utf-8")
    outsider = come(None)
    outsider.say(message)
    with pytest.raises(ConnectionClosedError):
        outsider.send()
    assert log.read_text("utf-8") == before
