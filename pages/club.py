"""Club: who is in it, what it might watch, what it likes, and its year."""

from ui import access, router
from ui.components.basics import header
from ui.components.choices import view_switch
from ui.sections import club as clubs
from ui.sections import taste, year
from ui.text import plain

club = router.require()
clubs.demo_banner(club)
header(plain(club.club.name))
about = view_switch("What to see", ["Members", "Our taste", "Our year"], "about")
if about == "Members":
    clubs.people(club)
    if access.is_host():
        clubs.rename_club(club)
elif about == "Our taste":
    taste.section(club)
else:
    year.section(club)
