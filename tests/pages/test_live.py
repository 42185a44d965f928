"""Live updates: open pages see what others do soon, ask for it sparingly, and lose nothing."""

from contextlib import ExitStack

import pytest
from furnished import Open
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from club.store import Store
from ui import live
from ui.live import (
    DRAWN,
    MAX_STALE_URLS,
    MIN_POLL_DELAY_S,
    PATIENCE_S,
    PAUSE_S,
    SHARED_S,
    TURN_S,
    DrawnPage,
    RedrawQueue,
    SharedVersion,
)


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@given(st.lists(st.sampled_from(["write", "poll", "wait"]), max_size=40))
def test_shared_version_is_never_older_than_its_limit(steps: list[str]) -> None:
    clock, versions = Clock(), [(100.0, 0)]
    shared = SharedVersion(lambda: versions[-1][1], clock)
    for step in steps:
        if step == "write":
            versions.append((clock.now, versions[-1][1] + 1))
        elif step == "wait":
            clock.now += SHARED_S / 3
        else:
            allowed = [number for at, number in versions if at < clock.now - SHARED_S - 1e-9]
            assert max(allowed, default=0) <= shared.get() <= versions[-1][1]


def test_shared_version_asks_the_database_once_for_many_polls() -> None:
    clock, asked = Clock(), []
    shared = SharedVersion(lambda: len(asked.append(clock.now) or asked), clock)
    assert [shared.get() for _ in range(25)] == [1] * 25
    clock.now += SHARED_S
    assert [shared.get() for _ in range(25)] == [2] * 25
    assert asked == [100.0, 100.0 + SHARED_S]


def test_background_redraws_come_one_at_a_time() -> None:
    clock = Clock()
    queue = RedrawQueue(clock)
    assert queue.take("a", 0.0)
    assert not queue.take("b", 0.0)
    with queue.drawing("a"):
        assert not queue.take("b", 0.0)
    assert queue.take("b", 0.0)
    clock.now += TURN_S  # the redraw of "b" never came: its browser is gone
    assert queue.take("a", 0.0)


def test_a_redraw_that_fails_gives_its_turn_back() -> None:
    queue = RedrawQueue(Clock())
    assert queue.take("a", 0.0)
    with pytest.raises(ValueError, match="broken"), queue.drawing("a"):
        raise ValueError("broken")
    assert queue.take("b", 0.0)


def test_background_redraws_wait_for_visitors_but_not_forever() -> None:
    clock = Clock()
    queue = RedrawQueue(clock)
    with ExitStack() as visitors:
        for session in ("a", "b"):
            visitors.enter_context(queue.drawing(session))
        assert not queue.take("c", PATIENCE_S - 0.1)
        assert queue.take("c", PATIENCE_S)
        with queue.drawing("c"):
            pass
        clock.now += PAUSE_S - 0.1
        assert not queue.take("d", 10 * PATIENCE_S)  # another page has just come in between
        clock.now += 0.1
        assert queue.take("d", 10 * PATIENCE_S)
        with queue.drawing("d"):
            pass
    assert queue.take("e", 0.0)


@pytest.mark.parametrize("stale", [("", {"movie": ["1"]}), ("rate", {"movie": ["2"]})])
def test_a_poll_with_an_older_url_is_left_out_a_few_times(stale: live.Address) -> None:
    drawn = DrawnPage(shows=1, address=("rate", {"movie": ["1"]}))
    found = [drawn.is_stale_url(stale) for _ in range(MAX_STALE_URLS + 1)]
    assert found == [True] * MAX_STALE_URLS + [False]  # a page never stays dead
    assert not drawn.is_stale_url(drawn.address)


@pytest.mark.reads
def test_a_poll_that_an_earlier_page_sent_cleared_the_page(open_page: Open) -> None:
    drawn = open_page("rate").session_state[DRAWN]
    assert drawn.is_cleared(("another page", drawn.address[1]))
    assert not drawn.is_cleared((drawn.address[0], {"movie": ["1"]}))
    assert not DrawnPage(shows=1).is_cleared(("rate", {})), "still being drawn"


def test_a_poll_that_comes_too_soon_means_that_the_page_was_cut_off() -> None:
    def drawn() -> DrawnPage:
        return DrawnPage(shows=1, ended_at=100.0, runner="first")

    soon, later = 100.0 + MIN_POLL_DELAY_S - 0.1, 100.0 + MIN_POLL_DELAY_S
    page = drawn()
    assert page.is_unfinished(soon, "second")
    assert not page.is_unfinished(soon, "second"), "it is drawn once more, not again and again"
    assert not drawn().is_unfinished(soon, "first"), "between runs of one runner nothing gets lost"
    assert not drawn().is_unfinished(later, "second")


@pytest.mark.reads
def test_a_page_remembers_its_address_as_it_corrected_it(open_page: Open) -> None:
    app = open_page("explore", genre="No such genre", again="true")
    drawn = app.session_state[DRAWN]
    assert (drawn.page.url_path, drawn.address[1]) == ("explore", {"again": ["true"]})


def test_a_page_shows_what_other_programs_wrote(open_page: Open, store: Store) -> None:
    app = open_page("rate", movie="1")
    before = app.session_state[DRAWN].shows
    Store(store.database.url.render_as_string(False)).ratings.rate(1, 1, 0.5)
    after = app.run().session_state[DRAWN].shows
    assert after != before
    assert app.run().session_state[DRAWN].shows == after


@pytest.mark.parametrize(("delivered", "again"), [(False, ["Saved."]), (True, [])])
def test_a_page_that_is_drawn_again_by_itself_says_what_happened(
    delivered: bool, again: list[str]
) -> None:
    def page(delivered: bool) -> None:
        from ui.components import basics

        basics.notify("Saved.")
        basics.notify("The disk is full.", failed=True)
        basics.notices()
        basics.repeat_notices(delivered=delivered)
        basics.notices()

    app = AppTest.from_function(page, kwargs={"delivered": delivered}).run(timeout=60)
    assert [toast.value for toast in app.toast] == ["Saved.", *again]
    assert [error.value for error in app.error] == ["The disk is full."] * 2
