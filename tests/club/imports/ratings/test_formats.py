"""What members bring from other apps is read as it was meant, in whatever form it comes."""

import contextlib
from pathlib import Path

import pytest
import sources
from hypothesis import HealthCheck, example, settings
from hypothesis import given as with_any
from hypothesis import strategies as st
from sources import given, read, why

from club.errors import InvalidInput
from club.export import HEADER
from club.imports import ratings
from club.imports.files import Archive

LETTERBOXD = ("Date", "Name", "Year", "Letterboxd URI", "Rating")
DIARY = (*LETTERBOXD, "Rewatch", "Tags", "Watched Date")
IMDB = (
    "Const", "Your Rating", "Date Rated", "Title", "Original Title", "URL", "Title Type",
    "IMDb Rating", "Runtime (mins)", "Year", "Genres", "Num Votes", "Release Date", "Directors",
)  # fmt: skip
NO_MOVIE = "a series, an episode or a game"
NOON = 12 * 3600
SEVENTY = ",".join(f"P{chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(70))


def letterboxd() -> sources.Files:
    """An export with everything that must not be taken for a rating."""
    return {
        "profile.csv": "Username,Email Address\nana,ana@example.org\n",
        "ratings.csv": sources.table(
            LETTERBOXD, ("2024-01-02", "Heat", 1995, "https://boxd.it/a", 4.5),
            ("2024-01-03", "Sabrina", "", "https://boxd.it/b", 0.5),
            ("2024-01-04", "Two\r\nlines", 2000, "https://boxd.it/c", 3), end="\r\n",
        ),
        "diary.csv": sources.table(
            DIARY, ("2024-02-01", "Heat", 1995, "https://boxd.it/e1", 2, "Yes", "", "2024-02-01"),
            ("2024-02-02", "Seven", 1995, "https://boxd.it/e2", 3, "", "", "2024-01-20"),
            ("2024-02-02", "Seven", 1995, "https://boxd.it/e3", 4, "Yes", "", "2024-01-30"),
            ("2024-02-02", "Seven", 1995, "https://boxd.it/e4", "", "Yes", "", "2024-02-01"),
            ("2024-02-03", "Toy Story", 1995, "https://boxd.it/e5", "", "", "", "2024-02-03"),
        ),
        "watched.csv": sources.table(
            LETTERBOXD[:4], ("2024-01-02", "Heat", 1995, "https://boxd.it/a"),
            ("2024-01-05", "Jumanji", 1995, "https://boxd.it/d"),
        ),
        "watchlist.csv": sources.table(LETTERBOXD[:4], ("2024-01-06", "Up", 2009, "x")),
        "deleted/ratings.csv": sources.table(LETTERBOXD, ("2020-01-01", "Gone", 1990, "g", 1)),
        "orphaned/diary.csv": sources.table(DIARY, ("2020-01-01", "Lost", 1990, "g", 1, *"   ")),
        "lists/ratings.csv": "Letterboxd list export v7\nDate,Name\n2020-01-01,Best\n",
        "likes/films.csv": sources.table(LETTERBOXD[:4], ("2020-01-01", "Liked", 1990, "g")),
        "__MACOSX/ratings.csv": "rubbish",
        "__MACOSX/._ratings.csv": b"\x00\x05\x16\x07",
    }  # fmt: skip


@pytest.mark.parametrize("root", ["", "a\\", "a/b/"])
def test_letterboxd_zip_or_folder_below_any_root(tmp_path: Path, root: str) -> None:
    found = ratings.read(sources.zipped(letterboxd(), tmp_path / "letterboxd-ana.zip", root))
    assert found.kind == "A Letterboxd export"
    assert given(found) == [
        ("Heat", 1995, 4.5), ("Sabrina", None, 0.5), ("Two lines", 2000, 3.0), ("Seven", 1995, 4.0)
    ]  # fmt: skip
    assert [row.title for row in found.of("seen")] == ["Toy Story", "Jumanji"]
    assert [row.title for row in found.of("wished")] == ["Up"]
    assert found.rejected == ()
    assert (found.scale.top, found.scale.fixed) == (5, True)
    folder = sources.folder(letterboxd(), tmp_path / "x" / "root")
    assert given(ratings.read(folder.parent)) == given(found)


def test_letterboxd_profile_is_never_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    real = Archive.open
    monkeypatch.setattr(
        Archive, "open", lambda archive, name: (opened.append(name), real(archive, name))[1]
    )
    ratings.read(sources.zipped(letterboxd(), tmp_path / "e.zip"))
    assert {*opened} == {"ratings.csv", "diary.csv", "watched.csv", "watchlist.csv"}


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("ratings.csv", (3, 0, 0)),
        ("diary.csv", (2, 1, 0)),
        ("watched.csv", (0, 2, 0)),
        ("watchlist.csv", (0, 0, 1)),
    ],
)
def test_letterboxd_part_alone(tmp_path: Path, name: str, numbers: tuple[int, int, int]) -> None:
    found = read(tmp_path, letterboxd()[name], name)
    assert (len(found.of("rating")), len(found.of("seen")), len(found.of("wished"))) == numbers


