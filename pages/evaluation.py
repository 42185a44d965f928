"""Evaluation: how right the predictions are, on ratings that the models had not seen."""

from ui import router, services
from ui.components import evaluation
from ui.components.basics import header

router.require()

header("Evaluation", "On 100,004 real ratings: four in five to learn from, one in five to check.")

result = services.evaluator().result
if result is None:
    evaluation.follow()
else:
    evaluation.figures(result)
