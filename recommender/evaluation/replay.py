"""Which strategy would have served the club best so far, had it chosen on every night.

A strategy chooses from what was predicted then; it is judged by what people gave, wherever they
gave it, and by ratings drawn from the frozen predictions where they did not. A person likes a movie
equally well in every strategy's evening (common random numbers), so only the choices differ.

What this cannot know: people's ratings are drawn independently of each other, though a movie that
disappoints one often disappoints all; predictions of later nights know the ratings of what was
really watched; and what is drawn believes in the model that made the choice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from recommender.columns import MEMBER, MOVIE, RATING
from recommender.dataset import MAX_STARS, MIN_STARS
from recommender.evaluation.nights import NIGHT, NIGHTS, counted
from recommender.group import STRATEGIES, debts, rank
from recommender.reactions import Reactions

AS_IT_WAS = "as it was"
WATCHED = "What was watched"
FAIRNESS = "fairness"  # the one strategy that remembers earlier nights
TOLD_APART = 0.9  # of the draws in which a strategy is the best, before it may be called so
SAME = 1e-9  # stars; smaller gaps are rounding
NAMED = 3  # strategies that are level, before the rest of them are counted
_COLUMNS = [
    "strategy", "name", "nights", "mean", "low", "high", "worst", "best_chance", "known_share",
]  # fmt: skip


@dataclass(frozen=True)
class _Evening:
    """One decided night; its rows are who was there, its columns the candidates.

    Args:
        night_id, on: which it was.
        reactions: as frozen then.
        watched: movie_id.
        then: (n_members, n_movies) what was given that night; NaN but for the movie watched.
        ever: (n_members, n_movies) what each person gave each candidate at any time; NaN where
            nobody knows.
    """

    night_id: int
    on: object
    reactions: Reactions
    watched: int
    then: np.ndarray
    ever: np.ndarray


def replay(
    nights: pd.DataFrame,
    predictions: pd.DataFrame,
    given: pd.DataFrame,
    ratings: pd.DataFrame,
    *,
    strategies: Sequence[str] | None = None,
    draws: int = 2000,
    seed: int = 0,
) -> pd.DataFrame:
    """Let each strategy choose on every night, and see how it would have pleased.

    Nobody is shown a movie twice by the same strategy while there is another candidate. "fairness"
    owes people what its own earlier choices owed them.

    Args:
        nights: night_id, on (date), movie_id (watched); nights that were decided. Those whose movie
            has no frozen prediction are left out.
        predictions: night_id, member_id, movie_id, mean, sd (stars): everyone present and every
            candidate that could have been chosen.
        given: night_id, member_id, rating (stars) of the movie watched.
        ratings: member_id, movie_id, rating: all that is known today.
        strategies: keys of STRATEGIES; all of them by default.
        draws: how often the unknown ratings are drawn.
        seed: of the draws; a person's ratings do not depend on what else is drawn.

    Returns:
        The highest mean first: strategy (a key, or `AS_IT_WAS` for what was really watched), name,
        nights, mean (over nights, of the mean stars of those present), low, high (80% of the
        draws), worst (mean over nights of the stars of the least happy), best_chance (share of the
        draws in which it has the highest mean of all rows, ties shared), known_share (of the
        ratings that were really given). No rows without a night.

    Raises:
        DataError: there is no such strategy.
    """
    evenings = _evenings(nights, predictions, given, ratings)
    if not evenings:
        return pd.DataFrame(columns=_COLUMNS)
    chosen = {key: _choose(evenings, key) for key in strategies or STRATEGIES}
    chosen[AS_IT_WAS] = [evening.watched for evening in evenings]
    rows, means = [], []
    for key, movies in chosen.items():
        pairs = zip(evenings, movies, strict=True)
        stars = [_stars(evening, movie, draws, seed) for evening, movie in pairs]
        mean = np.mean([night.mean(axis=0) for night in stars], axis=0)
        low, high = np.quantile(mean, [0.1, 0.9])
        known = np.concatenate([_known(e, m) for e, m in zip(evenings, movies, strict=True)])
        means.append(mean)
        rows.append(
            {
                "strategy": key,
                "name": WATCHED if key == AS_IT_WAS else STRATEGIES[key].name,
                "nights": len(evenings),
                "mean": mean.mean(),
                "low": low,
                "high": high,
                "worst": np.mean([night.min(axis=0).mean() for night in stars]),
                "known_share": known.mean(),
            }
        )
    best = np.array(means) >= np.max(means, axis=0) - SAME
    frame = pd.DataFrame(rows).assign(best_chance=(best / best.sum(axis=0)).mean(axis=1))
    order = np.argsort(-frame["mean"].round(9), kind="stable")
    return frame.iloc[order].reset_index(drop=True)[_COLUMNS]


def _evenings(
    nights: pd.DataFrame, predictions: pd.DataFrame, given: pd.DataFrame, ratings: pd.DataFrame
) -> list[_Evening]:
    frozen = dict(iter(predictions.groupby(NIGHT)))
    on_the_night = given.merge(nights[[NIGHT, MOVIE]], on=NIGHT)
    at_any_time = ratings.set_index([MEMBER, MOVIE])[RATING]
    evenings = []
    for night in nights.sort_values(["on", NIGHT]).itertuples():
        cells = frozen.get(night.night_id)
        if cells is None or not (cells[MOVIE] == night.movie_id).any():
            continue
        mean, sd = (cells.pivot(index=MEMBER, columns=MOVIE, values=v) for v in ("mean", "sd"))
        own = on_the_night[on_the_night[NIGHT] == night.night_id]
        every = pd.MultiIndex.from_product([mean.index, mean.columns])
        then, ever = (
            known.reindex(every).to_numpy(float).reshape(mean.shape)
            for known in (own.set_index([MEMBER, MOVIE])[RATING], at_any_time)
        )
        reactions = Reactions(
            tuple(mean.index.tolist()), tuple(mean.columns.tolist()), mean.to_numpy(), sd.to_numpy()
        )
        ever = np.where(np.isnan(then), ever, then)
        evenings.append(_Evening(night.night_id, night.on, reactions, night.movie_id, then, ever))
    return evenings


def _choose(evenings: Iterable[_Evening], strategy: str) -> list[int]:
    """Return which movie the strategy takes on each evening, knowing only what was known then."""
    chosen: list[int] = []
    shown: set[tuple[int, int]] = set()
    past: list[pd.DataFrame] = []
    for evening in evenings:
        here = evening.reactions.member_ids
        movies = evening.reactions.movie_ids
        new = [i for i, m in enumerate(movies) if not any((who, m) in shown for who in here)]
        columns = new or list(range(len(movies)))
        reactions = Reactions(
            here,
            tuple(movies[i] for i in columns),
            evening.reactions.mean[:, columns],
            evening.reactions.sd[:, columns],
        )
        owed = debts(pd.concat(past), here) if past else None
        movie = int(rank(reactions, strategy, debt=owed)[MOVIE].iloc[0])
        chosen.append(movie)
        shown.update((who, movie) for who in here)
        if strategy == FAIRNESS:
            past.append(_how_it_went(evening, movie))
    return chosen


def _how_it_went(evening: _Evening, movie: int) -> pd.DataFrame:
    """Return what `recommender.group.debts` asks of a night, as given or as expected."""
    stars = np.where(np.isnan(evening.then), evening.reactions.mean, evening.then)
    return pd.DataFrame(
        {
            NIGHT: evening.night_id,
            "on": evening.on,
            MEMBER: evening.reactions.member_ids,
            "got": stars[:, evening.reactions.movie_ids.index(movie)],
            "best": stars.max(axis=1),
        }
    )


def _known(evening: _Evening, movie: int) -> np.ndarray:
    return ~np.isnan(evening.ever[:, evening.reactions.movie_ids.index(movie)])


def _stars(evening: _Evening, movie: int, draws: int, seed: int) -> np.ndarray:
    """Return what everyone present gives the movie in each draw, (n_members, draws)."""
    column = evening.reactions.movie_ids.index(movie)
    stars = np.repeat(evening.ever[:, [column]], draws, axis=1)
    for row, member in enumerate(evening.reactions.member_ids):
        if np.isnan(stars[row, 0]):
            # One stream of chance a person and movie; a movie that the club added has an id below
            # 0, which a seed may not have.
            chance = np.random.default_rng([seed, member, movie % 2**32])
            mean, sd = (of[row, column] for of in (evening.reactions.mean, evening.reactions.sd))
            drawn = mean + sd * chance.standard_normal(draws)
            stars[row] = np.clip(drawn, MIN_STARS, MAX_STARS)
    return stars


def served_best(replayed: pd.DataFrame) -> str:
    """Say which strategy would have served the club best, as far as that can be said.

    Args:
        replayed: see `replay`.
    """
    if replayed.empty:
        return "No night has been decided yet"
    nights = int(replayed["nights"].iloc[0])
    if nights < NIGHTS:
        return (
            f"{counted(nights, 'night')} cannot tell which strategy serves the club best "
            f"({NIGHTS} are needed)"
        )
    # Strategies that chose alike share their wins, which are wins of one choice.
    alike = replayed.groupby([replayed["mean"].round(9), replayed["best_chance"].round(9)])
    level = max((rows for _, rows in alike), key=lambda rows: rows["best_chance"].sum())
    if len(level) == len(replayed):
        return "Every strategy would have served the club as well as what was watched"
    chance, known = level["best_chance"].sum(), level["known_share"].iloc[0]
    apart = "" if chance >= TOLD_APART else ", too little to tell apart"
    names = sorted(level["name"], key=lambda name: name != WATCHED)
    return (
        f"{_named(names)} would have served the club best in {chance:.0%} of the "
        f"draws{apart} ({known:.0%} of these ratings are real)"
    )


def _named(names: Sequence[str]) -> str:
    shown, rest = list(names[:NAMED]), len(names) - NAMED
    if rest > 0:
        shown.append(f"{rest} more")
    last = shown.pop()
    return f"{', '.join(shown)} and {last}" if shown else last
