"""What the model makes of keywords: how they move a prediction, and what lies near them."""

from __future__ import annotations

import io
import json
import zipfile

import numpy as np
import pandas as pd
from scipy import linalg, sparse

from recommender.bias import CLUB_PENALTY, club_weight, with_constant
from recommender.columns import MEMBER, MOVIE
from recommender.dataset import Dataset
from recommender.features import KEYWORD
from recommender.model import HybridModel
from recommender.taste import FEWEST, lay_out


def keyword_effects(model: HybridModel) -> pd.DataFrame:
    """Return by how much each keyword raises or lowers what is expected of a new movie.

    It is the keyword's coefficient in the ridge regression of the item bias on the features, for a
    movie with as many features as the keyword's movies have, with its standard error, which does
    not rest on equal variances (White, "A heteroskedasticity-consistent covariance matrix", 1980).

    Returns:
        Index keyword: movies (that have it), stars, sd (stars); the largest effect first.
    """
    at = _columns(model)
    features = model.kernel.features
    known = with_constant(features).astype(np.float64)
    weight = club_weight(model.counts, model.n_users)
    residual = model.bias.movie - known @ model.bias.coefficients
    gram = (known.T @ known.multiply(weight[:, None])).toarray()
    gram[np.diag_indices_from(gram)] += CLUB_PENALTY
    scores = known.multiply((weight * residual)[:, None])
    solved = linalg.solve(gram, (scores.T @ scores).toarray(), assume_a="pos")
    variance = np.diag(linalg.solve(gram, solved.T, assume_a="pos"))
    value, movies = _typical(features)
    frame = pd.DataFrame(
        {
            "movies": movies[at],
            "stars": (value * model.bias.coefficients[:-1])[at],
            "sd": (value * np.sqrt(np.maximum(variance[:-1], 0)))[at],
        },
        index=pd.Index(_names(model), name=KEYWORD),
    )
    return frame.sort_values("stars", key=abs, ascending=False, kind="stable")


def member_keywords(model: HybridModel, member_ratings: pd.DataFrame) -> pd.DataFrame:
    """Return what each member's ratings say of each keyword, apart from everybody's opinion.

    It is the part of a taste that the keyword alone carries, the kernel's feature part, for a movie
    with as many features as the keyword's movies have.

    Args:
        member_ratings: member_id, movie_id, rating.

    Returns:
        member_id, keyword, stars, sd (stars): one row a member and keyword.
    """
    at, features = _columns(model), model.kernel.features
    value = _typical(features)[0][at]
    variance = model.kernel.variances.features
    frames = []
    for member, own in member_ratings.groupby(MEMBER, sort=True):
        taste = model.posterior(own, int(str(member)))
        across = variance * value * features[model.rows(own[MOVIE])][:, at].toarray()
        left = np.maximum(variance * value**2 - (taste.whiten(across) ** 2).sum(axis=0), 0)
        facts = {MEMBER: member, KEYWORD: _names(model)}
        frames.append(pd.DataFrame({**facts, "stars": taste.weights @ across, "sd": np.sqrt(left)}))
    empty = pd.DataFrame(columns=[MEMBER, KEYWORD, "stars", "sd"])
    return pd.concat(frames, ignore_index=True) if frames else empty


def nearest(model: HybridModel, keyword: str, limit: int = 10) -> tuple[pd.Series, pd.Series]:
    """Return the keywords and the movies that lie nearest to a keyword in the embedding.

    A keyword lies in the middle of its rated movies; nearness is the cosine around the mean of all
    rated movies.

    Returns:
        Cosines (-1..1) by keyword, without itself, and by movie_id (rated movies), nearest first;
        both empty for a keyword or a model without an embedding.
    """
    words, movies = _directions(model)
    if keyword not in words.index:
        return pd.Series(dtype=float), pd.Series(dtype=float)
    mine = words.loc[keyword]
    return (words.drop(keyword) @ mine).nlargest(limit), (movies @ mine).nlargest(limit)


