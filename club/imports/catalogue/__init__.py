"""Import movies and raters of other projects in place of the bundled ones.

read -> Source -> join -> Import (to preview) -> save -> load

To add a kind of catalogue, declare it in FORMATS.
"""

from club.imports.catalogue.formats import read
from club.imports.catalogue.merge import Import, join
from club.imports.catalogue.source import Source
from club.imports.catalogue.storage import Imported, forget, load, number, save

__all__ = ["Import", "Imported", "Source", "forget", "join", "load", "number", "read", "save"]
