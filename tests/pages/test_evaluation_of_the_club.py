"""The club's own evaluation: what may be said is said, and what not yet is not."""

from __future__ import annotations

import re

import pandas as pd
import pytest
from furnished import Open
from streamlit.testing.v1 import AppTest

from club.imports.catalogue.merge import Import
from club.store import Store
from recommender import Dataset, HybridModel
from recommender.evaluation.evaluate import Findings, Margin
from ui import evaluation, state
from ui.jobs import Trainer
from ui.sections.evaluation import comparison, headline, outlook


def words(app: AppTest) -> str:
    """Everything that the page says, without the escapes of Markdown."""
    parts = [*app.subheader, *app.markdown, *app.caption]
    return " ".join(part.value for part in parts).replace("\\", "")


def small_club(store: Store, *stars: float) -> None:
    """One member, with so many ratings of famous movies."""
    store.start_own_club("Friday club")
    member = store.members.add("Mia")
    famous = state.base_dataset().rating_counts.nlargest(len(stars)).index
    store.ratings.rate_many(
        [(member, int(movie), s) for movie, s in zip(famous, stars, strict=True)]
    )


@pytest.mark.reads
def test_the_clubs_own_ratings_come_first(open_page: Open) -> None:
    app = open_page("evaluation")
    assert re.search(
        r"On 963 of your own ratings the predictions miss by 0\.\d\d stars on average; "
        r"guessing the mean of all ratings misses by 1\.00\.",
        words(app),
    )
    assert "The best simple guess, the user+item bias, misses by 0.80: clearly more" in words(app)
    assert [metric.label for metric in app.metric] == [
        "Misses by",
        "Within one star",
        "80% interval",
        "Brier score",
    ]
    assert len(app.get("plotly_chart")) == 6
    assert "With twenty ratings more each, expect " in words(app)
    assert "if it goes as with 60 of the world's raters" in words(app)
    assert "For now the model that serves" not in words(app)


@pytest.mark.reads
def test_everything_is_there_as_a_table(open_page: Open) -> None:
    tables = [table.value for table in open_page("evaluation").dataframe]
    ratings, guesses, members, chances, brier, likes, learning = tables
    assert len(ratings) == 963
    assert ratings["Missed by"].is_monotonic_decreasing
    assert guesses["Model"].tolist() == brier["Model"].tolist()
    assert members["Member"].tolist() == list(state.view().names.values())
    assert members["Ratings"].sum() == chances["Ratings"].sum() == likes["Ratings"].sum() == 963
    assert learning["People"].unique().tolist() == [5]


@pytest.mark.reads
def test_the_order_of_time_is_another_question(open_page: Open) -> None:
    left_out = open_page("evaluation")
    in_time = open_page("evaluation", judged_by="In the order of time")
    assert "from what the same member had rated before it" in words(in_time)
    assert in_time.metric[0].value != left_out.metric[0].value
    left_out.segmented_control("judged_by").set_value("In the order of time").run()
    assert left_out.metric[0].value == in_time.metric[0].value


def test_without_members_it_says_whom_to_add(open_page: Open, store: Store) -> None:
    store.start_own_club("Friday club")
    assert "The club has no members yet" in words(open_page("evaluation"))


def test_without_ratings_it_says_what_to_do(open_page: Open, store: Store) -> None:
    small_club(store)
    app = open_page("evaluation")
    assert "Nobody has rated a movie yet" in words(app)
    assert not app.get("plotly_chart")


@pytest.mark.parametrize("stars", [(4.0,), (4.0, 1.5, 3.0)])
def test_few_ratings_say_nothing_but_what_the_worlds_raters_say(
    open_page: Open, store: Store, stars: tuple[float, ...]
) -> None:
    small_club(store, *stars)
    app = open_page("evaluation")
    so_far = "1 rating" if len(stars) == 1 else "3 ratings"
    assert f"Too few ratings to say: {so_far} so far, 30 are needed at least." in words(app)
    assert "With twenty ratings each, expect to miss by about 0." in words(app)
    assert "this one is of the world's raters, not of your club:" in words(app)
    assert len(app.get("plotly_chart")) == 1
    assert not app.metric
    assert sorted(app.dataframe[0].value["Given"]) == sorted(stars)
    assert app.dataframe[0].value["Predicted"].between(0.5, 5).all()


