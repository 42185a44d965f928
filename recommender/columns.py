"""The column names that every frame in this project shares, defined once."""

USER = "user_id"
MEMBER = "member_id"
MOVIE = "movie_id"
RATING = "rating"
TIMESTAMP = "timestamp"
