"""Parts that every page uses: header, posters, notices, empty states, errors."""

from __future__ import annotations

import mimetypes
import threading
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from club.errors import ClubError, InvalidInput, NotFound, SourceError, StoreUnavailable
from recommender.errors import RecommenderError
from ui import access
from ui.jobs import JobStatus
from ui.state import View
from ui.text import plain

ICON = Path(__file__).parent.parent / "assets" / "icon.svg"  # no icon font: that is fetched
NOTICE, TOLD, LOCK, ROUNDS = "notice", "told", "lock", "rounds"


class EndOfPage(Exception):  # noqa: N818 (no error)
    """Ends a page early. After `st.stop` what follows every page, the poll, would be missing."""


def next_step(error: Exception) -> str:
    """Return what to do about an error of the libraries, one short sentence."""
    if isinstance(error, StoreUnavailable):
        return "Nothing was changed. Put that right, then reload this page."
    if isinstance(error, InvalidInput | NotFound):
        return "Nothing was changed."
    if isinstance(error, SourceError):
        return "Everything else works without it."
    return "Reload this page once that is put right."


@contextmanager
def errors_shown() -> Iterator[None]:
    """Show an error of the club or the recommender as a sentence with the next step."""
    try:
        yield
    except (ClubError, RecommenderError) as error:
        show(error)


def show(error: ClubError | RecommenderError) -> None:
    """Say what went wrong, with the next step."""
    st.error(f"{plain(error)} {next_step(error)}", icon=":material/error:")


def change(
    action: Callable[..., Any],
    *args: Any,
    done: str | None = None,
    whose: Collection[int] = (),
    **named: Any,
) -> Any:
    """Do `action` in a callback; tell its error or `done` later; return its result or None.

    Args:
        whose: members whose own it changes; the visitor must be allowed to.
    """
    try:
        access.refuse_others(whose)
        result = action(*args, **named)
    except (ClubError, RecommenderError) as error:
        notify(f"{plain(error)} {next_step(error)}", failed=True)
        return None
    if done:
        notify(done)
    return result


def change_button(
    label: str,
    action: Callable[..., Any],
    *args: Any,
    done: str | None = None,
    whose: Collection[int] = (),
    **look: Any,
) -> None:
    """Draw a button that does `action(*args)` by `change`; `look` as `st.button` takes it."""
    told = {"done": done, "whose": whose}
    st.button(label, on_click=change, args=(action, *args), kwargs=told, **look)


def download_button(label: str, data: Any, file_name: str, key: str, **look: Any) -> None:
    """Draw a download of content, or of what a function returns on the click, without a redraw."""
    mime, _ = mimetypes.guess_type(file_name)
    st.download_button(
        label, data, file_name=file_name, mime=mime, key=key, on_click="ignore", **look
    )


def follow(status: Callable[[], JobStatus], draw: Callable[[JobStatus], None]) -> None:
    """Draw the status of a job every second, and the page again once its state is another one."""
    _follow(status, status().state, draw)


@st.fragment(run_every=1.0)
def _follow(status: Callable[[], JobStatus], drawn: str, draw: Callable[[JobStatus], None]) -> None:
    with errors_shown():
        now = status()
        if now.state != drawn:
            st.rerun()
        draw(now)


def how_far(status: JobStatus, text: str, stop: Callable[[], None], key: str) -> None:
    """Draw how far a job is, with the button (`key`) that stops it."""
    st.progress(status.share, text)
    st.button("Stop", on_click=stop, icon=":material/stop_circle:", key=key)


def how_it_went(status: JobStatus, said: Iterable[str]) -> None:
    """Say what came of a job that has ended, and what went wrong."""
    if status.state == "failed":
        st.warning(" ".join([plain(status.message), *said]), icon=":material/cloud_off:")
    elif status.state != "idle":
        st.caption(" ".join(said))


def one_at_a_time() -> AbstractContextManager[object]:
    """Keep what this visitor saves in order.

    Streamlit starts the next run of a page while the callbacks of the last still work, so that two
    quick entries can overtake each other. What is inside must read its input inside, too.
    """
    lock: AbstractContextManager[object] = st.session_state.setdefault(LOCK, threading.RLock())
    return lock


