"""Club: who is in it, what it might watch, and what it likes."""

from ui import access, router, state
from ui.components.basics import header
from ui.components.choices import view_switch
from ui.sections import club as clubs
from ui.sections import taste
from ui.text import plain

router.require()

club = state.view()
clubs.demo_banner(club)
header(plain(club.club.name))
if view_switch("What to see", ["Members", "Our taste"], "about") == "Members":
    clubs.people(club)
    if access.is_host():
        clubs.rename_club(club)
else:
    taste.section(club)
