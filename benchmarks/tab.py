"""A browser's tab without the browser: speaks Streamlit's protocol as its page does.

What a tab sends was read off Chromium: the state of every widget that it shows, the hashes of the
messages that it keeps, and a rerun of every fragment that asked to be run again and again, at its
interval and whether or not the last one was answered.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

import requests
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException

PATIENCE = 30.0  # seconds after which an answer never comes
AGE = 2  # whole runs for which a message is kept that was not drawn again
TRIGGERS = "$$STREAMLIT_INTERNAL_KEY_{id}__events"  # what clicks in a component go by
MEDIA = re.compile(rb"/media/[\w.-]+")
FILES = re.compile(r'(?:src|href)="\.?/?((?:static/|favicon)[^"]+)"')


class UnansweredError(Exception):
    """What was asked for was not shown in time, or the connection is gone."""


@dataclass
class Faults:
    """What went wrong, a few words about each."""

    exceptions: list[str] = field(default_factory=list)  # of a page: stException
    errors: list[str] = field(default_factory=list)  # red notices of the app
    lost: list[str] = field(default_factory=list)  # connections
    unanswered: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)  # files that a page names


class Tab:
    """One tab, of a browser of its own.

    Args:
        url: of the app.
        faults: where to note what goes wrong.
    """

    def __init__(self, url: str, faults: Faults) -> None:
        self.beats = 0
        self._url, self._faults = url, faults
        self._browser = requests.Session()
        self._socket: ClientConnection | None = None
        self._tasks: set[asyncio.Task[None]] = set()  # one that reads, and some that fetch files
        self._beating: dict[str, asyncio.Task[None]] = {}  # by the fragment
        self._pages: dict[str, str] = {}  # last part of the address -> hash
        self._page, self._query = "", ""  # what the address names
        self._running, self._shown = "", ""  # the page that is being drawn, and the one drawn last
        self._elements: dict[tuple[int, ...], Element] = {}  # what is shown, by its place
        self._drawn: dict[tuple[int, ...], Element] = {}  # the same of the run that goes on
        self._entered: dict[str, WidgetState] = {}
        self._kept: dict[str, ForwardMsg] = {}  # messages that need not be sent again, by hash
        self._used: dict[str, int] = {}  # in which whole run each of them was drawn last
        self._runs = 0
        self._in_fragment = False
        self._ended = asyncio.Event()  # a whole run, or the connection
        self._fetched: set[bytes] = set()

    async def open(self) -> None:
        """Load the app as a browser does: the shell, its files, the connection, the first page."""
        try:
            async with asyncio.timeout(PATIENCE):
                await asyncio.to_thread(self._load_shell)
                self._socket = await self._connect()
        except (TimeoutError, requests.RequestException, WebSocketException) as error:
            self._faults.unanswered.append(f"the app: {error!r}")
            raise UnansweredError from None
        self._begin(self._read(self._socket))
        await self._ask(self._state(), lambda: bool(self._elements), "the first page")

    async def _connect(self) -> ClientConnection:
        cookies = self._browser.cookies.get_dict()
        address = urlsplit(self._url)
        return await connect(
            f"ws://{address.netloc}/_stcore/stream",
            origin=f"{address.scheme}://{address.netloc}",
            subprotocols=[
                "streamlit",
                cookies.get("_streamlit_xsrf", "PLACEHOLDER_AUTH_TOKEN"),
            ],
            additional_headers={"Cookie": "; ".join(f"{k}={v}" for k, v in cookies.items())},
            max_size=None,
            open_timeout=None,
        )

    async def close(self) -> None:
        """Close the tab."""
        self._stop_beats()
        for task in self._tasks:
            task.cancel()
        if self._socket is not None:
            await self._socket.close()
        self._browser.close()

    async def go(self, name: str, query: str = "") -> None:
        """Follow a link to the page that is called `name` in the address."""
        wanted = self._pages[name]
        self._entered, self._query, self._page = {}, query, wanted
        state = self._state()
        del state.widget_states.widgets[:]
        await self._ask(state, lambda: self._shown == wanted, f"the page {name or 'tonight'}")

    async def enter(self, key: str, shows: Callable[[], bool], **value: Any) -> None:
        """Enter what a widget is to hold, and wait until the page shows what it should."""
        widget = WidgetState(id=self._id(key), **value)
        self._entered[widget.id] = widget
        if name := getattr(self.widget(key), "query_param_key", ""):  # the address keeps it, too
            self._query = urlencode({name: widget.string_array_value.data[0]})
        await self._ask(self._state(), shows, key)

    async def click(self, key: str, shows: Callable[[], bool], event: Any = None) -> None:
        """Press a button, or let a component tell an event, and wait as `enter` does."""
        widget, state = self._id(key), self._state()
        if event is None:
            state.widget_states.widgets.add(id=widget, trigger_value=True)
        else:
            told = json.dumps([event], separators=(",", ":"))
            state.widget_states.widgets.add(id=TRIGGERS.format(id=widget), json_trigger_value=told)
        await self._ask(state, shows, key)

    def widget(self, key: str) -> Any:
        """Return the element with a widget's key, None where the page has none."""
        for element in self._elements.values():
            found = getattr(element, element.WhichOneof("type"))
            if getattr(found, "id", "").endswith(f"-{key}"):
                return found
        return None

    def _id(self, key: str) -> str:
        found = self.widget(key)
        if found is None:
            self._faults.unanswered.append(f"there is no {key}")
            raise UnansweredError(key)
        return str(found.id)

    def data(self, key: str) -> Any:
        """Return what a component was given to show, None where the page has none of that key."""
        found = self.widget(key)
        return found and json.loads(found.mixed.json or found.json)

    def _load_shell(self) -> None:
        shell = self._get("/").text
        for path in ("_stcore/health", "_stcore/host-config", *FILES.findall(shell)):
            self._get(f"/{path}")

    def _get(self, path: str) -> requests.Response:
        answer = self._browser.get(self._url + path, timeout=PATIENCE)
        if not answer.ok:
            self._faults.missing.append(f"{path}: {answer.status_code}")
        return answer

    def _begin(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _ask(self, state: ClientState, shows: Callable[[], bool], what: str) -> None:
        """Send a rerun; wait until a whole run has ended after which the page shows the answer."""
        self._ended.clear()
        await self._send(state)
        try:
            async with asyncio.timeout(PATIENCE):
                while True:
                    await self._ended.wait()
                    self._ended.clear()
                    if shows():
                        return
        except TimeoutError:
            self._faults.unanswered.append(what)
            raise UnansweredError(what) from None

    async def _send(self, state: ClientState) -> None:
        assert self._socket is not None
        with suppress(ConnectionClosed):  # whoever reads notes it
            await self._socket.send(BackMsg(rerun_script=state).SerializeToString())

    def _state(self) -> ClientState:
        state = ClientState(
            query_string=self._query,
            page_script_hash=self._page,
            cached_message_hashes=list(self._kept),
        )
        for element in self._elements.values():
            kind = element.WhichOneof("type")
            widget = getattr(element, kind)
            if found := self._entered.get(getattr(widget, "id", "")):
                state.widget_states.widgets.append(found)
            elif kind in UNTOUCHED:
                state.widget_states.widgets.add(id=widget.id, **UNTOUCHED[kind](widget))
        context = state.context_info
        context.timezone, context.timezone_offset, context.locale = "UTC", 0, "en-US"
        context.url, context.is_embedded, context.color_scheme = self._url, False, "light"
        return state

    async def _beat(self, fragment: str, interval: float) -> None:
        while True:
            await asyncio.sleep(interval)
            state = self._state()
            state.fragment_id, state.is_auto_rerun = fragment, True
            self.beats += 1
            await self._send(state)

    def _stop_beats(self, *fragments: str) -> None:
        for fragment in fragments or tuple(self._beating):
            if fragment in self._beating:
                self._beating.pop(fragment).cancel()

    async def _read(self, socket: ClientConnection) -> None:
        try:
            async for data in socket:
                assert isinstance(data, bytes)
                for path in set(MEDIA.findall(data)) - self._fetched:
                    self._fetched.add(path)
                    self._begin(asyncio.to_thread(self._get, path.decode()))
                message = ForwardMsg.FromString(data)
                if message.WhichOneof("type") == "ref_hash":
                    self._used[message.ref_hash] = self._runs
                    kept = self._kept[message.ref_hash]
                    self._draw(tuple(message.metadata.delta_path), kept.delta.new_element)
                    continue
                if message.metadata.cacheable:
                    self._kept[message.hash] = message
                    self._used[message.hash] = self._runs
                self._take(message)
        except ConnectionClosed as closed:
            self._faults.lost.append(f"broken: {closed}")
        except KeyError as missing:
            self._faults.lost.append(f"the app counts on message {missing}")
        else:
            self._faults.lost.append("closed by the server")
        finally:
            self._stop_beats()

    def _take(self, message: ForwardMsg) -> None:
        match message.WhichOneof("type"):
            case "new_session":
                self._in_fragment = bool(message.metadata.run.fragment_ids)
                self._drawn = {}
                if not self._in_fragment:
                    self._stop_beats()
                    self._runs += 1
                    self._running = message.new_session.page_script_hash
            case "navigation":
                pages = message.navigation.app_pages
                self._pages = {page.url_pathname: page.page_script_hash for page in pages}
                self._pages[""] = next(p.page_script_hash for p in pages if p.is_default)
                self._running = message.navigation.page_script_hash
            case "page_info_changed":
                self._query = message.page_info_changed.query_string
            case "auto_rerun":
                beat = message.auto_rerun
                self._stop_beats(beat.fragment_id)
                task = asyncio.create_task(self._beat(beat.fragment_id, beat.interval))
                self._beating[beat.fragment_id] = task
            case "stop_auto_rerun":
                self._stop_beats(*message.stop_auto_rerun.fragment_ids)
            case "delta" if message.delta.WhichOneof("type") == "new_element":
                self._draw(tuple(message.metadata.delta_path), message.delta.new_element)
            case "script_finished":
                self._end_of_run(message.script_finished)

    def _draw(self, path: tuple[int, ...], element: Element) -> None:
        kind = element.WhichOneof("type")
        if kind == "exception":
            self._faults.exceptions.append(f"{element.exception.type} {element.exception.message}")
        elif kind == "alert" and element.alert.format == element.alert.ERROR:
            self._faults.errors.append(element.alert.body)
        widget = getattr(element, kind or "exception")
        if getattr(widget, "set_value", False):  # the app has changed what was entered
            self._entered.pop(widget.id, None)
        self._drawn[path] = element

    def _end_of_run(self, how: int) -> None:
        if self._in_fragment:
            self._elements |= self._drawn
        elif how == ForwardMsg.FINISHED_SUCCESSFULLY:  # not cut short by another
            self._elements, self._shown = self._drawn, self._running
            self._page = self._page or self._shown
            for name in [name for name, run in self._used.items() if run < self._runs - AGE]:
                del self._kept[name], self._used[name]
            self._ended.set()
        elif how == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
            self._faults.exceptions.append("a page does not compile")


def _chosen(group: Any) -> dict[str, Any]:
    names = [option.content for option in group.options]
    data = group.raw_values if group.set_value else [names[place] for place in group.default]
    return {"string_array_value": {"data": data}}


def _several(select: Any) -> dict[str, Any]:
    data = (
        select.raw_values
        if select.set_value
        else [select.options[place] for place in select.default]
    )
    return {"string_array_value": {"data": data}}


def _one(select: Any) -> dict[str, Any]:
    first = select.options[select.default] if select.HasField("default") else ""
    return {"string_value": select.raw_value if select.set_value else first}


def _now(widget: Any) -> Any:
    return widget.value if widget.set_value else widget.default


# What a browser sends of a widget that nobody has touched.
UNTOUCHED: dict[str, Callable[[Any], dict[str, Any]]] = {
    "button_group": _chosen,
    "multiselect": _several,
    "selectbox": _one,
    "radio": _one,
    "text_input": lambda widget: {"string_value": _now(widget)},
    "text_area": lambda widget: {"string_value": _now(widget)},
    "time_input": lambda widget: {"string_value": _now(widget)},
    "date_input": lambda widget: {"string_array_value": {"data": _now(widget)}},
    "slider": lambda widget: {"double_array_value": {"data": _now(widget)}},
    "number_input": lambda widget: {"double_value": _now(widget)},
    "checkbox": lambda widget: {"bool_value": _now(widget)},
}
