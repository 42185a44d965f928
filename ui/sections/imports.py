"""The catalogue: its size, and the import of another one: choose files, preview, save."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from club import config
from club.errors import InvalidInput
from club.imports import catalogue
from club.sources import movielens
from ui import access, state
from ui.components.basics import (
    change,
    change_button,
    errors_shown,
    file_name,
    follow,
    how_far,
    notify,
)
from ui.components.figures import draw_counts
from ui.jobs import JobStatus, Report
from ui.state import View
from ui.text import day, plain

FILES, WHERE, RATINGS = "import_files", "import_path", "import_ratings"
FOUND, WANTED, ROUND = "import_found", "import_wanted", "import_round"
KINDS = ["zip", "csv", "gz", "dat", "data", "item", "jsonl"]
WHAT = (
    "**The Movies Dataset** (its ZIP, or its CSV files together), any **MovieLens** archive, or "
    "product **reviews**. You see what is in it before anything changes."
)


def overview(club: View) -> None:
    """Draw the numbers of movies, keywords, ratings and raters."""
    world, movies = state.base_dataset(), club.movies
    described = sum(len(words) > 0 for words in movies["keywords"])
    counts = {"Movies": len(movies), "With keywords": described}
    counts |= {"Ratings": len(world.ratings), "People": len(world.user_ids)}
    draw_counts(counts, border=True)


def section(club: View) -> None:
    """Draw the origin of the base dataset, and the import of another one."""
    st.header("Other movies and ratings", anchor=False)
    if not access.is_host():
        st.caption("Only a host can import them.")
        return
    _origin(club)
    found: catalogue.Import | None = st.session_state.get(FOUND)
    if found is None:
        _ask()
    else:
        _preview(found)


def _origin(club: View) -> None:
    origin = state.imported()
    if isinstance(origin, str):
        st.warning(
            f"{plain(origin)} Until then we use what came with the app.", icon=":material/error:"
        )
    elif origin is None:
        st.caption("Now: the MovieLens ratings and the keywords that came with the app.")
        return
    else:
        st.caption(f"Now: {plain(origin.kind)}, imported on {day(origin.imported_at)}.")
    back = "Back to what came with the app"
    with st.popover(back, key="import_forget", icon=":material/undo:"):
        st.markdown(
            "The imported movies and ratings go. Whatever the club rated or put on its shortlist "
            "stays."
        )
        look: Any = {"type": "primary", "key": "import_forget_sure", "done": f"{back}."}
        change_button("Go back", access.host_only(state.back_to_bundled), club, **look)


def _ask() -> None:
    st.markdown(WHAT)
    key = f"{FILES}_{st.session_state.get(ROUND, 0)}"
    files = st.file_uploader(
        "Files", type=KINDS, accept_multiple_files=True, key=key, label_visibility="collapsed"
    )
    with st.expander("Or a folder or file on this computer", icon=":material/folder_open:"):
        place = st.text_input("Path", key=WHERE, placeholder="/home/you/Downloads/ml-latest.zip")
    with st.expander("Or fetch one from MovieLens", icon=":material/cloud_download:"):
        _fetch()
    with_ratings = st.toggle(
        "Learn from its ratings",
        value=True,
        key=RATINGS,
        help="They take the place of the ratings that we learn from now. Off: only movies and "
        "keywords are imported.",
    )
    st.button(
        "Look inside",
        key="import_look",
        icon=":material/search:",
        disabled=not (files or place),
        on_click=st.session_state.__setitem__,
        args=(WANTED, True),
    )
    if not st.session_state.get(WANTED):
        return
    with errors_shown(), _on_disk(files, place) as path:
        _look(path, with_ratings=with_ratings)
    # Here and not before: a run that is cut short looks again. What is wrong is said once.
    del st.session_state[WANTED]
    if FOUND in st.session_state:
        st.rerun()


fetch_job = partial(state.job, "fetching")


def _fetch() -> None:
    """Draw which archive to fetch on what terms, how far that is, or that it can be looked into."""
    job = fetch_job()
    if job.status.state == "running":
        follow(lambda: job.status, _fetching)
        return
    if job.status.state == "failed":
        st.warning(plain(job.status.message), icon=":material/cloud_off:")
    names = list(movielens.ARCHIVES)
    name = st.selectbox("Archive", names, format_func=_described, key="fetch_name")
    st.caption(movielens.TERMS)
    if found := movielens.fetched(name, config.folder()):
        st.button("Look inside it", on_click=_look_at, args=(found,), icon=":material/search:")
    else:
        icon = ":material/cloud_download:"
        change_button("Fetch it", access.host_only(start_fetching), name, icon=icon)


def _described(name: str) -> str:
    archive = movielens.ARCHIVES[name]
    return f"{archive.title} ({archive.size / 1e6:.0f} MB)"


def start_fetching(name: str) -> bool:
    """Begin to fetch an archive, or go on with it; False if that is running."""
    job, folder = fetch_job(), config.folder()

    def work(report: Report) -> None:
        movielens.fetch(name, folder, report)

    return job.start(work)


def _fetching(status: JobStatus) -> None:
    left = status.seconds_left
    text = f"{status.done / 1e6:,.0f} of {status.total / 1e6:,.0f} MB"
    text += "" if left is None else f", about {max(left / 60, 1):.0f} min left"
    how_far(status, text, fetch_job().stop, "fetch_stop")
    st.caption("What is here stays: next time it goes on from there.")


def _look_at(file: Path) -> None:
    st.session_state[WHERE] = str(file)
    st.session_state[WANTED] = True


def _look(path: Path, *, with_ratings: bool) -> None:
    bar = st.progress(0.0, "Reading …")

    def report(share: float, what: str) -> None:
        bar.progress(min(share, 1.0), f"Reading {plain(what)} …")

    source = catalogue.read(path, report)
    bar.progress(1.0, "Comparing it with the movies that are here …")
    st.session_state[FOUND] = catalogue.join(
        source, state.base_dataset(), with_ratings=with_ratings
    )


@contextmanager
def _on_disk(files: list[UploadedFile], place: str) -> Iterator[Path]:
    """Yield a temporary folder with the uploaded files, or else the path that was typed."""
    if not files:
        path = Path(place.strip()).expanduser()
        if not path.exists():
            raise InvalidInput(f"There is nothing at {path}.")
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="movie-club-") as folder:
        for file in files:
            with Path(folder, file_name(file.name)).open("wb") as out:
                while chunk := file.read(1 << 20):
                    out.write(chunk)
        found = list(Path(folder).iterdir())
        yield found[0] if len(found) == 1 else Path(folder)


def _preview(found: catalogue.Import) -> None:
    with st.container(border=True, key="import_preview"):
        st.markdown(f"## {plain(found.kind)}")
        draw_counts(found.counts)
        for note in found.notes:
            st.caption(plain(note))
        st.dataframe(found.sample, hide_index=True, width="stretch")
        with st.container(horizontal=True):
            st.button(
                "Import it",
                type="primary",
                key="import_save",
                icon=":material/library_add_check:",
                on_click=_save,
                args=(found,),
            )
            st.button("Cancel", key="import_cancel", on_click=_done)


def _save(found: catalogue.Import) -> None:
    if change(access.host_only(state.take_over), found) is not None:
        _done()
        notify(f"{plain(found.kind)} is in, and learning has begun.")


def _done() -> None:
    st.session_state.pop(FOUND, None)
    st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1
