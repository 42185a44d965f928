"""Bring members' ratings from other apps: look first, decide, then save.

read_all -> Brought -> match -> plan (with Choices) -> Plan (to look at) -> save
"""

from club.imports.ratings.plan import Choices, ClubNow, Entry, Plan, match, plan
from club.imports.ratings.reading import read, read_all
from club.imports.ratings.report import as_csv, called, notes, rejected
from club.imports.ratings.rows import Brought, LeftOut, Row
from club.imports.ratings.save import Saved, save

__all__ = [
    "Brought",
    "Choices",
    "ClubNow",
    "Entry",
    "LeftOut",
    "Plan",
    "Row",
    "Saved",
    "as_csv",
    "called",
    "match",
    "notes",
    "plan",
    "read",
    "read_all",
    "rejected",
    "save",
]
