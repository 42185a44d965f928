"""Atomic writes of files and folders, and saved models as arrays and JSON (never pickle).

Every write goes to a temporary name beside its target, is flushed to the disk and renamed at the
end: a reader, or a program that starts after a crash, finds the old content or the new one.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

import numpy as np
from scipy import sparse

from recommender.errors import ModelFileError

T = TypeVar("T")
CSR = ("data", "indices", "indptr", "shape")
ARRAYS, FACTS = "arrays.npz", "model.json"
# Processes share what they map; Windows would not let a mapped file be replaced.
MAP = None if os.name == "nt" else "r"
LEFTOVER_AGE = 86_400  # seconds after which a temporary name was left behind by a killed program


def write_atomically(path: Path, write: Callable[[Path], object], *, mode: int = 0o600) -> None:
    """Replace a file by what `write` puts into a temporary file beside it.

    Args:
        path: the file; its folder is created where it is missing.
        write: called with the path of an empty temporary file.
        mode: permission bits of the new file.

    Raises:
        OSError: something cannot be written; the old file is unchanged.
    """
    path = path.resolve()  # a symbolic link stays one
    with _temporary(path) as folder:
        fresh = folder / path.name
        fresh.touch(mode)
        write(fresh)
        fresh.chmod(mode)
        _sync(fresh)
        fresh.replace(path)
        _sync(path.parent)


def write_folder_atomically(folder: Path, write: Callable[[Path], object]) -> None:
    """Replace a folder, with all that is in it, by one that `write` fills.

    A folder cannot be renamed over another one, so for a moment the old one has another name;
    read through `current_folder`, and remove with `remove_folder`.

    Args:
        folder: its parent is created where it is missing.
        write: called with the path of an empty temporary folder beside it; writes files only.

    Raises:
        OSError: something cannot be written; the old folder is unchanged.
    """
    with _temporary(folder) as fresh:
        write(fresh)
        for path in (*fresh.iterdir(), fresh):
            _sync(path)
        old = _old(folder)
        if folder.exists():  # otherwise a killed program left `old` as the only copy
            shutil.rmtree(old, ignore_errors=True)
            folder.replace(old)
        fresh.replace(folder)
        _sync(folder.parent)
        shutil.rmtree(old, ignore_errors=True)


def current_folder(folder: Path) -> Path:
    """Return where the content of `folder` lies, also while it is being replaced."""
    return folder if folder.exists() or not _old(folder).exists() else _old(folder)


def remove_folder(folder: Path) -> None:
    """Remove a folder at once, wherever `current_folder` finds it."""
    removed = folder.with_name(f".{folder.name}-removed")
    for path in (_old(folder), folder):  # in this order: otherwise the old one would come back
        shutil.rmtree(removed, ignore_errors=True)
        if path.exists():
            path.replace(removed)
    shutil.rmtree(removed, ignore_errors=True)


@contextlib.contextmanager
def _temporary(target: Path) -> Iterator[Path]:
    """Yield a new folder (mode 0700) beside `target`; afterwards remove it and old leftovers."""
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        yield fresh
        for path in target.parent.iterdir():
            with contextlib.suppress(FileNotFoundError):
                old = time.time() - path.stat().st_mtime > LEFTOVER_AGE
                if old and path.name.startswith(f".{target.name}-"):
                    shutil.rmtree(path, ignore_errors=True)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _old(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}-old")


def _sync(path: Path) -> None:
    """Flush a file, or the names in a folder, to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def check_target(folder: Path) -> None:
    """Refuse a folder with other content, since saving replaces the folder whole.

    Raises:
        ModelFileError: the folder is neither new nor empty nor a saved model.
    """
    if folder.is_file() or (
        folder.is_dir() and any(folder.iterdir()) and not (folder / FACTS).exists()
    ):
        raise ModelFileError(f"{folder} exists and is no saved model; choose a new folder.")