def key_of(name: str, stored: object) -> str:
    """Return the key of a widget that shows what is stored: another one when others changed that.

    A browser sends the state of all its widgets with everything it asks. What it has not been told
    yet would look like an entry of its own, and undo what others did; under a new key it is
    nobody's. What the visitor enters is stored before the page is drawn, and keeps the key.

    Args:
        name: of the widget, the same for the same thing.
        stored: the widget's value; a frozenset for several values in any order.
    """
    rounds: dict[str, int] = st.session_state.setdefault(ROUNDS, {})
    key = f"{name}_{rounds.get(name, 0)}"
    shown = st.session_state.get(key, stored)
    if (frozenset(shown) if isinstance(shown, list) else shown) != stored:
        rounds[name] = rounds.get(name, 0) + 1
    return f"{name}_{rounds.get(name, 0)}"


def asked_for(name: str) -> int | None:
    """Return the number that the page's address gives as `name`, None where it gives none."""
    try:
        return int(st.query_params.get(name, ""))
    except ValueError:
        return None


def notify(markdown: str, *, failed: bool = False) -> None:
    """Keep a message for the next drawing of the page."""
    st.session_state.setdefault(NOTICE, []).append((markdown, failed))


def header(title: str, lead: str | None = None) -> None:
    """Draw a page's heading, and what happened since the page was last drawn."""
    st.title(title, anchor=False)
    if lead:
        st.caption(lead)
    notices()


def notices() -> None:
    """Draw what happened since the page was last drawn."""
    st.session_state[TOLD] = st.session_state.pop(NOTICE, [])
    for markdown, failed in st.session_state[TOLD]:
        if failed:
            st.error(markdown, icon=":material/error:")
        else:
            st.toast(markdown, icon=":material/check_circle:")


def repeat_notices(*, delivered: bool) -> None:
    """Keep what the page says happened for its next drawing, which the visitor did not ask for.

    Args:
        delivered: whether the browser has the page: then what it said for a moment is over, and
            only what went wrong stays.
    """
    told = [notice for notice in st.session_state.get(TOLD, []) if notice[1] or not delivered]
    st.session_state[NOTICE] = [*told, *st.session_state.get(NOTICE, [])]


def file_name(brought: str) -> str:
    """Return what a file from a browser may be called on this disk: never hidden, nor too long."""
    last = Path("".join(c for c in brought if c.isprintable())).name.lstrip(".")
    return last.encode("utf-8")[-120:].decode("utf-8", "ignore") or "file"


@contextmanager
def empty_state(icon: str, sentence: str, key: str) -> Iterator[None]:
    """Say in one sentence (Markdown) why there is nothing here; the body adds what helps."""
    with st.container(
        border=True, key=key, horizontal_alignment="center", gap="small", height="content"
    ):
        st.space("small")
        st.markdown(f":primary[{icon}]", text_alignment="center", width="stretch")
        st.markdown(sentence, text_alignment="center", width="stretch")
        with st.container(horizontal=True, horizontal_alignment="center"):
            yield
        st.space("small")


def lead_to(name: str, label: str, icon: str, **look: Any) -> None:
    """Draw the button of an empty state that leads to the page `name`."""
    shown: dict[str, Any] = {"type": "primary", "key": f"to_{name}"} | look
    if st.button(label, icon=icon, **shown):
        st.switch_page(f"pages/{name}.py", query_params={})


def row(key: str, **look: Any) -> DeltaGenerator:
    """Return a container whose parts stand in one line; `look` as `st.container` takes it."""
    return st.container(horizontal=True, vertical_alignment="center", gap="small", key=key, **look)


def no_members(
    sentence: str = "The club has no members yet. Add everyone who comes to movie night.",
) -> None:
    """Say that the club has no members, with the way to add some."""
    with empty_state(":material/group_add:", sentence, "no_members"):
        lead_to("club", "Add members", ":material/person_add:")


def anything_rated(club: View) -> bool:
    """Return whether there is a rating by a member; say what to do where there is none."""
    if not club.names:
        no_members("Nobody is in the club yet.")
    elif club.ratings.empty:
        with empty_state(":material/star_half:", "Nobody has rated a movie yet.", "no_ratings"):
            lead_to("rate", "Rate movies", ":material/star_half:")
    return bool(club.names) and not club.ratings.empty


def no_shortlist() -> None:
    """Say that the shortlist is empty, with the ways to fill it."""
    sentence = "The shortlist is empty. What might you watch?"
    with empty_state(":material/playlist_add:", sentence, "no_shortlist"):
        lead_to("club", "Add movies you know", ":material/playlist_add:")
        lead_to("explore", "Find new ones", ":material/travel_explore:", type="secondary")


def no_predictions(height: int) -> None:
    """Say that the first model is about to serve; `height` is that of what follows, in pixels."""
    st.markdown("One moment: the first answer takes a second or two.")
    st.skeleton(height=height)
