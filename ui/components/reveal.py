"""The reveal of a night: what was said, what was given, and a bar for each person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ui.components.people import face
from ui.components.widget import component
from ui.state import View
from ui.text import half_stars


@dataclass(frozen=True)
class Shown:
    """One person's stars beside what was expected of them."""

    member: int
    given: float
    expected: tuple[float, float, float] | None  # mean, low, high; None: nothing was


def reveal(
    club: View,
    title: str,
    people: Sequence[Shown],
    *,
    said: float | None,
    gave: float,
    sentence: str,
    focus: bool = False,
) -> None:
    """Draw what was said of a movie and what it was given, together and for each person.

    Args:
        said: the mean that was expected of those in `people`, None if nothing was.
        gave: the mean of what they gave.
        sentence: the one that matters most, plain text.
        focus: whether its title takes the focus if nothing has it.
    """
    rows = []
    for one in people:
        text = f"{club.name(one.member)} gave {half_stars(one.given)}"
        if one.expected is not None:
            text += ", expected {:.1f}, usually between {:.1f} and {:.1f}".format(*one.expected)
        rows.append(
            {
                **vars(face(club, one.member)),
                "given": one.given,
                "shown": half_stars(one.given),
                "band": one.expected and one.expected[1:],
                "label": text,
            }
        )
    data = {
        "title": title,
        "said": "" if said is None else f"{said:.1f}",
        "gave": f"{gave:.1f}",
        "sentence": sentence,
        "rows": rows,
        "focus": focus,
    }
    component("reveal")(key="reveal", data=data)
