"""Item bias and user bias: everybody's opinion of a movie, before anyone's own taste.

    stars = mu + b_user + b_movie + the rest

Both biases are damped (Koren, Bell and Volinsky, "Matrix factorization techniques for recommender
systems", 2009): b_user towards 0, b_movie towards a regression on its features and popularity.

A movie without ratings is either one that a club may watch, such as a new release, or one that
hardly anybody watches; the two differ by half a star. Its features and year tell which is likelier.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import linalg, sparse
from scipy.special import bdtrc

from recommender.dataset import RatingRows

ROUNDS = 15
CLUB_SIZE, SEEN_BY = 8, 3
RARE = 2  # ratings up to which a movie counts as one that hardly anybody watches
PENALTY, CLUB_PENALTY = 10.0, 60.0  # of the regressions of item biases, all and of club movies
SPREAD_PENALTY = 100.0  # of the regression of movies' spreads
MANY = 10  # features from which on more say no more about how well a movie is known
SPREAD_DAMPING, TINY = 20.0, 1e-9  # ratings; stars², where all agree
CLUB_PRIOR = 0.8  # probability that an unrated movie is one that a club may watch, before features


def damped_mean(
    index: np.ndarray, values: np.ndarray, size: int, damping: float, prior: np.ndarray | float = 0
) -> np.ndarray:
    """Return the mean of `values` by `index`, mixed with `damping` values equal to the prior.

    >>> damped_mean(np.array([0, 0, 1]), np.array([1.0, 3.0, 2.0]), size=2, damping=2.0)
    array([1.        , 0.66666667])
    """
    count = np.bincount(index, minlength=size)
    return (np.bincount(index, values, minlength=size) + damping * prior) / (count + damping)


def offsets(
    ratings: RatingRows, damping: float, prior: np.ndarray | float = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Return user biases (n_users,) and item biases (n_movies,), stars, by alternating means.

    Args:
        damping: how many average ratings each bias is mixed with.
        prior: (n_movies,) an item bias before any rating, stars.
    """
    rest = ratings.stars - ratings.stars.mean()
    of_user = np.zeros(ratings.n_users)
    of_movie = np.zeros(ratings.n_movies)
    for _ in range(ROUNDS):
        left = rest - of_user[ratings.user]
        of_movie = damped_mean(ratings.movie, left, ratings.n_movies, damping, prior)
        left = rest - of_movie[ratings.movie]
        of_user = damped_mean(ratings.user, left, ratings.n_users, damping)
    return of_user, of_movie


def weighted_ridge(
    content: sparse.csr_matrix, target: np.ndarray, weight: np.ndarray, penalty: float
) -> np.ndarray:
    """Return the coefficients of a ridge regression, (n_features,) or (n_features, n_targets).

    Args:
        content: (n_movies, n_features).
        target: (n_movies,) or (n_movies, n_targets).
        weight: (n_movies,); a movie of weight 0 does not count.
        penalty: added to the diagonal.
    """
    X = content.astype(np.float64)
    weighted = X.multiply(weight[:, None]).tocsr()
    gram = (X.T @ weighted).toarray()
    gram[np.diag_indices_from(gram)] += penalty
    return linalg.solve(gram, weighted.T @ target, assume_a="pos")


def with_constant(features: sparse.csr_matrix) -> sparse.csr_matrix:
    """Return `features` with a last column of ones."""
    ones = np.ones((features.shape[0], 1), features.dtype)
    return sparse.hstack([features, ones], format="csr")


def club_weight(counts: np.ndarray, n_users: int) -> np.ndarray:
    """Return how much a movie says about the movies that a club considers, (n_movies,), mean 5.

    Its ratings times the probability that three of eight friends have seen it. A movie without
    ratings that a club considers is like these, not like the average of a catalogue.
    """
    seen = np.minimum(2 * counts / n_users, 0.9)
    weight = counts * bdtrc(SEEN_BY - 1, CLUB_SIZE, seen)
    if not weight.any():
        weight = counts
    return 5 * weight / weight[counts > 0].mean()


def club_probability(features: sparse.csr_matrix, counts: np.ndarray, n_users: int) -> np.ndarray:
    """Return the probability (0..1) that a movie is one that clubs watch, by features, (n_movies,).

    A logistic regression tells movies that clubs watch from those with one or two ratings; the
    density of the features decides, also how many there are.

    Args:
        features: (n_movies, n_features), rows of length 1.
        counts: (n_movies,) ratings of each movie.
    """
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415  (commands start without it)

    club, rare = club_weight(counts, n_users), ((counts > 0) & (counts <= RARE)).astype(np.float64)
    if not rare.any():
        return np.ones(len(counts))
    number = np.minimum(np.diff(features.indptr), MANY)[:, None] / MANY
    known = sparse.hstack([features, number], format="csr")
    at = np.concatenate([np.flatnonzero(club), np.flatnonzero(rare)])
    label = np.repeat([True, False], [np.count_nonzero(club), np.count_nonzero(rare)])
    # As many effective observations as the smaller class has.
    size = 2 * min(club.sum() ** 2 / (club**2).sum(), rare.sum())
    weight = np.where(label, CLUB_PRIOR * club[at] / club.sum(), (1 - CLUB_PRIOR) / rare.sum())
    classifier = LogisticRegression(max_iter=500).fit(known[at], label, sample_weight=size * weight)
    return np.asarray(classifier.predict_proba(known)[:, 1])


