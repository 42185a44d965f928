"""The Explore page: something for tonight out of everything, filters, and the map of taste."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from recommender import DataError, HybridModel, Reactions
from recommender.columns import MOVIE
from recommender.group import LIKED, STRATEGIES, rank
from recommender.suggest import suggest
from recommender.taste import regions
from ui import access, state, taste
from ui.cache import HashedIds, cached
from ui.charts.movies import taste_map
from ui.components.basics import empty_state, no_predictions
from ui.components.choices import keyword_box, view_switch
from ui.components.figures import chart
from ui.components.tile import Tile, shortlist_or_not, tiles, want
from ui.posters import main_genre
from ui.sections.night import planning
from ui.state import View
from ui.text import counted, film, listed, plain, runtime

GENRE, DECADE, KEYWORD, LONGEST = "genre", "decade", "keyword", "longest"
AGAIN = "again"
MINE, LISTS = "puts_on", ("Our shortlist", "My list")  # what a tile's action is about
DIALS = {  # argument of `suggest`: name, value, key, and help
    "diversity": ("Variety", 40, "variety", "How different the movies are from each other."),
    "obscurity": (
        "Hidden gems", 20, "obscurity", "From what everybody knows to what hardly anybody does."
    ),
    "certainty": (
        "Play safe", 70, "certainty", "To the right, movies we are sure of; to the left, "
        "surprises, which can be good ones."
    ),
}  # fmt: skip
ASKED_FOR = 0.5  # obscurity above which movies are offered of which little is known
PICKS, STEP = 12, 10  # twelve fill rows of two, three, four and six
IN_COMMON, SEVERAL = 6, 2  # movies of the watchlists, and lists that such a movie is on
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
ALIKE = 40  # movies among which one that somebody loved is a reason
WORDS = re.compile(r"[^\W_]+(?:[ -][^\W_]+)*")  # mean nothing to Markdown
LOVED, GLAD = 4.5, 4.0  # stars given, and expected
# The dials add stars to a score, which means nothing to one in points or votes.
STRATEGIES_IN_STARS = tuple(key for key, one in STRATEGIES.items() if one.unit == "stars")


def draw_dials() -> dict[str, Any]:
    """Draw the three dials and return them as arguments of `suggest`, each 0..1."""
    return {
        argument: st.slider(name, 0, 100, value, STEP, key=key, help=help_, bind="query-params")
        / 100
        for argument, (name, value, key, help_) in DIALS.items()
    }


def filters(club: View) -> pd.Index:
    """Draw the filters and return the ids of the movies that pass."""
    movies = club.movies
    genres = club.catalogue.vocabulary[0]
    decades = sorted({int(year) // 10 * 10 for year in movies["year"].dropna()})
    several: Any = {"selection_mode": "multi", "bind": "query-params", "wrap": True}
    chosen = st.pills("Genre", sorted(genres), format_func=_pill, key=GENRE, **several)
    since = st.pills("Decade", decades, format_func="{}s".format, key=DECADE, **several)
    said = keyword_box(club, "Keyword", KEYWORD, bind="query-params")
    longest = movies["runtime"].notna().any() and st.pills(
        "How long at most",
        [90, 105, 120, 150, 180],
        format_func=runtime,
        key=LONGEST,
        bind="query-params",
        wrap=True,
        help="Leaves out movies whose length we don't know.",
    )
    st.toggle("Also movies that somebody has seen", key=AGAIN, bind="query-params")
    passes = ~movies.index.isin(list(planning.still_secret(club)))
    if chosen:
        passes &= np.array([not set(chosen).isdisjoint(terms) for terms in movies["genres"]])
    if since:
        passes &= (movies["year"] // 10 * 10).isin(since).to_numpy(dtype=bool)
    if said:
        passes &= np.array([set(said) <= set(terms) for terms in movies["keywords"]])
    if longest:
        passes &= (movies["runtime"] <= longest).fillna(False).to_numpy(dtype=bool)
    return movies.index[passes]


def _pill(genre: str) -> str:
    """Return a genre as Markdown; the usual ones as they are, because the page's address has it."""
    return genre if WORDS.fullmatch(genre) else plain(genre)


