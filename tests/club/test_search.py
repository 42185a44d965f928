"""Movies are found from what people remember of a title."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from club.search import MovieSearch, normalise
from recommender import Dataset


@pytest.fixture(scope="module")
def search(bundled: Dataset) -> MovieSearch:
    return MovieSearch(bundled.movies, bundled.rating_counts)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The Matrix", "matrix"), ("Matrix, The", "matrix"), ("MATRIX, THE (1999)", "matrix 1999"),
        ("Cité des enfants perdus, La", "cite des enfants perdus"), ("L'Avventura", "avventura"),
        ("Avventura, L'", "avventura"), ("Schindler's List", "schindlers list"),
        ("WALL·E", "wall e"), ("Dumb & Dumber", "dumb and dumber"), ("8½", "8 1 2"),
        ("Rocky III", "rocky 3"), ("Smørrebrød", "smorrebrod"), ("七人の侍", "七人の侍"),
        ("The", "the"), ("A.I. Artificial Intelligence", "ai artificial intelligence"),
        ("L.A. Confidential", "confidential"), ("!?", ""), ("", ""),
    ],
)  # fmt: skip
def test_normalise_compares_titles_by_their_words(text: str, words: str) -> None:
    assert normalise(text) == tuple(words.split())


def catalogue(*titles: str) -> pd.DataFrame:
    return pd.DataFrame({"title": titles}, index=pd.RangeIndex(1, len(titles) + 1))


def test_find_orders_by_match_then_by_fame_then_by_id() -> None:
    heat = catalogue("Heat", "Heat of the Night", "City Heat", "Meat", "Cold")
    search = MovieSearch(heat, pd.Series({1: 0, 2: 5, 3: 100, 4: 1000, 5: 10000}))
    assert search.find("heat") == [1, 2, 3, 4]
    assert search.find("heat", limit=2) == [1, 2]
    alpha = MovieSearch(
        catalogue("Alpha One", "Alpha Two", "Alpha Three"), pd.Series({1: 5, 2: 50})
    )
    assert alpha.find("alpha") == [2, 1, 3]


def test_find_uses_aliases_and_tolerates_missing_years() -> None:
    movies = catalogue("Hate", "Love").assign(
        year=pd.array([None, 2001], dtype="Int64"), aliases=[("La Haine",), ()]
    )
    search = MovieSearch(movies, pd.Series(dtype=int))
    assert [search.find(text) for text in ("haine", "love 2001", "hate 1995")] == [[1], [2], [1]]


@pytest.mark.parametrize(
    ("title", "texts"),
    [
        ("The Matrix", "matrix | Matrix, The (1999) | matrx"),
        ("Amelie", "amelie | AMÉLIE POULAIN"), ("Seven", "se7en | seven"), ("Hate", "la haine"),
        ("The Shawshank Redemption", "shawshenk redemtion"),
        ("Schindler's List", "schindlers lsit"), ("Pulp Fiction", "pulp ficton"),
        ("Forrest Gump", "forrestgumpp"), ("Spider-Man", "spiderman"),
        ("Spider-Man 2", "spider man 2"), ("WALL·E", "wall e | wall-e | walle"),
        ("The Godfather: Part II", "godfather 2 | godfather 1974"),
        ("Toy Story 3", "toy story iii"),
        ("2001: A Space Odyssey", "space odyssey | 2001 space odyssey | 2001"),
        ("The Lord of the Rings: The Fellowship of the Ring",
         "rings fellowship | lotr | lord of rings"),
        ("Harry Potter and the Prisoner of Azkaban",
         "hary poter azkaban | potter azkaban"),
        ("The Godfather", "godf"), ("Up", "up"), ("A.I. Artificial Intelligence", "ai"),
        ("E.T. the Extra-Terrestrial", "et"), ("L.A. Confidential", "la confidential"),
        ("M*A*S*H", "mash"), ("1984", "1984"),
        ("Star Wars: Episode IV - A New Hope", "starwars"),
        ("Back to the Future", "bttf"),
        ("Toy Story 2", "toy story 2"), ("Rocky IV", "rocky 4"),
        ("Léon: The Professional", "leon"), ("Crouching Tiger, Hidden Dragon", "crouching tiger"),
        ("Spirited Away", "spirited awy"),
        ("The Good, the Bad and the Ugly", "the good the bad the ugly"),
        ("Eternal Sunshine of the Spotless Mind", "eternal sunshine"),
        ("Rear Window", "rear window 1954"), ("City of God", "cidade de deus"),
        ("You've Got Mail", "got mail"),
    ],
)  # fmt: skip
def test_find_knows_the_movie_people_mean(
    bundled: Dataset, search: MovieSearch, title: str, texts: str
) -> None:
    for text in texts.split(" | "):
        assert bundled.movies.at[search.find(text)[0], "title"] == title, text


@pytest.mark.parametrize(
    ("text", "title", "year"),
    [
        ("oceans 11 2001", "Ocean's Eleven", 2001),
        ("oceans 11", "Ocean's Eleven", 2001), ("ocean's eleven 1960", "Ocean's Eleven", 1960),
        ("twelve monkeys", "Twelve Monkeys", 1995), ("12 monkeys", "Twelve Monkeys", 1995),
        ("seven samurai", "Seven Samurai", 1954), ("7 samurai", "Seven Samurai", 1954),
    ],
)  # fmt: skip
def test_find_reads_numbers(
    bundled: Dataset, search: MovieSearch, text: str, title: str, year: int
) -> None:
    assert bundled.movies.loc[search.find(text)[0], ["title", "year"]].tolist() == [title, year]


def test_find_puts_rated_then_famous_then_new_movies_first() -> None:
    movies = catalogue("Dune", "Dune", "Dune", "Dune Buggy").assign(year=[1984, 2000, 2021, 1990])
    search = MovieSearch(movies, pd.Series({1: 30, 2: 5, 3: 30, 4: 1000}))
    assert search.find("dune") == [3, 1, 2, 4]
    assert search.find("dune", rated={2, 4}) == [2, 3, 1, 4]


def test_find_without_words_is_empty(search: MovieSearch) -> None:
    for text in ("", "!?", "zz 2", "%_\0", "\ud800", "🎬", "zzzzqqqq xxxxyyyy", "zzzzqqqq ፩"):
        assert search.find(text) == []
    search.find("x" * 100_000)


@settings(max_examples=12)
@given(st.text(max_size=120))
def test_find_any_text_gives_the_same_distinct_movies(search: MovieSearch, text: str) -> None:
    found = search.find(text)
    assert len(found) == len(set(found)) <= 8
    assert search.find(text) == found


@settings(max_examples=12)
@given(st.data())
def test_find_forgives_a_missing_letter(
    bundled: Dataset, search: MovieSearch, data: st.DataObject
) -> None:
    famous = bundled.rating_counts.nlargest(400).index
    long = [movie for movie in famous if len(bundled.movies.at[movie, "title"]) >= 14]
    movie = data.draw(st.sampled_from(long))
    title = bundled.movies.at[movie, "title"]
    at = data.draw(st.integers(1, len(title) - 2).filter(lambda i: title[i].isalpha()))
    assert movie in search.find(title[:at] + title[at + 1 :])
