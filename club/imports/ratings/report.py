"""What people are told: what was noticed, and which rows stay out and why."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields

import pandas as pd

from club.export import safe_cell
from club.imports.ratings.plan import Choices, Plan
from club.imports.ratings.rows import Brought, LeftOut, is_exact, left_out
from club.matching import NONE_NEAR

AGAIN = "rated more than once; the latest counts"


def notes(brought: Iterable[Brought], choices: Choices) -> list[str]:
    """Return what is noteworthy about the files, in sentences."""
    found = []
    for source in brought:
        top = choices.tops.get(source.file, source.scale.top)
        ratings = [row.rating for row in source.ratings if row.rating is not None]
        between = sum(not is_exact(rating, top) for rating in ratings if rating <= top)
        if between:
            are = ("lies", "is") if between == 1 else ("lie", "are")
            found.append(
                f"{source.file}: {between:,} of {len(ratings):,} ratings {are[0]} between two half "
                f"stars and {are[1]} rounded."
            )
        found += [f"{source.file}: {note}" for note in source.notes]
    return found


def rejected(found: Plan, movies: pd.DataFrame) -> list[LeftOut]:
    """Return every row that saving leaves out: not found, not decided on, or not to be used.

    Args:
        movies: the catalogue, for the names of the alternatives.
    """
    rows = [*found.left_out]
    for entry in found.entries:
        if entry.state == "again":
            rows.append(left_out(entry.row, AGAIN, entry.stars))
        elif entry.state in {"uncertain", "unmatched"} and not entry.taken:
            names = "; ".join(called(movies, movie) for movie in entry.match.alternatives)
            rows.append(left_out(entry.row, entry.match.reason or NONE_NEAR, entry.stars, names))
    return rows


def as_csv(rows: Sequence[LeftOut]) -> str:
    """Return rows as CSV that a spreadsheet does not compute, and that can be brought again."""
    out = io.StringIO(newline="")
    # With both in the end of a line, a cell with either is put in quotes.
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(field.name for field in fields(LeftOut))
    for row in rows:
        writer.writerow(safe_cell(str(cell)) for cell in asdict(row).values())
    return out.getvalue()


def called(movies: pd.DataFrame, movie_id: int) -> str:
    """Return "Heat (1995)"."""
    title, year = movies.at[movie_id, "title"], movies.at[movie_id, "year"]
    return str(title) if pd.isna(year) else f"{title} ({year})"
