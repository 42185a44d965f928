"""Model: what it knows, how old it is, and learning anew."""

import streamlit as st

from ui import router, state
from ui.components.basics import header
from ui.sections import model as models

router.require()

club = state.view()
header("Model", "What the predictions rest on.")

serving = state.model(club)
if serving is None:
    st.markdown("The first model is being made; it takes a second or two.")
    st.skeleton(height=160)
    st.stop()

models.knowledge(serving)
models.age(club, serving)
models.retrain()
with st.expander("How it works", icon=":material/school:"):
    models.recipe(serving)
