"""The scoreboard promises the record that one works out by hand, and says when there is none."""

from __future__ import annotations

from an_evening import ANA, BRUNO, decided, rated, said
from furnished import Open

from club.store import Store


def test_an_empty_scoreboard_says_what_it_waits_for(open_page: Open, store: Store) -> None:
    rated(store, decided(store, {ANA: (3.5, 3.0), BRUNO: (4.0, 4.5)}), {ANA: 4.5})  # sealed yet
    app = open_page("nights", view="Scoreboard")
    assert (
        "Nothing has been predicted and rated yet. Decide a night here, watch the movie, rate it, "
        "and this page says how right the prediction was."
    ) in said(app)
    assert not app.dataframe


def test_the_record_is_what_one_works_out_by_hand(open_page: Open, store: Store) -> None:
    night = decided(store, {ANA: (3.5, 3.0), BRUNO: (4.0, 4.5)})
    rated(store, night, {ANA: 4.5, BRUNO: 2.5})
    app = open_page("nights", view="Scoreboard")
    # Ours 1 and 1.5, own means 1.5 and 2, the crowd (3 stars) 1.5 and 0.5.
    errors = app.dataframe[0].value.set_index("model")["mae"]
    assert sorted(errors) == [1.0, 1.25, 1.75]
    record, coverage = (chart.proto.alt for chart in app.get("plotly_chart"))
    assert "were off by 1.25 stars on average; everyone's own mean by 1.75" in record
    assert coverage.startswith("1 of 2 ratings (50%) lay inside")
    assert r"- Bruno gave Up 2\.5\, 1\.5 stars less than expected." in said(app)
