"""The movie club's app: `streamlit run app.py`."""

import sys

import streamlit as st

if "ui.router" not in sys.modules:
    # The first visit to a new server: say so before the seconds that everything takes to load.
    st.set_page_config(page_title="Movie club", layout="wide", initial_sidebar_state="collapsed")
    st.title("Movie club", anchor=False)
    st.markdown("The projector is warming up; what to watch tonight is on in a few seconds.")
    from ui import router

    router.warm_up()
    st.rerun()

from ui import router

router.run()
