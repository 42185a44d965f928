"""Evaluation: how right the predictions are, for the club itself and for the world's raters."""

from ui import router, state
from ui.components.basics import header
from ui.components.choices import view_switch
from ui.sections import evaluation

router.require()

header("Evaluation", "How right the predictions are, on ratings that they were made without.")

whose = view_switch("Whose ratings", ["Our club", "The world's raters"], "whose")
if whose == "Our club":
    evaluation.show_club(state.view())
else:
    evaluation.show_base()
