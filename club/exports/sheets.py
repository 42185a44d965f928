"""The tables of an export: which files there are, what they say, and how their cells are read."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, time

from club.exports.cells import Reader, flag, moment, or_none, text

FORMAT = 1  # rises when an earlier version of this program could not read the files any more
_NIGHT: dict[str, Reader] = {"night_id": int}
_MEMBER: dict[str, Reader] = {"member_id": int, "member": text}
_MOVIE: dict[str, Reader] = {"movie_id": int, "title": text, "year": or_none(int)}
_RATING: dict[str, Reader] = {**_MEMBER, **_MOVIE, "stars": float, "rated_at": moment}


@dataclass(frozen=True)
class Sheet:
    """One file of an export.

    Args:
        says: what it holds, for people.
        columns: name -> how a cell is read, in the order of the file.
    """

    says: str
    columns: dict[str, Reader]


SHEETS: dict[str, Sheet] = {
    "club.csv": Sheet(
        "what the club is called, whether it is the demo, and what it has settled",
        {
            "format": int,
            "name": text,
            "is_demo": flag,
            "created_at": moment,
            "for_others": flag,
        },
    ),
    "members.csv": Sheet(
        "members and guests, with the words of guests; who left has a left_at",
        {
            **_MEMBER,
            "is_guest": flag,
            "likes": or_none(json.loads),
            "dislikes": or_none(json.loads),
            "world_user_id": or_none(int),
            "joined_at": moment,
            "left_at": or_none(moment),
        },
    ),
    "ratings.csv": Sheet("what members think of movies, who left included", _RATING),
    "guest_ratings.csv": Sheet("what guests think of movies, who left included", _RATING),
    "seen.csv": Sheet(
        "what somebody has seen without giving stars", {**_MEMBER, **_MOVIE, "marked_at": moment}
    ),
    "nights.csv": Sheet(
        "every night, planned and called off ones included",
        {
            **_NIGHT,
            "on": date.fromisoformat,
            "starts_at": or_none(time.fromisoformat),
            "place": text,
            "picker_id": or_none(int),
            "picker": or_none(text),
            "movie_id": or_none(int),
            "title": or_none(text),
            "notes": text,
            "rewatch": flag,
            "longest": or_none(int),
            "voting": or_none(text),
            "drawn_movie_id": or_none(int),
            "draws": int,
            "decided_at": or_none(moment),
            "decided_by": or_none(text),
            "model": or_none(text),
            "club_version": or_none(int),
            "opened_at": or_none(moment),
            "called_off_at": or_none(moment),
            "created_at": moment,
        },
    ),
    "attendance.csv": Sheet("who was there", {**_NIGHT, **_MEMBER}),
    "vetoes.csv": Sheet("what somebody did not want on a night", {**_NIGHT, **_MEMBER, **_MOVIE}),
    "votes.csv": Sheet(
        "the ballots, best first, of nights where all have voted; sealed ones stay sealed",
        {
            **_NIGHT,
            **_MEMBER,
            "place": int,
            "movie_id": or_none(int),  # of a ballot that approves of nothing
            "title": text,
            "year": or_none(int),
            "cast_at": moment,
        },
    ),
    "predictions.csv": Sheet(
        "what was predicted when a night's movie was decided, in stars; low to high is sure by 80%",
        {
            **_NIGHT,
            **_MEMBER,
            **_MOVIE,
            "mean": float,
            "sd": float,
            "low": float,
            "high": float,
            "like": float,
            "own_mean": float,
            "crowd": float,
            "known": flag,
        },
    ),
    "night_ratings.csv": Sheet(
        "what was given on nights that are opened; sealed stars stay sealed",
        {**_NIGHT, **_MEMBER, "stars": float, "rated_at": moment},
    ),
    "shortlist.csv": Sheet(
        "what the club might watch, first added first",
        {"position": int, **_MOVIE, "added_at": moment},
    ),
    "movies.csv": Sheet(
        "the movies that the club added itself",
        {
            **_MOVIE,
            "genres": json.loads,
            "keywords": json.loads,
            "runtime": or_none(int),
            "overview": text,
            "tmdb_id": or_none(int),
            "aliases": or_none(json.loads),
            "added_at": moment,
        },
    ),
    "history.csv": Sheet(
        "every change of a rating, oldest first; undoes is the step that was taken back",
        {
            "event_id": int,
            "step": int,
            "at": moment,
            "kind": text,
            **_MEMBER,
            **_MOVIE,
            "before": or_none(float),
            "before_rated_at": or_none(moment),
            "after": or_none(float),
            "after_rated_at": or_none(moment),
            "undoes": or_none(int),
            "changed_by": or_none(text),
        },
    ),
    "changes.csv": Sheet(
        "who did what, oldest first; what it names may be gone",
        {
            "change_id": int,
            "version": int,
            "at": moment,
            "who": or_none(text),
            "act": text,
            "member_id": or_none(int),
            "movie_id": or_none(int),
            "night_id": or_none(int),
        },
    ),
}
