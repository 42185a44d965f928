"""The Movie page: what a movie is, what everyone gave or would give it, and what is like it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pandas as pd
import streamlit as st

from recommender import Reactions
from recommender.columns import MEMBER, MOVIE, RATING, TIMESTAMP
from recommender.group import mean_with_given
from ui import evaluation, router, state
from ui.charts.movies import rating_distribution
from ui.components.basics import header, no_members, no_predictions, row
from ui.components.figures import chart, draw_table
from ui.components.search import find
from ui.components.tile import beside_poster, shelf, shortlist_movie, unlist_movie
from ui.sections import tonight, why
from ui.state import View
from ui.text import between, day, film, half_stars, listed, plain, stars

ASKED, FIND = "movie", "find_movie"
LIKE, WORDS_NAMED = 9, 2  # nine fill a row of a screen, and three of a phone's
MOSTLY = 0.5
BESIDE, WORD = 24, 10  # letters that a title and each of its words may have beside a phone's poster
SLIP = pd.Timedelta(minutes=5)  # who taps another star within it has not changed their mind


def look_elsewhere(club: View) -> None:
    """Say that the address names no movie, with the search for one."""
    header("Movie")
    if ASKED in st.query_params:
        st.markdown("There is no such movie here; it may have been another club's.")
    find(club, FIND, lambda found: shelf(club, found, "found"))


def hero(club: View, movie: int) -> None:
    """Draw what the movie is, what can be done with it, and what the club makes of it."""
    # Bookmarks and the browser's history say which movie it is.
    st.set_page_config(page_title=f"{film(club.title(movie), club.year(movie))} · Movie club")
    to_come = tuple(member for member in club.names if (member, movie) not in club.stars)
    expected = state.reactions(club, (movie,), to_come)
    with st.container(border=True, key="movie"):
        left, right = st.columns([5, 6], gap="medium")
        with left:
            title = club.title(movie)
            above = len(title) > BESIDE or any(len(word) > WORD for word in title.split())
            if above:
                header(plain(title))
            with beside_poster(club, movie):
                if not above:
                    header(plain(title))
                st.caption(_facts(club, movie))
                if club.names and expected is not None:
                    _together(club, movie, expected)
            _actions(club, movie)
        with right:
            if not club.names:
                no_members("Nobody is in the club yet.")
            else:
                _given(club, movie)
                _expected(club, movie, expected)
        if to_come and expected is not None:
            with st.expander("Why? Ask for one of us", icon=":material/psychology_alt:"):
                why.ask(club, to_come, movie, key="why_movie")


def _facts(club: View, movie: int) -> str:
    """Return year, runtime, genres and other titles as Markdown."""
    known = club.movies.loc[movie]
    parts = [str(club.year(movie) or "")]
    if not pd.isna(known["runtime"]):
        hours, minutes = divmod(int(known["runtime"]), 60)
        parts.append(f"{hours} h {minutes:02} min" if hours else f"{minutes} min")
    parts.append(", ".join(known["genres"]))
    lines = [plain(" · ".join(part for part in parts if part))]
    if known["aliases"]:
        lines.append(f"also: {plain(listed(known['aliases'], 'or'))}")
    return "  \n".join(line for line in lines if line)


def _actions(club: View, movie: int) -> None:
    names = movie, club.title(movie)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if movie in club.shortlist:
            icon = ":material/playlist_add_check:"
            st.button("On the shortlist", on_click=unlist_movie, args=names, icon=icon)
        else:
            look: Any = {"type": "primary", "icon": ":material/playlist_add:"}
            st.button("Shortlist it", on_click=shortlist_movie, args=names, **look)
        if club.names:
            st.page_link(
                router.page("rate"),
                label="Rate it",
                icon=":material/star_half:",
                query_params={"movie": str(movie)},
            )


def _together(club: View, movie: int, expected: Reactions) -> None:
    """Draw the mean of what all members gave, or are expected to give."""
    given = [club.stars[member, movie] for member in club.rated_by(movie)]
    mean, low, high = mean_with_given(expected, given)
    help = "The mean over all members: what they gave, and what the others are expected to give."
    st.metric("The club's stars", stars(mean, 2), help=help)
    if expected.member_ids:
        st.caption(f"80% sure: {between(low, high)}")
    else:
        st.caption("Everyone has rated it.")


def _expected(club: View, movie: int, expected: Reactions | None) -> None:
    """Draw what those who have not rated the movie are expected to give."""
    if expected is None:
        no_predictions(200)
        return
    if not expected.member_ids:
        return
    given = [club.stars[member, movie] for member in club.rated_by(movie)]
    tonight.intervals(club, expected, movie, mean_with_given(expected, given))
    chances = sorted(
        zip(expected.like_probability()[:, 0], expected.member_ids, strict=True),
        key=lambda pair: -pair[0],
    )
    told = listed(f"{club.names[member]} {chance:.0%}" for chance, member in chances)
    st.caption(f"Chance of 4 stars or more: {plain(told)}")
    tonight.newcomers_note(club, expected.member_ids)


def _given(club: View, movie: int) -> None:
    """Draw who gave what and when, what was expected of them, and who changed their mind."""
    when = club.ratings[club.ratings[MOVIE] == movie].set_index(MEMBER)[TIMESTAMP]
    rows = evaluation.left_out(club)
    if rows is not None:
        rows = rows[rows[MOVIE] == movie]
    # What was to be expected of each, had nobody here seen the movie.
    expected = {} if rows is None else dict(zip(rows[MEMBER], rows["predicted"], strict=True))
    for member in club.rated_by(movie):
        said = day(datetime.fromtimestamp(int(when[member]), UTC))
        if member in expected:
            said = f"expected {expected[member]:.1f} · {said}"
        with row(f"gave_{member}"):
            st.markdown(f"**{plain(club.names[member])}**", width=90)
            gave = half_stars(club.stars[member, movie])
            st.markdown(f":yellow[:material/star:] **{gave}**", width=46)
            st.caption(said)
    for member, path in changes_of_mind(state.store().ratings.history(movie_id=movie)).items():
        if member in club.names:
            told = ", then ".join(
                f"{half_stars(gave) if gave else 'nothing'} on {day(at)}" for at, gave in path
            )
            st.caption(f":material/history: {plain(club.names[member])} gave {told}.")


def changes_of_mind(history: pd.DataFrame) -> dict[int, list[tuple[datetime, float | None]]]:
    """Return [(when, stars or None), ...] of members who changed theirs, without undone slips."""
    undone = set(history["undoes"].dropna())
    meant = history[(history["kind"] != "undo") & ~history["step"].isin(undone)]
    paths: dict[int, list[tuple[datetime, float | None]]] = {}
    for member, at, after in meant[::-1][[MEMBER, "at", "after"]].itertuples(index=False):
        path = paths.setdefault(int(member), [])
        if path and at - path[-1][0] < SLIP:
            path.pop()
        given = None if pd.isna(after) else float(after)
        if not path or path[-1][1] != given:
            path.append((at.to_pydatetime(), given))
    return {member: path for member, path in paths.items() if len(path) > 1}


def about(club: View, movie: int) -> None:
    """Draw what the movie is about."""
    known = club.movies.loc[movie]
    st.subheader("What it is about", anchor=False)
    if known["overview"]:
        st.markdown(plain(known["overview"]))
    with st.container(horizontal=True, gap="xsmall", key="keywords"):
        for keyword in known["keywords"]:
            label = f":gray-badge[{plain(keyword)}]"
            st.page_link(router.page("explore"), label=label, query_params={"keyword": keyword})
    if not known["overview"] and not known["keywords"]:
        st.markdown("Nobody has said yet.")


def world(movie: int) -> None:
    """Draw what the world's raters gave the movie."""
    st.subheader("What the world gave it", anchor=False)
    everyone = state.base_dataset().ratings
    theirs = everyone.loc[everyone[MOVIE] == movie, RATING]
    if theirs.empty:
        st.markdown("None of the world's raters has rated it.")
        return
    chart(rating_distribution(theirs), "world")


