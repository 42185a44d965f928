"""Club promises: people and movies come and go, and what cannot be is one sentence."""

from __future__ import annotations

from furnished import Open, change_member

from club.store import Store


def test_member_leaves_and_returns(open_page: Open, store: Store) -> None:
    ana = int(store.members.all().index[0])
    before = len(store.ratings.current())
    app = change_member(open_page("club"), ana)
    app.button(f"leave_{ana}").click().run()
    assert "Ana" not in set(store.members.all()["name"])
    assert len(store.ratings.current()) < before
    app.button(f"back_{ana}").click().run()
    assert len(store.ratings.current()) == before
    assert not app.exception


def test_licence_is_shown(open_page: Open) -> None:
    texts = [text.value for text in open_page("settings", set="About").markdown]
    assert any("GroupLens" in text and "commercial" in text for text in texts)


def test_own_club_returns_to_demo(open_page: Open, store: Store) -> None:
    store.start_own_club("Friday *film* club")
    app = open_page("club")
    assert app.title[0].value == "Friday \\*film\\* club"
    assert "own" not in [button.key for button in app.button]
    app = open_page("settings", set="About")
    assert app.button("load_demo").disabled
    app.checkbox("sure").check().run()
    app.button("load_demo").click().run()
    assert store.club().is_demo
    assert not app.exception
