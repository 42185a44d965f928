"""The club's data to take away: a ZIP to read, and files for Letterboxd."""

from club.exports.archive import everything, packed, read_zip
from club.exports.letterboxd import for_letterboxd

__all__ = ["everything", "for_letterboxd", "packed", "read_zip"]
