"""The two published recipes that this project starts from, as published and mended.

**keyword**: an article's pipeline. The counts of the 100 most frequent plot keywords are the only
features; WARP, 50 components, 10 epochs; a member's scores are stretched to 0..5 stars.
**confidence**: a notebook's pipeline for reviews, on movies. Users and movies with more than five
ratings; each rating weighs 1 + 10 ln(1 + stars); user features are the genres of what was seen
before; item features are genres and five quantile bins, and one for missing, of each numeric
column (year, mean rating, number of ratings); identity blocks; WARP, 64 components, 20 epochs,
learning rate 0.05, alpha 1e-6.

`JUDGES` judges both beside simple rivals; a `RecipeModel` lets either, mended, predict for a club.
Mistakes as published, and mended otherwise:

1. Rows of features in another order than the interactions' columns (keyword): features are in the
   order in which the ratings first mention a movie, columns in the order of the ids as text.
2. Fit on train and test together (keyword). (confidence: means and numbers of ratings only.)
3. MovieLens ids joined with TMDB ids (keyword): a movie gets the keywords of the movie that has its
   number at TMDB. Reproduced only with `links`, since a Dataset knows no TMDB ids.
4. Apostrophes losing keywords (keyword): a row of keywords with an apostrophe fails to parse, and
   the movie gets the keywords of the row before it.
5. Low ratings taken as likes (both): one star counts like five. Mended: 4 stars or more, in fitting
   and in evaluation.
6. Train items not excluded from the test ranking (both): known movies fill the top of the list.

Published runs were not seeded; these are. Movies without any keyword have no row in the keyword
recipe's file and are left out of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd
from scipy import sparse

from recommender.columns import MEMBER, MOVIE, RATING, USER
from recommender.dataset import MAX_STARS, MIN_STARS, Dataset, check_ratings
from recommender.embeddings import Progress, fit_lightfm
from recommender.errors import DataError, RecommenderError
from recommender.evaluation.baselines import Axes, Popularity, Ranker, ranking_table
from recommender.evaluation.splits import random_split
from recommender.explain import FEATURE, LIMIT, MEAN, MEMBER_PART
from recommender.features import scale_rows, with_identity
from recommender.model import LIKED, HybridModel, Ids, TrainingOptions
from recommender.reactions import Reactions

TOP_KEYWORDS = 100
ALPHA = 10.0  # of the confidence 1 + ALPHA ln(1 + stars)
MIN_INTERACTIONS = 5
QUANTILES = 5
EXTRA = 480  # Jurassic Park, which the article keeps beside the club's own movies
SAMPLE = 5000  # users that the confidence recipe is judged on, at most

Links = Mapping[int, int]


def likes(ratings: pd.DataFrame) -> pd.DataFrame:
    """Return the ratings of 4 stars or more."""
    return ratings[ratings[RATING] >= LIKED]


class KeywordRecipe(Ranker):
    """Scores of the keyword recipe, for all movies with keywords (as published: rated ones)."""

    @classmethod
    def fit(
        cls, data: Dataset, *, seed: int = 0, as_published: bool = False, links: Links | None = None
    ) -> Self:
        """Fit the recipe.

        Args:
            as_published: with mistakes 1, 3 (given `links`), 4 and 5.
            links: TMDB id of each movie_id.

        Raises:
            DataError: no movie with keywords was liked (as published: rated).
        """
        words = data.movies["keywords"]
        words = published_words(words, links) if as_published else words
        words = words[[len(terms) > 0 for terms in words]]
        merged = data.ratings[data.ratings[MOVIE].isin(words.index)]
        positives = merged if as_published else likes(merged)
        if positives.empty:
            raise DataError("The keyword recipe needs likes of movies that have keywords.")
        users = np.unique(merged[USER])
        if as_published:
            mentioned = merged[MOVIE].unique()
            axes = seen = Axes(users, np.array(sorted(mentioned, key=str)))
            features = of_seen = _keyword_counts(words.loc[mentioned])
        else:
            axes, seen = Axes(users, words.index.to_numpy()), Axes(users, np.unique(merged[MOVIE]))
            features = _keyword_counts(words)
            of_seen = features[axes.columns(pd.Series(seen.movie_ids))]
        model = fit_lightfm(seen.stars(positives), of_seen, components=50, epochs=10, seed=seed)
        return cls.of_lightfm(model, axes, features)


class ConfidenceRecipe(Ranker):
    """Scores of the confidence recipe, for users and movies with more than five ratings."""

    @classmethod
    def fit(
        cls,
        data: Dataset,
        *,
        seed: int = 0,
        as_published: bool = False,
        counted: pd.DataFrame | None = None,
    ) -> Self:
        """Fit the recipe.

        Args:
            as_published: every rating is a positive (mistake 5).
            counted: the ratings behind a movie's mean and number, those of `data` by default.

        Raises:
            DataError: no user and movie have enough ratings.
        """
        kept = active(data.ratings)
        axes = Axes.of(kept)
        genres = data.movies["genres"].reindex(axes.movie_ids)
        by_movie = (data.ratings if counted is None else counted).groupby(MOVIE)[RATING]
        numeric = {
            "year": data.movies["year"].astype("float64"),
            "mean": by_movie.mean(),
            "ratings": by_movie.size().astype("float64"),
        }
        bins = [
            name + "=" + quantile_bins(values.reindex(genres.index), kept[MOVIE])
            for name, values in numeric.items()
        ]
        items = [[*row, *tokens] for row, *tokens in zip(genres, *bins, strict=True)]
        seen = kept[MOVIE].map(genres).groupby(kept[USER]).agg(lambda rows: set().union(*rows))
        item_features = _with_identity(_token_matrix(items))
        user_features = _with_identity(_token_matrix(seen.reindex(axes.user_ids)))
        positives = axes.stars(data.ratings if as_published else likes(kept))
        model = fit_lightfm(
            positives,
            item_features,
            weights=confidence(positives.data),
            user_features=user_features,
            components=64,
            epochs=20,
            learning_rate=0.05,
            alpha=1e-6,
            seed=seed,
        )
        return cls.of_lightfm(model, axes, item_features, user_features)


RECIPES: Mapping[str, type[KeywordRecipe] | type[ConfidenceRecipe]] = {
    "keyword": KeywordRecipe,
    "confidence": ConfidenceRecipe,
}


@dataclass(frozen=True, eq=False)
class RecipeModel(HybridModel):
    """A recipe that predicts for members: its scores, read as stars.

        stars = the member's mean + slope * (score, standardised over the recipe's movies)

    A recipe says nothing of its own uncertainty, so it is how far ratings held out of its fit lay
    from their predictions, the same for all. For a member or a movie that the recipe does not know,
    and for all else (who is alike, what to rate), there is the hybrid model without LightFM.
    """

    ranker: Ranker
    slope: float  # stars
    residual_sd: float  # stars

    @classmethod
    def fit(
        cls,
        data: Dataset,
        options: TrainingOptions | None = None,
        on_epoch: Progress | None = None,
        *,
        jobs: int | None = None,
        start: HybridModel | None = None,
        kept: Path | None = None,
    ) -> RecipeModel:
        """Fit the recipe that the options name, on four ratings in five and then on all.

        Raises:
            DataError: there is no such recipe, or too little data.
        """
        options, report = options or TrainingOptions(), on_epoch or (lambda *_: None)
        if options.recipe not in RECIPES:
            raise DataError(f"There is no recipe {options.recipe!r}: {' or '.join(RECIPES)}.")
        recipe = RECIPES[options.recipe]
        words = HybridModel.fit(data, replace(options, components=0), jobs=jobs)
        report(1, 3)
        train, test = random_split(data, options.seed)
        half, by_user = recipe.fit(train, seed=options.seed), train.ratings.groupby(USER)[RATING]
        scores, above = [], []
        for user, own in test.groupby(USER):
            scores.append(standard_scores(half, [user], own[MOVIE])[0])
            given = by_user.get_group(user) if user in by_user.groups else own[RATING].iloc[:0]
            above.append(own[RATING] - _level(words, given.sum(), len(given)))
        z, stars = np.concatenate(scores), np.concatenate(above)
        z, stars = z[~np.isnan(z)], stars[~np.isnan(z)]
        if not z.any():
            raise DataError("There is too little data for a recipe to predict from.")
        slope = float(z @ stars / (z @ z))
        report(2, 3)
        ranker = recipe.fit(data, seed=options.seed)
        report(3, 3)
        facts = {part.name: getattr(words, part.name) for part in fields(words) if part.init}
        sd = float(np.sqrt(np.mean((stars - slope * z) ** 2)))
        return cls(**facts | {"options": options}, ranker=ranker, slope=slope, residual_sd=sd)

    def react(
        self, member_ratings: pd.DataFrame, movie_ids: Ids, member_ids: Sequence[int] | None = None
    ) -> Reactions:
        """Predict every member's stars for every movie; see `HybridModel.react`."""
        found = super().react(member_ratings, movie_ids, member_ids)
        z = standard_scores(self.ranker, found.member_ids, movie_ids)
        own = member_ratings.groupby(MEMBER)[RATING].agg(["sum", "size"])
        own = own.reindex(found.member_ids, fill_value=0)
        level = _level(self, own["sum"].to_numpy(), own["size"].to_numpy())
        stars = np.clip(level[:, None] + self.slope * z, MIN_STARS, MAX_STARS)
        shared = np.sqrt(self.bias.uncertainty[self.rows(movie_ids)])
        sd = np.maximum(self.residual_sd, shared)
        unknown = np.isnan(z)
        return replace(
            found,
            mean=np.where(unknown, found.mean, stars),
            sd=np.where(unknown, found.sd, sd),
        )

    def explain(self, member_ratings: pd.DataFrame, member_id: int, movie_id: int) -> pd.DataFrame:
        """Return the parts of one prediction; see `HybridModel.explain`."""
        z = float(standard_scores(self.ranker, [member_id], [movie_id])[0, 0])
        if np.isnan(z):
            return super().explain(member_ratings, member_id, movie_id)
        own = member_ratings.loc[member_ratings[MEMBER] == member_id]
        mean = float(self.react(own, [movie_id], [member_id]).mean[0, 0])
        level = float(_level(self, own[RATING].sum(), len(own)))
        parts = [
            (MEAN, "everyone's average", self.mean_rating),
            (MEMBER_PART, "generosity", level - self.mean_rating),
            (FEATURE, f"what the {self.options.recipe} recipe puts first", self.slope * z),
            (LIMIT, "stars end at 0.5 and 5", mean - level - self.slope * z),
        ]
        frame = pd.DataFrame(parts, columns=["kind", "label", "stars"])
        frame = frame.assign(**{MOVIE: pd.array([pd.NA] * len(frame), "Int64")}, stable=True)
        return frame[(frame["kind"] != LIMIT) | (frame["stars"].abs() > 1e-9)]


