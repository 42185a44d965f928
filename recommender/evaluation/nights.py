"""The club's movie nights: predictions against outcomes, and the choice of every strategy.

Predictions are stored when a movie is chosen and ratings are given after it was watched, so no
prediction has seen its rating. The ratings of one night depend on each other (the same movie and
the same evening), so every interval is computed over nights, not over ratings.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from recommender.columns import MEMBER, MOVIE, RATING
from recommender.evaluation.bootstrap import ENOUGH, clarity, compare
from recommender.evaluation.metrics import Z95, Share, wilson
from recommender.group import DIGITS, STRATEGIES, rank
from recommender.model import LIKED
from recommender.reactions import Reactions

NIGHT = "night_id"
OURS = "ours"
MODELS: Mapping[str, str] = {OURS: "predicted", "own mean": "own_mean", "crowd": "crowd"}
NIGHTS = 5  # rated nights, before differences are tested
LEVEL = 0.8  # of the prediction intervals
SHOWN = 5  # ratings, before a member's error is shown
SAME_EXPECTATION = 0.25  # stars; two people expected closer together are expected to agree
FAIRNESS = "fairness"  # the one strategy that remembers earlier nights

_STARS = ["predicted", "sd", "low", "high", "like", "own_mean", "crowd"]
_OUTCOMES = [
    NIGHT, "on", MEMBER, MOVIE, *_STARS, "actual", "hit", "surprise", "surprise_sd", "rewatch",
    "counts",
]  # fmt: skip
_ERRORS = ["model", "mae", "low", "high", "gap", "gap_low", "gap_high", "rmse", "clarity"]


def outcomes(nights: pd.DataFrame, predictions: pd.DataFrame, given: pd.DataFrame) -> pd.DataFrame:
    """Join the predictions for the movie watched with the ratings given to it.

    Args:
        nights: night_id, on (date), movie_id (the one watched).
        predictions: the prediction snapshots: night_id, member_id, movie_id, mean, sd, low, high
            (80% interval; stars), like (probability of 4 stars or more), own_mean, crowd (stars),
            known (bool: the model knew this rating).
        given: night_id, member_id, rating (stars).

    Returns:
        One row a rating, by date, night and member: night_id, on, member_id, movie_id, predicted,
        sd, low, high, like, own_mean, crowd, actual, hit (low <= actual <= high), surprise
        (actual - predicted, stars), surprise_sd (in standard deviations), rewatch (as known), and
        counts (False for a rewatch and for a rating without a prediction).
    """
    watched = given.merge(nights[[NIGHT, "on", MOVIE]], on=NIGHT)
    frame = watched.merge(predictions, on=[NIGHT, MEMBER, MOVIE], how="left")
    frame = frame.rename(columns={"mean": "predicted", RATING: "actual"})
    frame = frame.astype(dict.fromkeys([*_STARS, "actual"], float))
    surprise, rewatch = frame["actual"] - frame["predicted"], frame["known"].eq(True)
    frame = frame.assign(
        hit=frame["actual"].between(frame["low"], frame["high"]),
        surprise=surprise,
        surprise_sd=surprise / frame["sd"],
        rewatch=rewatch,
        counts=frame["predicted"].notna() & ~rewatch,
    )
    return frame.sort_values(["on", NIGHT, MEMBER], ignore_index=True)[_OUTCOMES]


def recorded(found: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of `outcomes` that count."""
    return found[found["counts"].astype(bool)]


@dataclass(frozen=True)
class Record:
    """The errors over all nights, beside two simple guesses."""

    # n, nights: ratings and nights behind it
    n: int
    nights: int
    # one row a model (ours, the member's own mean, the crowd's opinion): model, mae, low, high, gap
    # (how much more its mae is than ours), gap_low, gap_high, rmse, all in stars, and clarity (""
    # for ours). Intervals are 95% bootstraps over nights, widened for few nights; NaN with fewer
    # than `NIGHTS`.
    errors: pd.DataFrame


