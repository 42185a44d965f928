"""A folder for the app to live in: the demo club and small models."""

import fcntl
import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from club.catalogue import training_data
from club.demo import load_demo
from club.store import Store
from recommender import HybridModel, TrainingOptions
from recommender.bundled import demo_club
from ui import state
from ui.evaluation import held_out_folder
from ui.jobs import LearnedFrom, Trainer

Open = Callable[..., AppTest]  # the fixture that opens a page
SMALL = TrainingOptions(components=8, epochs=1, repeats=1)


def furnish(folder: Path) -> Path:
    """Fill `folder` as $MOVIE_CLUB_VAR: club.db with the demo, and a model of seconds' work.

    The held-out model is the same one: what pages show of it need not be right.
    """
    world = state.bundled()
    store = Store(folder / "club.db")
    load_demo(store, world, replace(demo_club(), nights=()))
    model, base = HybridModel.fit(training_data(world, store), SMALL), world.content_hash
    Trainer(folder).adopt(model, LearnedFrom(store.version(), base))
    Trainer(held_out_folder(folder, world, SMALL)).adopt(model, LearnedFrom(0, base))
    return folder


def furnish_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a furnished folder to copy from; one for all processes that tests run in."""
    common = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        common = common.parent
    folder, done = common / "furnished", common / "furnished.done"
    with (common / "furnished.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            folder.mkdir()
            furnish(folder)
            done.touch()
    return folder


def component_data(app: AppTest, key: str) -> dict[str, Any]:
    """Return the data that a widget of our own was drawn with last."""
    found = [one.proto for one in app.get("bidi_component") if one.proto.id.endswith(f"-{key}")]
    data: dict[str, Any] = json.loads(found[-1].json)
    return data


def click(app: AppTest, label: str) -> AppTest:
    """Press the button that is called `label`."""
    return next(button for button in app.button if button.label == label).click().run()


def change_member(app: AppTest, member: int) -> AppTest:
    """Open the way to change a member on Club, and tap their face."""
    app.session_state["change_member"], app.session_state["to_change_one"] = True, member
    return app.run()


def tiles(app: AppTest, key: str) -> list[dict[str, Any]]:
    """The tiles that the widget `key` was drawn with; none when it was not drawn."""
    for element in app.get("bidi_component"):
        if element.proto.id.endswith(f"-{key}"):
            return list(json.loads(element.proto.json)["tiles"])
    return []
