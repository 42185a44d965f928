"""The club's data to take away: a ZIP that comes back whole, and files for Letterboxd."""

from club.exports.archive import everything, packed, read_zip
from club.exports.letterboxd import for_letterboxd
from club.exports.rebuild import rebuild

__all__ = ["everything", "for_letterboxd", "packed", "read_zip", "rebuild"]