def _level(model: HybridModel, total: Any, n: Any) -> Any:
    """Return the damped mean of `n` ratings with a sum of `total` stars, elementwise."""
    damping = model.options.damping
    return (total + damping * model.mean_rating) / (n + damping)


def standard_scores(ranker: Ranker, user_ids: Sequence[int], movie_ids: Ids) -> np.ndarray:
    """Return each user's scores, standardised over all movies; NaN for whom or what is unknown.

    Returns:
        (n_users, n_movies).
    """
    row, column = ranker.axes.rows(pd.Series(user_ids)), ranker.axes.columns(pd.Series(movie_ids))
    scores = ranker.scores(row).astype(np.float64)
    spread = np.maximum(scores.std(axis=1, keepdims=True), 1e-9)
    z = (scores - scores.mean(axis=1, keepdims=True)) / spread
    return np.where((row >= 0)[:, None] & (column >= 0), z[:, column], np.nan)


def learn(
    data: Dataset,
    options: TrainingOptions,
    on_epoch: Progress | None = None,
    *,
    jobs: int | None = None,
    start: HybridModel | None = None,
    kept: Path | None = None,
) -> HybridModel:
    """Fit our model, or the recipe that the options name; see `HybridModel.fit`."""
    kind = RecipeModel if options.recipe else HybridModel
    return kind.fit(data, options, on_epoch, jobs=jobs, start=start, kept=kept)


