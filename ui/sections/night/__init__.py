"""The page of one movie night."""
