"""Pictures of docs/how-predictions-work.md: there, described, and drawn from a model."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from benchmarks import pictures
from benchmarks.protocol import Clubs
from recommender import Dataset, HybridModel, TrainingOptions

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how-predictions-work.md"


def words(picture: str) -> list[str]:
    texts = ElementTree.fromstring(picture).iter("{http://www.w3.org/2000/svg}text")
    return [text.text or "" for text in texts]


def test_every_picture_of_the_page_is_there_and_described() -> None:
    shown = re.findall(r"!\[([^]]*)\]\((pictures/[^)]+)\)", PAGE.read_text("utf-8"))
    assert {PAGE.parent / path for _, path in shown} == set((PAGE.parent / "pictures").iterdir())
    for described, path in shown:
        assert len(described) > 60
        assert words((PAGE.parent / path).read_text("utf-8"))


def test_sum_of_parts_adds_up(tiny_model: HybridModel, checkerboard: Dataset) -> None:
    own = checkerboard.ratings[checkerboard.ratings["user_id"] == 0]
    unseen = next(m for m in range(20) if m not in set(own["movie_id"]))
    found = words(pictures.sum_of_parts(tiny_model, checkerboard, 0, unseen))
    figures = [float(text) for text in found if re.fullmatch(r"[+-]?\d+\.\d\d", text)]
    total = float(found[-1].split()[0])
    assert sum(figures) == pytest.approx(total, abs=0.06)  # a dozen figures, each rounded
    assert f"the other {len(own) - 5} ratings" in found


def test_nearness_is_sorted(tiny_model: HybridModel, checkerboard: Dataset) -> None:
    found = words(pictures.nearness(tiny_model, checkerboard, 0))
    drawn = [float(text) for text in found if re.fullmatch(r"-?\d\.\d\d", text)]
    assert drawn == sorted(drawn, reverse=True)
    assert len(drawn) == 7


def test_lines_are_drawn_from_measured_frames(
    tiny_options: TrainingOptions, checkerboard: Dataset
) -> None:
    reached, curve = pictures.measure(checkerboard, tiny_options, Clubs(3, 4, 10, 0.5))
    warm = reached[(reached["condition"] == "warm") & (reached["level"].round(1) == 0.8)]
    said = f"known movies: {warm['share'].iloc[0]:.0%} at 80%"
    assert said in words(pictures.coverage_lines(reached))
    found = set(words(pictures.learning_lines(curve)))
    assert {"ours, new movies", "bias, known movies"} <= found
