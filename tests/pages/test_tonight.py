"""Tonight promises: what those here will like, nothing they have seen, and always a way on."""

from __future__ import annotations

import pytest
from an_evening import words
from furnished import Open
from streamlit.testing.v1 import AppTest

from club.store import Store
from ui import state

CHINATOWN, UP = 1252, 68954
EIGHT = ["Ana", "Bruno", "Chiara", "Dev", "Elif", "Femi", "Greta", "Hugo"]
SIX = {"Chinatown", "Shaun of the Dead", "Up", "Casino Royale", "Contact", "Some Like It Hot"}


def shown(app: AppTest) -> list[str]:
    """The candidates, best first."""
    return list(app.dataframe[0].value["Movie"])


def member(store: Store, name: str) -> int:
    names = store.members.all()["name"]
    return int(names.index[names == name][0])


@pytest.mark.reads
def test_first_visit(open_page: Open) -> None:
    app = open_page()
    assert app.title[0].value == "What shall we watch tonight?"
    assert app.pills("here").formatted_values == EIGHT
    assert set(shown(app)) == SIX
    predictions = app.dataframe[0].value[["Group", *EIGHT]]
    assert predictions.stack().between(0.5, 5).all()
    assert predictions["Group"].is_monotonic_decreasing
    assert predictions["Group"].to_numpy() == pytest.approx(predictions[EIGHT].mean(axis=1))


@pytest.mark.reads
def test_top_pick_is_ranked_first(open_page: Open) -> None:
    app = open_page()
    assert app.subheader[0].value == shown(app)[0]
    assert app.metric[0].value == f"{app.dataframe[0].value['Group'].iloc[0]:.2f} ★"


@pytest.mark.reads
def test_ranking_counts_members_present(open_page: Open) -> None:
    app = open_page()
    ana, bruno = app.pills("here").value[:2]
    app.pills("here").set_value([ana, bruno]).run()
    assert list(app.dataframe[0].value.columns) == ["Movie", "Group", "Ana", "Bruno"]


@pytest.mark.reads
def test_attendance_from_address(open_page: Open) -> None:
    app = open_page(here=["Dev", "Ana"])
    assert list(app.dataframe[0].value.columns) == ["Movie", "Group", "Ana", "Dev"]


def test_seen_movies_are_left_out_by_default(open_page: Open, store: Store) -> None:
    store.ratings.rate(member(store, "Ana"), UP, 4.5)
    app = open_page()
    assert set(shown(app)) == SIX - {"Up"}
    assert app.toggle("seen").label == "Include what someone has seen (1)"
    app.toggle("seen").set_value(True).run()
    assert set(shown(app)) == SIX
    assert ":material/visibility: Seen by Ana \\(4\\.5\\)" in [c.value for c in app.caption]


def test_rating_moves_predictions_without_learning(open_page: Open, store: Store) -> None:
    before = open_page().dataframe[0].value.set_index("Movie")
    generation = state.trainer().generation
    store.ratings.rate(member(store, "Greta"), CHINATOWN, 5.0)
    after = open_page(seen="true").dataframe[0].value.set_index("Movie")
    assert after.loc["Chinatown", "Greta"] > before.loc["Chinatown", "Greta"] + 0.2
    assert after.loc["Contact", "Ana"] == pytest.approx(before.loc["Contact", "Ana"])
    assert state.trainer().generation == generation


def test_club_without_members_links_to_members(open_page: Open, store: Store) -> None:
    store.start_own_club("Ours")
    app = open_page()
    assert "The club has no members yet; add everyone who comes to movie night." in words(app)
    assert [link.label for link in app.get("page_link")] == ["Add members"]


@pytest.mark.reads
def test_everyone_is_here_button(open_page: Open) -> None:
    app = open_page()
    app.pills("here").set_value([]).run()
    assert "Nobody is here yet, so there is nobody to ask." in words(app)
    next(button for button in app.button if button.label == "Everyone is here").click().run()
    assert app.pills("here").formatted_values == EIGHT
    assert set(shown(app)) == SIX


def test_empty_shortlist_links_to_club(open_page: Open, store: Store) -> None:
    for movie in store.movies.shortlist():
        store.movies.remove_from_shortlist(movie)
    app = open_page()
    assert "The shortlist is empty; put on it what you might watch." in words(app)
    assert [link.label for link in app.get("page_link")] == ["Fill the shortlist", "Find something"]


def test_show_seen_movies_button(open_page: Open, store: Store) -> None:
    store.ratings.rate_many(
        [(member(store, "Ana"), movie, 3.0) for movie in store.movies.shortlist()]
    )
    app = open_page()
    assert "Somebody here has seen every movie on the shortlist." in words(app)
    next(button for button in app.button if button.label == "Show them anyway").click().run()
    assert set(shown(app)) == SIX


def test_new_member_gets_item_means(open_page: Open, store: Store) -> None:
    app = open_page()
    store.members.add("Zoë")
    app.run()
    assert "Zoë" in app.dataframe[0].value.columns
    assert "Zoë has rated nothing yet, so the crowd's opinion stands in" in words(app)


@pytest.mark.reads
def test_why_for_chosen_member(open_page: Open) -> None:
    app = open_page()
    key = f"why_hero_{state.view().shortlist[0]}"
    best = shown(app)[0]
    movies = state.view().movies
    key = f"why_hero_{movies.index[movies['title'] == best][0]}"
    app.pills(key).set_value(app.pills(key).options and app.pills("here").value[0]).run()
    parts = app.dataframe[0].value
    assert list(parts.columns) == ["What", "Stars"]
    assert parts["What"].iloc[-1] == "Together"
    assert parts["Stars"].iloc[:-1].sum() == pytest.approx(parts["Stars"].iloc[-1])
    assert parts["Stars"].iloc[-1] == pytest.approx(app.dataframe[1].value["Ana"].iloc[0])


def test_before_first_model(
    open_page: Open, store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path
) -> None:
    monkeypatch.setenv("MOVIE_CLUB_DATABASE", str(tmp_path / "var" / "club.db"))
    monkeypatch.setenv("MOVIE_CLUB_VAR", str(tmp_path / "unlearned"))
    monkeypatch.setattr(state, "learn", lambda: False)
    app = open_page()
    assert "The first predictions are on their way; they take a second or two." in words(app)


def test_damaged_database_is_explained(
    open_page: Open, monkeypatch: pytest.MonkeyPatch, tmp_path
) -> None:
    file = tmp_path / "broken.db"
    file.write_bytes(b"SQLite format 3\0" + b"rubbish" * 999)
    monkeypatch.setenv("MOVIE_CLUB_DATABASE", str(file))
    for page in ("tonight", "rate", "club", "model", "evaluation"):
        app = open_page(page)
        (error,) = app.error
        assert "damaged" in error.value
        assert error.value.endswith("Nothing was changed; put that right and reload this page.")


def test_member_named_like_a_column(open_page: Open, store: Store) -> None:
    for old, new in (("Ana", "Movie"), ("Bruno", "Group")):
        store.members.rename(member(store, old), new)
    table = open_page().dataframe[0].value
    assert list(table.columns[:4]) == ["Movie", "Group", "Movie (2)", "Group (2)"]