LIST_HEAD = "Date,Name,Tags,URL,Description\n2024-01-01,Best of,,u,\n\n"


@pytest.mark.parametrize("head", [f"Letterboxd list export v7\n{LIST_HEAD}", f"\n{LIST_HEAD}", ""])
def test_letterboxd_list_of_any_export(tmp_path: Path, head: str) -> None:
    text = f"{head}Position,Name,Year,URL,Description\n1,Heat,1995,u,\n2,Up,2009,u,x\n"
    found = read(tmp_path, text, "best-of.csv")
    assert found.kind == "A Letterboxd list"
    assert [(row.title, row.year) for row in found.of("wished")] == [("Heat", 1995), ("Up", 2009)]


def test_imdb_ratings(tmp_path: Path) -> None:
    def line(const: str, stars: object, title: str, kind: str, original: str = "") -> tuple:
        return (const, stars, "2023-05-01", title, original or title, "u", kind, 7.9, 100, 1995,
                "Drama", 10, "1995-01-01", "")  # fmt: skip

    text = sources.table(
        IMDB, line("tt1", 9, "Heat", "TV Movie"), line("tt2", 7, "Friends", "Fernsehserie"),
        line("tt3", 8, "Pilot", "tvEpisode"), line("tt4", 10, "Seven", "Spielfilm", "Se7en"),
        line("tt5", "", "Jumanji", "Movie"),
    )  # fmt: skip
    found = read(tmp_path, text)
    assert (found.kind, found.scale.top, found.scale.fixed) == ("IMDb's table", 10, True)
    assert [(row.titles, row.rating) for row in found.of("rating")] == [
        (("Heat",), 9.0), (("Seven", "Se7en"), 10.0)
    ]  # fmt: skip
    assert why(found) == [(3, NO_MOVIE), (4, NO_MOVIE), (6, "no rating")]


def test_imdb_ratings_of_before_2017(tmp_path: Path) -> None:
    text = (
        '"position","const","created","modified","description","Title","Title type","Directors",'
        '"You rated","IMDb Rating","Runtime (mins)","Year","Genres","Num. Votes",'
        '"Release Date (month/day/year)","URL"\n'
        '"1","tt1","Sun Jan  5 10:20:30 2014","","","Am\xe9lie","Feature Film","","8","8.3","122",'
        '"2001","comedy","1","2001-04-25","u"\n'
    )
    found = read(tmp_path, text.encode("latin-1"))
    assert given(found) == [("Amélie", 2001, 8.0)]
    assert found.of("rating")[0].at == 1388917230


TMDB = (
    "TMDb ID", "IMDb ID", "Type", "Name", "Release Date", "Season Number", "Episode Number",
    "Rating", "Your Rating", "Date Rated",
)  # fmt: skip


