"""Club promises: people and movies come and go, and what cannot be is one sentence."""

from __future__ import annotations

from furnished import Open, click

from club.store import Store


def test_a_member_can_be_added(open_page: Open, store: Store) -> None:
    app = open_page("club")
    app.text_input("new_name").set_value("  Zoë ")
    click(app, "Add")
    assert list(store.members.all()["name"])[-1] == "Zoë"
    assert [toast.value for toast in app.toast] == ["Welcome, Zoë\\!"] or app.toast[0].value == (
        "Welcome, Zoë!"
    )
    assert app.subheader[0].value == "Members (9)"


def test_a_name_that_cannot_be_is_refused_in_a_sentence(open_page: Open, store: Store) -> None:
    for name in ("", "   ", "ana"):
        app = open_page("club")
        app.text_input("new_name").set_value(name)
        click(app, "Add")
        (error,) = app.error
        assert error.value.endswith("Nothing was changed; please try again.")
        assert len(store.members.all()) == 8


def test_who_leaves_can_come_back_with_all_ratings(open_page: Open, store: Store) -> None:
    ana = int(store.members.all().index[0])
    before = len(store.ratings.current())
    app = open_page("club")
    app.button(f"leave_{ana}").click().run()
    assert "Ana" not in set(store.members.all()["name"])
    assert len(store.ratings.current()) < before
    app.button(f"back_{ana}").click().run()
    assert len(store.ratings.current()) == before
    assert not app.exception


def test_a_member_can_be_renamed(open_page: Open, store: Store) -> None:
    ana = int(store.members.all().index[0])
    app = open_page("club")
    app.text_input(f"rename_{ana}").set_value("Anna")
    app.button(f"rename_{ana}_save").click().run()
    assert store.members.all()["name"].iloc[0] == "Anna"


def test_a_movie_can_be_taken_off_the_shortlist(open_page: Open, store: Store) -> None:
    first, *rest = store.movies.shortlist()
    app = open_page("club")
    app.button(f"drop_{first}").click().run()
    assert store.movies.shortlist() == rest
    assert app.subheader[1].value == "Shortlist (5)"


def test_the_ratings_licence_can_be_read(open_page: Open) -> None:
    texts = [text.value for text in open_page("club").markdown]
    assert any("GroupLens" in text and "commercial" in text for text in texts)


def test_our_own_club_has_a_way_back_to_the_demo(open_page: Open, store: Store) -> None:
    store.start_own_club("Friday *film* club")
    app = open_page("club")
    assert app.title[0].value == "Friday \\*film\\* club"
    assert app.button("to_demo").label == "Go back to the demo"
    assert "own" not in [button.key for button in app.button]
