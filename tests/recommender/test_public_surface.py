"""Names and signatures that other packages rely on, and the examples in docstrings."""

import doctest
import importlib
import inspect
import pkgutil

import pytest

import recommender
from recommender import Dataset, HybridModel, Reactions
from recommender.group import rank


def parameters(function: object) -> list[str]:
    found = inspect.signature(function).parameters  # type: ignore[arg-type]
    return [name for name in found if name != "self"]


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (Dataset, ["ratings", "movies"]),
        (HybridModel.fit, ["data", "options", "on_epoch", "jobs", "start", "kept"]),
        (HybridModel.load, ["folder"]),
        (HybridModel.save, ["folder", "compact"]),
        (HybridModel.react, ["member_ratings", "movie_ids", "member_ids"]),
        (HybridModel.explain, ["member_ratings", "member_id", "movie_id"]),
        (HybridModel.predict, ["pairs", "data"]),
        (Reactions.interval, ["level"]),
        (Reactions.like_probability, ["stars"]),
        (rank, ["reactions", "strategy", "present", "veto_below", "debt"]),
    ],
)
def test_signatures(function: object, expected: list[str]) -> None:
    assert parameters(function) == expected


MODULES = [
    module.name
    for module in pkgutil.walk_packages(recommender.__path__, "recommender.")
    if not module.name.endswith("__main__")
]


@pytest.mark.parametrize("name", MODULES)
def test_docstring_examples(name: str) -> None:
    failed, _ = doctest.testmod(importlib.import_module(name))
    assert failed == 0
