"""The Evaluation page: the club's own ratings, and the base dataset's."""

import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from an_evening import metrics, words
from furnished import SMALL, Open

from club.imports.catalogue.merge import Import
from club.store import Store
from recommender import DataError, Dataset, HybridModel
from recommender import evaluation as figures
from recommender.evaluation import Evaluation
from recommender.evaluation.evaluate import Margin
from ui import evaluation, state
from ui.jobs import Evaluator, Trainer
from ui.sections.evaluation import comparison


@pytest.mark.reads
def test_club_evaluation_has_figures_and_tables(open_page: Open) -> None:
    app = open_page("settings", set="How we know")
    assert re.search(r"On 963 of your own ratings we are off by 0\.\d\d ", words(app))
    guess = r"The best simple guess, the user\+item bias, is off by 0\.\d\d: clearly more"
    assert re.search(guess, words(app))
    assert "For now we judge the model" not in words(app)
    assert len(app.get("plotly_chart")) == len(app.dataframe) == 3
    (members,) = (t.value for t in app.dataframe if "" in t.value and "own mean" in t.value)
    assert set(members[""]) == set(state.view().names.values())


def test_few_ratings_have_no_figures(open_page: Open, store: Store) -> None:
    store.start_own_club("Friday club")
    mia = store.members.add("Mia")
    store.ratings.rate_many([(mia, 1, 4.0), (mia, 6, 1.5), (mia, 296, 3.0)])
    app = open_page("settings", set="How we know")
    assert "3 ratings so far, it takes 30." in words(app)
    assert not app.get("plotly_chart")


@pytest.fixture
def not_held_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The held-out model has not learned; the list counts how often it was told to."""
    nothing = Trainer(tmp_path / "nothing")
    told: list[int] = []
    monkeypatch.setattr(evaluation, "held_out", lambda: nothing)
    monkeypatch.setattr(evaluation, "learn_held_out", lambda: told.append(1))
    return told


@pytest.mark.reads
def test_serving_model_is_evaluated_until_the_held_out_one_has_learned(
    open_page: Open, not_held_out: list[int]
) -> None:
    app = open_page("settings", set="How we know")
    assert "On 963 of your own ratings" in words(app)
    assert len(app.get("plotly_chart")) == 3
    assert not_held_out == [1]


def test_only_learned_ratings_are_taken_out_of_the_item_bias(
    store: Store, not_held_out: list[int], monkeypatch: pytest.MonkeyPatch
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
    found = evaluation.club_evaluation(state.view())
    assert found is not None
    assert found.n == len(learned) + 1
    (taken_out,) = asked
    pd.testing.assert_frame_equal(taken_out, learned)


@pytest.mark.usefixtures("not_held_out")
def test_model_of_another_catalogue_is_replaced_and_not_evaluated(
    open_page: Open, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other catalogue has one more movie, which the club has rated and no model knows."""
    data = state.bundled()
    movies = pd.concat([data.movies, data.movies.tail(1).set_axis([500_001])])
    ratings = data.ratings.assign(user_id=data.ratings["user_id"] + 10_000_000)
    another = Import("MovieLens", Dataset(ratings, movies), {}, sample=movies.iloc[:0], notes=())
    started: list[bool] = []
    monkeypatch.setattr(state, "learn", lambda: started.append(True))  # it goes on, or has failed
    state.learn_if_needed()
    assert started == []
    state.take_over(another)
    assert started == [True]
    store.ratings.rate(int(store.members.all().index[0]), 500_001, 4.5)
    app = open_page("settings", set="How we know")
    assert started == [True, True]  # what another process took over is learned from, too
    assert not app.error
    assert "once the model has learned from these movies" in words(app)


@pytest.mark.reads
def test_held_out_model_has_seen_no_member(var: Path) -> None:
    base = state.base_dataset()
    data = evaluation.without_demo(base)
    unseen = {*state.store().members.all()["world_user_id"]}
    assert len(unseen) == 8
    assert not unseen & {-1 - user for user in data.user_ids}
    assert len(data.user_ids) == len(base.user_ids) - 8


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (0.05, 0.13, "clearly more"),
        (-0.13, -0.05, "clearly less"),
        (-0.02, 0.13, "no clear difference yet"),
    ],
)
def test_comparison_claims_no_more_than_is_sure(low: float, high: float, said: str) -> None:
    assert f" by 0.80: {said} " in comparison(Margin(100, 0.71, "own mean", 0.8, 0.09, low, high))


# The base dataset's ratings


@pytest.fixture(scope="module")
def made_up(checkerboard: Dataset) -> Evaluation:
    return figures.evaluate(checkerboard, options=SMALL)


@pytest.fixture
def evaluate(made_up: Evaluation, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """The evaluation, without its half minute; the list counts its runs."""
    runs: list[int] = []

    def quick(_data: object, *, options, on_step) -> Evaluation:
        runs.append(1)
        on_step(1, 2, "ranking movies")
        return made_up

    monkeypatch.setattr(figures, "evaluate", quick)
    yield runs
    state.evaluator().wait(10)


def test_first_visit_starts_the_evaluation(
    open_page: Open, evaluate: list[int], made_up: Evaluation
) -> None:
    app = open_page("settings", set="How we know", whose="Everyone else")
    state.evaluator().wait(10)
    app.run()
    known = made_up.figures()
    ours = known["ranking"]["LightFM"]["test"]
    assert metrics(app) == {
        "AUC": f"{ours['auc']:.3f}",
        "Precision@10": f"{ours['precision@10']:.3f}",
        "Typical error": f"{known['errors']['ours']['rmse']['value']:.2f} ★",
        "Honest intervals": f"{known['intervals']['coverage']:.0%}",
    }
    assert len(app.get("plotly_chart")) == 4
    again = open_page("settings", set="How we know", whose="Everyone else")
    assert metrics(again) == metrics(app)
    assert evaluate == [1]


def test_failed_evaluation_can_be_tried_again(
    open_page: Open, evaluate: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_data: object, *, options, on_step) -> Evaluation:
        raise DataError("There are too few ratings.")

    with monkeypatch.context() as patch:
        patch.setattr(figures, "evaluate", refuse)
        app = open_page("settings", set="How we know", whose="Everyone else")
        state.evaluator().wait(10)
        app.run()
        assert "No figures: There are too few ratings\\." in [text.value for text in app.markdown]
    app.button("again").click().run()
    state.evaluator().wait(10)
    assert len(app.run().metric) == 4


def test_figures_outlive_the_program_and_belong_to_their_data(
    made_up: Evaluation, tmp_path: Path
) -> None:
    first = Evaluator(tmp_path / "hash")
    assert first.evaluate(lambda _report: made_up)
    first.wait(10)
    again = Evaluator(tmp_path / "hash")
    pd.testing.assert_frame_equal(again.result.errors, made_up.errors)
    assert Evaluator(tmp_path / "other").result is None
    file = tmp_path / "hash" / "errors.parquet"
    file.write_bytes(file.read_bytes()[:100])
    assert Evaluator(tmp_path / "hash").result is None


def test_figures_that_cannot_be_saved_are_shown(made_up: Evaluation, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    evaluator = Evaluator(tmp_path / "file" / "hash")
    evaluator.evaluate(lambda _report: made_up)
    evaluator.wait(10)
    assert evaluator.result is not None
    assert "could not be saved" in evaluator.status.message
