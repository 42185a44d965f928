"""Tonight answers first: what those here will like, nothing they have seen, and always a way on."""

from datetime import date, timedelta

import pytest
from an_evening import ANA, BRUNO, candidates, decided, expected, here, pick, tap, widget, words
from furnished import SMALL, Open, click
from streamlit.testing.v1 import AppTest

from club.store import Store
from recommender import Dataset, HybridModel
from recommender.group import STRATEGIES
from ui import state
from ui.jobs import LearnedFrom
from ui.sections.tonight import SOURCES

CHINATOWN = 1252
GRETA = 7
EIGHT = ["Ana", "Bruno", "Chiara", "Dev", "Elif", "Femi", "Greta", "Hugo"]
SIX = {"Chinatown", "Shaun of the Dead", "Up", "Casino Royale", "Contact", "Some Like It Hot"}


def member(store: Store, name: str) -> int:
    names = store.members.all()["name"]
    return int(names.index[names == name][0])


@pytest.mark.reads
def test_first_visit(open_page: Open) -> None:
    app = open_page()
    assert [face["name"] for face in widget(app, "here")["faces"] if face["on"]] == EIGHT
    found = candidates(app)
    assert found.keys() == SIX
    means = [sum(expected(tile).values()) / 8 for tile in found.values()]
    assert means == sorted(means, reverse=True)
    for tile, mean in zip(found.values(), means, strict=True):
        assert list(expected(tile)) == EIGHT
        assert tile["group"][0] == f"{mean:.1f}"


@pytest.mark.reads
def test_taps_on_faces_say_who_is_here(open_page: Open) -> None:
    app = tap(open_page(), "here", GRETA, False)
    assert list(expected(pick(app))) == [name for name in EIGHT if name != "Greta"]
    assert app.query_params["away"] == str(GRETA)
    again = open_page(away=str(GRETA))
    assert pick(again) == pick(app)
    assert list(expected(pick(tap(again, "here", GRETA, True)))) == EIGHT


@pytest.mark.reads
def test_way_to_decide(open_page: Open) -> None:
    app = open_page()
    assert app.radio[0].options == ["Best for all", "Nobody unhappy", "Fair over time"]
    app.radio[0].set_value("least_misery").run()
    lowest = {title: min(expected(tile).values()) for title, tile in candidates(app).items()}
    assert pick(app)["title"] == max(lowest, key=lowest.__getitem__)
    assert pick(open_page(by="least_misery")) == pick(app)
    app.toggle("all_ways").set_value(True).run()
    assert len(app.radio[0].options) == len(STRATEGIES)
    assert all("Here" in caption for caption in app.radio[0].proto.captions)


def test_every_strategy_has_its_source() -> None:
    text = SOURCES.read_text("utf-8")
    for strategy in STRATEGIES.values():
        assert f"| {strategy.name} | {strategy.description} | " in text


def test_new_club_has_three_steps_with_ticks(open_page: Open, store: Store) -> None:
    store.start_own_club("Ours")

    def links(app: AppTest) -> list[tuple[str, bool]]:
        return [
            (link.proto.page, "check_circle" in link.proto.icon)
            for link in app.get("page_link")
            if link.proto.page == "start"
        ]

    assert links(open_page()) == [("start", False)] * 3
    mia = store.members.add("Mia")
    assert links(open_page()) == [("start", True), ("start", False), ("start", False)]
    store.ratings.rate_many([(mia, movie, 4.0) for movie in state.view().movies.index[:10]])
    store.movies.add_to_shortlist(CHINATOWN)
    app = open_page()
    assert links(app) == []
    assert list(expected(pick(app))) == ["Mia"]


def test_new_movies_when_all_are_seen(open_page: Open, store: Store) -> None:
    store.ratings.rate_many([(ANA, movie, 3.0) for movie in store.movies.shortlist()])
    app = open_page()
    fresh = [tile["id"] for tile in widget(app, "fresh")["tiles"]]
    seen = store.ratings.current()["movie_id"]
    assert len(fresh) == 6
    assert not set(fresh) & {*seen, *store.movies.shortlist()}
    click(app, "Show them anyway")
    assert candidates(app).keys() == SIX


def test_watch_this_makes_the_night(open_page: Open, store: Store) -> None:
    app = tap(open_page(), "here", GRETA, False)
    title = pick(app)["title"]
    app.button("tonight_watch").click().run()
    (night,) = store.nights.all()
    assert (night.on, night.state, night.decided_by) == (date.today(), "decided", "average")
    assert GRETA not in night.present
    assert widget(app, "watched_")["tiles"][0]["title"] == title
    assert night.movie not in store.movies.shortlist()
    assert len(store.nights.predictions()) == 7 * 6


def test_second_screen_watches_the_same_night(open_page: Open, store: Store) -> None:
    one, other = open_page(), open_page()
    one.button("tonight_watch").click().run()
    other.button("tonight_watch").click().run()
    assert len(store.nights.all()) == 1
    assert "is decided already" in words(other)


def test_tonight_is_the_night_of_today(open_page: Open, store: Store) -> None:
    today = date.today()
    store.nights.plan(today + timedelta(days=3), [ANA])
    off = store.nights.plan(today, [ANA])
    store.nights.call_off(off)
    store.nights.plan(today - timedelta(days=1), [ANA])
    assert len(here(open_page(), "here")) == 8
    late = decided(store, {ANA: (4.0, 3.5), BRUNO: (3.0, 3.5)}, on=today - timedelta(days=1))
    assert widget(open_page(), f"watched_{late}")
    night = store.nights.plan(today, [ANA, BRUNO])
    app = open_page()
    assert here(app) == [ANA, BRUNO]
    links = [link.label for link in app.get("page_link")]
    assert any("1 person" in link for link in links)
    store.nights.delete(night)
    assert widget(app.run(), f"watched_{late}")


def test_another_first_movie_after_learning_is_said_once(open_page: Open, store: Store) -> None:
    def told(app: AppTest) -> list[str]:
        return [toast.value for toast in app.toast]

    app = open_page()
    assert not told(app.run())
    first, data = pick(app), state.base_dataset()
    few = data.ratings[data.ratings["user_id"] <= 60]
    disliked = few.assign(rating=few["rating"].where(few["movie_id"] != first["id"], 0.5))
    learned = LearnedFrom(store.version(), data.content_hash)
    state.trainer().adopt(HybridModel.fit(Dataset(disliked, data.movies), SMALL), learned)
    (said,) = told(app.run())
    assert pick(app)["title"] != first["title"]
    assert pick(app)["title"] in said
    assert not told(app.run())
    tap(app, "here", GRETA, False)
    assert not told(app)


@pytest.mark.reads
def test_before_first_model(open_page: Open, monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    monkeypatch.setenv("MOVIE_CLUB_DATABASE", str(tmp_path / "var" / "club.db"))
    monkeypatch.setenv("MOVIE_CLUB_VAR", str(tmp_path / "unlearned"))
    monkeypatch.setattr(state, "learn", lambda: False)
    assert "the first answer takes a second or two" in words(open_page())


@pytest.mark.reads
def test_damaged_database_is_explained(
    open_page: Open, monkeypatch: pytest.MonkeyPatch, tmp_path
) -> None:
    file = tmp_path / "broken.db"
    file.write_bytes(b"SQLite format 3\0" + b"rubbish" * 999)
    monkeypatch.setenv("MOVIE_CLUB_DATABASE", str(file))
    (error,) = open_page("club").error
    assert "damaged" in error.value
    assert error.value.endswith("Nothing was changed. Put that right, then reload this page.")
