"""Bring your own data: read files of other projects, join them to the catalogue, keep the result.

read -> Source -> join -> Import (to look at) -> save -> load
"""

from club.imports.catalogue.join import Import, join
from club.imports.catalogue.reading import read
from club.imports.catalogue.saved import Imported, forget, load, number, save
from club.imports.catalogue.source import Source

__all__ = ["Import", "Imported", "Source", "forget", "join", "load", "number", "read", "save"]
