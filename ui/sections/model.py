"""The model, a part of the settings: what it knows, from when, and learning anew."""

from __future__ import annotations

import streamlit as st

from recommender import HybridModel
from ui import state
from ui.components.basics import no_predictions, notify
from ui.components.figures import draw_counts
from ui.state import View
from ui.text import ago, counted, plain


def section(club: View) -> None:
    """Draw what the predictions rest on, and the button that learns anew."""
    serving = state.model(club)
    if serving is None:
        no_predictions(120)
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
            "So far we know movies by their keywords, genres and decade alone; what people like "
            "together comes once the model has learned.",
            icon=":material/hourglass_top:",
        )
        return
    st.markdown(f"Learned **{ago(model.trained_at)}**, from everyone's ratings and your own.")
    if club.version == trainer.learned_version:
        return
    if new := state.new_ratings(club, trainer.learned_version):
        st.caption(
            f"{counted(new, 'new rating')} since. They count already; learning again also tells "
            "better which movies are alike."
        )


def retrain() -> None:
    """Draw the button that learns anew."""

    def start() -> None:
        if not state.learn():
            notify("It is learning already.")

    learning = state.trainer().status.state == "running"
    st.button(
        "Learning …" if learning else "Learn again",
        on_click=start,
        icon=":material/model_training:",
        disabled=learning,
        key="retrain",
    )


def recipe(model: HybridModel) -> None:
    """Say how the model works, in the figures that it was trained with."""
    options = model.options
    st.markdown(
        f"""
- **Which movies are alike.** LightFM describes every movie by {options.components} numbers, in
  {options.epochs} passes over all ratings, so that movies that the same people like get similar
  ones. Keywords, genres and decade count, too; a movie that nobody has rated has only those.
- **What somebody likes.** Everyone's average, how well the movie is liked, how generous the person
  is, and a taste over those numbers (a Gaussian process). It is worked out anew with every rating,
  without learning again.
- **How sure we are.** The same sum gives the range: wide for who has rated little, and for a movie
  unlike all that they rated.
"""
    )