def load(folder: Path) -> HybridModel:
    """Return the model that was saved in a folder, ours or a recipe; see `HybridModel.load`."""
    found = HybridModel.load(folder)
    return RecipeModel.load(folder) if found.options.recipe else found


def published_words(keywords: pd.Series, links: Links | None) -> pd.Series:
    """Return `keywords` (index movie_id, tuples) as the article's parser reads them."""
    parsed: list[tuple[str, ...]] = []
    for terms in keywords:
        broken = any("'" in term for term in terms)
        parsed.append((parsed[-1] if parsed else ()) if broken else terms)
    words = pd.Series(parsed, index=keywords.index, dtype=object)
    if links is None:
        return words
    taken_for = pd.Index([links.get(int(movie), -1) for movie in words.index])
    return words.set_axis(taken_for)[(taken_for >= 0) & ~taken_for.duplicated()]


def _keyword_counts(words: pd.Series) -> sparse.csr_matrix:
    """Count the most frequent keywords: (n_movies, 100 or fewer), rows in the order of `words`."""
    lower = [[term.lower() for term in terms] for terms in words]
    counts = Counter(term for terms in lower for term in terms)
    top = {term for term, _ in sorted(counts.items(), key=lambda c: (-c[1], c[0]))[:TOP_KEYWORDS]}
    return _token_matrix([term for term in terms if term in top] for terms in lower)


