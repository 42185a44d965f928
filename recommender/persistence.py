"""Save and load a model as arrays and JSON: nothing that is read can run code."""

from __future__ import annotations

import hashlib
import json
import struct
import tokenize
import zipfile
import zlib
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from recommender.bias import Bias
from recommender.errors import ModelFileError
from recommender.features import MovieFeatures
from recommender.kernel import Space
from recommender.options import TrainingOptions
from recommender.swap import replacing, whole

if TYPE_CHECKING:
    from recommender.model import HybridModel

FORMAT = 7
ARRAYS, FACTS = "arrays.npz", "model.json"
# All that readers of JSON, ZIPs and arrays raise where something is wrong with the bytes.
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    tokenize.TokenError,
    OSError,
    EOFError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    MemoryError,
    RuntimeError,  # NotImplementedError and RecursionError are such
)


def check_target(folder: Path) -> None:
    """Refuse a folder with anything else in it, since saving replaces the folder whole.

    Raises:
        ModelFileError: the folder is neither new nor empty nor a saved model.
    """
    if folder.is_file() or (
        folder.is_dir() and any(folder.iterdir()) and not (folder / FACTS).exists()
    ):
        raise ModelFileError(f"{folder} exists and is no saved model; choose a new folder.")


def save(model: HybridModel, folder: Path) -> None:
    """Write `model` beside `folder` and swap it in, so that a reader sees all or nothing."""
    check_target(folder)
    with replacing(folder) as fresh:
        words, surprises = model.space.words, model.space.surprises
        np.savez(
            fresh / ARRAYS,
            movie_ids=model.movie_ids,
            counts=model.counts,
            movie=model.bias.movie,
            expected=model.bias.expected,
            word_stars=model.bias.words,
            uncertainty=model.bias.uncertainty,
            user=model.bias.user,
            user_ids=model.user_ids,
            places=model.space.places,
            crowd=model.space.crowd,
            word_places=model.word_places,
            cuts=model.cuts,
            words_data=words.data,
            words_indices=words.indices,
            words_indptr=words.indptr,
            surprises_data=surprises.data,
            surprises_indices=surprises.indices,
            surprises_indptr=surprises.indptr,
        )
        facts = {
            "format": FORMAT,
            "sha256": hashlib.sha256((fresh / ARRAYS).read_bytes()).hexdigest(),
            "trained_at": model.trained_at.isoformat(),
            "n_ratings": model.n_ratings,
            "mu": model.bias.mu,
            "spread": model.spread,
            "marginal": model.marginal,
            "options": asdict(model.options),
            "features": model.features.names,
        }
        (fresh / FACTS).write_text(json.dumps(facts, indent=1), "utf-8")


def load(folder: Path) -> HybridModel:
    """Read a model, refusing whatever is not exactly what `save` wrote."""
    from recommender.model import HybridModel  # noqa: PLC0415  (a cycle)

    place = whole(folder)
    try:
        facts = json.loads((place / FACTS).read_text("utf-8"))
        if facts["format"] != FORMAT:
            raise ModelFileError(
                f"The model in {folder.name} was saved by another version; train it again."
            )
        digest = hashlib.sha256((place / ARRAYS).read_bytes()).hexdigest()
        if digest != facts["sha256"]:
            raise ModelFileError(f"The model in {folder.name} is damaged; train it again.")
        with np.load(place / ARRAYS, allow_pickle=False) as arrays:
            a = dict(arrays)
        names = tuple(facts["features"])

        def by_movie(name: str, width: int) -> sparse.csr_matrix:
            parts = tuple(a[f"{name}_{part}"] for part in ("data", "indices", "indptr"))
            return sparse.csr_matrix(parts, shape=(len(a["movie_ids"]), width))

        options = TrainingOptions(**facts["options"])
        return HybridModel(
            options=options,
            features=MovieFeatures(names),
            movie_ids=a["movie_ids"],
            counts=a["counts"],
            bias=Bias(
                mu=facts["mu"],
                movie=a["movie"],
                expected=a["expected"],
                words=a["word_stars"],
                uncertainty=a["uncertainty"],
                user=a["user"],
                damping=options.damping,
            ),
            space=Space(
                a["places"],
                by_movie("words", len(names)),
                a["crowd"],
                by_movie("surprises", len(a["user_ids"])),
                options.variances,
            ),
            word_places=a["word_places"],
            spread=facts["spread"],
            marginal=facts["marginal"],
            cuts=a["cuts"],
            user_ids=a["user_ids"],
            n_ratings=facts["n_ratings"],
            trained_at=datetime.fromisoformat(facts["trained_at"]),
        )
    except FileNotFoundError:
        raise ModelFileError(f"There is no trained model in {folder.name}; train one.") from None
    except DAMAGE:
        raise ModelFileError(f"The model in {folder.name} is damaged; train it again.") from None
