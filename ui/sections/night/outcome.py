"""After the decision: the movie, what was promised, sealed ratings, and what came of it."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from club.nights import Night, Outcome
from recommender.columns import MEMBER, MOVIE
from recommender.evaluation.nights import reversals, surprises
from recommender.group import STRATEGIES, rank
from ui import access, findings, nights, state
from ui.charts.nights import predicted_and_given
from ui.components.basics import change, change_button
from ui.components.figures import chart, draw_table, tables_below
from ui.components.stars import star_board
from ui.components.tile import beside_poster, called_apart, facts, movie_link
from ui.sections import tonight
from ui.sections.night.planning import named, progress, who_am_i
from ui.state import View
from ui.text import between, counted, day, half_stars, plain, stars

HOW = {
    "vote": "by a vote",
    "turn": "by whoever’s turn it was",
    "random": "by lot",
    "talk": "by talking",
}
ENTERED = "entered"  # in the session: ((night_id, member_id), stars) of who holds this screen


def decided_by(night: Night) -> str:
    """Return how the movie was chosen, as people say it."""
    way = night.decided_by or "talk"
    if way in STRATEGIES:
        return f"by the predictions ({STRATEGIES[way].name})"
    return HOW.get(way, "by talking")


def promised(club: View, night: Night) -> None:
    """Draw the movie with what everyone was expected to give it when it was chosen."""
    assert night.movie is not None
    assert night.decided_at is not None
    movie, frozen = night.movie, nights.snapshot_reactions(club, night)
    ranked = rank(frozen).set_index(MOVIE)
    with st.container(border=True, key="watched"):
        left, right = st.columns([5, 6], gap="medium", vertical_alignment="center")
        with left:
            known = movie in club.movies.index
            with beside_poster(club, movie):
                st.subheader(plain(club.title(movie)), anchor=False)
                if known:
                    st.caption(facts(club, movie))
                row = ranked.loc[movie]
                st.metric("Promised", stars(row["mean"], 2))
                st.caption(f"80% sure: {between(row['low'], row['high'])}")
                st.caption(f"Chosen {decided_by(night)}, {night.decided_at.astimezone():%H:%M}")
                if known:
                    movie_link(club, movie, ":material/info: More about it")
        with right:
            if night.state == "revealed":
                mine = nights.judged_of(club, night)
                counts = mine[mine["counts"]].assign(member=mine[MEMBER].map(club.name))
                if len(counts):
                    chart(predicted_and_given(counts), "outcome")
            else:
                group = (row["mean"], row["low"], row["high"])
                tonight.intervals(club, frozen, movie, group)
        st.caption(
            f":material/lock: Frozen on {day(night.decided_at)}, "
            f"{night.decided_at.astimezone():%H:%M}, from the model {plain(night.model or '')}, "
            f"the club’s version {night.club_version}. Nothing changes these predictions."
        )
        if night.thresholds is None:
            st.caption(
                "An earlier version of this program froze them: the interval of the whole group is "
                "narrower here than the one that was shown then."
            )


def another_movie(club: View, night: Night) -> None:
    """Draw the way to say that another of the candidates was watched after all."""
    others = [m for m in nights.snapshot_reactions(club, night).movie_ids if m != night.movie]
    if not others:
        return
    with st.popover("We watch another one", icon=":material/swap_horiz:", type="tertiary"):
        movie = st.selectbox(
            "Instead",
            others,
            index=None,
            format_func=called_apart(club, others).__getitem__,
            placeholder="a candidate",
        )
        done = "Changed; the predictions for it were frozen, too."
        put, number = state.store().nights.change_movie, night.night_id
        change_button("Change it", put, number, movie, done=done, disabled=movie is None)


def rate(club: View, night: Night, me: int | None) -> None:
    """Draw the stars of who holds this screen, and how many have rated."""
    outcome = nights.outcome(club, night.night_id)
    with st.container(border=True, key="verdict"):
        st.subheader("How was it?", anchor=False)
        hidden = night.state == "decided"
        progress(club, outcome.rated, outcome.waiting, "rated", hidden)
        if me is None:
            st.info("Say above who you are, and your stars appear.", icon=":material/star:")
            return
        _stars(club, night, me, outcome)
        _open(night, outcome)


def _stars(club: View, night: Night, me: int, outcome: Outcome) -> None:
    own = (night.night_id, me)
    whose, entered = st.session_state.get(ENTERED, (own, None))
    if whose != own:  # the phone went on: nobody finds the last one's stars on it
        entered = None
        st.session_state[ENTERED] = (own, None)

    def save(changes: list[tuple[int, float | None]]) -> None:
        book = state.store().nights
        for member, given in changes:
            if member != me:
                continue
            action, value = (book.unrate, ()) if given is None else (book.rate, (given,))
            if change(action, night.night_id, me, *value, whose=[me]) is None:
                return
            st.session_state[ENTERED] = (own, given)

    if me in outcome.rated and entered is None:
        st.markdown(
            f":material/lock: **{plain(club.name(me))}’s stars are in**, and sealed; "
            "new ones take their place."
        )
    star_board([(me, club.name(me), entered)], f"verdict_{own[0]}_{me}", save)
    st.caption("Nobody sees anybody’s stars until all have rated. Yours can be changed till then.")


def _open(night: Night, outcome: Outcome) -> None:
    if night.state != "decided" or not outcome.rated or not outcome.waiting:
        return
    if not access.is_host():
        st.caption("A host can open the ratings before all have rated.")
        return
    with st.popover("Open the ratings now", icon=":material/lock_open:", type="tertiary"):
        st.markdown("For the host: whoever has not rated yet can still do so, but in the open.")
        reveal = access.host_only(state.store().nights.reveal)
        change_button("Open them", reveal, night.night_id, key="open_now", type="primary")


def late(club: View, night: Night) -> None:
    """Draw the stars of somebody who was here and has not rated an opened night yet."""
    outcome = nights.outcome(club, night.night_id)
    if not outcome.waiting:
        return
    me = who_am_i(club, night)
    if me is not None and me in outcome.waiting:
        with st.container(border=True, key="verdict"):
            st.markdown(f"**{plain(club.name(me))}**, how was it?")
            _stars(club, night, me, outcome)
    else:
        st.caption(f"{named(club, outcome.waiting)} can still rate: say above who you are.")


def result(club: View, night: Night) -> None:
    """Draw what was given, who surprised whom, and the numbers."""
    assert night.movie is not None
    given = nights.outcome(club, night.night_id).stars or {}
    if not given:
        return
    mine = nights.judged_of(club, night)
    counts = mine[mine["counts"]]
    mean = sum(given.values()) / len(given)
    with st.grid(columns=3, min_column_width=150, border=True, gap="small"):
        st.metric("Given", stars(mean, 2))
        if len(counts):
            off = (counts["surprise"].abs()).mean()
            hits = f"{int(counts['hit'].sum())} of {len(counts)}"
            st.metric("Inside the interval", hits, help="80% are promised.")
            own = (counts["own_mean"] - counts["actual"]).abs().mean()
            st.metric(
                "Off by", stars(off, 2), delta=f"{off - own:+.2f} against own means",
                delta_color="inverse",
            )  # fmt: skip
    names = {one: club.name(one) for one in given}
    titles = {night.movie: club.title(night.movie)}
    for sentence in findings.surprises(surprises(counts).head(3), names, titles):
        st.markdown(f"- {plain(sentence)}.")
    for sentence in findings.reversals(reversals(counts).head(1), names):
        st.markdown(f"- {plain(sentence)}.")
    if night.notes:
        st.markdown(f"> {plain(night.notes)}")
    _table(club, mine, given)


def _table(club: View, mine: pd.DataFrame, given: dict[int, float]) -> None:
    rows = mine.set_index(MEMBER).reindex(list(given))
    with tables_below():
        table = pd.DataFrame(
            {
                "": [club.name(one) for one in given],
                "Given": [half_stars(value) for value in given.values()],
                "Expected": rows["predicted"].to_numpy(),
                "From": rows["low"].to_numpy(),
                "To": rows["high"].to_numpy(),
                "Own mean": rows["own_mean"].to_numpy(),
                "Everybody": rows["crowd"].to_numpy(),
            }
        )
        draw_table(table, "Expected and given stars of everyone")
        left_out = len(given) - int(mine["counts"].sum())
        if left_out:
            st.caption(
                f"{counted(left_out, 'rating does', 'ratings do')} not count for the record: the "
                "movie was seen before, or the person came after the decision."
            )
