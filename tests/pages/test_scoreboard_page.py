"""The scoreboard promises the record that one works out by hand, and says when there is none."""

from datetime import timedelta

from an_evening import ANA, BRUNO, CHINATOWN, CONTACT, FRIDAY, HOT, SHAUN, UP, decided, rated, said
from furnished import Open

from club.store import Store

FIVE = (UP, CONTACT, HOT, CHINATOWN, SHAUN)


def five_nights(store: Store, held: int) -> None:
    """Each with 4.5 from Ana, of whom 3.5 was expected, and 2.5 from Bruno instead of 4."""
    for week, movie in enumerate(FIVE[:held]):
        on, expected = FRIDAY + timedelta(weeks=week), {ANA: (3.5, 3.0), BRUNO: (4.0, 4.5)}
        rated(store, decided(store, expected, on=on, movies=(movie,)), {ANA: 4.5, BRUNO: 2.5})


def test_nothing_is_shown_before_it_means_something(open_page: Open, store: Store) -> None:
    five_nights(store, 4)
    app = open_page("nights", view="Scoreboard")
    assert any("so far there are 4" in text for text in said(app))
    assert not app.dataframe
    assert not app.get("plotly_chart")


def test_the_record_is_what_one_works_out_by_hand(open_page: Open, store: Store) -> None:
    five_nights(store, 5)
    app = open_page("nights", view="Scoreboard")
    # Ours 1 and 1.5, own means 1.5 and 2, the crowd (3 stars) 1.5 and 0.5.
    errors = app.dataframe[0].value.drop(columns="nights").iloc[-1]
    assert sorted(errors) == [1.0, 1.25, 1.75]
    (record,) = (chart.proto.alt for chart in app.get("plotly_chart"))
    assert "1.2 stars" in record
    assert any(text.startswith("5 of 10 ratings fell where") for text in said(app))
    assert any("Bruno gave Up 2½" in text for text in said(app))
