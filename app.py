"""The movie club's app: `streamlit run app.py`."""

from ui import router

router.run()