def _token_matrix(rows: Iterable[Iterable[str]]) -> sparse.csr_matrix:
    """Return how often each token (columns, sorted) occurs in each row, float32."""
    lists = pd.Series([list(row) for row in rows], dtype=object)
    tokens = lists.explode().dropna()
    column, names = pd.factorize(tokens, sort=True)
    ones = np.ones(len(column), dtype=np.float32)
    return sparse.csr_matrix((ones, (tokens.index, column)), shape=(len(lists), len(names)))


def _with_identity(tokens: sparse.csr_matrix) -> sparse.csr_matrix:
    return scale_rows(with_identity(tokens, np.ones(tokens.shape[0], dtype=bool)), 1)


def confidence(stars: np.ndarray) -> np.ndarray:
    """Return how much a rating weighs: 1 + 10 ln(1 + stars)."""
    return 1 + ALPHA * np.log1p(stars)


def active(ratings: pd.DataFrame) -> pd.DataFrame:
    """Return the ratings whose user and movie both have more than five in `ratings`.

    Raises:
        DataError: nothing is left.
    """
    sizes = [ratings.groupby(column)[RATING].transform("size") for column in (USER, MOVIE)]
    kept = ratings[np.minimum(*sizes) > MIN_INTERACTIONS]
    if kept.empty:
        raise DataError(f"Nobody rated more than {MIN_INTERACTIONS} movies that others rated too.")
    return kept


def quantile_bins(values: pd.Series, interactions: pd.Series) -> pd.Series:
    """Cut `values` (index movie_id) into five bins, "0" to "4", and "Missing".

    As in the notebook, a fifth of the `interactions` (movie ids) falls into each bin, not a fifth
    of the movies; equal edges make fewer bins.
    """
    known = interactions.map(values).dropna()
    if known.empty:
        return pd.Series("Missing", index=values.index)
    edges = np.unique(np.quantile(known, np.linspace(0, 1, QUANTILES + 1)))
    number = np.searchsorted(edges[1:-1], values, side="left").astype(str)
    return pd.Series(np.where(values.isna(), "Missing", number), index=values.index)


def keyword(
    data: Dataset, as_published: bool = False, links: Links | None = None, seed: int = 0
) -> pd.DataFrame:
    """Judge the keyword recipe by lists of 5, beside popularity, on a random 80/20 split.

    Args:
        as_published: keep the mistakes that this module lists.
        links: TMDB id of each movie_id, to reproduce mistake 3.

    Returns:
        model, split ("train" or "test"), metric, value.

    Raises:
        DataError: there is too little data.
    """
    train, test = random_split(data, seed)
    fitted = data if as_published else train
    ranker: Ranker = KeywordRecipe.fit(fitted, seed=seed, as_published=as_published, links=links)
    if not as_published:  # a movie that nobody rated can be no hit
        rated = np.intersect1d(ranker.axes.movie_ids, train.ratings[MOVIE])
        ranker = ranker.among(rated)
    rankers = {"keyword recipe": ranker, "popularity": Popularity.fit(train, ranker.axes)}
    if as_published:
        return ranking_table(rankers, train.ratings, test, known=None, k=5)
    return ranking_table(rankers, likes(train.ratings), likes(test), known=train.ratings, k=5)


