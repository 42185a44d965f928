"""Import members' ratings from other apps: preview, decide, then save.

read_all -> RatingsFile -> match -> plan (with Choices) -> Plan (to preview) -> save
"""

from club.imports.ratings.plan import (
    Choices,
    ClubNow,
    Entry,
    Plan,
    as_csv,
    match,
    plan,
    save,
)
from club.imports.ratings.rows import RatingsFile, RejectedRow, Row
from club.imports.ratings.sources import read, read_all

__all__ = [
    "Choices",
    "ClubNow",
    "Entry",
    "Plan",
    "RatingsFile",
    "RejectedRow",
    "Row",
    "as_csv",
    "match",
    "plan",
    "read",
    "read_all",
    "save",
]
