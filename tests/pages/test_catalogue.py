"""The Catalogue page: what there is, and a movie of the club's own."""

from an_evening import candidates
from furnished import Open, click, tiles

from club.store import Store


def test_added_movie_is_a_candidate(open_page: Open, store: Store) -> None:
    app = click(open_page("settings", set="Catalogue"), "Add the movie")
    assert len(app.error) == 1  # it has no title
    assert store.movies.own().empty
    app.text_input("own_title").set_value("The *Newest*")
    app.number_input("own_year").set_value(2026)
    app.number_input("own_minutes").set_value(12)
    app.multiselect("own_genres").set_value(["Comedy", "Crime"])
    app.multiselect("own_keywords").set_value(["heist"])
    click(app, "Add the movie")
    (tile,) = tiles(app, "own_expected")
    assert [one["member"] for one in tile["people"]] == list(store.members.all().index)
    movie = store.movies.shortlist()[-1]
    row = store.movies.own().loc[movie]
    assert (row["title"], row["year"], row["runtime"]) == ("The *Newest*", 2026, 12)
    assert (row["genres"], row["keywords"]) == (("Comedy", "Crime"), ("heist",))
    assert "The *Newest*" in candidates(open_page())
