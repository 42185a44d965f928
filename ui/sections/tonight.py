"""The Tonight page: who is here, what the club should watch, and how each of them will like it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from recommender import Reactions
from recommender.columns import MEMBER, MOVIE
from recommender.group import LIKED, STRATEGIES, rank
from ui import live, nights, state
from ui.charts.nights import group_heatmap, prediction_intervals
from ui.components.basics import empty_state, errors_shown, no_predictions
from ui.components.choices import people_pills
from ui.components.figures import chart, draw_table, tables_below
from ui.components.tile import beside_poster, facts, movie_card, movie_link, short_title
from ui.sections import why
from ui.state import View
from ui.text import between, distinct, film, listed, plain, stars

HERE, BY, SEEN = "here", "by", "seen"  # keys of the widgets, and so names in the page's address


def who_is_here(club: View) -> list[int]:
    """Draw the members as pills, everyone by default, and return who is here."""
    everyone = list(club.names)
    known = st.session_state.get("members_offered", everyone)
    newcomers = [member for member in everyone if member not in known]
    if newcomers and HERE in st.session_state:
        # Who has just joined is here, whatever was chosen before.
        st.session_state[HERE] = [*st.session_state[HERE], *newcomers]
    st.session_state["members_offered"] = everyone
    look: dict[str, Any] = {"default": everyone, "bind": "query-params"}
    chosen = people_pills(club, "Who is here tonight?", everyone, HERE, "multi", **look)
    return [member for member in everyone if member in chosen]


def choose_strategy(among: Sequence[str] = tuple(STRATEGIES)) -> str:
    """Draw strategies, all by default, and the sentence of the chosen one; return its key."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        names = {key: STRATEGIES[key].name for key in among}.__getitem__
        look: Any = {"format_func": names, "bind": "query-params", "width": 260}
        chosen = st.selectbox("How to decide", among, key=BY, **look)
        strategy = STRATEGIES[chosen or "average"]
        st.caption(strategy.description, help=f"Source: {strategy.source}")
    return chosen or "average"


def candidates(club: View, here: Sequence[int]) -> tuple[int, ...]:
    """Draw the "seen" switch and return the shortlist without what somebody here has seen."""
    seen = [movie for movie in club.shortlist if club.seen_by(movie, here)]
    if not seen:
        return club.shortlist
    label = f"Include what someone has seen ({len(seen)})"
    wanted = st.toggle(label, key=SEEN, bind="query-params")
    return tuple(movie for movie in club.shortlist if wanted or movie not in seen)


def nobody_here(club: View) -> None:
    """Say that nobody is here, with the button that brings everyone."""

    def bring() -> None:
        st.session_state[HERE] = list(club.names)

    sentence = "Nobody is here yet, so there is nobody to ask."
    with empty_state(":material/chair:", sentence, "nobody"):
        st.button("Everyone is here", on_click=bring, type="primary", icon=":material/group_add:")


def all_seen() -> None:
    """Say that nothing unseen is left, with the switch that shows it all the same."""

    def show() -> None:
        st.session_state[SEEN] = True

    sentence = "Somebody here has seen every movie on the shortlist."
    with empty_state(":material/visibility:", sentence, "all_seen"):
        st.button("Show them anyway", on_click=show, type="primary", icon=":material/replay:")


def reason(reactions: Reactions, row: pd.Series, strategy: str) -> str:
    """Return in one sentence (plain text) why the movie of `row`, from `rank`, comes first."""
    mean = reactions.mean[:, reactions.movie_ids.index(int(row[MOVIE]))]
    if len(mean) == 1:
        return "The highest of all candidates."
    lead = STRATEGIES[strategy].reason_for(mean)
    happy = int((mean >= LIKED).sum())
    how_many = "everyone" if happy == len(mean) else f"{happy or 'none'} of {len(mean)}"
    return f"{lead}; {how_many} should give it 4 stars or more."


def extremes(club: View, reactions: Reactions, movie: int) -> str:
    """Return in one sentence (plain text) who should like a movie most and least."""
    mean = reactions.mean[:, reactions.movie_ids.index(movie)]
    names = [club.name(member) for member in reactions.member_ids]
    if len(names) == 1:
        return f"{names[0]} should give it {mean[0]:.1f}."
    most, least = (f"{names[i]} ({mean[i]:.1f})" for i in (mean.argmax(), mean.argmin()))
    return f"{most} should like it most, {least} least."


Action = Callable[[int], None]  # draws what can be done with a movie


def show_ranking(
    club: View,
    here: Sequence[int],
    movies: tuple[int, ...],
    strategy: str,
    actions: Action | None = None,
) -> None:
    """Draw the top pick, the others (`actions` adds buttons to each), and everyone's stars."""
    present = state.reactions(club, movies, tuple(here))
    if present is None:
        with st.container(border=True, key="first_model"):
            no_predictions(240)
        return
    debt = nights.debts(club, here) if strategy == "fairness" else None
    ranked = rank(present, strategy, debt=debt)
    newcomers_note(club, here)
    _hero(club, present, ranked.iloc[0], strategy, actions)
    if len(ranked) > 1:
        st.subheader("The other candidates", anchor=False)
        with st.grid(columns=3, min_column_width=290, gap="small", border=True, key="others"):
            for _, row in ranked.iloc[1:].iterrows():
                _card(club, present, row, actions)
        st.space("small")
        _heatmap(club, present, ranked)


