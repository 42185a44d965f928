"""All errors that this package raises on purpose; each message is one sentence for people.

RecommenderError
    DataError        (also a ValueError)
    ModelFileError
"""


class RecommenderError(Exception):
    """Base class of the package's errors."""


class DataError(RecommenderError, ValueError):
    """Ratings, movies, ids or arguments that cannot be used."""


class ModelFileError(RecommenderError):
    """A saved model that is missing, cut off or from another version."""
