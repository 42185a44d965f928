"""Import ratings: what members have rated elsewhere, imported after a preview."""

from ui import router
from ui.components.basics import header
from ui.sections import rating_imports

club = router.require()
header("Import ratings", "What you rated elsewhere counts here, too.")
rating_imports.section(club)
