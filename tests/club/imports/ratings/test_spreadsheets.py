"""Tables that people keep: columns, members and scales are recognised."""

import json
import time
from pathlib import Path

import pytest
import sources
from sources import given, read

from club.errors import InvalidInput
from club.imports import ratings


@pytest.mark.parametrize(
    ("header", "row", "top"),
    [
        ("rated_at,type,title,year,trakt_rating,trakt_id,rating",
         "2021-03-22T06:33:24.000Z,movie,Heat,1995,8.1,4,3", 10),
        ("SIMKL_ID,Title,Type,Year,WatchedDate,Rating,TMDB",
         "1,Heat,movie,1995,2021-03-22 06:33:24,3,949", 10),
        ("movieId,title,year,fullRate,voteCount,userVote,voteDate",
         "12,Heat,1995,7.9,120,3,2021-03-22", 5),
        ("Film Name;Year;Score;Rating Date;IMDB ID", "Heat;1995;3;Mar 22 2021;tt0113277", 5),
        ("Titel;Produktionsjahr;Deine Bewertung;Bewertet am", "Heat;1995;3,0;22.03.2021", 5),
        ("Título;Título original;Año;Mi nota;Fecha de voto", "Heat;Heat;1995;3;22/03/2021", 5),
        ("Titre;Titre original;Année;Ma note (/10);Date", "Heat;;1995;3;22/03/2021", 10),
        ("Name;Titel;Bewertung;Datum;Jahr", "Ana;Heat;3,0;22.03.2021;1995", 5),
        ("Title,Year,Stars,Rating,Date", '"Heat",1995,Al Pacino,3,2021-03-22', 5),
        ("Titolo,Anno,Il mio voto,Data", "Heat,1995,3,22/03/2021", 5),
        ("标题,个人评分,打分日期,上映日期", "Heat,3,2021/03/22,1995-12-15", 5),
        ("Title,Year,Rating,My Rating,IMDb Rating,Date", "Heat,1995,7.9,3,8.3,2021-03-22", 5),
        ("LetterboxdURI,tmdbID,imdbID,Title,Year,Rating,Rating10,WatchedDate",
         ",949,,Heat,1995,,3,2021-03-22", 10),
        ("original_title,pl_title,user_rating,year,timestamp", "Heat,X,3,1995,1616394804", 5),
        ("id,nameEng,nameRus,rating,date,year", '1,Heat,X,3,"22.03.2021, 15:34",1995', 5),
        ("Which movie?,Année,My_Rating (1-10),Rated on", "Heat,1995,3,2021-03-22", 10),
    ],
)  # fmt: skip
def test_headers_of_services_and_languages(tmp_path: Path, header: str, row: str, top: int) -> None:
    found = read(tmp_path, f"{header}\n{row}\n")
    assert given(found) == [("Heat", 1995, 3.0)]
    assert found.scale.top == top
    assert found.of("rating")[0].at is not None
    assert found.of("rating")[0].at // 86_400 == 18_708, "22 March 2021"


def test_columns_that_end_in_rating_are_members_and_averages_are_nobody(tmp_path: Path) -> None:
    head = "Title,Year,AnaRating,McKennaScore,AverageRating,RottenTomatoesAudience,IMDbRating"
    found = read(tmp_path, f"{head}\nHeat,1995,4,3.5,3.8,4.5,4\nAlien,1979,5,2,3.5,4,4\n")
    assert found.people == ("Ana", "McKenna")


def test_a_column_of_formats_tells_what_is_a_show(tmp_path: Path) -> None:
    text = "Title,Format,Where to Watch,Alex,Luke\nHeat,Blu-ray,X,9,8\nBreaking Bad,Show,X,10,10\n"
    found = read(tmp_path, text)
    assert [(row.title, row.person) for row in found.of("rating")] == [
        ("Heat", "Alex"),
        ("Heat", "Luke"),
    ]
    assert {(row.title, row.reason) for row in found.rejected} == {
        ("Breaking Bad", "a series, an episode or a game")
    }


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("AmÃ©lie", "Amélie"), ("LÃ©on", "Léon"), ("8Â½", "8½"), ("Schindler&#39;s", "Schindler's"),
        ("Two &amp; Two", "Two & Two"), ("Amélie", "Amélie"), ("Ã", "Ã"), ("千と千尋", "千と千尋"),
        ("Donâ€™t Look Up", "Don’t Look Up"),
    ],
)  # fmt: skip
def test_titles_decoded_twice_or_escaped_are_put_right(
    tmp_path: Path, written: str, title: str
) -> None:
    assert given(read(tmp_path, f"Title,Year,Rating\n{written},1995,3.5\n")) == [(title, 1995, 3.5)]


