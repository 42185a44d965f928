"""Why a member is expected to like a movie: the prediction, taken apart without a remainder."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from recommender.columns import MEMBER, MOVIE, RATING
from recommender.dataset import MAX_STARS, MIN_STARS, check_ratings
from recommender.space import Kernel, Space

if TYPE_CHECKING:
    from recommender.hybrid import HybridModel

WORLD, MOVIE_OFFSET, MEMBER_OFFSET = "world", "movie", "member"
RATED, FEATURE, LIMIT = "rated movie", "feature", "limit"
WORTH_SAYING = 0.05  # stars


def explain(
    model: HybridModel, member_ratings: pd.DataFrame, member_id: int, movie_id: int
) -> pd.DataFrame:
    """Return the parts of one prediction.

    Returns:
        kind, label, stars (the part, which may be negative), movie_id (of a rated movie, else
        missing), steady (whether every one of LightFM's seeds alone gives the part this sign; a
        part that one seed adds and another takes away is an accident of learning).
        Kinds: "world" (the mean of all ratings), "movie" (how far this one lies from that),
        "member" (their generosity, and how far they go with the crowd), "rated movie" (the learned
        likeness to one movie that the member rated), "feature" (a keyword, genre or decade, over
        all that the member rated), and "limit" where the sum was cut to 0.5..5. The stars sum to
        the mean that `react` gives.
    """
    ratings = check_ratings(member_ratings, who=MEMBER)
    ratings = ratings[ratings[MEMBER] == member_id]
    row = int(model.rows([movie_id])[0])
    rated = bool(model.counts[row])
    space = model.space if rated else model.space.without_neighbours()
    kernel = model.kernel(member_id, rated=rated)
    stars, *alone = (
        _parts_of_taste(where, replace(kernel, everyones=where), model, ratings, row)
        for where in (space, *space.each_seed(model.options.repeats))
    )
    steady = (np.sign(alone) == np.sign(stars)).all(axis=0)

    labels = [model.features.labels[word] for word in space.words[[row]].indices]
    frame = pd.DataFrame(
        {
            "kind": [MEMBER_OFFSET] * 2 + [RATED] * len(ratings) + [FEATURE] * len(labels),
            "label": ["generosity", "going with the crowd", *ratings[MOVIE].astype(str), *labels],
            "stars": stars,
            MOVIE: [pd.NA, pd.NA, *ratings[MOVIE], *[pd.NA] * len(labels)],
            "steady": steady,
        }
    )
    everybody = _row(WORLD, "everyone's average", model.bias.mu)
    offset = _row(MOVIE_OFFSET, "this movie", model.bias.expected[row])
    total = model.bias.mu + model.bias.expected[row] + stars.sum()
    cut = float(np.clip(total, MIN_STARS, MAX_STARS)) - total
    limit = [_row(LIMIT, "stars end at 0.5 and 5", cut)] if cut else []
    frame = pd.concat([everybody, offset, frame, *limit], ignore_index=True)
    return frame.astype({MOVIE: "Int64", "stars": "float64", "steady": "bool"})


def _row(kind: str, label: str, stars: float) -> pd.DataFrame:
    return pd.DataFrame(
        {"kind": [kind], "label": [label], "stars": [stars], MOVIE: [pd.NA], "steady": [True]}
    )


def _parts_of_taste(
    space: Space, kernel: Kernel, model: HybridModel, own: pd.DataFrame, row: int
) -> np.ndarray:
    """Generosity, the crowd, each rated movie by what was learned of both, and each word; stars."""
    v, taste = space.variances, model.taste(own, kernel)
    generosity = np.full(len(taste.rated), v.offset)
    crowd = v.crowd * space.crowd[row] * space.crowd[taste.rated]
    words = space.words[[row]]
    shared = v.words * space.words[taste.rated].multiply(words).tocsr()[:, words.indices]
    near = kernel.covariance(taste.rated, np.array([row]))[:, 0].astype(np.float64)
    near -= generosity + crowd + np.asarray(shared.sum(axis=1)).ravel()
    by_word = shared.T.astype(np.float64) @ taste.pull
    return np.concatenate(
        [[generosity @ taste.pull, crowd @ taste.pull], near * taste.pull, by_word]
    )


def _stars(value: float) -> str:
    return f"{value:g}"


def _signed(value: float) -> str:
    return f"{'+' if value >= 0 else '−'}{abs(value):.1f}"


def sentence(
    parts: pd.DataFrame, member_ratings: pd.DataFrame, member_id: int, titles: pd.Series
) -> str:
    """Say in plain text why: the movies that pulled most, and the words that did, if steadily.

    Args:
        parts: what `explain` returned.
        member_ratings: the same as there.
        titles: index movie_id.

    Returns:
        Something like "Because you gave Amélie 4.5 and Heat 2: paris +0.3; heist −0.2."
    """
    own = member_ratings[member_ratings[MEMBER] == member_id].set_index(MOVIE)[RATING]
    if own.empty:
        return "No ratings yet: this is what everybody together thinks of it."
    parts = parts[parts["steady"]]
    strength = parts["stars"].abs()
    pulls = parts[(parts["kind"] == RATED) & (strength >= WORTH_SAYING)]
    pulls = pulls.loc[pulls["stars"].abs().sort_values(ascending=False, kind="stable").index[:2]]
    words = parts[(parts["kind"] == FEATURE) & (strength >= WORTH_SAYING)]
    words = words.loc[words["stars"].abs().sort_values(ascending=False, kind="stable").index[:3]]
    gave = " and ".join(
        f"{titles[movie]} {_stars(own[movie])}" for movie in pulls[MOVIE] if movie in own.index
    )
    said = ", ".join(
        f"{label} {_signed(stars)}"
        for label, stars in zip(words["label"], words["stars"], strict=True)
    )
    if gave and said:
        return f"Because you gave {gave}; {said}."
    if gave or said:
        return f"Because you gave {gave}." if gave else f"Because of {said}."
    movie = parts.loc[parts["kind"] == MOVIE_OFFSET, "stars"].iloc[0]
    verdict = "well liked by everybody" if movie >= 0 else "not much liked by most"
    return f"Nothing you rated is much like it; it is {verdict} ({_signed(movie)})."
