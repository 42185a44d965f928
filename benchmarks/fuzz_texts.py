"""The small parsers that `fuzz_targets.py` calls: cookies, logs, JSON, text, pictures."""

from __future__ import annotations

import contextlib
import io
import json
import re
import shutil
import time
from pathlib import Path
from typing import Any

from fuzz_seeds import (
    ANSWERS,
    COOKIES,
    KEYWORDS,
    MOVIE,
    NAME,
    Target,
    world,
)
from PIL import Image

from club import sharing
from club.errors import ClubError
from club.sources.posters import Posters
from club.sources.tmdb import AnswerCache, Tmdb, in_catalogue
from club.validation import tidied_terms
from recommender.dataset import parse_terms
from ui import access, text
from ui.components.stars import STARS, new_changes

NOW = 1_700_000_000
JOINER = "\u2060"  # keeps apart what escaping cannot


def gate_file(work: Path) -> Target:
    """The file of passphrases, a guess and the address that it comes from."""
    lock = sharing.PassphraseHash(b"s" * 16, b"d" * 32)
    sharing.save_passphrases(sharing.Passphrases(lock, lock), work)
    file = work / sharing.SETTINGS
    both = file.read_bytes()
    sharing.save_passphrases(sharing.Passphrases(lock), work)
    seeds = [both + b"\x1f10.0.0.1", file.read_bytes() + b"\x1f::ffff:10.0.0.1"]
    file.unlink()

    def run(data: bytes) -> None:
        content, _, client = data.partition(NAME)
        file.write_bytes(content)
        address = client.decode("utf-8", "replace")
        sharing.network(address)
        spoken = sharing.normalise(address)
        assert sharing.normalise(spoken) == spoken
        try:
            locks = sharing.load_passphrases(work)
            sharing.Sessions(work).passphrases()
            assert locks is None or len(locks.member.salt) == 16
        finally:
            file.unlink()

    return Target(seeds, run, 1024)


def keywords(_work: Path) -> Target:
    """Lists of keywords and genres in the cells of a table."""

    def run(data: bytes) -> None:
        cell = data.decode("utf-8", "replace")
        with contextlib.suppress(ValueError):  # all that is promised of it
            for term in tidied_terms([cell]):
                term.encode()
        parse_terms(cell)

    return Target(KEYWORDS, run)


def cookie(_work: Path) -> Target:
    """The address of a connection, and two headers."""

    def run(data: bytes) -> None:
        lines = (data.decode("utf-8", "surrogateescape").split("\n") + [""] * 4)[:4]
        headers = {"host": lines[2]} | ({"via": lines[3]} if lines[3] else {})
        known = access.is_local(lines[1], headers)
        assert not (known and lines[3])

    return Target(COOKIES, run, 512)


def board(_work: Path) -> Target:
    """The star board's log as a browser sends it."""

    def run(data: bytes) -> None:
        try:
            log = json.loads(data)
        except (ValueError, RecursionError):
            return
        changes, last = new_changes(log, 1)
        assert last >= 1
        assert all(stars is None or stars in STARS for _, stars in changes)

    return Target([b"[[2, 1, 4.5], [3, 1, null]]", b"[[1, 1, 4], [2, 2, true]]"], run, 512)


def plain(_work: Path) -> Target:
    """Text for Markdown: on one line, every sign of punctuation escaped, the text the same."""

    def run(data: bytes) -> None:
        found = text.plain(before := data.decode("utf-8", "surrogateescape"))
        assert len(found.splitlines()) <= 1, "several lines"
        assert not text.PUNCTUATION.search(re.sub(r"\\[!-/:-@\[-`{-~]", "", found))
        shown = re.sub(r"\\(.)", r"\1", found).replace(JOINER, "")
        assert shown.split() == before.replace(JOINER, "").split()

    return Target([b"![](http://x) :smile: <b> 1. $x$", "a:b: – ★\t\u2028".encode()], run, 512)


def tmdb(work: Path) -> Target:
    """TMDB's answers: movies, results and pictures' addresses."""

    class Http:
        answer = None

        def get_json(self, *_: object) -> Any:
            return self.answer

        def get(self, *_: object, **__: object) -> bytes:
            return b""

    http, movies = Http(), world().movies

    def client() -> Tmdb:
        found: Any = Tmdb("0" * 32, AnswerCache(work / "cache"), Posters(work / "posters"))
        found._http = http
        return found

    def run(data: bytes) -> None:
        try:
            http.answer = json.loads(data)
        except (ValueError, RecursionError):
            return
        try:
            for ask in (lambda t: t.search("Heat"), lambda t: [t.movie(949)]):
                with contextlib.suppress(ClubError):
                    for found in ask(client()):
                        json.dumps(vars(found), ensure_ascii=False).encode()
                        in_catalogue(movies, found)
                        with contextlib.suppress(ClubError):
                            client().poster(found)
        finally:
            shutil.rmtree(work / "cache", ignore_errors=True)
            shutil.rmtree(work / "posters", ignore_errors=True)

    return Target([json.dumps(answer).encode() for answer in ANSWERS], run)


def answers(work: Path) -> Target:
    """TMDB's answers as they are kept on the disk."""
    AnswerCache(work, clock=lambda: NOW).put("q", MOVIE)
    (file,) = work.iterdir()

    def run(data: bytes) -> None:
        file.write_bytes(data)
        AnswerCache(work, clock=time.time).get("q", 10**10)

    return Target([file.read_bytes()], run)


def poster(work: Path) -> Target:
    """Pictures."""

    def picture(form: str) -> bytes:
        out = io.BytesIO()
        Image.new("RGB", (60, 90), "red").save(out, form)
        return out.getvalue()

    def run(data: bytes) -> None:
        posters = Posters(work / "posters")
        try:
            posters.keep(1, data)
        finally:
            shutil.rmtree(work / "posters", ignore_errors=True)

    return Target([picture(form) for form in ("JPEG", "PNG", "WEBP")], run)


ALL = (gate_file, keywords, cookie, board, plain, tmdb, answers, poster)