def test_rows_without_a_rating_are_seen_or_wished_where_a_column_says_so(tmp_path: Path) -> None:
    text = (
        "SIMKL_ID,Title,Type,Year,Watchlist,WatchedDate,Rating,TMDB,IMDB\n"
        "1,Heat,movie,1995,completed,2024-01-01,9,949,tt0113277\n2,Alien,movie,1979,plantowatch,,,,\n"
        "3,Fargo,movie,1996,completed,,,,\n4,Lost,tv,2004,completed,,8,,\n5,Dune,movie,2021,dropped,,,,\n"
    )
    found = read(tmp_path, text)
    kinds = [(row.title, row.kind) for row in found.rows]
    assert kinds == [("Heat", "rating"), ("Fargo", "seen"), ("Alien", "wished")]
    assert [row.title for row in found.rejected] == ["Lost", "Dune"]


NUMBERS = {"trakt": 1, "imdb": "tt0113277", "tmdb": 949}
TRAKT = {"movie": {"title": "Heat", "year": 1995, "ids": NUMBERS}}
ALIEN, UP = ({"movie": {"title": t, "year": y}} for t, y in (("Alien", 1979), ("Up", 2009)))
AT = "2024-11-12T22:00:13.000Z"
SHOW = {"title": "Lost", "year": 2004, "ids": {}}


@pytest.mark.parametrize(
    "files",
    [
        {
            "ratings-movies.json": [
                {"rated_at": AT, "rating": 8, "type": "movie", **TRAKT}
            ],
            "ratings-shows.json": [{"rating": 9, "type": "show", "show": SHOW}],
            "watched-movies.json": [{"plays": 2, **ALIEN}],
            "lists-watchlist.json": [
                {"listed_at": "2024-01-01T00:00:00.000Z", "type": "movie", **UP}
            ],
        },
        {
            "simkl.json": {
                "movies": [
                    {"status": "completed", "user_rating": 8, "last_watched_at": AT, **TRAKT},
                    {"status": "completed", "user_rating": None, **ALIEN},
                    {"status": "plantowatch", "user_rating": None, **UP},
                ],
                "shows": [{"status": "completed", "user_rating": 9, "show": SHOW}],
            }
        },
    ],
)  # fmt: skip
def test_json_of_trakt_and_simkl(tmp_path: Path, files: dict[str, object]) -> None:
    packed = sources.zipped({n: json.dumps(c) for n, c in files.items()}, tmp_path / "x.zip")
    (found,) = ratings.read_all([packed])
    (heat,) = found.of("rating")
    assert (heat.title, heat.year, heat.rating, found.scale.top) == ("Heat", 1995, 8.0, 10)
    assert (heat.imdb_id, heat.tmdb_id, heat.at) == (113277, 949, 1731448813)
    assert [r.title for kind in ("seen", "wished") for r in found.of(kind)] == ["Alien", "Up"]
    assert [row.title for row in found.rejected] == ["Lost"]


@pytest.mark.parametrize("days", [("13/01/2024", "05/02/2024"), ("1/13/2024", "2/5/2024")])
def test_order_of_day_and_month_is_the_columns(tmp_path: Path, days: tuple[str, str]) -> None:
    rows = "".join(f"tt{n},9,{day},Heat,Movie,1995\n" for n, day in enumerate(days))
    found = read(tmp_path, "Const,Your Rating,Date Rated,Title,Title Type,Year\n" + rows)
    assert [row.at for row in found.of("rating")] == [1705147200, 1707134400], "noon"


