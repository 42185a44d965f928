"""Small pictures as SVG: text and shapes on paper, readable on a light and on a dark page."""

from __future__ import annotations

from pathlib import Path
from xml.sax.saxutils import escape

PAPER, INK, FAINT, LINE = "#fbf8f3", "#231a24", "#6f6470", "#e2d8c8"
SERIF, SANS = "Georgia, 'Times New Roman', serif", "system-ui, 'Segoe UI', Arial, sans-serif"


class Picture:
    """Shapes in the order in which they are drawn; x to the right and y down, in pixels.

    Args:
        width, height: of the whole.
        heading: what the picture shows, drawn at the top and read aloud in its place.
    """

    def __init__(self, width: int, height: int, heading: str) -> None:
        self._parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
            f'width="{width}" height="{height}" role="img" font-family="{SANS}">',
            f"<title>{escape(heading)}</title>",
        ]
        self.rect(0, 0, width, height, PAPER)
        self._parts.append(
            f'<text x="16" y="30" font-family="{SERIF}" font-size="17" font-weight="600" '
            f'fill="{INK}">{escape(heading)}</text>'
        )

    def text(
        self, x: float, y: float, words: str, *, anchor: str = "start", fill: str = INK
    ) -> None:
        """Write `words` with their foot at `y`; `anchor` is start, middle or end."""
        self._parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" font-size="13" text-anchor="{anchor}" '
            f'fill="{fill}">{escape(words)}</text>'
        )

    def rect(self, x: float, y: float, width: float, height: float, fill: str) -> None:
        """Fill a box."""
        self._parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" '
            f'fill="{fill}"/>'
        )

    def path(
        self, points: list[tuple[float, float]], stroke: str, *, width: float = 1, dash: str = ""
    ) -> None:
        """Join `points` by a line."""
        places = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self._parts.append(
            f'<polyline points="{places}" fill="none" stroke="{stroke}" stroke-width="{width}" '
            f'stroke-dasharray="{dash}"/>'
        )

    def dot(self, x: float, y: float, fill: str) -> None:
        """Draw a mark."""
        self._parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{fill}"/>')

    def save(self, file: Path) -> None:
        """Write the picture."""
        file.write_text("\n".join([*self._parts, "</svg>", ""]), "utf-8")