def test_tmdb_ratings_and_watchlist(tmp_path: Path) -> None:
    day = "1995-12-15T00:00:00Z"
    text = sources.table(
        TMDB, (949, "tt1", "movie", "Heat", day, "", "", 7.9, "8.5", "2022-09-20T00:00:00Z"),
        (1396, "tt2", "tv", "Show", day, "", "", 8.9, 10, "2022-09-20T00:00:00Z"),
        (807, "tt3", "movie", "Seven", day, "", "", 8.4, "", ""),
    )  # fmt: skip
    found = read(tmp_path, text)
    assert (found.kind, found.scale.top, found.scale.fixed) == ("TMDB's table", 10, True)
    assert given(found) == [("Heat", 1995, 8.5)]
    assert found.of("rating")[0].tmdb_id == 949
    assert [row.title for row in found.of("wished")] == ["Seven"]
    assert why(found) == [(3, NO_MOVIE)]


IMDB_LIST = (
    "Position", "Const", "Created", "Modified", "Description", "Title", "Title Type", "Year"
)  # fmt: skip


@pytest.mark.parametrize("rated", [("Your Rating", "Date Rated"), ()])
def test_imdb_list(tmp_path: Path, rated: tuple[str, ...]) -> None:
    days, wide = ("2024-03-01", "2024-03-01", ""), len(rated)
    text = sources.table(
        (*IMDB_LIST, *rated),
        (1, "tt1", *days, "Heat", "Movie", 1995, *(9, "2024-01-05")[:wide]),
        (2, "tt2", *days, "Seven", "Movie", 1995, *("", "")[:wide]),
        (3, "tt3", *days, "Show", "TV Series", 1995, *("", "")[:wide]),
    )
    found = read(tmp_path, text)
    assert given(found) == ([("Heat", 1995, 9.0)] if rated else [])
    assert [row.title for row in found.of("wished")] == (["Seven"] if rated else ["Heat", "Seven"])
    assert why(found) == [(4, NO_MOVIE)]


@pytest.mark.parametrize(
    "raw",
    [
        "Title;Year;Rating\nAmélie;2001;4,5\n".encode(),
        "Title;Year;Rating\r\nAmélie;2001;4,5\r\n".encode("cp1252"),
        "Title\tYear\tRating\nAmélie\t2001\t4.5\n".encode("utf-8-sig"),
        "Title,Year,Rating\nAmélie,2001,4.5\n".encode("utf-16"),
        'sep=;\nTitle;Year;Rating\n"Amélie";"2001";"4,5"\n'.encode(),
        'Rating,Title\n"4,5",Amélie (2001)\n'.encode(),
        "\n\nTitle,Year,Rating\n\n,,\nAm\x00élie,2001.0,4.5\n\n".encode(),
        "Film|Release Year|Stars\nAmélie|2001|.45e1\nAmélie|2001|4.5\n".encode(),
        "Title,Year,Rating,,\nAmélie,2001,4.5,,\n".encode(),
    ],
)
def test_separators_and_encodings(tmp_path: Path, raw: bytes) -> None:
    found = read(tmp_path, raw)
    assert found.kind == "A table of ratings"
    assert given(found) == [("Amélie", 2001, 4.5)]


def test_columns_of_a_table(tmp_path: Path) -> None:
    text = (
        "User,Movie_ID,Movie,TMDB ID,Date Rated,My Rating,Type\n"
        "Ana,6,Heat,949,2024-01-02,4.5,movie\nBo,-3,Ours,,05.02.2024,2,movie\n"
        "Bo,1,Lost,,,2,episode\n"
    )
    heat, ours = read(tmp_path, text).rows
    assert (heat.person, heat.movie_id, heat.tmdb_id, heat.at) == ("Ana", 6, 949, 1704153600 + NOON)
    assert (ours.person, ours.movie_id, ours.tmdb_id) == ("Bo", -3, None)
    assert ours.at == 1707091200 + NOON


