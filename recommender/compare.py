"""What every strategy would choose, side by side, and who would gain or lose by it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from recommender.columns import MEMBER, MOVIE
from recommender.group import DIGITS, STRATEGIES, rank
from recommender.reactions import Reactions

NOTICED = 0.05  # stars; a smaller gain or loss reads as 0.0
CHOICES = ("strategy", "name", MOVIE, "score", "mean", "lowest", "lowest_member", "tied_with")


@dataclass(frozen=True)
class Comparison:
    """The choice of every strategy for the same people and candidates.

    Args:
        choices: one row a strategy, in the order of STRATEGIES: strategy, name, movie_id, score
            (in the strategy's unit), mean and lowest (expected stars), lowest_member, tied_with
            (movie ids of the same score, best first; they lost by the mean or by their place).
        favourite: the movie that most strategies choose, of several the one with the highest
            mean; None when there is nothing to choose or nobody to choose for.
        agreement: how many strategies choose the favourite, and of how many.
        stars: one row a chosen movie and person here, the favourite first, then by how many
            strategies choose it: movie_id, member_id, mean (expected stars), strategies (the
            names of those that choose it).
        gains: the same but the favourite, and by how many stars each person prefers it to the
            favourite (less than 0: loses): movie_id, member_id, gain.
    """

    choices: pd.DataFrame
    favourite: int | None
    agreement: tuple[int, int]
    stars: pd.DataFrame
    gains: pd.DataFrame


def _without(reactions: Reactions, movies: Collection[int]) -> Reactions:
    keep = [i for i, movie in enumerate(reactions.movie_ids) if movie not in movies]
    return replace(
        reactions,
        movie_ids=tuple(reactions.movie_ids[i] for i in keep),
        mean=reactions.mean[:, keep],
        sd=reactions.sd[:, keep],
        shared_sd=None if reactions.shared_sd is None else reactions.shared_sd[keep],
    )


def _choice(ranked: pd.DataFrame, strategy: str) -> tuple[object, ...]:
    first = ranked.iloc[0]
    return (
        strategy,
        STRATEGIES[strategy].name,
        int(first[MOVIE]),
        first["score"],
        first["mean"],
        first["lowest"],
        int(first["lowest_member"]),
        tuple(ranked.loc[ranked["tied"], MOVIE].tolist()[1:]),
    )


def side_by_side(
    reactions: Reactions,
    present: Sequence[int] | None = None,
    vetoed: Collection[int] = (),
    debt: Mapping[int, float] | None = None,
) -> Comparison:
    """Let every strategy choose.

    Args:
        reactions: of (at least) everyone who is here.
        present: member ids; None for everyone, an empty list for nobody.
        vetoed: movie ids that are out of the question.
        debt: what earlier nights owe members, see `recommender.group.debts`; it moves
            "fairness" alone, so that the others show what they would do without a memory.

    Returns:
        An empty comparison when nobody is here or no movie is left.

    Raises:
        DataError: as for `rank`.
    """
    left = _without(reactions, vetoed)
    rankings = {
        strategy: rank(left, strategy, present, debt=debt if strategy == "fairness" else None)
        for strategy in STRATEGIES
    }
    rows = [_choice(ranked, strategy) for strategy, ranked in rankings.items() if len(ranked)]
    choices = pd.DataFrame(rows, columns=list(CHOICES))
    chosen = _chosen(choices)
    here = left.rows(present)
    everyone = pd.Index([left.member_ids[i] for i in here], name=MEMBER, dtype="int64")
    stars = pd.DataFrame(left.mean[here].T, index=left.movie_ids, columns=everyone)
    stars = stars.loc[chosen.index]
    gains = (stars - stars.head(1).to_numpy()).iloc[1:]
    return Comparison(
        choices=choices,
        favourite=int(chosen.index[0]) if len(chosen) else None,
        agreement=(len(chosen["strategies"].iloc[0]) if len(chosen) else 0, len(choices)),
        stars=_tidy(stars, "mean").assign(
            strategies=lambda frame: frame[MOVIE].map(chosen["strategies"])
        ),
        gains=_tidy(gains, "gain"),
    )


def _chosen(choices: pd.DataFrame) -> pd.DataFrame:
    """Index movie_id, the favourite first: strategies (names), votes, mean (stars)."""
    chosen = choices.groupby(MOVIE, sort=False).agg(
        strategies=("name", tuple), votes=("name", "size"), mean=("mean", "first")
    )
    chosen["mean"] = chosen["mean"].round(DIGITS)
    chosen.index = chosen.index.astype("int64")
    return chosen.sort_values(["votes", "mean"], ascending=False, kind="stable")


def _tidy(grid: pd.DataFrame, value: str) -> pd.DataFrame:
    """One row for each movie (index of `grid`) and member (its columns)."""
    return grid.rename_axis(index=MOVIE).stack().rename(value).reset_index()


def sentence(comparison: Comparison, titles: Mapping[int, str], names: Mapping[int, str]) -> str:
    """Return in one sentence (plain text) how far the strategies agree.

    Where two or more choose something else, it names what most of these choose, and who would gain
    and who would lose most by it.

    Args:
        titles: of the movies, by movie_id.
        names: of the people, by member_id.
    """
    if comparison.favourite is None:
        return "There is nothing to choose from."
    agree, everyone = comparison.agreement
    favourite = titles[comparison.favourite]
    if agree == everyone:
        return f"All {everyone} strategies choose {favourite}."
    if agree == everyone - 1:
        return f"{agree} of {everyone} strategies choose {favourite}."
    rival = int(comparison.gains[MOVIE].iloc[0])
    choices = comparison.choices
    others = choices.loc[choices[MOVIE] == rival, "name"]
    *front, last = [name[0].lower() + name[1:] for name in others]
    choose = f"{', '.join(front)} and {last} choose" if front else f"{last} chooses"
    gains = comparison.gains[comparison.gains[MOVIE] == rival].set_index(MEMBER)["gain"]
    return (
        f"{agree} of {everyone} strategies choose {favourite}; {choose} {titles[rival]}: "
        f"{who_gains(gains.rename(index=dict(names)))}."
    )


def who_gains(gains: pd.Series) -> str:
    """Return who gains and who loses most: "Bruno gains 0.6 stars, Ana loses 0.4".

    Args:
        gains: stars (less than 0: loses), indexed by name.
    """
    gains_most, loses_most = gains.idxmax(), gains.idxmin()
    up, down = gains.max() >= NOTICED, gains.min() <= -NOTICED
    if up and down:
        return f"{gains_most} gains {gains.max():.1f} stars, {loses_most} loses {-gains.min():.1f}"
    if up:
        return f"{gains_most} gains {gains.max():.1f} stars, nobody loses"
    if down:
        return f"nobody gains, {loses_most} loses {-gains.min():.1f} stars"
    return "nobody gains or loses"
