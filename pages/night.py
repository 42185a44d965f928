"""One night: who is here, what to watch, and afterwards how right the prediction was."""

from ui import router
from ui.components.basics import notices
from ui.sections.night import planning, steps

club = router.require()
night = planning.asked_night(club)
if night is None:
    planning.look_elsewhere()
else:
    notices()
    steps.draw(club, night)
