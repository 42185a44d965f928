"""Answers of TMDB on disk: JSON files that expire, as many as fit, never half-written."""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

log = logging.getLogger(__name__)

LARGEST = 3000  # answers; about 20 MB


class AnswerCache:
    """A folder of answers, each in a file named after a hash of its question.

    Reading and writing never fail: what cannot be read is not there, and what cannot be written is
    asked again.

    Args:
        folder: made when the first answer comes.
        largest: how many answers are kept; the oldest go first.
        clock: seconds since 1970.
    """

    def __init__(
        self, folder: Path, *, largest: int = LARGEST, clock: Callable[[], float] = time.time
    ) -> None:
        self._folder = folder
        self._largest = largest
        self._clock = clock

    def get(self, question: str, seconds: float) -> Any:
        """Return the answer to `question` if it is younger than `seconds`, else None."""
        try:
            kept = json.loads(self._file(question).read_text("utf-8"))
            fresh = 0 <= self._clock() - kept["at"] < seconds
            return kept["answer"] if fresh and kept["question"] == question else None
        except (OSError, ValueError, TypeError, KeyError, RecursionError):
            return None

    def put(self, question: str, answer: Any) -> None:
        """Keep the answer (what JSON can hold) to `question` from now on."""
        text = json.dumps({"question": question, "at": self._clock(), "answer": answer})
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            write_whole(self._file(question), text.encode("utf-8"))
            drop_oldest(self._folder, self._largest)
        except OSError as error:
            log.warning("an answer of TMDB is not kept: %s", error.strerror)

    def _file(self, question: str) -> Path:
        return self._folder / f"{hashlib.sha256(question.encode('utf-8')).hexdigest()[:40]}.json"


def write_whole(file: Path, content: bytes) -> None:
    """Write a file so that whoever reads it finds all of the old or all of the new content."""
    unfinished = file.with_name(f"{file.name}.{uuid4().hex}.unfinished")
    try:
        unfinished.write_bytes(content)
        unfinished.replace(file)
    finally:
        unfinished.unlink(missing_ok=True)


def drop_oldest(folder: Path, largest: int) -> None:
    """Remove the oldest files of a folder until there are at most `largest`.

    A tenth more go, so that this is not done for every file that comes.
    """
    with os.scandir(folder) as entries:
        files = [(entry.name, entry.path) for entry in entries]
    if len(files) <= largest:
        return
    aged = []
    for _, path in files:
        with contextlib.suppress(FileNotFoundError):
            aged.append((Path(path).stat().st_mtime, path))
    for _, path in sorted(aged)[: len(files) - largest + largest // 10]:
        Path(path).unlink(missing_ok=True)
