"""The held-out model, and what the predictions were worth for the club."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pandas as pd

from club import config
from club.catalogue import as_strangers
from recommender import Dataset, HybridModel
from recommender.bundled import demo_club
from recommender.columns import MEMBER, USER
from recommender.evaluation.evaluate import (
    Curves,
    Findings,
    calibrate_baselines,
    in_order_of_time,
    learning_curve,
    leave_one_out,
)
from recommender.evaluation.splits import raters_to_try
from ui import state
from ui.cache import HashedFrame, cached
from ui.jobs import LearnedFrom, Trainer
from ui.state import View


def judge_folder(var: Path) -> Path:
    """Return where the held-out model of the base dataset is kept, in the club's folder."""
    return var / "evaluation" / f"{state.base_dataset().content_hash}-judge"


@cached()
def _judge(folder: Path, data: Dataset) -> Trainer:
    return Trainer(judge_folder(folder))


def judge() -> Trainer:
    """Return the trainer of the held-out model, which has seen none of the members.

    Embeddings are learned from who likes what. A model that learned them from the club as well
    predicts the club's ratings a little too well, even those that are left out.
    """
    return _judge(config.folder(), state.base_dataset())


def raters() -> tuple[int, ...]:
    """Return the raters that the held-out model has not seen, besides the people of the demo."""
    return _raters(state.base_dataset())


@cached(max_entries=1)
def _raters(data: Dataset) -> tuple[int, ...]:
    return raters_to_try(data, without=list(demo_club().members))


def strangers() -> Dataset:
    """Return the base dataset without anybody whom the held-out model is asked about."""
    data = state.base_dataset()
    unseen = [*_raters(data), *demo_club().members]
    return Dataset(as_strangers(data.ratings[~data.ratings[USER].isin(unseen)]), data.movies)


def learn_judge() -> None:
    """Begin to learn the held-out model, unless a model or an evaluation is at work already."""
    if "running" not in {state.trainer().status.state, state.evaluator().status.state}:
        data = LearnedFrom(0, state.base_dataset().content_hash)
        judge().learn(strangers, data, state.TRAINING)


def judging_model() -> HybridModel | None:
    """Return the held-out model once it has learned."""
    return None if judge().learned_version is None else judge().model


def world_curve() -> pd.DataFrame | None:
    """Return the learning curve of `raters`, as if they were members; None before the model."""
    found = judging_model()
    return None if found is None else _world_curve(found, state.base_dataset())


@cached(max_entries=2)
def _world_curve(model: HybridModel, data: Dataset) -> pd.DataFrame:
    theirs = data.ratings[data.ratings[USER].isin(_raters(data))].rename(columns={USER: MEMBER})
    return learning_curve(model, theirs)


Way = Literal["leave one out", "in order of time"]


@dataclass(frozen=True)
class ClubEvaluation:
    """How right the predictions are for the club.

    Args:
        findings: on every rating that the members gave.
        curve: see `recommender.evaluation.evaluate.learning_curve`; empty with few ratings.
        unseen: whether the model had never seen the members' ratings.
    """

    findings: Findings
    curve: pd.DataFrame
    unseen: bool


def club_evaluation(club: View, way: Way) -> ClubEvaluation | None:
    """Predict the club's own ratings as if they were unknown; None before a model has learned."""
    unseen, learned = judging_model(), state.learned_ratings(club)
    model = unseen or (None if learned is None else state.trainer().model)
    # Of the held-out model, which has seen no member, there is nothing to take out.
    return (
        None if model is None else _club_evaluation(model, club, way, unseen is not None, learned)
    )


@cached(max_entries=8)
def _club_evaluation(
    model: HybridModel, club: View, way: Way, unseen: bool, learned: HashedFrame | None
) -> ClubEvaluation:
    told = model.with_movies(club.own_movies)
    predict = leave_one_out if way == "leave one out" else in_order_of_time
    known = None if learned is None else learned.frame
    predicted = predict(told, club.ratings, known)
    curve = learning_curve(told, club.ratings, learned=known)
    return ClubEvaluation(Findings.of(predicted, _chances(model)), curve, unseen)


@cached(max_entries=2)
def _chances(model: HybridModel) -> Curves:
    """What the simple guesses promise, read off raters whom every model has learned from."""
    return calibrate_baselines(model, strangers().ratings)


def left_out(club: View) -> pd.DataFrame | None:
    """Return each of the club's ratings as expected if no member had seen the movie.

    The serving model predicts, not the held-out one: the movie page shows this beside what the
    serving model expects of the others.

    Returns:
        As `leave_one_out`; None before a model has learned.
    """
    serving, learned = state.model(club), state.learned_ratings(club)
    if serving is None or learned is None:
        return None
    each = [
        _left_out(serving, club.evidence_of(member), learned)
        for member in sorted(club.ratings[MEMBER].unique().tolist())
    ]
    nobody = leave_one_out(serving, club.ratings.iloc[:0], learned.frame)
    return pd.concat(each, ignore_index=True) if each else nobody


# As in `ui.state`: others' ratings change nothing, but for those that the model learned from.
@cached(max_entries=100)
def _left_out(model: HybridModel, evidence: HashedFrame, learned: HashedFrame) -> pd.DataFrame:
    return leave_one_out(model, evidence.frame, learned.frame)
