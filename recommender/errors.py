"""Everything that this package raises on purpose; each message is one sentence for people."""


class RecommenderError(Exception):
    """Root of the package's own errors."""


class DataError(RecommenderError, ValueError):
    """Ratings, movies or ids that cannot be used, and why."""


class ModelFileError(RecommenderError):
    """A saved model that is missing, cut off or from another version."""
