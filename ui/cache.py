"""One cache for whatever pages compute: a result is kept for as long as its arguments are the same.

The key of a result is made of the arguments of its function (see `cache_key`):

- a view of the club counts as the identity of its database, its version and its base dataset;
- a model or a dataset counts as itself: after learning, another object serves;
- a data frame counts as what it says, in a `HashedFrame`;
- numbers, texts, paths and tuples count as what they are.

So nothing goes stale: new arguments lead to a new result, and a page that still draws an old view
gets the results of that view. A function takes no more than it depends on: the reaction of one
member takes that member's ratings, not the view, and is not computed again when others rate.
"""

from __future__ import annotations

import hashlib
import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import cached_property, wraps
from typing import Any, Generic, ParamSpec, TypeVar

import numpy as np
import pandas as pd

Given = ParamSpec("Given")
Result = TypeVar("Result")


def cache_key(argument: object) -> Hashable:
    """Return what an argument counts as in a key: what it says itself, else what it is.

    Raises:
        TypeError: it is such as a bare data frame.
    """
    own: Hashable = getattr(argument, "cache_key", None)
    if own is not None:
        return own
    if argument is not None and type(argument).__eq__ is object.__eq__:
        return weakref.ref(argument)  # equal for the same living object, and does not keep it alive
    if isinstance(argument, tuple):
        return tuple(cache_key(part) for part in argument)
    hash(argument)
    return argument


@dataclass(frozen=True, eq=False)
class HashedFrame:
    """A data frame that counts as what it says."""

    frame: pd.DataFrame

    @cached_property
    def cache_key(self) -> str:
        """A hash of the index and of every column."""
        said = repr((self.frame.index.tolist(), self.frame.to_dict("list")))
        return hashlib.sha256(said.encode()).hexdigest()


@dataclass(frozen=True, eq=False)
class HashedIds:
    """Ids, thousands perhaps, that are hashed once for many keys."""

    ids: tuple[int, ...]

    @cached_property
    def cache_key(self) -> str:
        """A hash of the ids in their order."""
        return hashlib.sha256(np.array(self.ids, dtype=np.int64).tobytes()).hexdigest()


class Cache(Generic[Result]):
    """The latest results of one function, shared by all threads; the stalest goes first."""

    def __init__(self, max_entries: int) -> None:
        self._max_entries = max_entries
        self._lock = threading.Lock()
        self._results: OrderedDict[Hashable, Result] = OrderedDict()
        self._computing: dict[Hashable, threading.Lock] = {}

    def get(self, key: Hashable, compute: Callable[[], Result]) -> Result:
        """Return the result under `key`; the first thread that asks computes it, others wait.

        What `compute` raises is raised to who asked, and not kept.
        """
        with self._lock:
            if key in self._results:
                self._results.move_to_end(key)
                return self._results[key]
            computing = self._computing.setdefault(key, threading.Lock())
        with computing:
            with self._lock:
                if key in self._results:  # another thread was faster
                    return self._results[key]
            try:
                result = compute()
                with self._lock:
                    self._results[key] = result
                    if len(self._results) > self._max_entries:
                        self._results.popitem(last=False)
            finally:
                with self._lock:
                    self._computing.pop(key, None)
            return result


def cached(
    max_entries: int = 4,
) -> Callable[[Callable[Given, Result]], Callable[Given, Result]]:
    """Return a decorator that keeps `max_entries` results of a function under its arguments."""

    def decorate(function: Callable[Given, Result]) -> Callable[Given, Result]:
        cache: Cache[Result] = Cache(max_entries)

        @wraps(function)
        def get(*args: Given.args, **kwargs: Given.kwargs) -> Result:
            key = cache_key((*args, *sorted(kwargs.items())))
            return cache.get(key, lambda: function(*args, **kwargs))

        return get

    return decorate


def cached_under(
    *keys: Callable[[], Any],
) -> Callable[[Callable[..., Result]], Callable[[], Result]]:
    """Return a decorator for a function of what `keys` return, which is then called without it."""

    def decorate(function: Callable[..., Result]) -> Callable[[], Result]:
        keep = cached()(function)
        return wraps(function)(lambda: keep(*(key() for key in keys)))

    return decorate
