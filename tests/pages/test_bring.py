"""The page Bring ratings: preview, decide, save, undo."""

import json
from pathlib import Path

import pytest
import sources
from an_evening import metrics
from furnished import Open, click
from streamlit.testing.v1 import AppTest

from club.store import Store

HEAT, MATRIX, SABRINA, PULP_FICTION = 6, 2571, 7, 296
LETTERBOXD = ("Date", "Name", "Year", "Letterboxd URI", "Rating")


def export(tmp_path: Path, *rows: tuple[object, ...], name: str = "letterboxd-ana.zip") -> bytes:
    files: sources.Files = {"ratings.csv": sources.table(LETTERBOXD, *rows)}
    return sources.zipped(files, tmp_path / name, "root/").read_bytes()


def upload(app: AppTest, *files: tuple[str, bytes | str]) -> AppTest:
    raw = [(name, c if isinstance(c, bytes) else c.encode("utf-8"), "") for name, c in files]
    app.file_uploader[0].set_value(raw).run()
    assert not app.exception
    return app


def keyed(app: AppTest, kind: str, part: str):
    """The widget of a kind whose key holds `part`."""
    return next(widget for widget in app.get(kind) if part in (widget.key or ""))


def of(store: Store, member: int) -> dict[int, float]:
    mine = store.ratings.current().query("member_id == @member")
    return dict(zip(mine["movie_id"], mine["rating"], strict=True))


@pytest.fixture
def zed(store: Store) -> int:
    return store.members.add("Zed")


def test_preview_then_save_then_undo(
    open_page: Open, store: Store, zed: int, tmp_path: Path
) -> None:
    content = export(
        tmp_path, ("2020-05-01", "Heat", 1995, "a", 4.5), ("2020-05-02", "The Matrix", 1999, "b", 3)
    )
    version = store.version()
    app = upload(open_page("bring"), ("letterboxd-zed-2020.zip", content))
    assert keyed(app, "selectbox", "who").value == "Zed", "the file's own name says whose it is"
    assert metrics(app) == {
        "New": "2", "Already there": "0", "Other stars": "0", "To decide": "0", "Not found": "0",
        "Left out": "0",
    }  # fmt: skip
    assert store.version() == version
    click(app, "Import 2 ratings")
    assert of(store, zed) == {HEAT: 4.5, MATRIX: 3.0}
    assert app.success[0].value == "Imported: 2 ratings."
    mine = store.ratings.current().query("member_id == @zed")
    assert mine["timestamp"].tolist() == [1588334400, 1588420800]
    app.button("undo").click().run()
    assert of(store, zed) == {HEAT: 4.5, MATRIX: 3.0}, "two ratings go only after a question"
    store.ratings.undo()
    assert of(store, zed) == {}


def test_json_of_trakt(open_page: Open, store: Store, zed: int) -> None:
    movie = {"title": "Heat", "year": 1995, "ids": {"trakt": 1, "imdb": "tt0113277", "tmdb": 949}}
    rated = [{"rated_at": "2020-05-01T20:00:00.000Z", "rating": 9, "type": "movie", "movie": movie}]
    app = upload(open_page("bring"), ("zed.json", json.dumps(rated)))
    click(app, "Import 1 rating")
    assert of(store, zed) == {HEAT: 4.5}


def test_member_is_chosen_for_a_file_without_names(
    open_page: Open, store: Store, zed: int, tmp_path: Path
) -> None:
    content = export(tmp_path, ("2020-05-01", "Heat", 1995, "a", 4.5))
    app = upload(open_page("bring"), ("letterboxd-xy.zip", content))
    assert metrics(app)["Left out"] == "1"
    assert app.button("bring_save").disabled
    keyed(app, "selectbox", "who").set_value("Zed").run()
    click(app, "Import 1 rating")
    assert of(store, zed) == {HEAT: 4.5}


def test_members_are_found_or_added(open_page: Open, store: Store, zed: int) -> None:
    text = "Title,Year,Rating,Member\nHeat,1995,4.5,ZED\nHeat,1995,2,Yan\n"
    app = upload(open_page("bring"), ("t.csv", text))
    assert "Yan joins the club." in [text.value for text in app.caption]
    click(app, "Import 2 ratings")
    yan = int(store.members.all().query("name == 'Yan'").index[0])
    assert (of(store, zed), of(store, yan)) == ({HEAT: 4.5}, {HEAT: 2.0})
    assert app.success[0].value == "Imported: 2 ratings and 1 new member."


