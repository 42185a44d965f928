"""Tonight promises: what those here will like, nothing they have seen, and always a way on."""

from __future__ import annotations

import pytest
from an_evening import JOIN
from furnished import Open
from streamlit.testing.v1 import AppTest

from club.store import Store
from ui import state

CHINATOWN, UP, CONTACT = 1252, 68954, 1584
EIGHT = ["Ana", "Bruno", "Chiara", "Dev", "Elif", "Femi", "Greta", "Hugo"]
SIX = {"Chinatown", "Shaun of the Dead", "Up", "Casino Royale", "Contact", "Some Like It Hot"}


def shown(app: AppTest) -> list[str]:
    """The candidates, best first."""
    return list(app.dataframe[0].value["Movie"])


def member(store: Store, name: str) -> int:
    names = store.members.all()["name"]
    return int(names.index[names == name][0])


def said(app: AppTest) -> str:
    return " ".join(element.value for element in [*app.markdown, *app.caption])


@pytest.mark.reads
def test_a_first_visit_shows_eight_members_and_six_candidates_with_predictions(
    open_page: Open,
) -> None:
    app = open_page()
    assert app.title[0].value == "What shall we watch tonight?"
    assert app.pills("here").formatted_values == EIGHT
    assert set(shown(app)) == SIX
    predictions = app.dataframe[0].value[["Group", *EIGHT]]
    assert predictions.stack().between(0.5, 5).all()
    assert predictions["Group"].is_monotonic_decreasing
    assert predictions["Group"].to_numpy() == pytest.approx(predictions[EIGHT].mean(axis=1))


@pytest.mark.reads
def test_the_top_pick_is_the_first_of_the_ranking(open_page: Open) -> None:
    app = open_page()
    assert app.subheader[0].value == shown(app)[0]
    assert app.metric[0].value == f"{app.dataframe[0].value['Group'].iloc[0]:.2f} ★"


@pytest.mark.reads
def test_the_demo_says_that_it_is_one(open_page: Open) -> None:
    app = open_page()
    assert "eight real, anonymous MovieLens raters with invented names" in app.caption[0].value
    assert app.button("own").label == "Start our own club"


@pytest.mark.reads
def test_only_those_who_are_here_count(open_page: Open) -> None:
    app = open_page()
    ana, bruno = app.pills("here").value[:2]
    app.pills("here").set_value([ana, bruno]).run()
    assert list(app.dataframe[0].value.columns) == ["Movie", "Group", "Ana", "Bruno"]


@pytest.mark.reads
def test_who_is_here_can_come_with_the_address(open_page: Open) -> None:
    app = open_page(here=["Dev", "Ana"])
    assert list(app.dataframe[0].value.columns) == ["Movie", "Group", "Ana", "Dev"]


@pytest.mark.reads
def test_each_strategy_says_what_it_does(open_page: Open) -> None:
    app = open_page()
    for key, strategy in services_strategies().items():
        app.selectbox("by").set_value(key).run()
        assert strategy.description in [caption.value for caption in app.caption]
        assert not app.exception


def services_strategies() -> dict:
    from recommender.group import STRATEGIES

    return dict(STRATEGIES)


@pytest.mark.reads
def test_least_misery_ranks_by_the_least_happy(open_page: Open) -> None:
    table = open_page(by="Least misery").dataframe[0].value
    assert table[EIGHT].min(axis=1).is_monotonic_decreasing


def test_what_somebody_here_has_seen_is_left_out_until_it_is_wanted(
    open_page: Open, store: Store
) -> None:
    store.ratings.rate(member(store, "Ana"), UP, 4.5)
    app = open_page()
    assert set(shown(app)) == SIX - {"Up"}
    assert app.toggle("seen").label == "Include what someone has seen (1)"
    app.toggle("seen").set_value(True).run()
    assert set(shown(app)) == SIX
    assert ":material/visibility: Seen by Ana \\(4\\.5\\)" in [c.value for c in app.caption]


def test_what_only_the_absent_have_seen_is_a_candidate(open_page: Open, store: Store) -> None:
    store.ratings.rate(member(store, "Ana"), UP, 4.5)
    assert set(shown(open_page(here=["Bruno", "Dev"]))) == SIX


