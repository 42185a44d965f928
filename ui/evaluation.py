"""What the Evaluation page shows of the club: the held-out model, and errors on its ratings."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from club import config
from club.catalogue import as_strangers
from recommender import Dataset, HybridModel, TrainingOptions
from recommender.bundled import demo_club
from recommender.columns import MEMBER, MOVIE, USER
from recommender.evaluation.evaluate import Findings, leave_one_out
from ui import state
from ui.cache import HashedFrame, cached, cached_under
from ui.jobs import LearnedFrom, Trainer
from ui.state import View


@cached_under(config.folder, state.base_dataset, state.serving_options)
def held_out(folder: Path, data: Dataset, options: TrainingOptions) -> Trainer:
    """Return the trainer of the held-out model, which has not seen the club.

    Embeddings are learned from who likes what. A model that learned them from the club as well
    predicts the club's ratings a little too well, even those that are left out.
    """
    return Trainer(held_out_folder(folder, data, options))


def held_out_folder(folder: Path, data: Dataset, options: TrainingOptions) -> Path:
    """Return where the held-out model of a base dataset is kept, in the club's folder."""
    return folder / "evaluation" / f"{state.evaluation_key(data, options)}-held-out"


def without_demo(data: Dataset) -> Dataset:
    """Return a base dataset without the people behind the demo club."""
    unseen = data.ratings[USER].isin(demo_club().members)
    return Dataset(as_strangers(data.ratings[~unseen]), data.movies)


def learn_held_out() -> None:
    """Begin to learn the held-out model, unless another learning or evaluation is running."""
    data = state.base_dataset()
    if "running" not in {state.trainer().status.state, state.evaluator().status.state}:
        learned_from = LearnedFrom(0, data.content_hash)
        held_out().learn(lambda: without_demo(data), learned_from, state.serving_options())


def unseen() -> bool:
    """Return True once the model that is evaluated has never seen the members' ratings."""
    return held_out().learned_version is not None


def club_evaluation(club: View) -> Findings | None:
    """Predict the club's own ratings as if they were unknown.

    The held-out model does, or else the serving one; None while neither is of this dataset.
    """
    trainer = held_out() if unseen() else state.trainer()
    known = unseen() or trainer.learned_base == state.base_dataset().content_hash
    if not known or trainer.model is None:
        return None
    return _club_evaluation(trainer.model, club, state.learned_ratings(club))


@cached(max_entries=8)
def _club_evaluation(of: HybridModel, club: View, learned: HashedFrame | None) -> Findings:
    new = club.ratings.loc[~club.ratings[MOVIE].isin(of.movie_ids), MOVIE].unique()
    model = of.with_movies(club.movies.loc[new])
    # The held-out model has seen no member: then there is nothing to take out.
    known = None if learned is None else learned.frame
    return Findings.of(leave_one_out(model, club.ratings, known))


def left_out(club: View) -> pd.DataFrame | None:
    """Return each of the club's ratings as expected if no member had seen the movie.

    The serving model predicts, not the held-out one: the movie page shows this beside what the
    serving model expects of the others.

    Returns:
        As `leave_one_out`; None before a model has learned, and of a recipe, which cannot tell.
    """
    serving, learned = state.model(club), state.learned_ratings(club)
    if serving is None or learned is None or serving.options.recipe:
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
