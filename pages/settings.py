"""Settings: everything that keeps the club running, one part at a time."""

import streamlit as st

from ui import router, state
from ui.components.basics import header
from ui.components.choices import view_switch
from ui.sections import (
    backups,
    catalogue,
    changes,
    evaluation,
    exports,
    imports,
    laboratory,
    sharing,
    tmdb,
)
from ui.sections import club as clubs
from ui.sections import model as models

router.require()

PARTS = [
    "Sharing",
    "Catalogue",
    "Model",
    "How we know",
    "Laboratory",
    "Backups",
    "Exports",
    "Changes",
    "About",
]

club = state.view()
header("Settings")
part = view_switch("What to set", PARTS, "set")
if part == "Sharing":
    sharing.section(club)
elif part == "Catalogue":
    catalogue.overview(club)
    left, right = st.columns(2, gap="large")
    with left:
        catalogue.add_by_hand(club)
    with right:
        tmdb.section(club)
        imports.section(club)
elif part == "Model":
    models.section(club)
elif part == "How we know":
    evaluation.section(club)
elif part == "Laboratory":
    laboratory.section(club)
elif part == "Backups":
    backups.section(club)
elif part == "Exports":
    exports.panel(club)
elif part == "Changes":
    changes.section(club)
else:
    clubs.about(club)
