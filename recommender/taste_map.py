"""A map of the item embeddings: movies lie near each other when the same people choose them.

Embeddings have some two hundred dimensions. t-SNE (van der Maaten and Hinton, 2008) keeps nearest
neighbours; how far apart two regions lie means little, and no axis has a name. So the map names its
regions by the keywords that stand out in them.
"""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.manifold import TSNE

from recommender.columns import MOVIE
from recommender.model import HybridModel

MOVIES, FEWEST = 2000, 30  # on the map; fewer than that is no map
PERPLEXITY = 30.0
REGIONS, LABELS = 11, 2
SEEN_IN, STANDS_OUT = 4, 2.0  # movies of a region, and times as often as elsewhere


def draw_map(model: HybridModel, limit: int = MOVIES, seed: int = 0) -> pd.DataFrame:
    """Lay the most rated movies out on a plane; the same model and seed give the same map.

    Args:
        limit: how many movies; 2,000 take some ten seconds.

    Returns:
        movie_id, x, y (-1..1), the most rated first; no rows with fewer than 30 rated movies or a
        model without embeddings.
    """
    order = np.argsort(-model.counts, kind="stable")[:limit]
    rows = order[model.counts[order] > 0]
    if len(rows) < FEWEST or not model.kernel.embeddings.shape[1]:
        return pd.DataFrame([], columns=[MOVIE, "x", "y"])
    perplexity = min(PERPLEXITY, len(rows) / 4)
    tsne = TSNE(init="pca", perplexity=perplexity, random_state=seed, n_jobs=1, metric="euclidean")
    plane = tsne.fit_transform(model.kernel.embeddings[rows]).astype(np.float64)
    plane -= (plane.max(axis=0) + plane.min(axis=0)) / 2
    plane /= np.abs(plane).max(axis=0)
    return pd.DataFrame({MOVIE: model.movie_ids[rows], "x": plane[:, 0], "y": plane[:, 1]})


def regions(places: pd.DataFrame, keywords: pd.Series, n: int = REGIONS) -> pd.DataFrame:
    """Name regions of a map by keywords that occur there much more often than elsewhere.

    Args:
        places: from `draw_map`.
        keywords: index movie_id, tuples.
        n: number of regions (k-means).

    Returns:
        x, y (the middle), label ("heist, twist ending"), movies (in the region). Regions where
        nothing stands out have no row.
    """
    if len(places) < n:
        return pd.DataFrame([], columns=["x", "y", "label", "movies"])
    found = KMeans(n, n_init=4, random_state=0).fit(places[["x", "y"]].to_numpy())
    words = [terms if isinstance(terms, tuple) else () for terms in keywords.reindex(places[MOVIE])]
    everywhere = Counter(word for terms in words for word in terms)
    rows, used = [], set[str]()
    for part in np.argsort(-np.bincount(found.labels_), kind="stable"):
        inside = np.flatnonzero(found.labels_ == part)
        here = Counter(word for i in inside for word in words[i])
        share = len(inside) / len(places)
        lift = {
            word: count / (everywhere[word] * share)
            for word, count in here.items()
            if count >= SEEN_IN and word not in used
        }
        telling = sorted(
            (word for word in lift if lift[word] >= STANDS_OUT),
            key=lambda word: (-here[word] * np.log(lift[word]), word),
        )[:LABELS]
        used.update(telling)
        if telling:
            x, y = found.cluster_centers_[part]
            rows.append((x, y, ", ".join(telling), len(inside)))
    return pd.DataFrame(rows, columns=["x", "y", "label", "movies"])
