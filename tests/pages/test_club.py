"""A club of one's own, and the way back to the demo."""

from an_evening import said
from furnished import Open

from club.store import Store


def test_own_club_returns_to_demo(open_page: Open, store: Store) -> None:
    store.start_own_club("Friday *film* club")
    app = open_page("club")
    assert app.title[0].value == "Friday \\*film\\* club"
    assert "own" not in [button.key for button in app.button]
    app = open_page("settings", set="About")
    assert any("GroupLens" in text and "commercial" in text for text in said(app))
    assert app.button("load_demo").disabled
    app.checkbox("sure").check().run()
    app.button("load_demo").click().run()
    assert store.club().is_demo
    assert not app.exception
