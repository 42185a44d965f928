"""From TMDB, a section of the Catalogue page: search, take over, and fetch posters."""

from __future__ import annotations

import streamlit as st

from club.errors import BadAnswer, SourceError, SourceUnavailable
from club.matching import in_catalogue
from club.movies import Details
from club.sources.tmdb import (
    SECRETS,
    Found,
    Offers,
    Tmdb,
    TmdbMovie,
    fetch_posters,
    without_poster,
)
from recommender.columns import MOVIE
from ui import state, tmdb
from ui.components.basics import change_button, errors_shown, follow, notify
from ui.components.tile import draw_tiles, movie_link, tile_data
from ui.jobs import JobStatus, Report
from ui.posters import poster
from ui.state import View
from ui.text import counted, film, listed, plain

TEXT, ASKED, FOUND = "tmdb_text", "tmdb_asked", "tmdb_found"
CHOSEN, MOVIE_THERE = "tmdb_chosen", "tmdb_movie"
LISTED, SHOWN = "tmdb_listed", 12
TELL_MORE = (
    "Look for newer movies, or say what it is about on its page, and we can guess your stars."
)


def section(club: View) -> None:
    """Draw everything that TMDB has for the club, or how to get a key."""
    st.header("From TMDB", anchor=False)
    with errors_shown():
        client = tmdb.client()
        if client is None:
            st.markdown(
                "TMDB, The Movie Database, knows any movie, with poster, length, trailer and "
                "where to watch it. It wants a key, which is "
                "[free](https://www.themoviedb.org/settings/api) for private use. Put it into "
                f"the file `{SECRETS}` beside `app.py`:"
            )
            st.code('[tmdb]\nkey = "your key"', language="toml")
            return
        _search(client)
        _chosen(club, client)  # above the results, in sight of the click
        _results(club)
        _posters_for_all(club, client)
    st.caption(tmdb.CREDIT)


