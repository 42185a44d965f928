"""What stands above the columns of a table, in the languages and words of those who keep one."""

from __future__ import annotations

import re
import unicodedata

# The surest first: beside what somebody gave, exports also have what everybody gave.
TITLE = (
    "title", "movie title", "film title", "movie", "film", "movie name", "film name",
    "which movie", "which film", "filmtitel", "titel", "titulo", "pelicula", "titre", "titolo",
    "filme", "tytul", "nazev", "название", "标题", "电影名",
    "name",
)  # fmt: skip
RATING = (
    "your rating", "my rating", "user rating", "userrating", "uservote", "my score", "your score",
    "you rated", "personal rating", "deine bewertung", "meine bewertung", "mi nota", "tu nota",
    "mi puntuacion", "ma note", "votre note", "minha nota", "il mio voto", "moja ocena",
    "个人评分", "stars", "rating", "score", "bewertung", "wertung", "sterne", "nota",
    "puntuacion", "calificacion", "valoracion", "note", "voto", "avaliacao", "ocena", "hodnoceni",
    "оценка",
)  # fmt: skip
RATING_OF_TEN = "rating10"  # beside the rating in Letterboxd's form for imports
YEAR = (
    "year", "release year", "movie year", "film year", "year released", "released",
    "release date", "jahr", "erscheinungsjahr", "produktionsjahr", "ano", "annee",
    "annee de sortie", "anno", "rok", "год", "年份", "上映日期",
)  # fmt: skip
PERSON = (
    "member", "member name", "user", "user name", "username", "person", "who", "rater", "reviewer",
    "friend", "your name", "rated by", "mitglied", "wer", "miembro", "usuario", "membre",
    "utilisateur", "utente",
)  # fmt: skip
DATE = (
    "date", "rated at", "date rated", "rated on", "rating date", "watched date", "watcheddate",
    "date watched", "watched on", "date added", "votedate", "timestamp", "created at", "datum",
    "bewertet am", "gesehen am", "fecha", "fecha de voto", "vu le", "data", "打分日期",
)  # fmt: skip
MOVIE_ID = ("movie id", "movieid")
TMDB_ID = ("tmdb", "tmdb id", "tmdbid", "tmdb url")
IMDB_ID = ("imdb id", "imdbid", "imdb", "const", "tconst", "imdb url")
OTHER_TITLE = (
    "original title", "originaltitel", "titulo original", "titre original", "titolo originale",
    "tytul oryginalny",
)  # fmt: skip
TYPE = ("type", "title type", "media type", "typ", "tipo")
# The ratings of those who have such a column end at ten, whatever they gave.
OF_TEN = ("trakt id", "trakt rating", "simkl id")
# What this program lists as left out has stars, whatever scale it was read from.
LEFT_OUT = ("reason", "alternatives")

_SCALE = re.compile(
    r"[\s(\[]*(?:(?:0|0[.,]5|1)\s*(?:-|–|to|bis|a)\s*|/\s*|(?:out of|von|sur|of|sobre|su|max)\s+)"
    r"(4|5|6|10|20|100)\s*(?:stars|sterne|etoiles|estrellas)?[)\]\s]*$",
    re.IGNORECASE,
)
_REMARK = re.compile(r"\s*[(\[][^()\[\]]*[)\]]\s*$")
LONGEST = 200  # characters that are looked at
_BESIDE = " \t:;*#?!.\"'“”"
_SPELT = str.maketrans({"ł": "l", "ø": "o", "ß": "ss", "_": " "})


def folded(text: str) -> str:
    """Return small letters without accents, with one blank between words: "Année" is "annee"."""
    parts = unicodedata.normalize("NFKD", text.casefold().translate(_SPELT))
    return " ".join("".join(c for c in parts if not unicodedata.combining(c)).split())


def names(header: str) -> tuple[str, str]:
    """Return a header as it is compared, and without a remark: "Rating (1-10)" is "rating"."""
    whole = folded(header[:LONGEST])
    return whole, bare(whole)


def bare(header: str) -> str:
    """Return a header without a remark and punctuation: "Ana (1-10)" is "Ana"."""
    return _REMARK.sub("", _SCALE.sub("", header[:LONGEST])).strip(_BESIDE)


def top(header: str) -> int | None:
    """Return where the scale ends that a header names: 10 for "Rating (1-10)"; else None."""
    found = _SCALE.search(folded(header[:LONGEST]))
    return int(found[1]) if found else None
