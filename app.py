"""The movie club's app: `streamlit run app.py`."""

import streamlit as st

from ui import router
from ui.components.basics import ICON

st.set_page_config(page_title="Movie club", page_icon=ICON, layout="wide")
router.run()
