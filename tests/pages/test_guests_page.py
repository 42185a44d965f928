"""Guests on the Club page: what is known of them, and that they can join or go."""

from __future__ import annotations

from an_evening import UP, said
from furnished import Open

from club.store import Store


def test_guests_are_listed(open_page: Open, store: Store) -> None:
    guest = store.members.add_guest("**Zoe**", loves=[UP], likes=["heist"], dislikes=["zombie"])
    texts = said(open_page("club"))
    assert r"**\*\*Zoe\*\***  " + "\n:gray[:small[Up \\(5\\)\\, heist\\, not zombie]]" in texts
    assert guest not in store.members.all().index


def test_promote_guest(open_page: Open, store: Store) -> None:
    guest = store.members.add_guest("Zoe", loves=[UP])
    app = open_page("club")
    app.button(f"promote_{guest}").click().run()
    assert store.members.all()["name"].iloc[-1] == "Zoe"
    assert store.members.guests().empty
    assert [toast.value for toast in app.toast] == ["Zoe is a member now."]
