"""The star board: half stars for several members, which Streamlit has no widget for."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ui.components.widget import Taps, Value, component, mount

STARS = [step / 2 for step in range(1, 11)]

Saved = Callable[[list[tuple[int, float | None]]], None]


def rating(value: Value) -> bool:
    """Return whether a tap is a rating in half stars, or None for no rating any more."""
    return value is None or value in STARS


def star_board(rows: Iterable[tuple[int, str, float | None]], key: str, on_rated: Saved) -> None:
    """Draw a row of half stars for each (member_id, name, stars or None).

    Args:
        key: of the widget; another key for another movie.
        on_rated: called with [(member_id, stars or None), ...] before the page is drawn again. It
            may be called twice with the same change.
    """

    def save(taps: Taps) -> None:
        on_rated([(member, None if stars is None else float(stars)) for member, stars in taps])

    data = {"rows": [{"id": member, "name": name, "stars": stars} for member, name, stars in rows]}
    mount(component("board", "stars"), key, data, rating, save)