def in_common(club: View, here: Sequence[int], strategy: str, movies: pd.Index) -> None:
    """Draw which of `movies` are on several lists of those who are here, the best first.

    For one alone it is their whole list.
    """
    lists = Counter(movie for one in here for movie in club.watchlists.get(one, ()))
    shared = [movie for movie, times in lists.items() if times >= min(SEVERAL, len(here))]
    if not st.session_state[AGAIN]:
        shared = [movie for movie in shared if not club.seen_by(movie, here)]
    shared = [movie for movie in shared if movie in movies]
    reactions = state.reactions(club, tuple(shared), tuple(here)) if shared else None
    if reactions is None:
        return
    st.header(
        "On your lists" if len(here) > 1 else f"On {plain(club.name(here[0]))}'s list", anchor=False
    )
    ranked = rank(reactions, strategy).head(IN_COMMON)
    noted = [
        _tile(row, _in_common(reactions, int(row[MOVIE]), lists[row[MOVIE]]))
        for _, row in ranked.iterrows()
    ]
    _draw(club, noted, "in_common")
    if len(shared) > IN_COMMON:
        st.caption(f"The best of {len(shared)}.")
    st.header("Out of everything", anchor=False)


def _in_common(reactions: Reactions, movie: int, times: int) -> str:
    """Return in plain text on how many lists a movie is, and whether all should like it."""
    everyone = len(reactions.member_ids)
    if everyone == 1:
        return ""
    number = str(times) if times >= len(NUMBERS) else NUMBERS[times]
    on = "On all your lists" if times == everyone else f"On {number} of your lists"
    likes = reactions.mean[:, reactions.movie_ids.index(movie)] >= LIKED
    return f"{on}, and all of you should like it" if likes.all() else on


def _tile(row: pd.Series, note: str) -> Tile:
    """Return the tile of a row of `rank`, without its action."""
    return Tile(int(row[MOVIE]), group=(row["mean"], row["low"], row["high"]), note=note)


def _draw(club: View, shown: Sequence[Tile], key: str) -> None:
    """Draw movies to be put on the shortlist or on the visitor's own list."""
    me = access.me(club) if st.session_state.get(MINE) == LISTS[1] else None
    ours, label, done = {*club.shortlist}, "Shortlist", "✓ Listed"
    on_action: Callable[[int], None] = partial(shortlist_or_not, club)
    if me is not None:
        ours, label, done = {*club.watchlists.get(me, ())}, "My list", "✓ My list"
        on_action = partial(_want_or_not, club, me)
    with_action = [replace(tile, action=done if tile.movie in ours else label) for tile in shown]
    tiles(club, with_action, key, "M", on_action=on_action)


def _want_or_not(club: View, me: int, movie: int) -> None:
    want(movie, me, movie not in club.watchlists.get(me, ()))


def whose_list(club: View) -> None:
    """Draw the switch between our shortlist and my list, for whoever has said who they are."""
    if access.me(club) is not None:
        view_switch("Tiles put a movie on", LISTS, MINE, labelled=True, bind=False)


def found(
    club: View, here: Sequence[int], strategy: str, movies: pd.Index, dials: Mapping[str, Any]
) -> None:
    """Draw the picks among `movies` for those who are here."""
    seen = {movie for member, movie in club.stars if member in here}
    left = movies if st.session_state[AGAIN] else movies[~movies.isin(list(seen))]
    if dials["obscurity"] <= ASKED_FOR:
        left = left.difference(club.catalogue.obscure, sort=False)
    if not len(left):
        _nothing(len(movies))
        return
    model = state.model(club)
    if model is None:
        no_predictions(240)
        return
    ids = HashedIds(tuple(left.tolist()))
    how = ("strategy", strategy), *dials.items()
    shown = _picks(club, model, ids, tuple(here), how)
    _draw(club, shown, "picks")
    st.caption(f"The best for you of {counted(len(left), 'movie')}.")


@cached(max_entries=20)
def _picks(
    club: View,
    model: HybridModel,
    movies: HashedIds,
    here: tuple[int, ...],
    how: tuple[tuple[str, Any], ...],
) -> list[Tile]:
    """Return the best movies for those here; `how` are arguments of `suggest`."""
    reactions = state.reactions(club, movies.ids, here)
    assert reactions is not None
    picks = suggest(model, reactions, limit=PICKS, **dict(how))
    loved = {
        movie: (club.name(who), stars)
        for (who, movie), stars in sorted(club.stars.items(), key=lambda given: given[1])
        if stars >= LOVED and who in here
    }
    return [
        _tile(row, _reason(club, reactions, int(row[MOVIE]), loved)) for _, row in picks.iterrows()
    ]


