"""The Movie page: what a movie is, what everyone gave or would give it, and what is like it."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

import pandas as pd
import streamlit as st

from club.search import ALIAS_YEAR
from recommender import Dataset, Reactions
from recommender.columns import MEMBER, MOVIE, RATING, TIMESTAMP, USER
from recommender.group import LIKED, mean_with_given
from ui import access, evaluation, state
from ui.cache import cached
from ui.charts.movies import rating_distribution
from ui.components.basics import empty_state, header, no_members, no_predictions, notices
from ui.components.figures import chart, draw_table
from ui.components.people import people_picker
from ui.components.tile import Tile, shortlist_or_not, tiles, want
from ui.sections import tonight, why
from ui.sections.night import planning
from ui.state import View
from ui.text import between, counted, day, film, half_stars, listed, plain

ASKED = "movie"
LIKE, WORDS_NAMED, NAMED = 12, 2, 12
MOSTLY = 0.5
FEW = 5  # raters; below, shares of them say nothing


def look_elsewhere(club: View) -> None:
    """Say that the address names no movie, with the search for one."""
    header("Movie")
    sentence = "We don't know this movie." if ASKED in st.query_params else "Which movie?"
    with empty_state(":material/search:", f"{sentence} Search for it above.", "no_movie"):
        pass


def hero(club: View, movie: int) -> None:
    """Draw what the movie is, what can be done with it, and what the club makes of it."""
    # Bookmarks and the browser's history say which movie it is.
    st.set_page_config(page_title=f"{film(club.title(movie), club.year(movie))} · Movie club")
    notices()
    secret = planning.still_secret(club).get(movie)
    to_come = tuple(member for member in club.names if (member, movie) not in club.stars)
    expected = None if secret else state.reactions(club, (movie,), to_come)
    given = {member: club.stars[member, movie] for member in club.rated_by(movie)}
    stars = [(member, value, True) for member, value in given.items()]
    group = None
    if expected is not None and club.names:
        stars += [(one, float(expected.mean[place, 0]), False) for place, one in enumerate(to_come)]
        group = mean_with_given(expected, list(given.values()))
    with st.container(border=True, key="movie"):
        note = "Gold rings: stars you gave." if given and expected is not None else ""
        tiles(club, [Tile(movie, tuple(stars), group, note)], "movie_hero", "L", links=False)
        _actions(club, movie)
        _who_wants_it(club, movie)
        if secret:
            st.caption(":material/lock: What we expect stays hidden until you have rated it.")
            planning.link(secret, "To the night", ":material/event:")
        elif not club.names:
            no_members("Nobody is in the club yet.")
        elif expected is None:
            no_predictions(100)
        else:
            tonight.newcomers_note(club, expected.member_ids)
    if club.names and expected is not None:
        with st.expander("Everyone, one by one", icon=":material/groups:"):
            _one_by_one(club, movie, expected)
        if to_come:
            with st.expander("Why?", icon=":material/psychology_alt:"):
                why.ask(club, to_come, movie, key="why_movie")


def _actions(club: View, movie: int) -> None:
    listed, change = movie in club.shortlist, partial(shortlist_or_not, club, movie)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if listed:
            st.button("On the shortlist", on_click=change, icon=":material/playlist_add_check:")
        else:
            icon = ":material/playlist_add:"
            st.button("Shortlist it", on_click=change, type="primary", icon=icon)
        if club.names:
            st.page_link(
                "pages/rate.py",
                label="Rate it",
                icon=":material/star_half:",
                query_params={"movie": str(movie)},
            )


def _who_wants_it(club: View, movie: int) -> None:
    """Draw the faces of those who have not seen the movie, on for whose watchlists have it."""
    seen = club.seen_by(movie, [*club.names])
    people = [one for one in club.names if one not in seen and access.may_enter(club, one)]
    if not people:
        return
    wanted = [one for one in club.names if movie in club.watchlists.get(one, ())]
    note = asked = "Who wants to watch it?"
    if wanted:
        note = f"{len(wanted)} {'wants' if len(wanted) == 1 else 'want'} to watch it"
    change, key = partial(want, movie), f"want_{movie}"
    people_picker(club, asked, people, key, chosen=wanted, on_change=change, note=note)


def _one_by_one(club: View, movie: int, expected: Reactions) -> None:
    """Draw who gave what and when, and what was and is expected of each."""
    when = club.ratings[club.ratings[MOVIE] == movie].set_index(MEMBER)[TIMESTAMP]
    # What was to be expected of each, had nobody here seen the movie.
    rows = evaluation.left_out(club)
    mine = None if rows is None else rows[rows[MOVIE] == movie]
    before = {} if mine is None else dict(zip(mine[MEMBER], mine["predicted"], strict=True))
    low, high = expected.interval()
    table = []
    for member in club.rated_by(movie):
        then = f"{before[member]:.1f}" if member in before else ""
        on = day(datetime.fromtimestamp(int(when[member]), UTC))
        table.append((club.name(member), half_stars(club.stars[member, movie]), then, "", on))
    for place, member in enumerate(expected.member_ids):
        usual = between(low[place, 0], high[place, 0])
        table.append((club.name(member), "", f"{expected.mean[place, 0]:.1f}", usual, ""))
    columns = ["Who", "Gave", "Expected", "Usually between", "When"]
    draw_table(pd.DataFrame(table, columns=columns), "What everyone gave it, or might give it")


def about(club: View, movie: int) -> None:
    """Draw what the movie is about."""
    known = club.movies.loc[movie]
    st.header("What it is about", anchor=False)
    people = [
        f"{role} {plain(listed(known[column][:most]))}"
        for role, column, most in (("By", "directors", 3), ("With", "cast", NAMED))
        if known[column]
    ]
    if people:
        st.markdown(". ".join(people) + ".")
    if others := [other for other in known["aliases"] if not ALIAS_YEAR.search(other)]:
        st.caption(f"Also called {plain(listed(others, 'or'))}.")
    if known["overview"]:
        st.markdown(plain(known["overview"]))
    with st.container(horizontal=True, gap="xsmall", key="keywords"):
        for keyword in known["keywords"]:
            label = f":gray-badge[{plain(keyword)}]"
            st.page_link("pages/explore.py", label=label, query_params={"keyword": keyword})
    if not known["overview"] and not known["keywords"]:
        st.markdown("We don't know yet.")
    links = {"TMDB": f"https://www.themoviedb.org/movie/{known['tmdb_id']}"}
    if pd.isna(known["tmdb_id"]):
        links.clear()
    if known["imdb_id"]:
        links["IMDb"] = f"https://www.imdb.com/title/{known['imdb_id']}/"
        links["Letterboxd"] = f"https://letterboxd.com/imdb/{known['imdb_id']}/"
    if links:
        st.caption(" · ".join(f"[{name}]({address})" for name, address in links.items()))


def world(movie: int) -> None:
    """Draw what the raters of the base dataset gave the movie."""
    st.header("What others gave it", anchor=False)
    everyone = state.base_dataset().ratings
    theirs = everyone.loc[everyone[MOVIE] == movie, RATING]
    if len(theirs) < FEW:
        few = counted(len(theirs), "person", "people")
        mean = f": {theirs.mean():.1f} stars on average" if len(theirs) else ""
        st.markdown(f"Only {few} outside the club rated it{mean}." if mean else "Nobody yet.")
        return
    chart(rating_distribution(theirs), "world", tabled=False)


def alike(club: View, movie: int) -> None:
    """Draw the movies that are most like this one, each a way to its own page."""
    found = state.similar(club, movie, LIKE)
    if found is None:
        return
    st.header("Similar movies", anchor=False)
    if found.empty:
        st.markdown("We know too little of it to say.")
        return
    by_id, fans = found.set_index(MOVIE), _fans(state.base_dataset(), movie)
    own = {keyword.casefold() for keyword in club.movies.at[movie, "keywords"]}

    def note(other: int) -> str:
        words, chosen = by_id.at[other, "shared"], by_id.at[other, "chosen"]
        keywords = [word for word in words if word in own]
        both = int(fans.get(other, 0))
        if both > 1 and chosen > MOSTLY and not keywords:
            return f"{both:,} people like both"
        return ", ".join((keywords or words)[:WORDS_NAMED])

    shown = [Tile(int(other), note=note(other)) for other in found[MOVIE]]
    tiles(club, shown, "similar", "M")


@cached(max_entries=400)
def _fans(data: Dataset, movie: int) -> pd.Series:
    """Return how many people of the base dataset like a movie and each other one, by movie_id."""
    liked = data.ratings[data.ratings[RATING] >= LIKED]
    fans = liked.loc[liked[MOVIE] == movie, USER]
    return liked.loc[liked[USER].isin(fans), MOVIE].value_counts()
