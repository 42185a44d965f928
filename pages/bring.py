"""Import ratings: what members have rated elsewhere, imported after a preview."""

from ui import router, state
from ui.components.basics import header
from ui.sections import rating_imports

router.require()

club = state.view()
header("Import ratings", "What you rated elsewhere counts here, too.")
rating_imports.section(club)
