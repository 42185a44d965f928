"""The model, a part of the settings: what it knows, from when, and learning anew."""

from __future__ import annotations

import streamlit as st

from recommender import HybridModel
from ui import state
from ui.components.basics import notify
from ui.components.figures import draw_counts
from ui.state import View
from ui.text import ago, counted, plain


def section(club: View) -> None:
    """Draw what the predictions rest on, and the button that learns anew."""
    serving = state.model(club)
    if serving is None:
        st.markdown("The first model is being made; it takes a second or two.")
        return
    if problem := state.trainer().status.message:
        st.warning(plain(problem), icon=":material/model_training:")
    knowledge(serving)
    age(club, serving)
    retrain()
    with st.expander("How it works", icon=":material/school:"):
        recipe(serving)


def knowledge(model: HybridModel) -> None:
    """Draw what the model learned from."""
    counts = {"Ratings": model.n_ratings, "People": model.n_users}
    counts |= {"Movies": model.n_movies, "Keywords": model.n_keywords}
    draw_counts(counts, border=True)


def age(club: View, model: HybridModel) -> None:
    """Say when the model learned, and whether the club has moved on since."""
    trainer = state.trainer()
    if trainer.learned_version is None:
        st.info(
            "This model knows movies by their keywords, genres and decade alone; the learned one "
            "follows.",
            icon=":material/hourglass_top:",
        )
        return
    st.markdown(
        f"Learned **{ago(model.trained_at)}** ({model.trained_at:%d %B %Y, %H:%M} UTC) from "
        "everyone's ratings and the club's own."
    )
    if club.version == trainer.learned_version:
        st.success("It is up to date: nothing has changed since.", icon=":material/check_circle:")
        return
    new = state.new_ratings(club, trainer.learned_version)
    if not new:
        what = "The club has changed since, but no rating has."
    else:
        what = (
            f"{counted(new, 'rating has', 'ratings have')} changed since. Predictions use them "
            "already; learning anew also moves the movies' places."
        )
    st.info(what, icon=":material/update:")


def retrain() -> None:
    """Draw the button that learns anew."""

    def start() -> None:
        if not state.learn():
            notify("The model is learning already.")

    learning = state.trainer().status.state == "running"
    st.button(
        "Learning …" if learning else "Retrain",
        on_click=start,
        type="primary",
        icon=":material/model_training:",
        disabled=learning,
        key="retrain",
    )


def recipe(model: HybridModel) -> None:
    """Say how the model works, in the figures that it was trained with."""
    options = model.options
    st.markdown(
        f"""
- **Where a movie lies.** LightFM gives every movie a place in a space of
  {options.components} directions, in {options.epochs} passes over all ratings; its plot keywords,
  genres and decade lie beside it. A movie that nobody has rated yet is placed by those alone.
- **What a member likes.** From that member's own stars, at once: everyone's average, the movie's
  and the member's offset, and a taste over that space. This is why a new rating counts
  before the model has learned anew.
- **How sure it is.** The same calculation gives the interval: wide for who has rated little, or
  for a movie unlike everything that was rated.
"""
    )
