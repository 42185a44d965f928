"""LightFM's part of the model: item embeddings.

LightFM's scores have no scale and rank movies for one user only. What it learns very well is where
a movie lies among others, so the direction of its item representation is all that is kept.
"""

from __future__ import annotations

import itertools
import logging
import os
import re
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse

from recommender.dataset import RatingRows
from recommender.errors import DataError, RecommenderError
from recommender.features import scale_rows, with_identity
from recommender.persistence import write_atomically

log = logging.getLogger(__name__)

Progress = Callable[[int, int], None]

LOSSES: Mapping[str, str] = {  # LightFM's losses, and when to choose each
    "warp": "puts what people watched at the top of the list; the best start for most data",
    "bpr": "puts what people watched above what they did not, anywhere in the list; smoother",
    "logistic": "tells what was liked from what was not; the only one that reads low ratings",
    "warp-kos": "WARP for the movies that people care about most; for those who rate a lot",
}


def check_processor(wheel: str | None = None, information: Path = Path("/proc/cpuinfo")) -> None:
    """Make sure that LightFM runs here, where it would end the process without a word.

    Its wheels for Linux on x86-64 need AVX2; what was compiled on this machine does not.

    Args:
        wheel: metadata of LightFM's wheel; those of the installed one by default.

    Raises:
        RecommenderError: the processor has no AVX2.
    """
    if wheel is None:
        wheel = distribution("lightfm-next").read_text("WHEEL") or ""
    if not re.search(r"manylinux.*x86_64", wheel) or not information.exists():
        return
    if not re.search(r"^flags\b.*\bavx2\b", information.read_text(), re.MULTILINE):
        raise RecommenderError(
            "This processor has no AVX2, which LightFM's wheel needs to learn. Build it here: "
            "pip install --no-binary lightfm-next --force-reinstall lightfm-next"
        )


def fit_lightfm(
    positives: sparse.coo_matrix,
    item_features: sparse.csr_matrix,
    *,
    loss: str = "warp",
    weights: np.ndarray | None = None,
    user_features: sparse.csr_matrix | None = None,
    components: int,
    epochs: int,
    learning_rate: float = 0.05,
    alpha: float = 0.0,
    seed: int = 0,
    on_epoch: Callable[[Any], None] | None = None,
) -> Any:
    """Fit LightFM on one thread: the same seed gives the same bits.

    Args:
        positives: (n_users, n_movies), above zero where a user chose a movie, below where they
            turned it down, which only the logistic loss reads.
        item_features: (n_movies, n_features), rows in the order of the columns of `positives`.
        loss: one of `LOSSES`.
        weights: how much each entry of `positives` counts, in their order; not for "warp-kos".
        user_features: (n_users, n_user_features); identity by default.
        alpha: penalty on user and item features.
        on_epoch: called with the model after each epoch.

    Raises:
        DataError: the embeddings grew without end.
        RecommenderError: LightFM does not run on this processor.
    """
    check_processor()
    # Takes a second to import, which a page that only predicts need not wait for.
    from lightfm import LightFM  # noqa: PLC0415

    if positives.shape[1] != item_features.shape[0]:
        raise ValueError("one row of item features is needed for each column of the interactions")
    model = LightFM(
        no_components=components,
        loss=loss,
        learning_rate=learning_rate,
        item_alpha=alpha,
        user_alpha=alpha,
        random_state=seed,
    )
    # Copies, because LightFM needs arrays that it may write to.
    places = positives.row.astype(np.int32), positives.col.astype(np.int32)

    def matrix(values: np.ndarray) -> sparse.coo_matrix:
        return sparse.coo_matrix((values.astype(np.float32), places), shape=positives.shape)

    chosen = matrix(np.where(positives.data < 0, -1, 1))
    for _ in range(epochs):
        try:
            model.fit_partial(
                chosen,
                item_features=item_features,
                user_features=user_features,
                sample_weight=None if weights is None else matrix(weights),
                num_threads=1,
            )
        except ValueError as error:  # an embedding is infinite
            raise DataError("Learning diverged; choose a smaller learning rate.") from error
        if on_epoch is not None:
            on_epoch(model)
    return model


