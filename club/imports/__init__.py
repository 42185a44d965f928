"""Bring your own data: read files of other projects, join them to the catalogue, keep the result.

read -> Source -> join -> Import (to look at) -> save -> load
"""

from club.imports.join import Import, join
from club.imports.reading import read
from club.imports.saved import Imported, forget, load, number, save
from club.imports.source import Source

__all__ = ["Import", "Imported", "Source", "forget", "join", "load", "number", "read", "save"]