def record(found: pd.DataFrame, seed: int = 0) -> Record:
    """Compare the errors of the model, of everyone's own mean and of the crowd's opinion.

    A percentile bootstrap of n units is too narrow by sqrt(n / (n - 1)) and by the ratio of
    Student's to the normal quantile (Hesterberg, "What teachers should know about the bootstrap",
    2015), so the intervals over `outcomes` are widened by both.
    """
    rows = recorded(found)
    n, nights = len(rows), rows[NIGHT].nunique()
    if not n:
        return Record(0, 0, pd.DataFrame(columns=_ERRORS))
    errors = pd.DataFrame({model: rows[c] - rows["actual"] for model, c in MODELS.items()})
    table = compare(errors.abs(), rows[NIGHT], seed).rename(columns={"value": "mae"})
    wider = np.nan
    if nights >= NIGHTS:
        wider = stdtrit(nights - 1, 0.975) / Z95 * np.sqrt(nights / (nights - 1))
    for value, low, high in (("mae", "low", "high"), ("gap", "gap_low", "gap_high")):
        for end in (low, high):
            table[end] = table[value] + wider * (table[end] - table[value])
    table["low"] = table["low"].clip(lower=0)
    table["rmse"] = np.sqrt((errors**2).mean()).to_numpy()
    table["clarity"] = [
        "" if row.model == OURS
        else "too few" if nights < NIGHTS
        else clarity(n, row.gap_low, row.gap_high)
        for row in table.itertuples()
    ]  # fmt: skip
    return Record(n, nights, table[_ERRORS])


def record_over_time(found: pd.DataFrame) -> pd.DataFrame:
    """Return each model's mean absolute error over all nights up to each night.

    Returns:
        night_id, on, nights (1, 2, ...), n (ratings so far), model, mae (stars); by date.
    """
    rows = recorded(found).sort_values(["on", NIGHT])
    misses = pd.DataFrame({model: (rows[c] - rows["actual"]).abs() for model, c in MODELS.items()})
    ends = _ends(rows)
    means = misses.expanding().mean().iloc[ends["n"] - 1].reset_index(drop=True)
    frame = pd.concat([ends, means], axis=1).melt(list(ends), var_name="model", value_name="mae")
    return frame.sort_values("nights", kind="stable", ignore_index=True)


def _ends(rows: pd.DataFrame) -> pd.DataFrame:
    """Return night_id, on, nights and n (rows up to the end of that night)."""
    ends = rows.groupby(["on", NIGHT]).size().cumsum().rename("n").reset_index()
    return ends.assign(nights=np.arange(1, len(ends) + 1))[[NIGHT, "on", "nights", "n"]]


@dataclass(frozen=True)
class Coverage:
    """Observed against expected coverage of events that were predicted with a probability."""

    observed: Share  # share of the ratings with the event, with its 95% interval
    nights: int  # number of nights behind it
    expected: float  # number of events, by their probabilities
    # low, high: counts within which 95% of clubs lie if every probability is right
    low: int
    high: int

    @classmethod
    def of(cls, probability: pd.Series, occurred: pd.Series, nights: pd.Series) -> Coverage:
        """Count over rows, at least one.

        `low` and `high` are those of independent ratings (the Poisson binomial distribution),
        spread by the root of the design effect (Rao and Scott, "A simple method for the analysis of
        clustered binary data", 1992). The interval of the share is Wilson's for n / design effect
        ratings.

        Args:
            probability, occurred, nights: 0..1, bool and night_id, aligned.
        """
        n, total, expected = len(occurred), int(occurred.sum()), float(probability.sum())
        effect = _design_effect(occurred - probability, probability * (1 - probability), nights)
        share = np.ones(1)
        for p in probability:
            share = np.convolve(share, [1 - p, p])
        by_chance = np.searchsorted(share.cumsum(), (0.025, 0.975))
        reach = np.sqrt(effect) * (by_chance - expected)
        low, high = wilson(np.array(total / n), np.array(n / effect))
        return cls(
            Share(total / n, float(low), float(high), n),
            nights.nunique(),
            expected,
            max(int(np.ceil(expected + reach[0] - 1e-9)), 0),
            min(int(np.floor(expected + reach[1] + 1e-9)), n),
        )

    @property
    def count(self) -> int:
        """Number of events."""
        return round(self.observed.value * self.observed.n)

    @property
    def reading(self) -> Literal["too few", "as expected", "too seldom", "too often"]:
        """How the count compares; "as expected" where the data do not contradict it."""
        if self.observed.n < ENOUGH or self.nights < NIGHTS:
            return "too few"
        if self.low <= self.count <= self.high:
            return "as expected"
        return "too seldom" if self.count < self.low else "too often"


