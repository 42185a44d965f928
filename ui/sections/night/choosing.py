"""Choosing the movie of an evening: the pick first, then what is close behind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any, NamedTuple

import pandas as pd
import streamlit as st

from club.nights import Candidates, Night, Reason
from recommender import HybridModel, Reactions
from recommender.columns import MOVIE
from recommender.group import MISERY, STRATEGIES, choices, rank
from recommender.suggest import suggest
from ui import access, live, nights, state
from ui.cache import HashedFrame, cached
from ui.components.basics import (
    change,
    change_button,
    empty_state,
    no_predictions,
    no_shortlist,
    row,
)
from ui.components.choices import keep, recall
from ui.components.people import person_picker
from ui.components.tile import Tile, called_apart, shortlist_movie, tiles
from ui.sections import guests, tonight, why
from ui.sections.night import planning, voting
from ui.state import View
from ui.text import listed, plain, runtime

TITLE = "What shall we watch tonight?"  # where no movie's stands on the page
LONGEST, SEEN = "longest", "seen"  # names in the page's address
LENGTHS = {None: "Any length", 90: "Up to 1½ hours", 120: "Up to 2 hours", 150: "Up to 2½ hours"}
NOT_THIS = "not_this"  # in the session: the movie that somebody does not want
LOVED, WORTH_SAYING = 4.5, 0.05  # stars given, and stars that it adds
GLADDEST = 3  # whose loved movies are the reason; each takes a tenth of a second to find
NEW = 6  # movies that nobody has seen


class Evening(NamedTuple):
    """Who is here and what may be watched: on a night, or on one that is not planned yet."""

    here: tuple[int, ...]
    longest: int | None
    rewatch: bool
    night: Night | None = None


class Proposal(NamedTuple):
    """The movie that is proposed, noted by the store as decided `by`, and why (plain text)."""

    movie: int
    by: str
    why: str


def of_night(night: Night) -> Evening:
    """Return the evening of a planned night."""
    return Evening(night.present, night.longest, night.rewatch, night)


def of_today(here: Iterable[int]) -> Evening:
    """Return the evening of those who are here, before a night is planned."""
    longest = recall(LONGEST) or ""
    limit = int(longest) if longest.isdecimal() and len(longest) < 4 else None
    return Evening(tuple(here), limit, recall(SEEN) == "yes")


def preload(club: View) -> None:
    """Compute what the first answer takes, with everyone here."""
    evening = Evening(tuple(club.names), None, rewatch=False)
    movies = nights.candidates(club, evening.here).movies
    reactions = state.reactions(club, movies, evening.here)
    if movies and evening.here and reactions is not None:
        _proposal(club, evening, reactions, rank(reactions), "average")


def choose(club: View, evening: Evening) -> None:
    """Draw the pick, what is close behind, and how it is decided; or what keeps from choosing."""
    night = evening.night
    if not club.shortlist:
        st.title(TITLE, anchor=False)
        no_shortlist()
        return
    found = nights.candidates(
        club, evening.here, longest=evening.longest, rewatch=evening.rewatch, night=night
    )
    votes = night is not None and night.voting and found.movies
    if votes and night and not voting.vote(club, night, found.movies):
        return
    reactions = state.reactions(club, found.movies, evening.here) if found.movies else None
    if found.movies and reactions is None:
        with st.container(border=True, key="first_model"):
            st.title(TITLE, anchor=False)
            no_predictions(240)
        return
    strategy, pick = tonight.chosen_strategy(), st.container(border=True, key="tonight_pick")
    if reactions is None:
        with pick:
            _nothing_left(club, evening, found, strategy)
        _rows(club, evening, [], found)
        _rules(club, evening, reactions)
        return
    debt = nights.debts(club, evening.here, night) if strategy == "fairness" else None
    ranked = rank(reactions, strategy, debt=debt)
    proposal = _proposal(club, evening, reactions, ranked, strategy)
    question = (club.cache_key, evening, strategy)
    live.say_if_first_changed(question, proposal.movie, club.title(proposal.movie))
    shown = {int(one.movie_id): _tile(club, reactions, one) for one in ranked.itertuples()}
    with pick:
        _pick(club, evening, found.movies, proposal, shown[proposal.movie])
    _rows(club, evening, [shown[movie] for movie in shown if movie != proposal.movie], found)
    _rules(club, evening, reactions)
    if night is not None and votes:
        voting.result(club, night, found.movies)
    _ask_who_does_not(club, evening)


def _tile(club: View, reactions: Reactions, one: object) -> Tile:
    movie = int(one.movie_id)  # type: ignore[attr-defined]
    mean = reactions.mean[:, reactions.movie_ids.index(movie)]
    people = zip(reactions.member_ids, mean.tolist(), strict=True)
    return Tile(
        movie,
        tuple((member, stars, False) for member, stars in people),
        (one.mean, one.low, one.high),  # type: ignore[attr-defined]
        note=_seen_note(club, reactions.member_ids, movie),
        action="Not this",
    )


def _seen_note(club: View, here: Sequence[int], movie: int) -> str:
    who = club.seen_by(movie, here)
    return f"Seen by {listed(club.name(one) for one in who)}" if who else ""


def _proposal(
    club: View, evening: Evening, reactions: Reactions, ranked: pd.DataFrame, strategy: str
) -> Proposal:
    """Return what the vote says if there was one, else what the strategy does."""
    night = evening.night
    best = voting.winners(club, night, reactions.movie_ids) if night else ()
    if night and len(best) == 1:
        return Proposal(best[0], "vote", "You voted for it.")
    if night and best:
        rest = listed(club.title(movie) for movie in best)
        if night.drawn in best:
            return Proposal(night.drawn, "vote and lot", f"{rest} are tied, and the lot chose.")
        return Proposal(best[0], "vote and talk", f"{rest} are tied.")
    movie = int(ranked[MOVIE].iloc[0])
    return Proposal(movie, strategy, _why(club, reactions, movie, strategy))


def _why(club: View, reactions: Reactions, movie: int, strategy: str) -> str:
    """Return in a sentence (plain text) why a movie comes first."""
    stars = reactions.mean[:, reactions.movie_ids.index(movie)]
    if strategy != "average" or len(stars) == 1:
        return f"{STRATEGIES[strategy].reason}." if len(stars) > 1 else ""
    model = state.model(club)
    loved: dict[int, list[int]] = {}
    for place in sorted((-stars).argsort(kind="stable")[:GLADDEST]):
        if model is None:
            break
        member = reactions.member_ids[place]
        found = _loved(model, member, club.evidence_of(member), movie)
        if found is not None and found in club.movies.index:
            loved.setdefault(found, []).append(member)
    least = int(stars.argmin())
    name = club.name(reactions.member_ids[least])
    but = f" It may not be for {name}." if stars[least] < MISERY else ""
    if not loved:
        return "Most of you should like it." + but if but else "You should all like it."
    because = max(loved, key=lambda one: len(loved[one]))
    names = listed(map(club.name, loved[because]))
    return f"{names} loved {club.title(because)}, and this is in the same vein.{but}"


@cached(max_entries=300)
def _loved(model: HybridModel, member: int, evidence: HashedFrame, movie: int) -> int | None:
    """Return the loved movie that speaks most for another one, None without such a movie."""
    given = evidence.frame.set_index(MOVIE)["rating"]
    parts = model.explain(evidence.frame, member, movie)
    parts = parts[(parts["kind"] == "rated movie") & parts["stable"]]
    parts = parts[(parts["stars"] >= WORTH_SAYING) & (parts[MOVIE].map(given) >= LOVED)]
    return None if parts.empty else int(parts.loc[parts["stars"].idxmax(), MOVIE])


def _pick(
    club: View, evening: Evening, movies: tuple[int, ...], proposal: Proposal, tile: Tile
) -> None:
    note = " ".join(part for part in (proposal.why, tile.note) if part)
    _tiles(club, evening, [replace(tile, note=note, action="")], "L")
    night = evening.night
    with row("pick_actions"):
        watch, args = partial(_watch, evening, movies), (proposal.movie, proposal.by)
        st.button("Watch this", type="primary", key="tonight_watch", on_click=watch, args=args)
        if proposal.by.startswith("vote and") and night is not None:
            best = voting.winners(club, night, movies)
            draw = "Draw again" if night.drawn in best else "Draw among the tied"
            draw_lot = state.store().nights.draw
            change_button(draw, draw_lot, night.night_id, best, key="draw_tied")
        if night is None or not night.voting:
            vote = partial(_act, evening, state.store().nights.edit, voting="approve")
            st.button("Vote first", key="vote_first", on_click=vote)
        no, args = st.session_state.__setitem__, (NOT_THIS, proposal.movie)
        st.button("Not this", type="tertiary", key="not_the_pick", on_click=no, args=args)
        with st.popover("Another way", type="tertiary", key="another_way"):
            _another_way(club, evening, movies, watch)
        asked = st.button("Why?", type="tertiary", key="why_pick")
    if asked:
        gladdest = max(tile.stars, key=lambda one: one[1])[0]
        first = planning.screen_member(club, evening.here) or gladdest
        question = f"Why {plain(club.title(proposal.movie))}?"
        live.dialog(question, why.ask, club, evening.here, proposal.movie, "why", first)


def _another_way(club: View, evening: Evening, movies: Sequence[int], watch: partial) -> None:
    """Draw the other ways to decide: by talking, by turn, by lot."""
    night = evening.night
    picker = (night and night.picker) or nights.whose_turn(club, evening.here)
    titles = called_apart(club, movies)
    look: Any = {"index": None, "placeholder": "Choose a movie", "format_func": titles.__getitem__}
    movie = st.selectbox("We would rather watch", list(movies), key="rather", **look)
    with st.container(horizontal=True):
        off: Any = {"disabled": movie is None, "on_click": watch}
        st.button("Watch it", args=(movie, "talk"), key="watch_other", **off)
        if picker is not None:
            label = f"{plain(club.name(picker))}'s pick"
            help = "It is their turn to pick."
            st.button(label, args=(movie, "turn"), key="watch_turn", help=help, **off)
    st.divider()
    if night is not None and night.drawn is not None and night.drawn in movies:
        st.markdown(f"The lot fell on **{plain(club.title(night.drawn))}**.")
        st.button("Watch that", args=(night.drawn, "random"), on_click=watch, key="watch_drawn")
    label = "Draw again" if night and night.draws else "Draw a lot"
    draw = partial(_act, evening, state.store().nights.draw, tuple(movies))
    st.button(label, on_click=draw, key="draw", icon=":material/casino:")


def _rows(club: View, evening: Evening, others: list[Tile], found: Candidates) -> None:
    """Draw the other candidates, and what is out tonight with the way to take it back."""
    out = [_out(club, movie, reason) for movie, reason in found.out.items()]
    if others or out:
        st.header("Close behind" if others else "Not tonight", anchor=False)
        _tiles(club, evening, [*others, *out], "S")
    if found.unknown_length:
        names = listed(club.title(movie) for movie in found.unknown_length)
        st.caption(f"We don't know how long {plain(names)} takes.")


def _tiles(club: View, evening: Evening, shown: list[Tile], size: str) -> None:
    def act(movie: int) -> None:
        if next(tile for tile in shown if tile.movie == movie).dimmed:
            _take_back(evening, movie)
        else:
            st.session_state[NOT_THIS] = movie

    tiles(club, shown, f"candidates_{size}", size, on_action=act)  # type: ignore[arg-type]


def _out(club: View, movie: int, reason: Reason) -> Tile:
    who = listed(club.name(one) for one in reason.members)
    marked = any((one, movie) in club.seen for one in reason.members)
    said = {
        "vetoed": f"{who} vetoed it",
        "seen": f"{who} {'has' if len(reason.members) == 1 else 'have'} seen it",
        "long": f"Too long: {runtime(reason.minutes or 0)}",
    }
    undo = reason.kind == "vetoed" or (reason.kind == "seen" and marked)
    return Tile(movie, dimmed=said[reason.kind], action="Undo" if undo else "")


def _take_back(evening: Evening, movie: int) -> None:
    """Take back, in a callback, why a movie is out: its vetoes, else that it is marked as seen."""
    club, store, night = state.view(), state.store(), evening.night
    vetoed = store.nights.vetoes(night.night_id).get(movie, ()) if night else ()
    mine = planning.screen_member(club, vetoed)
    for member in (mine,) if mine is not None else vetoed:
        unveto = store.nights.unveto
        change(unveto, night and night.night_id, member, movie, whose=[member])
    if not vetoed:
        for member in evening.here:
            if (member, movie) in club.seen:
                change(store.members.unmark_seen, member, movie, whose=[member])


def _ask_who_does_not(club: View, evening: Evening) -> None:
    """Open the dialog in which somebody says no to a movie, if one was tapped."""
    movie = st.session_state.pop(NOT_THIS, None)
    if movie is not None:
        live.dialog(f"Not {plain(club.title(movie))}?", _not_this, club, evening, movie)


def _not_this(club: View, evening: Evening, movie: int) -> None:
    people = [one for one in evening.here if access.may_enter(club, one)]
    me = planning.screen_member(club, people)
    who = person_picker(club, "Who says so?", people, f"not_this_{movie}", first=me)
    st.caption("A veto counts for tonight, whatever the others say.")
    with st.container(horizontal=True):
        if st.button("Veto it", type="primary", disabled=who is None, key="veto"):
            if who is not None:
                _act(evening, state.store().nights.veto, who, movie, whose=[who])
            st.rerun()
        if st.button("Seen it already", disabled=who is None, key="seen_it"):
            if who is not None:
                change(state.store().members.mark_seen, who, movie, whose=[who])
            st.rerun()


def _rules(club: View, evening: Evening, reactions: Reactions | None) -> None:
    """Draw the line with the ways to decide and the filters."""
    night = evening.night

    def picks() -> Mapping[str, str]:
        if reactions is None:
            return {}
        found = choices(reactions, nights.debts(club, evening.here, night))
        return {strategy: club.title(movie) for strategy, movie in found.items()}

    with row("rules"):
        tonight.choose_strategy(picks=picks)
        lengths = LENGTHS | {evening.longest: f"Up to {evening.longest} min"} | LENGTHS
        key = f"longest_{evening.longest}"
        with st.popover(lengths[evening.longest], icon=":material/timer:", key="filters"):
            st.radio(
                "How long at most?",
                list(lengths),
                index=list(lengths).index(evening.longest),
                format_func=lengths.__getitem__,
                key=key,
                on_change=lambda: _edit(evening, longest=st.session_state[key]),
            )
            again = f"seen_{evening.rewatch}"
            st.toggle(
                "Also movies that somebody has seen",
                evening.rewatch,
                key=again,
                on_change=lambda: _edit(evening, rewatch=st.session_state[again]),
            )
        st.page_link("pages/explore.py", label="Add a movie", icon=":material/add:")
        if st.button("A guest", type="tertiary", icon=":material/person_add:", key="bring_guest"):
            guests.dialog(club, partial(_attend, evening))


def _nothing_left(club: View, evening: Evening, found: Candidates, strategy: str) -> None:
    """Say that nothing is left of the shortlist, and offer movies that nobody here has seen."""
    seen = all(reason.kind == "seen" for reason in found.out.values())
    sentence = (
        "One or the other of you has seen every movie on the shortlist."
        if seen
        else f"All {len(found.out)} movies on the shortlist are out tonight."
    )
    st.title(TITLE, anchor=False)
    with empty_state(":material/playlist_remove:", sentence, "nothing_left"):
        if seen:
            st.button("Show them anyway", on_click=partial(_edit, evening, rewatch=True))
    model = state.model(club)
    in_stars = strategy if STRATEGIES[strategy].unit == "stars" else "average"
    fresh = model and _fresh(club, model, evening.here, evening.longest, in_stars)
    if not fresh:
        return
    st.header("New for all of you", anchor=False)
    tiles(club, fresh, "fresh", "S", on_action=partial(shortlist_movie, club))


@cached()
def _fresh(
    club: View, model: HybridModel, here: tuple[int, ...], longest: int | None, strategy: str
) -> list[Tile]:
    """Return the best movies of all that nobody here has seen."""
    seen = {movie for member, movie in (*club.stars, *club.seen) if member in here}
    movies = club.movies[~club.movies.index.isin([*seen, *club.shortlist])]
    if longest is not None:
        movies = movies[movies["runtime"] <= longest]
    reactions = state.reactions(club, tuple(map(int, movies.index)), here)
    if reactions is None or not len(movies):
        return []
    best = suggest(model, reactions, strategy=strategy, limit=NEW)
    found = [_tile(club, reactions, one) for one in best.itertuples()]
    return [replace(tile, action="Shortlist") for tile in found]


# What follows is done in callbacks: others may have changed the club since the page was drawn.


def _edit(evening: Evening, **rule: Any) -> None:
    """Store what may be watched, `longest` or `rewatch`: of the night, or until there is one."""
    if evening.night is not None:
        change(state.store().nights.edit, evening.night.night_id, **rule)
    elif "rewatch" in rule:
        keep(SEEN, "yes" if rule["rewatch"] else None)
    else:
        keep(LONGEST, None if rule["longest"] is None else str(rule["longest"]))


def _ensure(evening: Evening) -> int | None:
    """Return the number of the evening's night, planned now if it was not; None if that fails."""
    if evening.night is not None:
        return evening.night.night_id
    today = nights.tonights(state.view(), date.today(), st.session_state.get(planning.OVER))
    if today is not None:  # planned on another screen in this moment
        return today.night_id
    rules: Any = {"longest": evening.longest, "rewatch": evening.rewatch}
    return change(state.store().nights.plan, date.today(), evening.here, **rules)


def _attend(evening: Evening, guest: int) -> None:
    night = _ensure(evening)
    if night is not None:
        present = state.store().nights.get(night).present
        state.store().nights.attend(night, [*present, guest])


def _act(evening: Evening, action: Callable[..., Any], *args: Any, **named: Any) -> None:
    """Do `action` of the store's nights on the evening's night."""
    night = _ensure(evening)
    if night is not None:
        change(action, night, *args, **named)


def _watch(evening: Evening, movies: tuple[int, ...], movie: int, by: str) -> None:
    """Decide on a movie, and store what is predicted for all."""
    number, book = _ensure(evening), state.store().nights
    club = state.view()
    night = None if number is None else nights.find(club, number)
    predicted = None if night is None else nights.snapshot(club, night, movies)
    if night is None or predicted is None:
        return
    if by == "turn" and night.picker is None:
        change(book.edit, night.night_id, picker=book.whose_turn(night.present))
    frame, thresholds, model = predicted
    snapshot: Any = {"model": model, "thresholds": thresholds, "by": by}
    if change(book.decide, night.night_id, movie, frame, **snapshot) is not None:
        change(state.store().movies.remove_from_shortlist, movie)
