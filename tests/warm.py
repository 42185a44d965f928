"""Load the app, and nothing of a club: for the process that servers of browser tests fork from."""

import importlib
import pkgutil

import streamlit.web.cli  # noqa: F401
import uvicorn  # noqa: F401

import ui
from ui import state

for module in pkgutil.walk_packages(ui.__path__, "ui."):
    importlib.import_module(module.name)
assert state.bundled().content_hash