@pytest.fixture
def uncertain(open_page: Open, zed: int) -> AppTest:
    """Three rows that nobody can be certain of."""
    text = "Title,Year,Rating\nSabrina,1996,4.5\nHeatt,1995,3\nMatrix,1999,2\n"
    return upload(open_page("bring"), ("zed.csv", text))


def test_uncertain_rows_are_taken_when_confirmed(
    uncertain: AppTest, store: Store, zed: int
) -> None:
    app = uncertain
    assert metrics(app)["To decide"] == "3"
    assert app.button("bring_save").disabled
    which = {box.label: box for box in app.selectbox if "_is_" in box.key}
    assert which["Which movie is Sabrina?"].value == 0, "another year's is never proposed"
    which["Which movie is Sabrina?"].set_value(SABRINA).run()
    assert keyed(app, "checkbox", "sure_zed.csv_2").value, "whoever chooses has decided"
    keyed(app, "checkbox", "sure_zed.csv_3").check().run()
    assert metrics(app)["To decide"] == "1"
    click(app, "Import 1 rating")
    assert of(store, zed) == {SABRINA: 4.5}


def test_none_of_these_is_one_decision_for_all(uncertain: AppTest, store: Store, zed: int) -> None:
    app = click(uncertain, "None of these for all 3 without a proposal")
    assert (metrics(app)["To decide"], metrics(app)["Not found"]) == ("0", "3")
    keyed(app, "toggle", "add").set_value(True).run()
    click(app, "Import 3 ratings")
    assert store.movies.own()["title"].tolist() == ["Sabrina", "Heatt", "Matrix"]
    assert len(of(store, zed)) == 3


def test_one_decision_for_all_members_of_a_movie(open_page: Open, store: Store, zed: int) -> None:
    text = "Film,Year,Zed,Bo\nSabrina,1996,4.5,3\nHeatt,1995,,2\nHeat,1995,5,\n"
    app = upload(open_page("bring"), ("t.csv", text))
    assert metrics(app)["To decide"] == "3"
    told = [text.value for text in [*app.markdown, *app.caption]]
    assert "## Which movie is it? 2 of 2 to decide" in told
    assert any("4½ ★ and 3 ★" in text for text in told)
    assert r"Zed and Bo\: the movie of that name is of another year\." in told
    next(b for b in app.selectbox if "is_t.csv: Zed_2" in b.key).set_value(SABRINA).run()
    assert metrics(app)["To decide"] == "1"
    click(app, "Import 3 ratings")
    bo = int(store.members.all().query("name == 'Bo'").index[0])
    assert (of(store, zed), of(store, bo)) == ({SABRINA: 4.5, HEAT: 5.0}, {SABRINA: 3.0})


def test_other_stars_are_chosen_by_rule(open_page: Open, store: Store, zed: int) -> None:
    store.ratings.rate_many([(zed, HEAT, 1), (zed, MATRIX, 1), (zed, PULP_FICTION, 5)])
    text = "Title,Year,Rating,Member\nHeat,1995,4.5,Zed\nThe Matrix,1999,3,Zed\n"
    app = upload(open_page("bring"), ("t.csv", text + "Pulp Fiction,1994,5,Zed\n"))
    assert (metrics(app)["Other stars"], metrics(app)["Already there"]) == ("2", "1")
    assert app.button("bring_save").disabled, "without a day the club's stars stay"
    assert app.dataframe[0].value["Counts"].tolist() == ["ours", "ours"]
    keyed(app, "button_group", "take").set_value("theirs").run()
    click(app, "Import 2 ratings")
    assert of(store, zed) == {HEAT: 4.5, MATRIX: 3.0, PULP_FICTION: 5.0}


def test_watchlist_and_seen_movies(open_page: Open, store: Store, zed: int, tmp_path: Path) -> None:
    files: sources.Files = {
        "watchlist.csv": sources.table(LETTERBOXD[:4], ("2020-01-01", "Heat", 1995, "a")),
        "watched.csv": sources.table(LETTERBOXD[:4], ("2020-01-01", "The Matrix", 1999, "a")),
    }
    content = sources.zipped(files, tmp_path / "x.zip").read_bytes()
    app = upload(open_page("bring"), ("letterboxd-zed.zip", content))
    click(app, "Import 1 movie seen and 1 movie to watch")
    assert app.success[0].value == "Imported: 1 movie seen and 1 movie to watch."
    assert store.watchlists.of(zed) == [HEAT]
    assert [zed, MATRIX] in store.members.seen().values.tolist()


@pytest.mark.reads
def test_unreadable_file_is_one_sentence(open_page: Open) -> None:
    (error,) = upload(open_page("bring"), ("../../x.csv", "")).error
    assert "is empty or no table" in error.value
