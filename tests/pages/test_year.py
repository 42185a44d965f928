"""Our year: counts, prizes and the picture of it."""

from datetime import date

import pytest
from an_evening import CONTACT, HOT, UP, decided, rated, words
from furnished import Open, component_data, tiles

from club.store import Store
from ui import state


def famous(n: int) -> list[int]:
    return [int(movie) for movie in state.base_dataset().rating_counts.nlargest(n).index]


@pytest.mark.reads
def test_year_in_the_address(open_page: Open) -> None:
    app = open_page("club", about="Our year", year="2010")
    assert {metric.label: metric.value for metric in app.metric}["Ratings"] == "144"
    assert "135 of the year's 144." in component_data(app, "prize_diligent")["rows"][0]["note"]
    (best,) = tiles(app, "prize_best")
    assert best["title"] == "Monty Python and the Holy Grail"
    assert len(app.get("download_button")) == 1


def test_first_night_is_awaited(open_page: Open, store: Store) -> None:
    store.start_own_club("Friday club")
    app = open_page("club", about="Our year")
    assert f"Your first night of {date.today().year} will appear here." in words(app)
    assert not app.get("download_button")
    store.ratings.rate(store.members.add("Mia"), famous(1)[0], 4.0)
    app = open_page("club", about="Our year")
    assert {metric.label: metric.value for metric in app.metric} == {
        "Movies rated": "1",
        "Ratings": "1",
    }
    assert "come with the 10th rating" in words(app)
    assert f"Your first night of {date.today().year} will appear here." in words(app)


def test_nights_and_hours(open_page: Open, store: Store) -> None:
    store.start_own_club("Friday club")
    mia, today = store.members.add("Mia"), date.today()
    last_year = date(today.year - 1, 5, 1)
    for on, movie in ((last_year, UP), (last_year, CONTACT), (date(today.year + 1, 1, 1), HOT)):
        night = decided(store, {mia: (3.5, 3.5)}, on=on, movies=(movie,))
        if movie == UP:
            rated(store, night, {mia: 4.0})
    store.nights.plan(last_year, [mia])  # and nothing was watched
    app = open_page("club", about="Our year", year=str(last_year.year))
    numbers = {metric.label: metric.value for metric in app.metric}
    minutes = state.view().movies["runtime"][[UP, CONTACT]].sum()
    assert numbers == {"Nights": "2", "Hours watched": f"{minutes / 60:.0f}"}
    # What was rated today, and what is still to come.
    assert app.pills("year").options == [str(today.year), str(last_year.year)]
