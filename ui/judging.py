"""Who judges the predictions, and what comes of it for the club: cached, and learned once.

Keys are the store's version and the generations of models, as in `ui.services`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

import pandas as pd
import streamlit as st

from club.catalogue import as_strangers
from recommender import Dataset, HybridModel
from recommender.bundled import demo_club
from recommender.columns import MEMBER, USER
from recommender.evaluation.chances import Chances, learn_chances
from recommender.evaluation.club import in_order_of_time, leave_one_out
from recommender.evaluation.learning import learning_curve, raters_to_try
from recommender.evaluation.verdict import Findings
from ui import predictions, services
from ui.evaluator import fingerprint
from ui.services import View
from ui.trainer import Trainer


def judge_folder(var: Path) -> Path:
    """Return where the judge of these ratings is kept, in the folder of the club's own files."""
    return var / "evaluation" / f"{fingerprint(services.world())}-judge"


@st.cache_resource(show_spinner=False, max_entries=4)
def _judge(var: Path, world_number: int) -> Trainer:
    return Trainer(judge_folder(var))


def judge() -> Trainer:
    """Return the trainer of the judge: a model that has seen nobody whom it is asked about.

    Where movies lie is learned from who likes what. A model that learned this from the club as
    well predicts the club's ratings a little too well, even those that are left out.
    """
    return _judge(services.var(), services.world_number())


def raters() -> tuple[int, ...]:
    """Return the world's raters whom the judge has not seen, nor the people of the demo."""
    return _raters(services.world_number())


@st.cache_resource(show_spinner=False, max_entries=1)
def _raters(world_number: int) -> tuple[int, ...]:
    return raters_to_try(services.world(), without=list(demo_club().members))


def strangers() -> Dataset:
    """Return the world without anybody whom the judge is asked about."""
    unseen = [*raters(), *demo_club().members]
    everyone = services.world().ratings
    seen = everyone[~everyone[USER].isin(unseen)]
    return Dataset(as_strangers(seen), services.world().movies)


def learn_judge() -> None:
    """Begin to learn the judge, unless something is being learned or evaluated already."""
    busy = (
        services.trainer().status.state == "learning"
        or services.evaluator().progress.state == "running"
    )
    if not busy:
        judge().start(strangers, version=0)


def judging_model() -> HybridModel | None:
    """Return the judge once it has learned."""
    return None if judge().learned_version is None else judge().model


@st.cache_resource(show_spinner=False, max_entries=2)
def _world_curve(world_number: int, trained_at: datetime, _model: HybridModel) -> pd.DataFrame:
    ratings = services.world().ratings
    theirs = ratings[ratings[USER].isin(raters())].rename(columns={USER: MEMBER})
    return learning_curve(_model, theirs)


def world_curve() -> pd.DataFrame | None:
    """Return the learning curve of `raters`, as if they were members; None before the judge."""
    found = judging_model()
    return found and _world_curve(services.world_number(), found.trained_at, found)


Way = Literal["leave one out", "in order of time"]


@dataclass(frozen=True)
class ClubEvaluation:
    """How right the predictions are for the club.

    Args:
        findings: on every rating that the members gave.
        curve: see `recommender.evaluation.learning.learning_curve`; empty with few ratings.
        unseen: whether the model had never seen the members' ratings.
    """

    findings: Findings
    curve: pd.DataFrame
    unseen: bool


def club_evaluation(club: View, way: Way) -> ClubEvaluation | None:
    """Predict the club's own ratings as if they were unknown; None before a model has learned."""
    unseen = judging_model()
    generation = (
        services.trainer().status.generation if unseen is None else judge().status.generation
    )
    learned = predictions.learned_ratings(club)
    serving = unseen or (None if learned is None else services.trainer().model)
    if serving is None:
        return None
    key = (services.database(), club.version, generation, way, unseen is not None)
    # Of a judge, which has seen nobody, there is nothing to take out.
    return _club_evaluation(key, club, serving, None if learned is None else learned[0])


@st.cache_resource(show_spinner=False, max_entries=8)
def _club_evaluation(
    key: tuple[str, int, int, Way, bool],
    _club: View,
    _model: HybridModel,
    _learned: pd.DataFrame | None,
) -> ClubEvaluation:
    *_, way, unseen = key
    predict = leave_one_out if way == "leave one out" else in_order_of_time
    model = _model.with_movies(_club.own_movies)
    predicted = predict(model, _club.ratings, _learned)
    curve = learning_curve(model, _club.ratings, learned=_learned)
    chances = _chances(_model.trained_at, _model)
    return ClubEvaluation(Findings.of(predicted, chances), curve, unseen)


@st.cache_resource(show_spinner=False, max_entries=2)
def _chances(trained_at: datetime, _model: HybridModel) -> Chances:
    """What the simple guesses promise, read off raters whom every model has learned from."""
    return learn_chances(_model, strangers().ratings)


def left_out(club: View) -> pd.DataFrame | None:
    """Return each of the club's ratings as it is expected had nobody in the club seen the movie.

    The serving model says so, not the judge: the movie page shows it beside what that expects.

    Returns:
        As `leave_one_out`; None before a model has learned.
    """
    key, serving = predictions.key(club), predictions.model(club)
    learned = predictions.learned_ratings(club)
    if serving is None or learned is None:
        return None
    ratings, known = learned
    each = [
        _left_out(key, known, member, predictions.said(club, member), serving, ratings)
        for member in sorted(club.ratings[MEMBER].unique().tolist())
    ]
    nobody = leave_one_out(serving, club.ratings.iloc[:0], ratings)
    return pd.concat(each, ignore_index=True) if each else nobody


# As in `ui.predictions`: others' ratings change nothing, but for those that the model learned from.
@st.cache_resource(show_spinner=False, max_entries=100)
def _left_out(
    key: predictions.Key,
    known: str,
    member: int,
    said: bytes,
    _model: HybridModel,
    _learned: pd.DataFrame,
) -> pd.DataFrame:
    return leave_one_out(_model, predictions.own(member, said), _learned)
