"""On which scale the ratings of a file are: found from all of them, never from one."""

from __future__ import annotations

from collections.abc import Sequence

from club.errors import InvalidInput
from club.imports.ratings.rows import FIVES, HUNDREDS, TENS, Scale

# Of all ratings, less than this share that is too high for the lower scale may be slips of the
# finger: who has ten gives more than five now and then, who has a hundred more than ten nearly
# always.
SLIPS = {TENS: 0.02, HUNDREDS: 0.5}


def find_scale(file: str, ratings: Sequence[float], named: set[int]) -> Scale:
    """Return the scale of a column.

    Args:
        ratings: as they are written.
        named: what the cells themselves say: {10} for "7/10".

    Raises:
        InvalidInput: the cells name several scales.
    """
    if len(named) > 1:
        scales = " and ".join(map(str, sorted(named)))
        raise InvalidInput(f"{file} mixes ratings of up to {scales}; bring them one by one.")
    if named:
        return Scale(named.pop(), fixed=True)
    most = max((rating for rating in ratings if rating <= HUNDREDS), default=0.0)
    if most > FIVES:
        top = TENS if most <= TENS else HUNDREDS
        lower = FIVES if top == TENS else TENS
        slips = sum(rating > lower for rating in ratings)
        if slips < SLIPS[top] * len(ratings):
            are = "is" if slips == 1 else "are"
            doubt = f"Only {slips:,} of {len(ratings):,} ratings {are} above {lower}."
            fine = max((rating for rating in ratings if rating <= lower), default=0.0)
            return Scale(FIVES if fine <= FIVES else TENS, doubt=doubt, contradicts=True)
        return Scale(top)
    if any(not rating.is_integer() for rating in ratings) or not ratings:
        return Scale(FIVES)
    return Scale(FIVES, doubt="All ratings are whole numbers from 1 to 5.")