def alike(club: View, movie: int) -> None:
    """Draw the movies that are most like this one, each a way to its own page."""
    found = state.similar(club, movie, LIKE)
    if found is None:
        return
    st.subheader("Similar movies", anchor=False)
    if found.empty:
        st.markdown("Nothing is known of it yet that could be like another movie.")
        return
    by_id = found.set_index(MOVIE)
    own = {keyword.casefold() for keyword in club.movies.at[movie, "keywords"]}

    def note(other: int) -> str:
        words, chosen = by_id.at[other, "shared"], by_id.at[other, "chosen"]
        keywords = [word for word in words if word in own]
        if chosen > MOSTLY and not keywords:
            return "the same people choose both"
        return ", ".join((keywords or words)[:WORDS_NAMED])

    shelf(club, [int(other) for other in found[MOVIE]], "similar", note=note)
    with st.expander("What makes them alike", icon=":material/join_inner:"):
        _likeness(club, movie, found)


def _likeness(club: View, movie: int, found: pd.DataFrame) -> None:
    st.caption(
        "How alike a taste for the two is, 1 for the same movie; how much of that is because the "
        "same people choose both; and the words that both have."
    )
    if not state.base_dataset().rating_counts.get(movie, 0):
        st.caption("Nobody has rated this one, so who would choose it is guessed from its words.")
    table = pd.DataFrame(
        {
            "Movie": [film(club.title(other), club.year(other)) for other in found[MOVIE]],
            "Alike": found["likeness"],
            "Same people": found["chosen"],
            "Words in common": [", ".join(words) for words in found["shared"]],
        }
    )
    alike = st.column_config.ProgressColumn(format="%.2f", min_value=0, max_value=1, color="blue")
    columns = {
        "Movie": st.column_config.TextColumn(pinned=True),
        "Alike": alike,
        "Same people": st.column_config.NumberColumn(format="percent"),
        "Words in common": st.column_config.TextColumn(width="large"),
    }
    draw_table(table, "Similar movies, and what makes them alike", columns=columns)
