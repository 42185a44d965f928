"""Take your data with you: one click each, the data of now, names as plain text."""

import csv
import io
import zipfile

import pytest
import streamlit as st
from furnished import Open

from club.store import Store


@pytest.fixture
def downloads(monkeypatch: pytest.MonkeyPatch) -> dict:
    """What each download button was given: key -> (file name, content, its answer to a click)."""
    found = {}
    draw = st.download_button

    def note(label, data, *rest, **named):
        found[named["key"]] = (label, named.get("file_name"), data, named.get("on_click"))
        return draw(label, data, *rest, **named)

    monkeypatch.setattr(st, "download_button", note)
    return found


def table(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8"), newline="")))


def test_downloads_are_made_on_the_click(open_page: Open, store: Store, downloads: dict) -> None:
    app = open_page("settings", set="Backups")
    label, name, ratings, click = downloads["export_ratings"]
    assert (label, name, click) == ("All ratings (CSV)", "ratings.csv", "ignore")
    header, *rows = table(ratings())
    assert header[:2] == ["member_id", "member"]
    assert len(rows) == len(store.ratings.current())
    label, name, everything, click = downloads["export_all"]
    assert (label, name, click) == ("Everything (ZIP)", "movie-club.zip", "ignore")
    zoe = store.members.add("Zoë *b*")
    with zipfile.ZipFile(io.BytesIO(everything())) as archive:
        assert "Zoë *b*" in archive.read("members.csv").decode()
    app.run().selectbox("letterboxd_of").set_value(zoe).run()
    _, name, own, _ = downloads[f"export_letterboxd_{zoe}"]
    assert (name, len(table(own()))) == ("letterboxd.csv", 1)  # the names of its columns


def test_everything_can_be_imported_under_any_name(
    open_page: Open, store: Store, downloads: dict
) -> None:
    open_page("settings", set="Backups")
    content = downloads["export_all"][2]()
    ana, before = int(store.members.all().index[0]), store.ratings.current()
    gone = int(before.query("member_id == @ana")["movie_id"].iloc[0])
    store.ratings.unrate(ana, gone)
    app = open_page("bring")
    app.get("file_uploader")[0].upload("holiday.zip", content).run()
    assert not app.exception
    assert not app.error
    assert [box.value for box in app.selectbox][: len(store.members.all())] == [
        *store.members.all()["name"]
    ]
    assert app.button("bring_save").label == "Import 1 rating"
    app.button("bring_save").click().run()
    columns = ["member_id", "movie_id", "rating"]
    assert store.ratings.current()[columns].equals(before[columns])
