"""Why a member is expected to like a movie: the prediction, taken apart without a remainder."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import sparse

from recommender.columns import MEMBER, MOVIE, RATING
from recommender.dataset import MAX_STARS, MIN_STARS, check_ratings
from recommender.guests import HATED, LOVED, is_ordinary, is_wish
from recommender.kernel import Kernel, Space

if TYPE_CHECKING:
    from recommender.model import HybridModel

WORLD, MOVIE_OFFSET, MEMBER_OFFSET = "world", "movie", "member"
RATED, FEATURE, LIMIT = "rated movie", "feature", "limit"
WORTH_SAYING = 0.05  # stars
MOST_WORDS = 3  # of a guest's keywords in a reason


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
        likeness to one movie that the member rated, or to the keywords that a guest named),
        "feature" (a keyword, genre or decade, over all that the member rated), and "limit" where
        the sum was cut to 0.5..5. The stars sum to the mean that `react` gives.
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
    ids = ratings.loc[~is_ordinary(ratings[MOVIE]), MOVIE]
    rated_labels = ids.astype(str)
    rated_labels[is_wish(ids)] = _wishes(model, ids[is_wish(ids)])
    frame = pd.DataFrame(
        {
            "kind": [MEMBER_OFFSET] * 2 + [RATED] * len(ids) + [FEATURE] * len(labels),
            "label": ["generosity", "going with the crowd", *rated_labels, *labels],
            "stars": stars,
            MOVIE: [pd.NA, pd.NA, *ids, *[pd.NA] * len(labels)],
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


def _wishes(model: HybridModel, movie_ids: pd.Series) -> list[str]:
    """Return the words of each movie as one text: "heist and paris"."""
    words = model.space.words[model.rows(movie_ids)]
    return [_listed([model.features.labels[word] for word in sorted(row.indices)]) for row in words]


def _listed(words: list[str]) -> str:
    """Return "heist", "heist and paris" or "heist, paris, rome and 2 more"."""
    shown, more = words[:MOST_WORDS], len(words) - MOST_WORDS
    if more > 0:
        shown.append(f"{more} more")
    return " and ".join(part for part in (", ".join(shown[:-1]), *shown[-1:]) if part)


def _row(kind: str, label: str, stars: float) -> pd.DataFrame:
    return pd.DataFrame(
        {"kind": [kind], "label": [label], "stars": [stars], MOVIE: [pd.NA], "steady": [True]}
    )


def _parts_of_taste(
    space: Space, kernel: Kernel, model: HybridModel, own: pd.DataFrame, row: int
) -> np.ndarray:
    """Generosity, the crowd, each rated movie by what was learned of both, and each word; stars.

    What a guest's keywords and ordinary movies say of every movie alike counts as generosity; the
    words that such keywords share with the movie count as theirs.
    """
    v, taste = space.variances, model.taste(own, kernel)
    generosity = np.full(len(taste.rated), v.offset)
    crowd = v.crowd * space.crowd[row] * space.crowd[taste.rated]
    words, wish, ordinary = space.words[[row]], is_wish(own[MOVIE]), is_ordinary(own[MOVIE])
    shared = v.words * space.words[taste.rated].multiply(words).tocsr()[:, words.indices]
    shared = sparse.diags_array((~wish).astype(np.float32)) @ shared
    near = kernel.covariance(taste.rated, np.array([row]))[:, 0].astype(np.float64)
    near -= generosity + crowd + np.asarray(shared.sum(axis=1)).ravel()
    by_word = shared.T.astype(np.float64) @ taste.pull
    alike = near * ordinary
    alike[wish] = space.place_part(taste.rated[wish], slice(None)).mean(axis=1)
    generosity += alike
    near -= alike
    return np.concatenate(
        [[generosity @ taste.pull, crowd @ taste.pull], (near * taste.pull)[~ordinary], by_word]
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
        Something like "Because you gave Amélie 4.5 and Heat 2; paris +0.3, heist −0.2." or, of a
        guest, "Because you like heist and paris."
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
    because = _because(pulls, own, titles)
    said = ", ".join(
        f"{label} {_signed(stars)}"
        for label, stars in zip(words["label"], words["stars"], strict=True)
    )
    if because and said:
        return f"Because you {because}; {said}."
    if because or said:
        return f"Because you {because}." if because else f"Because of {said}."
    movie = parts.loc[parts["kind"] == MOVIE_OFFSET, "stars"].iloc[0]
    verdict = "well liked by everybody" if movie >= 0 else "not much liked by most"
    return f"Nothing you rated is much like it; it is {verdict} ({_signed(movie)})."


def _because(pulls: pd.DataFrame, own: pd.Series, titles: pd.Series) -> str:
    """Say what a member rated, and which keywords a guest named: "gave Up 5 and like paris"."""
    pulls = pulls[pulls[MOVIE].isin(own.index)]
    wishes = is_wish(pulls[MOVIE])
    gave = " and ".join(
        f"{titles[movie]} {_stars(own[movie])}" for movie in pulls.loc[~wishes, MOVIE]
    )
    named = [
        f"{'like' if own[movie] > (LOVED + HATED) / 2 else 'dislike'} {label}"
        for movie, label in zip(pulls.loc[wishes, MOVIE], pulls.loc[wishes, "label"], strict=True)
    ]
    return ", and ".join([f"gave {gave}"] * bool(gave) + [" and ".join(named)] * bool(named))