def confident(
    data: Dataset, as_published: bool = False, links: Links | None = None, seed: int = 0
) -> pd.DataFrame:
    """Judge the confidence recipe by lists of 10, on a sample of users with more than five ratings.

    Beside popularity and, where `implicit` is installed, matrix factorisation of implicit feedback.
    Arguments, result and errors are those of `keyword`; there are no links to mix up.
    """
    train, test = random_split(data, seed)
    counted = data.ratings if as_published else None
    ranker = ConfidenceRecipe.fit(train, seed=seed, as_published=as_published, counted=counted)
    axes, learned = ranker.axes, active(train.ratings)
    learned = learned if as_published else likes(learned)
    popularity = Popularity.fit(Dataset(learned, data.movies), axes)
    rankers: dict[str, Ranker] = {"confidence recipe": ranker, "popularity": popularity}
    if find_spec("implicit"):
        watched = axes.stars(learned)
        watched.data = confidence(watched.data)
        rankers["matrix factorisation"] = als_ranker(axes, watched, seed, factors=64)
    wanted = test if as_published else likes(test)
    wanted = wanted[wanted[USER].isin(axes.user_ids) & wanted[MOVIE].isin(axes.movie_ids)]
    known = None if as_published else train.ratings
    rng = np.random.default_rng(seed)
    return ranking_table(rankers, _sample(learned, rng), _sample(wanted, rng), known=known, k=10)


JUDGES = {"keyword": keyword, "confidence": confident}


def _sample(ratings: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Keep the rows of at most SAMPLE users, drawn among those with more than five."""
    counts = ratings[USER].value_counts().sort_index()
    users = counts.index[counts > MIN_INTERACTIONS].to_numpy()
    chosen = rng.choice(users, size=min(SAMPLE, len(users)), replace=False)
    return ratings[ratings[USER].isin(chosen)]


def als_ranker(axes: Axes, weights: sparse.coo_matrix, seed: int, factors: int) -> Ranker:
    """Factorise implicit feedback by alternating least squares (Hu, Koren and Volinsky, 2008).

    Args:
        weights: (n_users, n_movies), of each choice.
    """
    from implicit.als import AlternatingLeastSquares  # noqa: PLC0415

    model = AlternatingLeastSquares(factors=factors, num_threads=1, random_state=seed)
    model.fit(weights.tocsr(), show_progress=False)
    users, movies = (f.astype(np.float64) for f in (model.user_factors, model.item_factors))
    return Ranker(axes, users, movies, np.zeros(len(movies)))


def read_links(file: Path) -> dict[int, int]:
    """Return the TMDB id of each MovieLens id in a links.csv; movies without one are left out.

    Raises:
        RecommenderError: the file cannot be read, or has no such columns.
    """
    frame = _read(file, ["movieId", "tmdbId"])
    return dict(zip(frame["movieId"].tolist(), frame["tmdbId"].tolist(), strict=True))


def read_club(file: Path) -> pd.DataFrame:
    """Return the ratings of a movieclub.csv: user_id, movie_id (MovieLens ids), rating.

    Raises:
        RecommenderError: the file cannot be read, or has no such columns.
    """
    frame = _read(file, ["userId", "movieId", "rating"])
    names = {"userId": USER, "movieId": MOVIE, "rating": RATING}
    return frame.rename(columns=names).drop_duplicates([USER, MOVIE], keep="last")


def with_club(data: Dataset, club: pd.DataFrame, only_theirs: bool = False) -> Dataset:
    """Return the data with a club's ratings beside those of others, as the article joins them.

    Args:
        club: user_id, movie_id, rating; movies that `data` does not list are left out. Users who
            are in `data` too get ids of their own.
        only_theirs: keep only the ratings of movies that the club rated, and of `EXTRA`.

    Raises:
        DataError: nothing of the club's is known, or a rating is no number of stars.
    """
    club = check_ratings(club)[[USER, MOVIE, RATING]]
    known = club[club[MOVIE].isin(data.movies.index)]
    if known.empty:
        raise DataError("None of the club's movies is in the data; its ids are to be MovieLens'.")
    if np.isin(known[USER], data.user_ids).any():
        known = known.assign(**{USER: known[USER] + data.user_ids.max() + 1})
    both = pd.concat([data.ratings[[USER, MOVIE, RATING]], known], ignore_index=True)
    joined = Dataset(both, data.movies)
    return joined.of_movies([*known[MOVIE].unique(), EXTRA]) if only_theirs else joined


def _read(file: Path, columns: list[str]) -> pd.DataFrame:
    try:
        frame = pd.read_csv(file, usecols=columns).dropna()[columns]
        ids = [name for name in columns if name != "rating"]
        return frame.astype(dict.fromkeys(ids, "int64"))
    except (OSError, ValueError):
        raise RecommenderError(f"{file} is no CSV file with {' and '.join(columns)}.") from None
