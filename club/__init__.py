"""The club's own data: who is in it, what they think of movies, and what they might watch."""