def test_a_rating_moves_the_predictions_without_learning(open_page: Open, store: Store) -> None:
    before = open_page().dataframe[0].value.set_index("Movie")
    generation = state.trainer().generation
    store.ratings.rate(member(store, "Greta"), CHINATOWN, 5.0)
    after = open_page(seen="true").dataframe[0].value.set_index("Movie")
    assert after.loc["Chinatown", "Greta"] > before.loc["Chinatown", "Greta"] + 0.2
    assert after.loc["Contact", "Ana"] == pytest.approx(before.loc["Contact", "Ana"])
    assert state.trainer().generation == generation


def test_a_club_without_members_is_told_to_add_them(open_page: Open, store: Store) -> None:
    store.start_own_club("Ours")
    app = open_page()
    assert "The club has no members yet; add everyone who comes to movie night." in said(app)
    assert [link.label for link in app.get("page_link")] == ["Add members"]


@pytest.mark.reads
def test_nobody_here_can_be_undone_with_a_button(open_page: Open) -> None:
    app = open_page()
    app.pills("here").set_value([]).run()
    assert "Nobody is here yet, so there is nobody to ask." in said(app)
    next(button for button in app.button if button.label == "Everyone is here").click().run()
    assert app.pills("here").formatted_values == EIGHT
    assert set(shown(app)) == SIX


def test_an_empty_shortlist_says_where_to_fill_it(open_page: Open, store: Store) -> None:
    for movie in store.movies.shortlist():
        store.movies.remove_from_shortlist(movie)
    app = open_page()
    assert "The shortlist is empty; put on it what you might watch." in said(app)
    assert [link.label for link in app.get("page_link")] == ["Fill the shortlist"]


def test_when_all_is_seen_it_can_be_shown_anyway(open_page: Open, store: Store) -> None:
    store.ratings.rate_many(
        [(member(store, "Ana"), movie, 3.0) for movie in store.movies.shortlist()]
    )
    app = open_page()
    assert "Somebody here has seen every movie on the shortlist." in said(app)
    next(button for button in app.button if button.label == "Show them anyway").click().run()
    assert set(shown(app)) == SIX


def test_a_new_member_gets_the_crowds_stars_and_the_page_says_so(
    open_page: Open, store: Store
) -> None:
    app = open_page()
    store.members.add("Zoë")
    app.run()
    assert "Zoë" in app.dataframe[0].value.columns
    assert "Zoë has rated nothing yet, so the crowd's opinion stands in" in said(app)


def test_names_and_titles_are_never_read_as_markdown(open_page: Open, store: Store) -> None:
    picture = "![x](http://example.org/x.png)"
    store.members.rename(member(store, "Ana"), picture)
    store.movies.add_to_shortlist(store.movies.add("**Bold** :red[move] <b>", 1999))
    app = open_page()
    everything = [
        *app.pills("here").options,
        *(e.value for e in [*app.markdown, *app.caption, *app.subheader]),
    ]
    assert rf"\!\[x\]\(http\:{JOIN}\/\/example\.org\/x\.png\)" in everything
    assert not [text for text in everything if "![x]" in text or "**Bold**" in text]
    assert picture in app.dataframe[0].value.columns


@pytest.mark.reads
def test_why_is_told_for_the_member_who_asks(open_page: Open) -> None:
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


def test_before_the_first_model_the_page_says_that_it_comes(
    open_page: Open, store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path
) -> None:
    monkeypatch.setenv("MOVIE_CLUB_DATABASE", str(tmp_path / "var" / "club.db"))
    monkeypatch.setenv("MOVIE_CLUB_VAR", str(tmp_path / "unlearned"))
    monkeypatch.setattr(state, "learn", lambda: False)
    app = open_page()
    assert "The first predictions are on their way; they take a second or two." in said(app)


def test_a_damaged_database_is_one_sentence(
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


def test_members_may_be_called_like_the_tables_other_columns(open_page: Open, store: Store) -> None:
    for old, new in (("Ana", "Movie"), ("Bruno", "Group")):
        store.members.rename(member(store, old), new)
    table = open_page().dataframe[0].value
    assert list(table.columns[:4]) == ["Movie", "Group", "Movie (2)", "Group (2)"]
