"""Exports of other services, and tables that people keep themselves, mean what they say."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
import sources

from club.errors import InvalidInput
from club.imports import ratings
from club.imports.ratings import RatingsFile
from club.validation import name_key

NO_MOVIE = "a series, an episode or a game, no movie"


def read(tmp_path: Path, content: str | bytes, name: str = "mine.csv") -> RatingsFile:
    file = tmp_path / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return ratings.read(file)


def given(found: RatingsFile) -> list[tuple[str, int | None, float | None]]:
    return [(row.title, row.year, row.rating) for row in found.ratings]


def why(found: RatingsFile) -> list[tuple[int, str]]:
    return [(row.line, row.reason) for row in found.rejected]


# Other services

TMDB = (
    "TMDb ID", "IMDb ID", "Type", "Name", "Release Date", "Season Number", "Episode Number",
    "Rating", "Your Rating", "Date Rated",
)  # fmt: skip


def test_tmdbs_own_rating_is_nobodys_here(tmp_path: Path) -> None:
    day = "1995-12-15T00:00:00Z"
    text = sources.table(
        TMDB, (949, "tt1", "movie", "Heat", day, "", "", 7.9, "8.5", "2022-09-20T00:00:00Z"),
        (1396, "tt2", "tv", "Show", day, "", "", 8.9, 10, "2022-09-20T00:00:00Z"),
        (807, "tt3", "movie", "Seven", day, "", "", 8.4, "", ""),
    )  # fmt: skip
    found = read(tmp_path, text)
    assert (found.kind, found.scale.top, found.scale.fixed) == ("TMDB ratings", 10, True)
    assert given(found) == [("Heat", 1995, 8.5)]
    assert found.ratings[0].tmdb_id == 949
    assert [row.title for row in found.wished] == ["Seven"], "what is not rated is on a watchlist"
    assert why(found) == [(3, NO_MOVIE)]
    assert read(tmp_path, text.replace("8.5", "")).kind == "A TMDB list"


IMDB_LIST = (
    "Position",
    "Const",
    "Created",
    "Modified",
    "Description",
    "Title",
    "Title Type",
    "Year",
)


@pytest.mark.parametrize("rated", [("Your Rating", "Date Rated"), ()])
def test_what_is_on_an_imdb_list_without_a_rating_is_wished_for(
    tmp_path: Path, rated: tuple[str, ...]
) -> None:
    days, wide = ("2024-03-01", "2024-03-01", ""), len(rated)
    text = sources.table(
        (*IMDB_LIST, *rated),
        (1, "tt1", *days, "Heat", "Movie", 1995, *(9, "2024-01-05")[:wide]),
        (2, "tt2", *days, "Seven", "Movie", 1995, *("", "")[:wide]),
        (3, "tt3", *days, "Show", "TV Series", 1995, *("", "")[:wide]),
    )
    found = read(tmp_path, text)
    assert found.kind == ("IMDb ratings" if rated else "An IMDb list")
    assert given(found) == ([("Heat", 1995, 9.0)] if rated else [])
    assert [row.title for row in found.wished] == (["Seven"] if rated else ["Heat", "Seven"])
    assert why(found) == [(4, NO_MOVIE)]


@pytest.mark.parametrize(
    "kind",
    [
        "TV Series", "tvSeries", "TV Mini Series", "tvEpisode", "Video Game", "videoGame",
        "Serie TV", "Episodio TV", "Videogioco", "Fernsehserie", "Folge", "Videospiel",
        "Série télévisée", "Épisode", "Jeu vidéo", "Serie de TV", "Videojuego", "Podcast Series",
        "tv", "season", "book",
    ],
)  # fmt: skip
def test_series_and_games_stay_out_in_the_languages_of_imdb(tmp_path: Path, kind: str) -> None:
    found = read(tmp_path, f"Const,Your Rating,Title,Title Type,Year\ntt1,9,Heat,{kind},1995\n")
    assert (found.ratings, why(found)) == ((), [(2, NO_MOVIE)])


@pytest.mark.parametrize(
    "kind",
    ["Movie", "Film", "Spielfilm", "TV Movie", "tvSpecial", "Fernsehfilm", "Short", "Téléfilm"],
)
def test_movies_for_television_are_movies(tmp_path: Path, kind: str) -> None:
    found = read(tmp_path, f"Const,Your Rating,Title,Title Type,Year\ntt1,9,Heat,{kind},1995\n")
    assert given(found) == [("Heat", 1995, 9.0)]


@pytest.mark.parametrize(
    ("header", "row", "top"),
    [
        (
            "rated_at,type,title,year,trakt_rating,trakt_id,rating",
            "2021-03-22T06:33:24.000Z,movie,Heat,1995,8.1,4,3",
            10,
        ),
        (
            "SIMKL_ID,Title,Type,Year,WatchedDate,Rating,TMDB",
            "1,Heat,movie,1995,2021-03-22 06:33:24,3,949",
            10,
        ),
        (
            "movieId,title,year,fullRate,voteCount,userVote,voteDate",
            "12,Heat,1995,7.9,120,3,2021-03-22",
            5,
        ),
        ("Film Name;Year;Score;Rating Date;IMDB ID", "Heat;1995;3;Mar 22 2021;tt0113277", 5),
        ("Titel;Produktionsjahr;Deine Bewertung;Bewertet am", "Heat;1995;3,0;22.03.2021", 5),
        ("Título;Título original;Año;Mi nota;Fecha de voto", "Heat;Heat;1995;3;22/03/2021", 5),
        ("Titre;Titre original;Année;Ma note (/10);Date", "Heat;;1995;3;22/03/2021", 10),
        ("Name;Titel;Bewertung;Datum;Jahr", "Ana;Heat;3,0;22.03.2021;1995", 5),
        ("Title,Year,Stars,Rating,Date", '"Heat",1995,Al Pacino,3,2021-03-22', 5),
        ("Titolo,Anno,Il mio voto,Data", "Heat,1995,3,22/03/2021", 5),
        ("标题,个人评分,打分日期,上映日期", "Heat,3,2021/03/22,1995-12-15", 5),
        ("Title,Year,Rating,My Rating,IMDb Rating,Date", "Heat,1995,7.9,3,8.3,2021-03-22", 5),
        (
            "LetterboxdURI,tmdbID,imdbID,Title,Year,Rating,Rating10,WatchedDate",
            ",949,,Heat,1995,,3,2021-03-22",
            10,
        ),
    ],
)
def test_what_somebody_gave_is_found_in_the_table_of_a_service(
    tmp_path: Path, header: str, row: str, top: int
) -> None:
    found = read(tmp_path, f"{header}\n{row}\n")
    assert given(found) == [("Heat", 1995, 3.0)]
    assert found.scale.top == top
    assert found.ratings[0].at is not None
    assert found.ratings[0].at // 86_400 == 18_708, "22 March 2021"


def test_numbers_at_imdb_tell_namesakes_apart(tmp_path: Path) -> None:
    rows = "Heat,1995,3.5,tt0113277\nHeat,1995,4,https://www.imdb.com/title/tt0113277/\nHeat,1995,2,7\n"
    found = read(tmp_path, "Title,Year,Rating,IMDB ID\n" + rows)
    assert [row.source_id for row in found.ratings] == ["113277", "113277", "7"]


# What a spreadsheet made of an export


def test_a_letterboxd_export_saved_again_by_a_german_excel(tmp_path: Path) -> None:
    text = (
        "Date;Name;Year;Letterboxd URI;Rating\r\n02.01.2024;Amélie;2001;https://boxd.it/a;4,5\r\n"
        "03.01.2024;Heat;1995;https://boxd.it/b;03. Mai\r\n"
    )
    found = read(tmp_path, text.encode("cp1252"), "ratings.csv")
    assert found.kind == "A Letterboxd export's ratings.csv"
    assert given(found) == [("Amélie", 2001, 4.5)]
    assert why(found) == [(3, "no rating that can be read")]


@pytest.mark.parametrize("days", [("13/01/2024", "05/02/2024"), ("1/13/2024", "2/5/2024")])
def test_days_are_those_of_whoever_saved_the_table(tmp_path: Path, days: tuple[str, str]) -> None:
    rows = "".join(f"tt{n},9,{day},Heat,Movie,1995\n" for n, day in enumerate(days))
    found = read(tmp_path, "Const,Your Rating,Date Rated,Title,Title Type,Year\n" + rows)
    assert [row.at for row in found.ratings] == [1705147200, 1707134400], "noon"


def test_excels_unicode_text_is_read(tmp_path: Path) -> None:
    text = "Title\tYear\tRating\r\nAmélie\t2001\t4,5\r\n"
    assert given(read(tmp_path, text.encode("utf-16"), "mine.txt")) == [("Amélie", 2001, 4.5)]


def test_separators_after_the_last_full_cell_may_lack(tmp_path: Path) -> None:
    found = read(tmp_path, "Title,Year,Rating,Notes,Tags\nHeat,1995,4.5\nSeven,1995,4,good\nUp\n")
    assert given(found) == [("Heat", 1995, 4.5), ("Seven", 1995, 4.0)]
    assert why(found) == [(4, "no rating")]


@pytest.mark.parametrize(
    "text",
    [
        "My movies, by Ana\nexported 5 May\n\nTitle,Year,Rating\nHeat,1995,4.5\n",
        "Filme, die ich sah\n\nTitel;Jahr;Bewertung\nHeat;1995;4,5\n",
        "Films;;;\nTitle;Year;Rating (0.5-5);Notes\nHeat;1995;4,5;\n",
    ],
)
def test_a_table_may_have_lines_above_it(tmp_path: Path, text: str) -> None:
    assert given(read(tmp_path, text)) == [("Heat", 1995, 4.5)]


def test_totals_below_a_table_are_no_movies_and_no_scale(tmp_path: Path) -> None:
    above = "Title,Year,Rating\nHeat,1995,4.5\nAverage,2005,3\nSeven,1995,5\n,,\n"
    found = read(tmp_path, above + "Total:,,45\nDurchschnitt,,4.2\n")
    assert given(found) == [("Heat", 1995, 4.5), ("Average", 2005, 3.0), ("Seven", 1995, 5.0)]
    assert found.scale.top == 5
    assert sorted(why(found)) == [(6, "a total, no movie"), (7, "a total, no movie")]


def test_a_movie_called_total_in_an_export_is_one(tmp_path: Path) -> None:
    found = read(tmp_path, "Date,Name,Year,Letterboxd URI,Rating\n2024-01-01,Total,,u,4.5\n")
    assert given(found) == [("Total", None, 4.5)]


@pytest.mark.parametrize("cell", ["", "0", "-", "n/a", "NaN", "?", "☆☆☆☆☆"])
def test_nothing_or_zero_is_no_rating(tmp_path: Path, cell: str) -> None:
    found = read(tmp_path, f"Title,Year,Rating\nHeat,1995,{cell}\nSeven,1995,4.5\n")
    assert (given(found), why(found)) == ([("Seven", 1995, 4.5)], [(2, "no rating")])


def test_years_in_titles_are_found_in_any_brackets(tmp_path: Path) -> None:
    found = read(
        tmp_path, 'Title,Rating\nHeat [1995],4.5\nFargo (1996 film),3\n"Matrix, The (1999)",2\n'
    )
    assert given(found) == [("Heat", 1995, 4.5), ("Fargo", 1996, 3.0), ("The Matrix", 1999, 2.0)]


# Several people


def test_names_that_differ_in_case_are_one_person_and_in_accents_two(tmp_path: Path) -> None:
    text = (
        "Name,Film,Rating\nAna,Heat,4.5\nANA ,Seven,4\nJosé,Heat,3\nJose,Heat,2\nJOSE\u0301,Up,1\n"
    )
    found = read(tmp_path, text)
    assert [row.person for row in found.ratings] == ["Ana", "Ana", "José", "Jose", "José"]
    assert found.people == ("Ana", "José", "Jose")
    assert len({name_key(name) for name in found.people}) == 3


def test_a_club_may_keep_a_column_for_each_member(tmp_path: Path) -> None:
    text = (
        "Movie,Year,Watched on,Picked by,Ana,Bo's rating,José,Runtime,Average\n"
        "Heat,1995,2020-01-13,Ana,4,3.5,,170,3.75\nSeven,1995,2020-02-01,Bo,5,-,seven,127,5\n"
        "Up,2009,,Ana,,,2,96,2\nAverage,,,,4.5,3.5,2,,\n"
    )
    found = read(tmp_path, text)
    assert found.kind == "A table with a column for each member"
    assert found.people == ("Ana", "Bo", "José")
    assert [(row.person, row.title, row.rating) for row in found.ratings] == [
        ("Ana", "Heat", 4.0), ("Ana", "Seven", 5.0), ("Bo", "Heat", 3.5), ("José", "Up", 2.0)
    ]  # fmt: skip
    assert [(row.member, row.line, row.reason) for row in found.rejected] == [
        ("Ana", 5, "a total, no movie"),
        ("Bo", 5, "a total, no movie"),
        ("José", 3, "no rating that can be read"),
        ("José", 5, "a total, no movie"),
    ]
    assert len({row.key for row in found.ratings}) == 4, "no two rows are mixed up"


def test_the_columns_of_all_members_are_on_one_scale(tmp_path: Path) -> None:
    found = read(
        tmp_path, "Type,Title,Sky_Rating,Tay_Rating,Notes\nMovie,Heat,4,9,\nTV Show,X,3,3,\n"
    )
    assert (found.people, found.scale.top) == (("Sky", "Tay"), 10)
    assert [row.rating for row in found.ratings] == [4.0, 9.0]
    assert {row.reason for row in found.rejected} == {NO_MOVIE}
    of_ten = read(tmp_path, "Title,Ana (/10),Bo (/10)\nHeat,4,3\n")
    assert (of_ten.scale.top, of_ten.scale.fixed) == (10, True)


def test_an_age_limit_is_no_rating(tmp_path: Path) -> None:
    found = read(tmp_path, "Title,Year,Rating,Ana,Bo\nHeat,1995,R,4,3.5\nUp,2009,PG,5,\n")
    assert [(row.person, row.rating) for row in found.ratings] == [
        ("Ana", 4.0), ("Ana", 5.0), ("Bo", 3.5)
    ]  # fmt: skip


@pytest.mark.parametrize(
    "header",
    [
        "Metascore,Audience score",
        "IMDb Rating,Letterboxd rating",
        "Acting,Story",
        "Runtime,Votes",
        "Ana,IMDb",
    ],
)
def test_numbers_about_a_movie_are_no_members(tmp_path: Path, header: str) -> None:
    with pytest.raises(InvalidInput, match="has no columns for title and rating"):
        read(tmp_path, f"Title,Year,{header}\nHeat,1995,4,5\n")


def test_two_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="has two columns of ratings for one name"):
        read(tmp_path, "Title,Ana,Bo,ANA\nHeat,4,5,3\n")


# What is no table


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.json", '{"movies": [{"title": "Heat"}]}', "a.json is JSON and no table; known are"),
        ("a.csv", "<!DOCTYPE html>\n<html>x</html>", "a.csv is a web page or XML and no table;"),
        (
            "a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600,
            "a.xls is a spreadsheet’s own file: save it there as CSV",
        ),
    ],
)  # fmt: skip
def test_what_is_no_table_is_called_by_its_name(
    tmp_path: Path, name: str, content: str | bytes, sentence: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        read(tmp_path, content, name)
    assert str(caught.value).startswith(sentence)


def test_a_text_beside_a_table_is_no_table(tmp_path: Path) -> None:
    files: sources.Files = {"My films.csv": "Title,Rating\nHeat,4.5\n", "read me.txt": "x"}
    assert given(ratings.read(sources.zipped(files, tmp_path / "x.zip"))) == [("Heat", None, 4.5)]
    files["bo.csv"] = "Title,Rating\nUp,3\n"
    with pytest.raises(InvalidInput, match=r"x\.zip holds 2 tables: bring them one by one"):
        ratings.read(sources.zipped(files, tmp_path / "x.zip"))


def test_a_member_for_every_cell_is_refused_at_once(tmp_path: Path) -> None:
    people = ",".join(f"P{chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(70))
    with pytest.raises(InvalidInput, match="holds ratings of 70 people"):
        read(tmp_path, f"Title,{people}\nHeat{',4' * 70}\n")
    few = f"Title,{people[:59]}\n" + f"Heat{',4.5' * 15}\n" * 7_000
    with pytest.raises(InvalidInput, match="has more than 100,000 ratings"):
        read(tmp_path, few)


@pytest.mark.parametrize(
    "text",
    [("a,;|\t" * 12_000 + "\n") * 3, "Title,Rating" + "(" * 30_000 + "\nHeat,4\n", "a\n" * 60_000],
)
def test_endless_headers_are_looked_at_once(tmp_path: Path, text: str) -> None:
    began = time.process_time()
    with pytest.raises(InvalidInput, match="has no columns for title and rating"):
        read(tmp_path, text)
    assert time.process_time() - began < 3


@pytest.mark.parametrize(
    ("inside", "sentence"),
    [
        ("xl/workbook.xml", "x.zip is a spreadsheet’s own file: save it there as CSV"),
        ("content.xml", "x.zip is a spreadsheet’s own file"),
        ("letterboxd.zip", "x.zip holds another ZIP: unpack it, and bring that one."),
    ],
)
def test_a_zip_of_something_else_says_what_to_do(
    tmp_path: Path, inside: str, sentence: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        ratings.read(sources.zipped({inside: "x"}, tmp_path / "x.zip"))
    assert str(caught.value).startswith(sentence)
