"""The club's data to take away: everything in one ZIP, and one person's ratings for Letterboxd."""

from club.exports.archive import everything, packed, read_zip
from club.exports.letterboxd import for_letterboxd

__all__ = ["everything", "for_letterboxd", "packed", "read_zip"]