@dataclass(frozen=True)
class Bias:
    """Item and user biases of a Dataset."""

    mu: float  # mean of all ratings, stars
    movie: np.ndarray  # (n_movies,) item bias of the given ratings: how far they lie from mu, stars
    # (n_movies,) item bias for a member who has not seen the movie yet, stars; `movie` for rated
    # ones, for the others a mixture by `club_probability`
    expected: np.ndarray
    uncertainty: np.ndarray  # (n_movies,) variance of `expected`, stars²
    # (n_features + 1,) stars that each feature adds for movies that clubs watch, then a constant
    coefficients: np.ndarray
    # (n_users,) user bias: how far each rater's stars lie above their movies' bias, stars
    user: np.ndarray
    # (n_movies,) how much further the stars of different members lie apart than for other movies
    # (1), in variance
    spread: np.ndarray
    damping: float  # how many average ratings a bias is mixed with

    @classmethod
    def fit(
        cls,
        ratings: RatingRows,
        features: sparse.csr_matrix,
        *,
        damping: float = 10.0,
        variance: float = 0.45,
        club_variance: float = 0.2,
        new: np.ndarray | None = None,
    ) -> Bias:
        """Fit the biases, and the regressions that they are damped towards.

        Args:
            features: (n_movies, n_features), rows of length 1.
            damping: how many average ratings a bias is mixed with.
            variance, club_variance: of an item bias around its regression, stars², and of one of
                the movies that clubs watch.
            new: (n_movies,) bool: a movie that has no ratings because it came after them.
        """
        counts = np.bincount(ratings.movie, minlength=ratings.n_movies).astype(np.float64)
        plain = with_constant(features)
        known = sparse.hstack([plain, _popularity(counts)], format="csr")
        mu = float(ratings.stars.mean())

        def mean_residual(of_user: np.ndarray) -> np.ndarray:
            rest = ratings.stars - mu - of_user[ratings.user]
            return np.bincount(ratings.movie, rest, minlength=len(counts)) / np.maximum(counts, 1)

        of_user, movie = offsets(ratings, damping)
        for _ in range(2):
            weight = counts / (0.1 * counts + 1)
            prior = known @ weighted_ridge(known, mean_residual(of_user), weight, PENALTY)
            of_user, movie = offsets(ratings, damping, prior)
        raw, total = mean_residual(of_user), counts + damping
        weight = club_weight(counts, ratings.n_users)
        coefficients = weighted_ridge(plain, raw, weight, CLUB_PENALTY)
        club = club_probability(features, counts, ratings.n_users)
        if new is not None:
            club = np.where(new, 1.0, club)
        club = np.where(counts > 0, 0.0, club)
        apart = plain @ coefficients - prior
        prior += club * apart
        expected = (raw * counts + damping * prior) / total
        # Not to know which of the two a movie is adds to the variance of either.
        mixed = variance + club * (club_variance - variance) + club * (1 - club) * apart**2
        squares = (ratings.stars - mu - movie[ratings.movie] - of_user[ratings.user]) ** 2
        squares /= max(squares.mean(), TINY)
        of_rater = damped_mean(ratings.user, squares, ratings.n_users, SPREAD_DAMPING, 1.0)
        squares /= of_rater[ratings.user]
        squares /= max(squares.mean(), TINY)
        usual = damped_mean(ratings.movie, squares, ratings.n_movies, TINY, 1.0)
        weight = counts / (counts / SPREAD_DAMPING + 1)
        usual = 1 + plain @ weighted_ridge(plain, usual - 1, weight, SPREAD_PENALTY)
        spread = damped_mean(
            ratings.movie, squares, ratings.n_movies, SPREAD_DAMPING, np.clip(usual, 0.5, 2.0)
        )
        uncertainty = mixed * damping / total
        return cls(mu, movie, expected, uncertainty, coefficients, of_user, spread, damping)


def _popularity(counts: np.ndarray) -> np.ndarray:
    """Return two columns of how often a movie was rated: better movies are rated more often."""
    logs = np.log1p(counts)
    rated = logs[counts > 0]
    spread = rated.std()
    scaled = (logs - rated.mean()) / (spread if spread > 0 else 1.0)
    return np.column_stack([0.5 * scaled, 0.3 * (scaled**2 - 1)])