def test_thirty_ratings_are_judged_with_the_clubs_own_movies_among_them(
    open_page: Open, store: Store
) -> None:
    small_club(store, *[0.5, 2.0, 3.5, 4.0, 4.5, 5.0] * 5)
    own = store.movies.add("Our holiday", 2024, ["Comedy"], ["beach"])
    store.ratings.rate(int(store.members.all().index[0]), own, 5.0)
    app = open_page("evaluation")
    assert "On 31 of your own ratings" in words(app)
    assert "Our holiday" in set(app.dataframe[0].value["Movie"])


def test_without_a_model_it_says_so(
    open_page: Open, tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nothing = Trainer(tmp_path / "nothing")
    monkeypatch.setattr(state, "trainer", lambda: nothing)
    monkeypatch.setattr(state, "learn", lambda: False)
    monkeypatch.setattr(evaluation, "held_out", lambda: nothing)
    assert "No model has learned yet" in words(open_page("evaluation"))


@pytest.fixture
def no_judge(tmp_path, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The judge has not learned; the list counts how often it was told to."""
    nothing = Trainer(tmp_path / "nothing")
    told: list[int] = []
    monkeypatch.setattr(evaluation, "held_out", lambda: nothing)
    monkeypatch.setattr(evaluation, "learn_held_out", lambda: told.append(1))
    return told


def test_until_there_is_a_judge_the_model_that_serves_is_judged(
    open_page: Open, no_judge: list[int]
) -> None:
    app = open_page("evaluation")
    assert "On 963 of your own ratings" in words(app)
    assert len(app.get("plotly_chart")) == 6
    assert no_judge == [1]


def test_only_what_the_model_learned_is_taken_out_of_the_crowd(
    store: Store, no_judge: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    learned = store.ratings.current()[["member_id", "movie_id", "rating"]]
    first, second = learned["member_id"].unique()[:2]
    store.ratings.rate(int(first), int(learned["movie_id"].iloc[0]), 0.5)
    store.ratings.rate(int(second), 68954, 5.0)
    asked = []
    predict = evaluation.leave_one_out

    def listen(model: HybridModel, ratings, learned) -> pd.DataFrame:
        asked.append(learned)
        return predict(model, ratings, learned)

    monkeypatch.setattr(evaluation, "leave_one_out", listen)
    found = evaluation.club_evaluation(state.view(), "leave one out")
    assert found is not None
    assert not found.held_out
    assert found.findings.n == len(learned) + 1
    (taken_out,) = asked
    pd.testing.assert_frame_equal(taken_out, learned)


@pytest.fixture
def taken_over(store: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Another catalogue with one more movie, which the club has rated and no model knows."""
    data = state.bundled()
    movies = pd.concat([data.movies, data.movies.tail(1).set_axis([500_001])])
    ratings = data.ratings.assign(user_id=data.ratings["user_id"] + 10_000_000)
    empty = movies.iloc[:0]
    another = Dataset(ratings, movies)
    monkeypatch.setattr(state, "learn", lambda: False)  # it goes on, or has failed
    state.take_over(Import("MovieLens", another, {}, sample=empty, rejected=empty, notes=()))
    store.ratings.rate(int(store.members.all().index[0]), 500_001, 4.5)
    return store


@pytest.mark.usefixtures("taken_over")
def test_another_catalogue_is_judged_by_the_model_of_the_earlier_one(
    open_page: Open, no_judge: list[int]
) -> None:
    app = open_page("evaluation")
    assert not app.error
    assert "On 964 of your own ratings" in words(app)
    assert "learned from the earlier catalogue" in app.info[0].value
    assert no_judge == [1]


@pytest.mark.usefixtures("taken_over", "no_judge")
def test_a_model_of_a_catalogue_that_is_gone_is_not_judged(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Trainer, "learned_base", property(lambda _self: "gone"))
    app = open_page("evaluation")
    assert not app.error
    assert "as soon as one has learned from this one" in words(app)


def test_a_new_rating_is_judged_at_once(open_page: Open, store: Store) -> None:
    assert "On 963 of your own ratings" in words(open_page("evaluation"))
    store.ratings.rate(int(store.members.all().index[0]), 68954, 5.0)
    assert "On 964 of your own ratings" in words(open_page("evaluation"))


def test_the_judge_has_seen_nobody_whom_it_judges(var) -> None:
    data = evaluation.without_held_out(state.base_dataset())
    assert len(evaluation.held_out_raters(state.base_dataset())) == 60
    unseen = {*evaluation.held_out_raters(state.base_dataset()), *store_doubles()}
    assert not unseen & set(data.user_ids)
    assert len(data.user_ids) == len(state.base_dataset().user_ids) - 68


def store_doubles() -> set[int]:
    return set(state.store().members.all()["world_user_id"])


def test_names_are_shown_letter_by_letter(open_page: Open, store: Store) -> None:
    store.members.add("![x](http://x) *Zoe*")
    app = open_page("evaluation")
    (line,) = [caption.value for caption in app.caption if "line of their own" in caption.value]
    assert "![x]" not in line
    assert "![x](http://x) *Zoe*" in line.replace("\\", "").replace("\u2060", "")


# The sentences


def verdict(low: float, high: float, n: int = 100) -> Margin:
    return Margin(n, 0.71, "own mean", 0.8, 0.09, low, high)


def findings(n: int, ours: float) -> Findings:
    errors = pd.DataFrame(
        {
            "model": ["ours", "own mean", "mean of all ratings"],
            "value": [ours, 0.8, 0.92],
            "gap": [0.0, 0.09, 0.2],
            "gap_low": [0.0, 0.05, 0.1],
            "gap_high": [0.0, 0.13, 0.3],
        }
    )
    return Findings(pd.DataFrame(index=range(n)), errors, errors, errors)


def test_the_headline_is_the_finding() -> None:
    assert headline(findings(1812, 0.714)) == (
        "On 1,812 of your own ratings the predictions miss by 0.71 stars on average; guessing the "
        "mean of all ratings misses by 0.92."
    )
    assert headline(findings(29, 0.7)) == (
        "Too few ratings to say: 29 ratings so far, 30 are needed at least."
    )


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (0.05, 0.13, "clearly more"),
        (-0.13, -0.05, "clearly less"),
        (-0.02, 0.13, "no clear difference yet"),
    ],
)
def test_the_comparison_claims_no_more_than_there_is(low: float, high: float, said: str) -> None:
    assert comparison(verdict(low, high)) == (
        f"The best simple guess, the own mean, misses by 0.80: {said} (the difference lies "
        f"between {low:+.2f} and {high:+.2f} stars, 95% sure)."
    )


def test_the_outlook_says_whom_it_goes_by() -> None:
    curve = pd.DataFrame({"known": [0, 20, 40], "mae": [0.8, 0.7, 0.68]})
    like = "if it goes as with 60 of the world's raters who were treated as members."
    assert outlook(findings(5, 0.9), curve, 60, 5) == (
        f"With twenty ratings each, expect to miss by about 0.70 stars instead of 0.80 without "
        f"any, {like}"
    )
    assert outlook(findings(160, 0.7), curve, 60, 20) == (
        f"With twenty ratings more each, expect to miss by about 0.68 stars instead of 0.70, {like}"
    )
    assert outlook(findings(9000, 0.7), curve, 60, 1000) == (
        f"With twenty ratings more each, expect hardly a change: less than 0.01 stars, {like}"
    )
