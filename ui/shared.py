"""The movie club's app for the home network: `make share`."""

from pathlib import Path

from starlette.middleware import Middleware
from streamlit.starlette import App

from ui.door import Door

app = App(Path(__file__).parent.parent / "app.py", middleware=[Middleware(Door)])
