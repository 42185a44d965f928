"""Exchange a folder for another one, so that a reader finds the old or the new one, never none."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

DAY = 86_400  # seconds


@contextmanager
def replacing(folder: Path) -> Iterator[Path]:
    """A new folder beside `folder`, whose place it takes when it is filled; then old rests go.

    Whenever this ends, `whole` finds a folder that is all old or all new.

    Raises:
        OSError: something cannot be written; the old one is still there.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        yield fresh
        _swap(fresh, folder)
        _sweep(folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def whole(folder: Path) -> Path:
    """Return where the folder is: beside its place while, or since, it was being exchanged."""
    return folder if folder.exists() or not _old(folder).exists() else _old(folder)


def remove(folder: Path) -> None:
    """Remove a folder, wherever `whole` finds it; readers see it vanish at once."""
    gone = folder.with_name(f".{folder.name}-gone")
    for there in (_old(folder), folder):  # in this order, lest the old one serves again
        shutil.rmtree(gone, ignore_errors=True)
        if there.exists():
            there.replace(gone)
    shutil.rmtree(gone, ignore_errors=True)


def _swap(fresh: Path, folder: Path) -> None:
    for path in (*fresh.iterdir(), fresh):  # a power failure must leave no names without content
        _sync(path)
    old = _old(folder)
    if folder.exists():  # else `old` is all there is, left by one that was killed between the two
        shutil.rmtree(old, ignore_errors=True)
        folder.replace(old)
    fresh.replace(folder)
    _sync(folder.parent)
    shutil.rmtree(old, ignore_errors=True)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _old(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}-old")


def _sweep(folder: Path) -> None:
    """Remove what those that were killed left; one that is still at it needs less than a day."""
    for left in folder.parent.iterdir():
        if left.name.startswith(f".{folder.name}-"):
            with contextlib.suppress(FileNotFoundError):
                if time.time() - left.stat().st_mtime > DAY:
                    shutil.rmtree(left, ignore_errors=True)
