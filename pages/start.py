"""Start: a club of our own, from its name to the first answer."""

import streamlit as st

from ui import router
from ui.sections import start

club = router.require()
if club.club.is_demo:
    start.club_name()
elif st.query_params.get("step") == "rate" and club.names:
    start.rate_in_turn(club)
elif st.query_params.get("step") == "shortlist" and club.names:
    start.shortlist(club)
else:
    start.names(club)