def _design_effect(residual: pd.Series, variance: pd.Series, nights: pd.Series) -> float:
    """Return how many times more the sums of nights vary than independent ratings; 1 or more."""
    sums = residual.groupby(nights).agg(["sum", "size"])
    k = len(sums)
    if k < NIGHTS or not variance.sum():
        return 1.0
    apart = sums["sum"] - sums["size"] * residual.mean()
    return max(1.0, float(k / (k - 1) * (apart**2).sum() / variance.sum()))


def interval_coverage(found: pd.DataFrame) -> Coverage | None:
    """Return the coverage of the 80% intervals; None without a rating."""
    rows = recorded(found)
    if rows.empty:
        return None
    return Coverage.of(pd.Series(LEVEL, rows.index), rows["hit"], rows[NIGHT])


def like_coverage(found: pd.DataFrame) -> Coverage | None:
    """Return the coverage of the probabilities of 4 stars or more; None without a rating."""
    rows = recorded(found)
    return None if rows.empty else Coverage.of(rows["like"], rows["actual"] >= LIKED, rows[NIGHT])


def coverage_over_time(found: pd.DataFrame) -> pd.DataFrame:
    """Return the coverage of the intervals over all nights up to each night, by date.

    Returns:
        night_id, on, nights (1, 2, ...), n, inside (counts so far), share (0..1), low, high (what
        chance allows of it), reading (see `Coverage`).
    """
    rows = recorded(found).sort_values(["on", NIGHT])
    ends = _ends(rows)
    parts = [c for n in ends["n"] if (c := interval_coverage(rows.head(n)))]
    return ends.assign(
        inside=[part.count for part in parts],
        share=[part.observed.value for part in parts],
        low=[part.low / part.observed.n for part in parts],
        high=[part.high / part.observed.n for part in parts],
        reading=[part.reading for part in parts],
    )