@pytest.mark.parametrize(
    "text",
    [
        "My movies, by Ana\nexported 5 May\n\nTitle,Year,Rating\nHeat,1995,4.5\n",
        "Filme, die ich sah\n\nTitel;Jahr;Bewertung\nHeat;1995;4,5\n",
        "Films;;;\nTitle;Year;Rating (0.5-5);Notes\nHeat;1995;4,5;\n",
    ],
)
def test_lines_above_the_header(tmp_path: Path, text: str) -> None:
    assert given(read(tmp_path, text)) == [("Heat", 1995, 4.5)]


def test_years_in_titles(tmp_path: Path) -> None:
    found = read(
        tmp_path, 'Title,Rating\nHeat [1995],4.5\nFargo (1996 film),3\n"Matrix, The (1999)",2\n'
    )
    assert given(found) == [("Heat", 1995, 4.5), ("Fargo", 1996, 3.0), ("The Matrix", 1999, 2.0)]


def test_column_for_each_member(tmp_path: Path) -> None:
    text = (
        "Movie,Year,Watched on,Picked by,Ana,Bo's rating,José,Runtime,Average,Rating\n"
        "Heat,1995,2020-01-13,Ana,4,3.5,,170,3.75,R\nSeven,1995,2020-02-01,Bo,5,-,seven,127,5,R\n"
        "Up,2009,,Ana,,,2,96,2,PG\n"
    )
    found = read(tmp_path, text)
    assert found.kind == "A table with a column for each member"
    assert found.people == ("Ana", "Bo", "José")
    assert [(row.person, row.title, row.rating) for row in found.of("rating")] == [
        ("Ana", "Heat", 4.0), ("Ana", "Seven", 5.0), ("Bo", "Heat", 3.5), ("José", "Up", 2.0)
    ]  # fmt: skip
    assert [(row.member, row.line, row.reason) for row in found.rejected] == [
        ("José", 3, "no rating that can be read"),
    ]
    assert len({row.key for row in found.of("rating")}) == 4, "no two rows are mixed up"
    of_ten = read(tmp_path, "Title,Ana (/10),Bo (/10)\nHeat,4,3\n")
    assert (of_ten.scale.top, of_ten.scale.fixed) == (10, True)


def test_json_of_other_forms_and_movies_only_collected_are_left_out(tmp_path: Path) -> None:
    odd = [{"rating": {"a": 1}, "movie": ["x"]}, 5, {"rating": 8, "movie": {"title": {"a": 1}}}]
    collected = {"collected_at": AT, **ALIEN}
    found = read(tmp_path, json.dumps([*odd, collected, {"rating": {}, **TRAKT}]), "mine.json")
    assert [(row.title, row.reason) for row in found.rejected] == [
        ("Alien", "no rating"), ("Heat", "no rating")
    ]  # fmt: skip
    assert not found.rows


def test_headings_in_russian(tmp_path: Path) -> None:
    heading = "Название;Оригинальное название;Год;Моя оценка;Дата оценки"
    (row,) = read(tmp_path, f"{heading}\nСхватка;Heat;1995;9;2020-05-01\n").rows
    assert (row.titles, row.year, row.rating) == (("Схватка", "Heat"), 1995, 9.0)
    assert row.at == 1588334400  # noon


def test_json_without_movies(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="is JSON, but says nothing of movies"):
        read(tmp_path, '{"movies": []}', "mine.json")


def test_text_beside_a_table(tmp_path: Path) -> None:
    files: sources.Files = {"My films.csv": "Title,Rating\nHeat,4.5\n", "read me.txt": "x"}
    files["read me.pdf"] = "x"
    found = ratings.read(sources.zipped(files, tmp_path / "x.zip", "deep/down/"))
    assert (given(found), found.of("rating")[0].file) == ([("Heat", None, 4.5)], "x.zip")
    files["bo.csv"] = "Title,Rating\nUp,3\n"
    with pytest.raises(InvalidInput, match="holds 2 tables"):
        ratings.read(sources.zipped(files, tmp_path / "x.zip"))


@pytest.mark.parametrize(
    "text",
    ["Title,Rating" + "(" * 30_000 + "\nHeat,4\n", "a\n" * 60_000],
)
def test_endless_headers_take_no_time(tmp_path: Path, text: str) -> None:
    began = time.process_time()
    with pytest.raises(InvalidInput, match="has no columns for title and rating"):
        read(tmp_path, text)
    assert time.process_time() - began < 3
