"""Why a member is expected to like a movie: the prediction, taken apart without a remainder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from recommender.columns import MEMBER, MOVIE, RATING
from recommender.dataset import MAX_STARS, MIN_STARS, check_ratings

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
        missing). Kinds: "world" (the mean of all ratings), "movie" (how far it lies from that),
        "member" (their generosity, and how far they go with the crowd), "rated movie" (the learned
        likeness to one movie that the member rated), "feature" (a keyword, genre or decade, over
        all that the member rated), and "limit" where the sum was cut to 0.5..5. The stars sum to
        the mean that `react` gives.
    """
    ratings = check_ratings(member_ratings, who=MEMBER)
    ratings = ratings[ratings[MEMBER] == member_id]
    row = model.rows([movie_id])
    taste, space = model.taste(ratings), model.space
    crowd = space.crowd[taste.rated] @ taste.pull * space.crowd[row[0]]

    parts: list[tuple[str, str, float, object]] = [
        (WORLD, "everyone's average", model.bias.mu, pd.NA),
        (MOVIE_OFFSET, "this movie", float(model.bias.expected[row[0]]), pd.NA),
        (MEMBER_OFFSET, "generosity", float(space.variances.offset * taste.pull.sum()), pd.NA),
        (MEMBER_OFFSET, "going with the crowd", float(space.variances.crowd * crowd), pd.NA),
    ]
    near = space.place_part(row, taste.rated)[0].astype(np.float64) * taste.pull
    parts += [
        (RATED, str(movie), float(stars), int(movie))
        for movie, stars in zip(ratings[MOVIE], near, strict=True)
    ]
    liking = space.words[taste.rated].T.astype(np.float64) @ taste.pull
    words = space.words[row[0]].tocoo()
    labels = model.features.labels
    parts += [
        (FEATURE, labels[j], float(space.variances.words * value * liking[j]), pd.NA)
        for j, value in zip(words.coords[1], words.data, strict=True)
    ]
    total = sum(part[2] for part in parts)
    cut = float(np.clip(total, MIN_STARS, MAX_STARS)) - total
    if cut:
        parts.append((LIMIT, "stars end at 0.5 and 5", cut, pd.NA))
    frame = pd.DataFrame(parts, columns=["kind", "label", "stars", MOVIE])
    return frame.astype({MOVIE: "Int64", "stars": "float64"})


def _stars(value: float) -> str:
    return f"{value:g}"


def _signed(value: float) -> str:
    return f"{'+' if value >= 0 else '−'}{abs(value):.1f}"


def sentence(
    parts: pd.DataFrame, member_ratings: pd.DataFrame, member_id: int, titles: pd.Series
) -> str:
    """Say in plain text why: the movies that pulled most, and the words that did.

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