def test_rejected_rows_have_a_reason(tmp_path: Path) -> None:
    text = (
        "Title,Year,Rating,Member\nHeat,1995,4.5,Ana\n,1995,4,Ana\nHeat,1995,,Ana\n"
        f"Heat,1995,good,Ana\nHeat,1995,0,Ana\n{'x' * 10_000},1995,4,Ana\nHeat,1995,4,\n"
        f"Heat,1995,4,{'y' * 10_000}\nHeat,1995,4\nHeat,1995,4,Ana,more\n"
    )
    found = read(tmp_path, text)
    assert given(found) == [("Heat", 1995, 4.5)]
    assert why(found) == [
        (3, "no title"),
        (4, "no rating"),
        (5, "no rating that can be read"),
        (6, "no rating"),
        (7, "a title of more than 200 characters"),
        (8, "no name of a member"),
        (9, "no name that can be used"),
        (10, "no name of a member"),
        (11, "5 cells where the header has 4"),
    ]


def test_read_all_numbers_files_of_one_name(tmp_path: Path) -> None:
    files: sources.Files = {"mine.csv": "Title,Rating\nUp,3\n"}
    paths = [sources.folder(files, tmp_path / n) / "mine.csv" for n in "ab"]
    found = ratings.read_all(paths)
    assert [source.file for source in found] == ["mine.csv", "mine.csv (2)"]
    assert [source.rows[0].key for source in found] == [("mine.csv", 2), ("mine.csv (2)", 2)]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "mine.csv is empty or no table."),
        ("Dear diary\n", "mine.csv has no columns for title and rating; it has Dear diary."),
        ("Title,Rating\n", "mine.csv holds no ratings."),
        ("Title,Rating\n" + "a,1\n" * 100_001, "mine.csv has more than 100,000 rows"),
        ("userId,filmId,rating\n1,1,4\n", "it has userId, filmId, rating."),
        ("Title,Rating\nUp,3/5\nUp,8/10\n", "mine.csv mixes ratings of up to 5 and 10;"),
        ("Title,Year,Ana,IMDb\nUp,2009,4,5\n", "has no columns for title and rating"),
        ("Title,Ana,Bo,ANA\nUp,4,5,3\n", "has two columns of ratings for one name"),
        (f"Title,{SEVENTY}\nUp{',4' * 70}\n", "holds ratings of 70 people"),
    ],
)
def test_files_without_ratings_are_refused(tmp_path: Path, content: str, sentence: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read(tmp_path, content)
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


# Damaged and hostile files are refused or survived

HEADS = {
    "ratings.csv": "Date,Name,Year,Letterboxd URI,Rating",
    "diary.csv": "Date,Name,Year,Letterboxd URI,Rating,Rewatch,Tags,Watched Date",
    "watched.csv": "Date,Name,Year,Letterboxd URI",
    "list.csv": "Letterboxd list export v7\nDate,Name\n\nPosition,Name,Year",
    "imdb.csv": "Const,Your Rating,Date Rated,Title,Title Type,Year",
    "own.csv": ",".join(HEADER),
    "plain.csv": "Title;Year;Rating;Member;Date;Movie_ID",
}
QUIET = settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))


def test_nuls_formulas_and_endless_cells(tmp_path: Path) -> None:
    text = 'Title,Rating\nU\x00p,4.5\n=1+1,3\n"' + "x" * (2 << 20) + '",1\n"open, 1\nHeat,2\n'
    found = read(tmp_path, text)
    assert [(row.title, row.rating) for row in found.rows] == [("Up", 4.5), ("=1+1", 3.0)]
    assert {row.reason for row in found.rejected} >= {"no row of a table"}


@QUIET
@with_any(st.sampled_from(sorted(HEADS)), st.one_of(st.text(max_size=150), st.binary(max_size=150)))
@example("plain.csv", b"\xff\xfe\x00")
@example("list.csv", b"Letterboxd list export v7")
def test_any_content_is_read_or_refused(tmp_path: Path, name: str, content: str | bytes) -> None:
    raw = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    for body in (raw, HEADS[name].encode() + b"\n" + raw):
        (tmp_path / name).write_bytes(body)
        with contextlib.suppress(InvalidInput):
            found = ratings.read(tmp_path / name)
            for row in found.rows:
                assert 1 <= len(row.title) <= 200
                assert row.year is None or 1870 <= row.year <= 2100
                assert row.at is None or row.at >= 0
