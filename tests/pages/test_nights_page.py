"""The Nights page promises: what comes, what was, who picks next; Tonight says what is next."""

from __future__ import annotations

from an_evening import ANA, BRUNO, CHIARA, CONTACT, FRIDAY, UP, decided, rated, said
from furnished import Open

from club.store import Store


def test_past_nights(open_page: Open, store: Store) -> None:
    night = decided(store, {ANA: (3.5, 3.0), BRUNO: (4.0, 4.5)})
    store.nights.edit(night, picker=BRUNO)
    rated(store, night, {ANA: 4.5, BRUNO: 2.5})
    planned = store.nights.plan(FRIDAY, [CHIARA], picker=CHIARA)
    app = open_page("nights")
    assert r"Ana and Bruno · Bruno picked · **3\.5 ★** · expected 3.8" in said(app)
    assert "Chiara · Chiara picks" in said(app)
    assert [link.label for link in app.get("page_link")] == [
        "**Movie night**  \nFriday, 4 December 2026",
        "**Up**  \nFriday, 4 December 2026",
    ]
    assert ":material/redo: If everybody comes, **Ana** picks next." in said(app)
    assert planned != night


def test_calendar_download(open_page: Open, store: Store) -> None:
    store.nights.plan(FRIDAY, [ANA])
    labels = [button.label for button in open_page("nights").get("download_button")]
    assert labels == ["All of these for your calendar"]


def test_tonight_shows_next_night(open_page: Open, store: Store) -> None:
    night = store.nights.plan(FRIDAY, [ANA, BRUNO])
    store.nights.edit(night, voting="approve")
    store.nights.vote(night, ANA, [UP])
    app = open_page()
    lead = ":material/event: **Friday, 4 December 2026** · "
    assert f"{lead}2 people come, 1 of 2 have voted" in said(app)
    store.nights.delete(night)
    night = decided(store, {ANA: (3.5, 3.0), BRUNO: (4.0, 4.5)}, movies=(CONTACT, UP))
    rated(store, night, {ANA: 4.5})
    assert f"{lead}**Contact**, 1 of 2 have rated it" in said(app.run())
    rated(store, night, {BRUNO: 4.5})
    assert not [text for text in said(app.run()) if text.startswith(lead)]
