"""The movie club's app: `streamlit run app.py`.

Streamlit imports this file as the server starts, to find `app`, and runs it for every drawing of a
page. What the first page needs is loaded before the server listens: no visitor waits for it.
"""

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from ui import router

if get_script_run_ctx(suppress_warning=True) is None:
    router.preload()
    app = st.App(__file__, routes=router.routes())
else:
    router.run()
