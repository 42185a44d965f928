"""The Nights page: what comes, what was, who picks next; Tonight says what is next."""

from pathlib import Path

import pytest
from an_evening import ANA, BRUNO, CHIARA, CONTACT, FRIDAY, UP, decided, rated, said, widget
from furnished import Open
from starlette.applications import Starlette
from starlette.testclient import TestClient

from club.store import Store
from ui import router


def labels(app) -> list[str]:
    return [link.label for link in app.get("page_link")]


def test_past_nights(open_page: Open, store: Store) -> None:
    night = decided(store, {ANA: (3.5, 3.0), BRUNO: (4.0, 4.5)})
    store.nights.edit(night, picker=BRUNO)
    rated(store, night, {ANA: 4.5, BRUNO: 2.5})
    rated(store, decided(store, {ANA: (3.5, 3.0)}), {ANA: 3.0})  # the same movie again
    store.nights.call_off(decided(store, {ANA: (3.5, 3.0)}))
    store.nights.plan(FRIDAY, [CHIARA], picker=CHIARA)
    app = open_page("nights")
    (again,), (tile,) = (widget(app, f"past_{place}")["tiles"] for place in (0, 1))
    assert again["note"].endswith("you gave 3.0")
    assert [expander.label for expander in app.expander][-1] == "Called off (1)"
    assert (tile["title"], tile["note"]) == ("Up", "4 Dec 2026 · we said 3.8 · you gave 3.5")
    assert [one["text"] for one in tile["people"]] == ["4½", "2½"]
    assert "**Friday, 4 December 2026** · 1 person" in labels(app)
    assert any("**Ana** picks next" in text for text in said(app))


def test_calendars_subscribe_to_a_secret_address(
    open_page: Open, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.nights.plan(FRIDAY, [ANA])
    app = open_page("nights")
    client = TestClient(Starlette(routes=router.routes()))
    assert client.get("/calendar/None.ics").status_code == 404
    keys = []
    for button in ("calendar_on", "calendar_new"):
        app.button(key=button).click().run()
        keys.append(store.club().calendar_key)
        assert any(f"/calendar/{keys[-1]}.ics" in code.value for code in app.code)
    assert client.get(f"/calendar/{keys[0]}.ics").status_code == 404
    assert "DTSTART;VALUE=DATE:20261204" in client.get(f"/calendar/{keys[1]}.ics").text
    app.button(key="calendar_off").click().run()
    assert client.get(f"/calendar/{keys[1]}.ics").status_code == 404
    (tmp_path / "file").touch()
    monkeypatch.setenv("MOVIE_CLUB_DATABASE", f"sqlite:///{tmp_path / 'file' / 'club.db'}")
    assert client.get(f"/calendar/{keys[1]}.ics").status_code == 503


def test_tonight_shows_next_night(open_page: Open, store: Store) -> None:
    night = store.nights.plan(FRIDAY, [ANA, BRUNO])
    store.nights.edit(night, voting="approve")
    store.nights.vote(night, ANA, [UP])
    app = open_page()
    lead = "Friday, 4 December 2026 · "
    assert f"{lead}2 people, 1 of 2 have voted" in labels(app)
    store.nights.delete(night)
    night = decided(store, {ANA: (3.5, 3.0), BRUNO: (4.0, 4.5)}, movies=(CONTACT, UP))
    rated(store, night, {ANA: 4.5})
    assert f"{lead}**Contact**, 1 of 2 have rated it" in labels(app.run())
    rated(store, night, {BRUNO: 4.5})
    assert not [label for label in labels(app.run()) if label.startswith(lead)]