def save_model(folder: Path, version: int, model: Any, *, compact: bool = False) -> None:
    """Write a dataclass of arrays, facts and further dataclasses atomically.

    Args:
        version: of the fields; raised whenever their names, types or meaning change.
        model: its fields hold NumPy arrays, CSR matrices, datetimes, dataclasses, and whatever JSON
            can hold (lists come back as tuples).
        compact: one compressed file, with half of the bits of 32-bit numbers: a third of the size.
            Otherwise every array is a file, to be mapped into memory.

    Raises:
        ModelFileError: see `check_target`.
        OSError: something cannot be written; the old model is unchanged.
    """
    check_target(folder)
    facts: dict[str, Any] = {}
    arrays: dict[str, np.ndarray] = {}
    _pack("model", model, facts, arrays)

    def write(fresh: Path) -> None:
        if compact:
            halved = {
                name: array.astype(np.float16) if array.dtype == np.float32 else array
                for name, array in arrays.items()
            }
            np.savez_compressed(fresh / ARRAYS, allow_pickle=False, **halved)
        else:
            for name, array in arrays.items():
                np.save(fresh / f"{name}.npy", array, allow_pickle=False)
        content = {"format": version, "sha256": _checksum(facts, fresh), "facts": facts}
        (fresh / FACTS).write_text(json.dumps(content, indent=1), "utf-8")

    write_folder_atomically(folder, write)


def load_model(folder: Path, version: int, kind: type[T]) -> T:
    """Return the dataclass of type `kind` that `save_model` wrote; its arrays may be read-only.

    Raises:
        ModelFileError: there is no model, it is damaged, or it has another version.
    """
    place = current_folder(folder)
    damaged = ModelFileError(f"The model in {folder.name} is damaged; train it again.")
    try:
        content = json.loads((place / FACTS).read_text("utf-8"))
    except FileNotFoundError:
        raise ModelFileError(f"There is no trained model in {folder.name}; train one.") from None
    except (OSError, ValueError, RecursionError):  # unreadable, not UTF-8, not JSON, nested deeply
        raise damaged from None
    if not isinstance(content, dict) or "format" not in content:
        raise damaged
    if content["format"] != version:
        raise ModelFileError(
            f"The model in {folder.name} was saved by another version; train it again."
        )
    try:
        checksum = _checksum(content.get("facts"), place)
    except OSError:  # unreadable
        raise damaged from None
    if content.get("sha256") != checksum:
        raise damaged
    # From here on these are the bytes that `save_model` wrote: an error would be a bug.
    if (place / ARRAYS).exists():
        with np.load(place / ARRAYS, allow_pickle=False) as packed:
            arrays = {
                name: array.astype(np.float32) if array.dtype == np.float16 else array
                for name, array in packed.items()
            }
    else:
        arrays = {path.stem: np.load(path, MAP, allow_pickle=False) for path in _files(place)}
    found: T = _unpack("model", kind, content["facts"], arrays)
    return found


def _files(folder: Path) -> list[Path]:
    """Return the files of arrays in a model's folder."""
    return sorted(folder.glob("*.np[yz]"))


def _checksum(facts: Any, folder: Path) -> str:
    found = hashlib.sha256(json.dumps(facts, sort_keys=True).encode())
    for path in _files(folder):
        with path.open("rb") as file:
            while part := file.read(1 << 20):
                found.update(part)
    return found.hexdigest()


def _pack(name: str, value: Any, facts: dict[str, Any], arrays: dict[str, np.ndarray]) -> None:
    """Add `value` to `facts` or `arrays`, the fields of a dataclass as "name.field"."""
    if is_dataclass(value):
        for part in fields(value):
            if part.init:
                _pack(f"{name}.{part.name}", getattr(value, part.name), facts, arrays)
    elif isinstance(value, sparse.csr_matrix):
        for part_name in CSR:
            arrays[f"{name}.{part_name}"] = np.asarray(getattr(value, part_name))
    elif isinstance(value, np.ndarray):
        arrays[name] = value
    else:
        facts[name] = value.isoformat() if isinstance(value, datetime) else value


def _unpack(name: str, kind: Any, facts: Mapping[str, Any], arrays: Mapping[str, Any]) -> Any:
    """Return the value of type `kind` that `_pack` added under `name`."""
    if is_dataclass(kind):
        types = get_type_hints(kind)
        names = [part.name for part in fields(kind) if part.init]
        parts = {n: _unpack(f"{name}.{n}", types[n], facts, arrays) for n in names}
        return kind(**parts)  # type: ignore[operator]
    if kind is sparse.csr_matrix:
        data, indices, indptr, shape = (np.asarray(arrays[f"{name}.{part}"]) for part in CSR)
        return sparse.csr_matrix((data, indices, indptr), shape=tuple(shape.tolist()))
    if kind is np.ndarray:
        return np.asarray(arrays[name])
    value = datetime.fromisoformat(facts[name]) if kind is datetime else facts[name]
    return tuple(value) if isinstance(value, list) else value
