"""Nights: what comes, what was, and how right the predictions were."""

import streamlit as st

from ui import router, state
from ui.components.basics import empty_state, header
from ui.sections import nights, scoreboard

router.require()

club = state.view()
header("Movie nights", nights.summary(club))

if not club.names:
    sentence = "The club has no members yet; add everyone who comes to movie night."
    with empty_state(":material/group_add:", sentence, "no_members"):
        st.page_link(router.page("club"), label="Add members", icon=":material/person_add:")
    st.stop()

view = st.segmented_control(
    "What to see",
    ["Nights", "Scoreboard"],
    default="Nights",
    required=True,
    key="view",
    bind="query-params",
    label_visibility="collapsed",
)
if view == "Scoreboard":
    scoreboard.show(club)
else:
    nights.coming(club)
    st.space("small")
    st.subheader("What we watched", anchor=False)
    nights.past(club)
