"""Newer movies, a section of the Catalogue page: ask Wikidata, but only when somebody says so."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import partial

import streamlit as st

from club import config
from club.catalogue import catalogue
from club.sources import lookup
from club.sources.wikidata import ADDRESS, Wikidata
from ui import access, state
from ui.components.basics import change_button, follow, how_far, how_it_went
from ui.jobs import JobStatus, Report
from ui.state import View
from ui.text import counted

lookup_job = partial(state.job, "looking movies up")


def section(club: View) -> None:
    """Draw what can be looked up, how far it is, or what came of it."""
    st.header("Newer movies", anchor=False)
    if not access.is_host():
        st.caption("Only a host can look for newer movies.")
        return
    if lookup_job().status.state == "running":
        follow(lambda: lookup_job().status, _progress)
        return
    how_it_went(lookup_job().status, said(lookup_job().status.counts))
    since = lookup.last_year(state.base_dataset().movies, date.today())
    st.markdown(
        f"[Wikidata](https://www.wikidata.org) knows what came out since {since}, and more about "
        "the movies that you added. We ask only when you press this, and send nothing but titles, "
        "years and numbers of movies you added."
    )
    label = "Look for newer movies"
    change_button(label, access.host_only(start), since, icon=":material/update:", key="look_up")


def start(since: int) -> bool:
    """Begin to look up own movies, then newer ones; False if that is running."""
    job, store, data = lookup_job(), state.store(), state.base_dataset()
    words = lookup.words(data.movies)
    wikidata = Wikidata(config.folder() / lookup.FOLDER, words, ADDRESS, wait=job.pause)

    def work(report: Report) -> None:
        counts: dict[str, int] = {}

        def tell(message: str, done: int, total: int, **found: int) -> None:
            counts.update(found)
            report(done, total, message, **counts)

        movies, told = catalogue(data, store), partial(tell, "Movies we added")
        lookup.complete(wikidata, store, movies, told)
        movies, told = catalogue(data, store), partial(tell, "Newer movies")
        lookup.add_newer(wikidata, store, movies, told, since=since)

    return job.start(work)


def _progress(status: JobStatus) -> None:
    step = f"{status.message}: step {status.done} of {status.total}."
    text = step if status.total else "Asking Wikidata …"
    how_far(status, text, lookup_job().stop, "look_up_stop")


def said(counts: Mapping[str, int]) -> list[str]:
    """Return what a look-up brought, in sentences."""
    added = counts.get("added", 0)
    said = [f"{counted(added, 'newer movie')} came." if added else "No newer movie came."]
    if filled := counts.get("filled"):
        said.append(f"{counted(filled, 'movie')} that we added got what was missing.")
    if same := counts.get("same"):
        said.append(f"{counted(same, 'movie')} that we added was here already: now they are one.")
    if unsure := counts.get("unsure"):
        said.append(f"{counted(unsure, 'movie')} that we added could not be told for certain.")
    return said