def _search(client: Tmdb) -> None:
    def ask() -> None:
        for name in (FOUND, CHOSEN, MOVIE_THERE):
            st.session_state.pop(name, None)
        st.session_state[ASKED] = st.session_state[TEXT].strip()

    with (
        st.form("tmdb_search", border=False),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        hint = "A title in any language"
        st.text_input("Search TMDB", key=TEXT, max_chars=200, placeholder=hint)
        st.form_submit_button("Search", icon=":material/travel_explore:", on_click=ask)
    asked = st.session_state.get(ASKED)
    if not asked:
        return
    with errors_shown(), st.spinner("Asking TMDB …"):
        found = client.search(asked)[:SHOWN]
        _fetch_posters(client, found)
        st.session_state[FOUND] = found
    # Here and not before: a run that is cut short asks again. A fault is not asked for twice.
    del st.session_state[ASKED]


def _fetch_posters(client: Tmdb, found: list[Found]) -> None:
    """Fetch the posters that come; the others are drawn."""
    for movie in found:
        try:
            client.poster(movie)
        except BadAnswer:
            continue
        except SourceUnavailable:
            return


def _results(club: View) -> None:
    found: list[Found] = st.session_state.get(FOUND, [])
    if FOUND in st.session_state and not found:
        st.markdown("TMDB knows no movie of that name.")

    def choose(tmdb_id: int) -> None:
        st.session_state[CHOSEN] = tmdb_id
        st.session_state.pop(MOVIE_THERE, None)

    tiles = []
    for movie in found:
        is_known = in_catalogue(club.movies, movie.tmdb_id, movie.titles, movie.year) is not None
        year, note = str(movie.year or ""), "we have it" if is_known else ""
        tiles.append(tile_data(movie.tmdb_id, movie.title, [year], _picture(movie, ()), note=note))
    if tiles:
        draw_tiles(tiles, "tmdb_results", "M", on_chosen=choose)


def _picture(movie: Found, genres: tuple[str, ...]) -> str:
    return tmdb.fetched_picture(movie.tmdb_id) or poster(movie.title, movie.year, genres)


def _chosen(club: View, client: Tmdb) -> None:
    tmdb_id = st.session_state.get(CHOSEN)
    if tmdb_id is None:
        return
    if MOVIE_THERE not in st.session_state:
        with errors_shown(), st.spinner("Asking TMDB …"):
            movie = client.movie(tmdb_id)
            _fetch_posters(client, [movie])
            st.session_state[MOVIE_THERE] = movie
    if MOVIE_THERE in st.session_state:
        _card(club, client, st.session_state[MOVIE_THERE])
    else:  # a fault is not asked for twice
        del st.session_state[CHOSEN]


def _card(club: View, client: Tmdb, movie: TmdbMovie) -> None:
    with st.container(border=True, key="tmdb_movie"):
        left, right = st.columns([2, 5], gap="medium")
        called = film(movie.title, movie.year)
        left.image(_picture(movie, movie.genres), width=160, alt=f"Poster: {called}")
        with right.container(gap="small"):
            st.header(plain(movie.title), anchor=False)
            runtime = f"{movie.runtime} min" if movie.runtime else ""
            facts = (str(movie.year or ""), runtime, ", ".join(movie.genres))
            st.caption(plain(" · ".join(fact for fact in facts if fact)))
            for other in movie.aliases:
                st.caption(f"Original title: {plain(other)}")
            if movie.overview:
                st.markdown(plain(movie.overview))
            known = in_catalogue(club.movies, movie.tmdb_id, movie.titles, movie.year)
            if known is None:
                _offer_to_add(client, movie)
            else:
                _offer_details(club, client, movie, known)


def _offer_to_add(client: Tmdb, movie: TmdbMovie) -> None:
    def add() -> None:
        movies = state.store().movies
        facts = ("runtime", "overview", "tmdb_id", "aliases")
        more = {name: getattr(movie, name) for name in facts}
        movie_id = movies.add(movie.title, movie.year, **more)
        if st.session_state[LISTED]:
            movies.add_to_shortlist(movie_id)
        done = f"{plain(film(movie.title, movie.year))} is in. {TELL_MORE}"
        _done(client, movie, done)

    with st.container(horizontal=True, vertical_alignment="center"):
        change_button("Add to the club", add, type="primary", icon=":material/add:", key="tmdb_add")
        st.toggle("Put it on the shortlist", value=True, key=LISTED)


def _offer_details(club: View, client: Tmdb, movie: TmdbMovie, movie_id: int) -> None:
    title = club.title(movie_id)

    def take() -> None:
        facts = (movie.tmdb_id, movie.runtime, movie.overview)
        state.store().movies.save_details([Details(movie_id, title, *facts)])
        _done(client, movie, f"{plain(title)} is complete now.")

    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.markdown("We have this movie:", width="content")
        movie_link(club, movie_id)
    row = club.movies.loc[movie_id]
    if row["overview"] != movie.overview or row["tmdb_id"] != movie.tmdb_id:
        label, icon = "Fill in what we lack", ":material/download:"
        change_button(label, take, icon=icon, key="tmdb_take")


def _done(client: Tmdb, movie: TmdbMovie, said: str) -> None:
    notify(said)
    try:
        client.poster(movie)
    except SourceError as error:
        notify(f"{plain(error)} The movie keeps its drawn poster.", failed=True)


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
    _report(job.status)

    store = state.store()

    def work(report: Report) -> None:
        fetch_posters(client, store, missing, report, lambda: job.stopping)

    def start() -> None:
        job.start(work)

    if not missing.empty:
        st.button(
            f"Fetch posters ({len(missing)})",
            icon=":material/wallpaper:",
            key="tmdb_posters",
            on_click=start,
            help="For the shortlist and all that you rated. It goes on in the background.",
        )


def _progress(status: JobStatus) -> None:
    st.progress(status.share, text=f"Fetching posters: {status.done} of {status.total}")
    stop = tmdb.poster_job().stop
    st.button("Stop", on_click=stop, icon=":material/stop_circle:", key="tmdb_stop")


def _report(status: JobStatus) -> None:
    if status.state == "idle":
        return
    unsure, without = status.counts.get("unsure", 0), status.counts.get("without", 0)
    said = [f"{counted(status.counts.get('posters', 0), 'poster')} came."]
    if unsure:
        doubt = "might be another one of the same name; search for them above."
        said.append(f"{counted(unsure, 'movie')} {doubt}")
    if without:
        said.append(f"{counted(without, 'movie')} have none there.")
    if status.state == "failed":
        st.warning(f"{plain(status.message)} {' '.join(said)}", icon=":material/cloud_off:")
    else:
        st.caption(" ".join(said))