def draw_keywords(model: HybridModel) -> pd.DataFrame:
    """Lay the keywords out on a plane, by where they lie in the embedding (see `nearest`).

    Returns:
        keyword, x, y (-1..1); no rows with fewer than 30 keywords or a model without embeddings.
    """
    words, _ = _directions(model)
    if len(words) < FEWEST:
        return pd.DataFrame([], columns=[KEYWORD, "x", "y"])
    x, y = lay_out(words.to_numpy())
    return pd.DataFrame({KEYWORD: words.index, "x": x, "y": y})


def _directions(model: HybridModel) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the directions of keywords and of rated movies from the mean of the rated movies.

    Returns:
        Rows of length 1, by keyword (those of rated movies; none without LightFM) and by movie_id.
    """
    rated = model.counts > 0
    places = model.kernel.embeddings[rated].astype(np.float64)
    places -= places.mean(axis=0)
    has = model.kernel.features[rated][:, _columns(model)] != 0
    known = np.asarray(has.sum(axis=0)).ravel() > 0
    words = pd.DataFrame(_unit(has.T @ places), index=pd.Index(_names(model), name=KEYWORD))
    return words[known & bool(places.shape[1])], pd.DataFrame(
        _unit(places), index=model.movie_ids[rated]
    )


def with_and_without(
    model: HybridModel,
    movie: pd.DataFrame,
    keywords: tuple[str, ...],
    member_ratings: pd.DataFrame,
    member_ids: list[int],
) -> pd.DataFrame:
    """Predict a movie by its features alone, with its own keywords and with others.

    Args:
        movie: one row of a catalogue.
        keywords: those to try.

    Returns:
        Index member_id: before, after (stars).
    """
    before, after = -(2**62), -(2**62) + 1  # ids that no catalogue has
    both = pd.concat([movie, movie]).set_axis(pd.Index([before, after], name=MOVIE))
    both["keywords"] = pd.Series([movie["keywords"].iloc[0], keywords], both.index, dtype=object)
    mean = model.with_movies(both).react(member_ratings, [before, after], member_ids).mean
    return pd.DataFrame(mean, pd.Index(member_ids, name=MEMBER), ["before", "after"])


def model_archive(model: HybridModel, data: Dataset) -> bytes:
    """Return a ZIP of what the model learned: arrays, matrices and JSON, never pickle.

    item_embeddings.npy (n_movies, n_dimensions), item_features.npz (n_movies, n_features) and
    interactions.npz (n_users, n_movies; stars) as SciPy saves sparse matrices, item_biases.npy, and
    in ids.json and vocabulary.json what their rows and columns mean.
    """
    rows = data.rows
    shape = (rows.n_users, rows.n_movies)
    stars = sparse.csr_matrix((rows.stars, (rows.user, rows.movie)), shape=shape)
    ids = {"movie_ids": model.movie_ids.tolist(), "rater_ids": data.user_ids.tolist()}
    ids |= {"rated_movie_ids": data.movies.index.tolist()}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in (
            ("item_embeddings.npy", model.kernel.embeddings),
            ("item_biases.npy", model.bias.movie),
        ):
            with archive.open(name, "w") as file:
                np.save(file, array, allow_pickle=False)
        for name, matrix in (
            ("item_features.npz", model.kernel.features),
            ("interactions.npz", stars),
        ):
            with archive.open(name, "w") as file:
                sparse.save_npz(file, matrix)
        archive.writestr("ids.json", json.dumps(ids))
        archive.writestr("vocabulary.json", json.dumps(model.features.names))
    return packed.getvalue()


def _columns(model: HybridModel) -> np.ndarray:
    return np.flatnonzero([kind == KEYWORD for kind in model.features.kinds])


def _names(model: HybridModel) -> list[str]:
    return [model.features.labels[column] for column in _columns(model)]


def _typical(features: sparse.csr_matrix) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean of the entries of each column that are not 0, and their number."""
    number = np.bincount(features.indices, minlength=features.shape[1])
    total = np.bincount(features.indices, features.data, minlength=features.shape[1])
    return total / np.maximum(number, 1), number


def _unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