def newcomers_note(club: View, members: Sequence[int]) -> None:
    """Say whose stars are nobody's in particular, if anybody's."""
    newcomers = [member for member in members if not (club.evidence[MEMBER] == member).any()]
    if newcomers:
        who = plain(listed(club.name(member) for member in newcomers))
        st.caption(
            f"{who} {'has' if len(newcomers) == 1 else 'have'} rated nothing yet, so the crowd's "
            "opinion stands in, with a wide interval."
        )


def _seen_note(club: View, here: Sequence[int], movie: int) -> None:
    who = club.seen_by(movie, here)
    if who:
        st.caption(f":material/visibility: Seen by {plain(seen_words(club, movie, who))}")


def seen_words(club: View, movie: int, who: Sequence[int]) -> str:
    """Return who has seen a movie, with the stars of those who rated it: "Ana (4.5) and Bo"."""
    given = {member: club.stars.get((member, movie)) for member in who}
    return listed(
        club.name(member) + (f" ({stars_:g})" if stars_ else "") for member, stars_ in given.items()
    )


def _hero(
    club: View, present: Reactions, row: pd.Series, strategy: str, actions: Action | None
) -> None:
    movie = int(row[MOVIE])
    with st.container(border=True, key="top_pick"):
        left, right = st.columns([5, 6], gap="medium", vertical_alignment="center")
        with left, beside_poster(club, movie):
            st.badge("Top pick", icon=":material/trophy:", color="primary")
            st.subheader(plain(club.title(movie)), anchor=False)
            st.caption(facts(club, movie))
            st.metric(
                "The group's stars",
                stars(row["mean"], 2),
                help="The mean of what everyone here is expected to give.",
            )
            st.caption(f"80% sure: {between(row['low'], row['high'])}")
            st.markdown(plain(reason(present, row, strategy)))
            _seen_note(club, present.member_ids, movie)
            movie_link(club, movie, ":material/info: More about it")
            if actions:
                actions(movie)
        with right:
            intervals(club, present, movie, (row["mean"], row["low"], row["high"]))
        with st.expander("Why? Ask for one of us", icon=":material/psychology_alt:"):
            why.ask(club, present.member_ids, movie, key="why_hero")


def _card(club: View, present: Reactions, row: pd.Series, actions: Action | None) -> None:
    movie = int(row[MOVIE])
    with movie_card(club, movie, f"**{row['rank']}. {short_title(club, movie)}**", row):
        st.caption(plain(extremes(club, present, movie)))
        _seen_note(club, present.member_ids, movie)
        more = st.button(
            "Everyone’s stars", key=f"more_{movie}", type="tertiary", icon=":material/bar_chart:"
        )
        if actions:
            actions(movie)
    if more:
        title = plain(film(club.title(movie), club.year(movie)))
        live.hold()
        st.dialog(title, width="medium", on_dismiss="rerun")(_details)(club, present, row)


@errors_shown()
def _details(club: View, present: Reactions, row: pd.Series) -> None:
    movie = int(row[MOVIE])
    intervals(club, present, movie, (row["mean"], row["low"], row["high"]))
    why.ask(club, present.member_ids, movie, key="why_dialog")


def intervals(
    club: View, present: Reactions, movie: int, group: tuple[float, float, float]
) -> None:
    """Draw what all in `present` should give a movie, and together (mean, low, high) if several."""
    frame = present.frame()
    frame = frame[frame[MOVIE] == movie].sort_values("mean", ascending=False)
    frame["member"] = frame[MEMBER].map(club.name)
    title, whole = club.title(movie), group if len(frame) > 1 else None
    chart(prediction_intervals(frame, movie=title, group=whole), f"intervals_{movie}")


def _heatmap(club: View, present: Reactions, ranked: pd.DataFrame) -> None:
    frame = present.frame().set_index(MOVIE).loc[ranked[MOVIE]].reset_index()
    frame["movie"] = frame[MOVIE].map(club.title)
    frame["member"] = frame[MEMBER].map(club.name)
    chart(group_heatmap(frame), "everyone")
    with tables_below():
        table = frame.pivot(index=MOVIE, columns=MEMBER, values="mean").loc[ranked[MOVIE]]
        table = table[list(present.member_ids)]
        table.insert(0, "Movie", [club.title(movie) for movie in table.index])
        table.insert(1, "Group", ranked["mean"].to_numpy())
        # Somebody may be called "Group".
        names = [club.name(member) for member in present.member_ids]
        table.columns = pd.Index(distinct(["Movie", "Group", *names]))
        config = {
            name: st.column_config.NumberColumn(format="%.2f" if name == "Group" else "%.1f")
            for name in table.columns[1:]
        }
        config["Movie"] = st.column_config.TextColumn(pinned=True)
        draw_table(table, "Expected stars as a table", columns=config)