def _nothing(passing: int) -> None:
    if passing:
        sentence = f"One or the other of you has seen all {passing} of these movies."
    else:
        sentence = "No movie is all of that at once. Take something away."

    def reset() -> None:
        for key in (GENRE, DECADE, KEYWORD):
            st.session_state[key] = []
        st.session_state[LONGEST] = None

    with empty_state(":material/filter_alt_off:", sentence, "nothing_found"):
        st.button("Start over", on_click=reset, type="primary")


def _reason(
    club: View, reactions: Reactions, movie: int, loved: Mapping[int, tuple[str, float]]
) -> str:
    """Return in plain text which loved movie it is like, or else whom it is for."""
    alike = state.similar(club, movie, ALIKE)
    like = None if alike is None else next((m for m in alike[MOVIE] if m in loved), None)
    if like is not None:
        return f"{loved[like][0]} loved {club.title(int(like))}"
    mean = reactions.mean[:, reactions.movie_ids.index(movie)]
    by_stars = [reactions.member_ids[i] for i in np.argsort(-mean)]
    glad = [club.name(member) for member in by_stars[: int((mean >= GLAD).sum())]]
    if len(glad) == len(mean) > 1:
        return "For everyone here"
    if len(glad) > 2:
        return f"For {glad[0]} and {len(glad) - 1} more"
    return f"For {listed(glad or [club.name(by_stars[0])])}"


def draw_map(club: View, movies: pd.Index) -> None:
    """Draw the map of taste with the club on it, once somebody wants to see it."""
    with st.expander(
        "The map of taste", icon=":material/map:", key="map", on_change="rerun"
    ) as folded:
        if folded.open:
            _map(club, movies)


def _map(club: View, movies: pd.Index) -> None:
    try:
        places = taste.taste_map()
    except DataError as error:
        st.caption(f":material/error: {plain(error)}")
        return
    if places is None:
        _wait_for_map()
        return
    places = places[places[MOVIE].isin(club.movies.index)]
    if places.empty:
        st.caption("There are too few ratings for a map.")
        return
    shown = _dots(club, places[places[MOVIE].isin(movies)])
    if shown.empty:
        st.caption("None of these movies is among the 2,000 on the map.")
        return
    look: Any = {"tabled": False, "on_select": "rerun", "selection_mode": "points"}
    figure = taste_map(shown, regions(places, club.movies["keywords"]))
    _chosen(club, chart(figure, "taste_map", **look))


@st.fragment(run_every=1.0)
def _wait_for_map() -> None:
    try:
        waiting = taste.taste_map() is None
    except DataError:
        waiting = False
    if not waiting:
        st.rerun()
    st.caption(":material/hourglass_top: Drawing the map; it takes some seconds, once.")
    st.skeleton(height=320)


def _dots(club: View, places: pd.DataFrame) -> pd.DataFrame:
    """Return what the chart needs of each movie."""
    ids = places[MOVIE].tolist()
    given = club.ratings.groupby(MOVIE)["rating"].mean()
    return places.assign(
        title=[film(club.title(movie), club.year(movie)) for movie in ids],
        genres=[", ".join(club.genres(movie)) for movie in ids],
        genre=[main_genre(club.genres(movie)) or "other" for movie in ids],
        ratings=state.base_dataset().rating_counts.reindex(ids, fill_value=0).to_numpy(),
        rated=given.reindex(ids).to_numpy(),
        listed=places[MOVIE].isin(club.shortlist).to_numpy(),
    )


def tapped(selection: Any) -> int | None:
    """Return the movie whose dot was tapped, known or not; a browser may send anything."""
    match selection:
        case {"points": [{"customdata": [int(movie), *_]}, *_]}:
            return movie
    return None


def _chosen(club: View, event: object) -> None:
    """Draw the movie whose dot was tapped, with the way to its page."""
    movie = tapped(getattr(event, "selection", None))
    if movie not in club.movies.index:
        st.caption("Tap a dot to see the movie.")
        return
    assert movie is not None
    action = "✓ Listed" if movie in club.shortlist else "Shortlist"
    on_action = partial(shortlist_or_not, club)
    tiles(club, [Tile(movie, action=action)], "on_map", "S", on_action=on_action)