def learn_embeddings(
    ratings: RatingRows,
    liked: np.ndarray,
    content: sparse.csr_matrix,
    options: Mapping[str, Any],
    *,
    repeats: int,
    seed: int,
    on_epoch: Progress | None = None,
    jobs: int | None = None,
    kept: Path | None = None,
) -> np.ndarray:
    """Return item embeddings from several fits in parallel: two views, a few seeds each.

    One view says who rates what, the other who likes what; the logistic loss needs what was turned
    down as well, and has the second view only. Only rated movies take part: LightFM draws its
    negatives from all rows, so a movie without a rating would be pushed down.

    Args:
        liked: (n_ratings,) bool, the ratings above what was expected.
        content: (n_movies, n_features) 0/1.
        options: loss, components, epochs, learning_rate, alpha of each fit, see `fit_lightfm`.
        repeats: seeds of each view; what they do not agree on averages out.
        on_epoch: called with (epochs done, epochs in all), from one thread at a time.
        jobs: fits at once, all cores by default; the result is the same to the bit.
        kept: folder of fits that an earlier process finished with the same arguments; those that
            end now are kept there as well.

    Returns:
        (n_movies, n_fits * components) float32, rows of length 1, one seed after the other; 0
        for unrated movies.
    """
    rated = np.bincount(ratings.movie, minlength=ratings.n_movies) > 0
    item_features = scale_rows(with_identity(content, rated)[rated], 1)
    column = np.cumsum(rated) - 1
    shape = (ratings.n_users, int(rated.sum()))
    everything = np.ones_like(liked)
    if options["loss"] == "logistic":
        views = [(everything, np.where(liked, 1, -1))]
    else:
        views = [(view, np.ones(view.sum())) for view in (everything, liked) if view.any()]
    each = itertools.product(range(repeats), enumerate(views))
    fits = [(view, repeat, f"{repeat}-{number}.npy") for repeat, (number, view) in each]
    done, lock = itertools.count(1), threading.Lock()

    def report(_: object) -> None:
        if on_epoch is not None:
            with lock:
                on_epoch(next(done), len(fits) * options["epochs"])

    def fit(view: tuple[np.ndarray, np.ndarray], repeat: int, name: str) -> np.ndarray:
        file = None if kept is None else kept / name
        if file is not None and file.exists():
            with suppress(OSError, ValueError):  # unreadable: learned anew
                found = np.load(file, allow_pickle=False)
                for _ in range(options["epochs"]):
                    report(None)
                return found
        chosen, signs = view
        places = ratings.user[chosen], column[ratings.movie[chosen]]
        model = fit_lightfm(
            sparse.coo_matrix((signs, places), shape=shape),
            item_features,
            **options,
            seed=(1000 * seed + repeat) % 2**32,
            on_epoch=report,
        )
        found = item_features @ model.item_embeddings
        length = np.linalg.norm(found, axis=1, keepdims=True)
        found = (found / np.maximum(length, 1e-9)).astype(np.float32)
        if file is not None:
            try:
                write_atomically(file, lambda path: np.save(path, found, allow_pickle=False))
            except OSError:  # learning goes on
                log.warning("a fit could not be kept", exc_info=True)
        return found

    embeddings = np.zeros((ratings.n_movies, len(fits) * options["components"]), dtype=np.float32)
    # LightFM releases Python's lock, so fits share the cores.
    with ThreadPoolExecutor(jobs or os.cpu_count()) as pool:
        found = list(pool.map(fit, *zip(*fits, strict=True)))
    embeddings[rated] = np.hstack(found) / np.float32(np.sqrt(len(fits)))
    return embeddings