def surprises(found: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of `outcomes` that count, the biggest absolute surprise first."""
    rows = recorded(found)
    rows = rows.assign(size=rows["surprise"].abs().round(9), sds=rows["surprise_sd"].abs())
    order = {"size": False, "sds": False, "on": True, NIGHT: True, MEMBER: True}
    rows = rows.sort_values(list(order), ascending=list(order.values()), ignore_index=True)
    return rows.drop(columns=["size", "sds"])


def member_errors(found: pd.DataFrame) -> pd.DataFrame:
    """Return the errors of members with at least `SHOWN` ratings, the smallest first.

    Returns:
        member_id, n, mae (stars), bias (mean of actual - predicted, stars).
    """
    rows = recorded(found)
    table = rows.assign(miss=rows["surprise"].abs()).groupby(MEMBER, as_index=False)
    table = table.agg(n=("miss", "size"), mae=("miss", "mean"), bias=("surprise", "mean"))
    return table[table["n"] >= SHOWN].sort_values(["mae", MEMBER], ignore_index=True)


def reversals(found: pd.DataFrame) -> pd.DataFrame:
    """Return the pairs of a night in which the other one than expected liked the movie more.

    Returns:
        The biggest swing first: night_id, member_id (expected to like it more), other_id (who did),
        predicted, actual, predicted_other, actual_other (stars), swing (stars expected between them
        plus stars given between them). Pairs expected within `SAME_EXPECTATION` are left out.
    """
    rows = recorded(found)[[NIGHT, MEMBER, "predicted", "actual"]]
    pairs = rows.merge(rows, on=NIGHT, suffixes=("", "_other"))
    expected = pairs["predicted"] - pairs["predicted_other"]
    came = pairs["actual_other"] - pairs["actual"]
    pairs = pairs.rename(columns={f"{MEMBER}_other": "other_id"})
    pairs = pairs.assign(swing=(expected + came).round(9))
    pairs = pairs[(expected >= SAME_EXPECTATION) & (came > 0)]
    by = ["swing", NIGHT, MEMBER, "other_id"]
    return pairs.sort_values(by, ascending=[False, True, True, True], ignore_index=True)


@dataclass(frozen=True)
class Comparison:
    """The choice of every strategy for the same people and candidates."""

    # one row a strategy, in the order of STRATEGIES: strategy, name, movie_id, score (in the
    # strategy's unit), mean and lowest (expected stars), lowest_member, tied_with (movie ids of the
    # same score, best first)
    choices: pd.DataFrame
    # the movie that most strategies choose, with the highest mean of several; None without a
    # candidate or a member
    favourite: int | None
    agreement: tuple[int, int]  # how many strategies choose the favourite, and of how many
    # one row a chosen movie and member, the favourite first, then by how many strategies choose it:
    # movie_id, member_id, mean (expected stars), strategies (names of those that choose it)
    stars: pd.DataFrame
    # the same without the favourite: movie_id, member_id, gain (stars more than for the favourite;
    # negative: loses)
    gains: pd.DataFrame


def compare_strategies(
    reactions: Reactions,
    present: Sequence[int] | None = None,
    vetoed: Collection[int] = (),
    debt: Mapping[int, float] | None = None,
) -> Comparison:
    """Return the choice of every strategy; an empty comparison without a member or a candidate.

    Args:
        reactions: of (at least) everyone present.
        present: member ids; None for everyone, an empty list for nobody.
        vetoed: movie ids that are left out.
        debt: as from `recommender.group.debts`; applied to "fairness" alone, so that the others
            show their choice without a memory.
    """
    left = _columns(reactions, lambda movie: movie not in vetoed)
    rows = []
    for key, strategy in STRATEGIES.items():
        ranked = rank(left, key, present, debt=debt if key == FAIRNESS else None)
        if len(ranked):
            first = ranked.iloc[0].to_dict()
            tied = tuple(ranked.loc[ranked["tied"], MOVIE].tolist()[1:])
            rows.append({**first, "strategy": key, "name": strategy.name, "tied_with": tied})
    columns = ["strategy", "name", MOVIE, "score", "mean", "lowest", "lowest_member", "tied_with"]
    choices = pd.DataFrame(rows, columns=columns)
    chosen = choices.groupby(MOVIE, sort=False).agg(
        strategies=("name", tuple), votes=("name", "size"), mean=("mean", "first")
    )
    chosen["mean"] = chosen["mean"].round(DIGITS)
    chosen.index = chosen.index.astype("int64")
    chosen = chosen.sort_values(["votes", "mean"], ascending=False, kind="stable")
    here = left.rows(present)
    everyone = pd.Index([left.member_ids[i] for i in here], name=MEMBER, dtype="int64")
    stars = pd.DataFrame(left.mean[here].T, index=left.movie_ids, columns=everyone)
    stars = stars.loc[chosen.index].rename_axis(index=MOVIE)
    gains = (stars - stars.head(1).to_numpy()).iloc[1:]
    return Comparison(
        choices=choices,
        favourite=int(chosen.index[0]) if len(chosen) else None,
        agreement=(int(chosen["votes"].iloc[0]) if len(chosen) else 0, len(choices)),
        stars=stars.stack().rename("mean").reset_index().merge(
            chosen["strategies"], left_on=MOVIE, right_index=True, how="left"
        ),
        gains=gains.stack().rename("gain").reset_index(),
    )  # fmt: skip


def _columns(reactions: Reactions, keep: Callable[[int], bool]) -> Reactions:
    """Return the reactions to the movies that `keep` accepts."""
    at = [i for i, movie in enumerate(reactions.movie_ids) if keep(movie)]
    return replace(
        reactions,
        movie_ids=tuple(reactions.movie_ids[i] for i in at),
        mean=reactions.mean[:, at],
        sd=reactions.sd[:, at],
        shared_sd=None if reactions.shared_sd is None else reactions.shared_sd[at],
    )
