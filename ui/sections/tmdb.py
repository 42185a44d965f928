"""From TMDB: posters, a section of the Catalogue page, and where to watch a movie."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import streamlit as st

from club.sources.tmdb import SECRETS, Offers, Tmdb, fetch_posters, without_poster
from recommender.columns import MOVIE
from ui import state, tmdb
from ui.components.basics import change_button, errors_shown, follow, how_far, how_it_went
from ui.jobs import JobStatus
from ui.state import View
from ui.text import counted, listed, plain


def section(club: View) -> None:
    """Draw everything that TMDB has for the club, or how to get a key."""
    st.header("From TMDB", anchor=False)
    with errors_shown():
        client = tmdb.client()
        if client is None:
            st.markdown(
                "TMDB, The Movie Database, has the real posters, trailers and where to watch a "
                "movie. It wants a key, which is "
                "[free](https://www.themoviedb.org/settings/api) for private use. Put it into "
                f"the file `{SECRETS}` beside `app.py`:"
            )
            st.code('[tmdb]\nkey = "your key"', language="toml")
            return
        _posters_for_all(club, client)
    st.caption(tmdb.CREDIT)


def offers(club: View, movie: int) -> None:
    """Draw a movie's trailer and where to watch it, for who asks; nothing without a key."""
    with errors_shown():
        client = tmdb.client()
        if client is None:
            return
        label, icon = "Trailer and where to watch", ":material/live_tv:"
        with st.expander(label, icon=icon, key=f"offers_{movie}", on_change="rerun") as folded:
            if folded.open:
                with st.spinner("Asking TMDB …"):
                    tmdb_id = client.find(club.movies.loc[movie])
                    found = None if tmdb_id is None else client.offers(tmdb_id)
                _offers(found)


def _offers(found: Offers | None) -> None:
    if found is None:
        st.caption("TMDB has several movies of this title and year, or none.")
        return
    if found.trailer:
        st.link_button("Trailer on YouTube", found.trailer, icon=":material/play_circle:")
    if not found.by_region:
        st.caption("No service is known to show it.")
        return
    countries, here = list(found.by_region), (st.context.locale or "")[-2:].upper()
    first = countries.index(here) if here in countries else 0
    country = st.selectbox("Country", countries, index=first, key="country")
    for way, names in found.by_region[country].items():
        st.markdown(f"**{way}**: {plain(listed(names))}")
    st.caption(f"Where to watch comes from JustWatch. {tmdb.CREDIT}")


def _posters_for_all(club: View, client: Tmdb) -> None:
    job = tmdb.poster_job()
    if job.status.state == "running":
        follow(lambda: tmdb.poster_job().status, _progress)
        return
    ours = [*club.shortlist, *club.ratings[MOVIE].tolist()]
    missing = without_poster(club.movies, ours, tmdb.posters())
    how_it_went(job.status, _said(job.status.counts))
    if not missing.empty:
        change_button(
            f"Fetch posters ({len(missing)})",
            job.start,
            partial(fetch_posters, client, state.store(), missing),
            icon=":material/wallpaper:",
            key="tmdb_posters",
            help="For the shortlist and all that you rated. It goes on in the background.",
        )


def _progress(status: JobStatus) -> None:
    text = f"Fetching posters: {status.done} of {status.total}"
    how_far(status, text, tmdb.poster_job().stop, "tmdb_stop")


def _said(counts: Mapping[str, int]) -> list[str]:
    unsure, without = counts.get("unsure", 0), counts.get("without", 0)
    said = [f"{counted(counts.get('posters', 0), 'poster')} came."]
    if unsure:
        doubt = "might be another one of the same name."
        said.append(f"{counted(unsure, 'movie')} {doubt}")
    if without:
        said.append(f"{counted(without, 'movie')} have none there.")
    return said
