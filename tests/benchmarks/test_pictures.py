"""The pictures of docs/how-predictions-work.md: there, small, described, and drawn from a model."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from benchmarks import pictures
from benchmarks.protocol import Clubs
from recommender import Dataset, HybridModel, TrainingOptions

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "how-predictions-work.md"
SVG = "{http://www.w3.org/2000/svg}"


def words(file: Path) -> list[str]:
    return [text.text or "" for text in ElementTree.parse(file).iter(f"{SVG}text")]


def test_every_picture_of_the_page_is_there_small_and_described() -> None:
    shown = re.findall(r"!\[([^]]*)\]\((pictures/[^)]+)\)", PAGE.read_text("utf-8"))
    assert {PAGE.parent / path for _, path in shown} == set((PAGE.parent / "pictures").iterdir())
    assert len(shown) == 4
    for described, path in shown:
        file = PAGE.parent / path
        assert len(described) > 60
        assert file.stat().st_size < 60_000
        assert words(file)


def test_a_prediction_is_drawn_as_the_sum_that_it_is(
    tiny_model: HybridModel, checkerboard: Dataset, tmp_path: Path
) -> None:
    own = checkerboard.ratings[checkerboard.ratings["user_id"] == 0]
    unseen = next(m for m in range(20) if m not in set(own["movie_id"]))
    picture = pictures.sum_of_parts(tiny_model, checkerboard, 0, unseen, "A <b> & B")
    picture.save(tmp_path / "sum.svg")
    found = words(tmp_path / "sum.svg")
    assert found[0].startswith(f"Why A <b> & B should give Movie {unseen} ")
    figures = [float(text) for text in found if re.fullmatch(r"[+-]?\d+\.\d\d", text)]
    total = float(found[-1].split()[0])
    assert sum(figures) == pytest.approx(total, abs=0.06)  # a dozen figures, each rounded
    assert f"the other {len(own) - 5} ratings" in found


def test_nearness_is_drawn_from_near_to_far(
    tiny_model: HybridModel, checkerboard: Dataset, tmp_path: Path
) -> None:
    pictures.nearness(tiny_model, checkerboard, 0).save(tmp_path / "nearness.svg")
    found = words(tmp_path / "nearness.svg")
    drawn = [float(text) for text in found if re.fullmatch(r"-?\d\.\d\d", text)]
    assert drawn == sorted(drawn, reverse=True)
    assert len(drawn) == 7  # of 19; an eighth down the list is among the first four
    rows = tiny_model.rows([0]), tiny_model.rows([int(found[1].split()[-1])])
    v = tiny_model.space.variances
    alike = tiny_model.space.covariance(*rows)[0, 0] - v.offset
    alike -= v.crowd * tiny_model.space.crowd[rows[0]][0] * tiny_model.space.crowd[rows[1]][0]
    assert drawn[0] == pytest.approx(float(alike), abs=0.006)


def test_intervals_and_learning_are_drawn_from_what_was_measured(
    tiny_options: TrainingOptions, checkerboard: Dataset, tmp_path: Path
) -> None:
    reached, curve = pictures.measured(checkerboard, tiny_options, Clubs(3, 4, 10, 0.5))
    assert reached["share"].between(0, 1).all()
    assert list(curve["known"].unique()) == ["0", "1", "3", "5", "10", "20", "all"]
    pictures.kept(reached).save(tmp_path / "intervals.svg")
    warm = reached[(reached["condition"] == "warm") & (reached["level"].round(1) == 0.8)]
    said = f"known movies: {warm['share'].iloc[0]:.0%} inside the 80% interval"
    assert said in words(tmp_path / "intervals.svg")
    pictures.learning(curve).save(tmp_path / "learning.svg")
    assert {"ours, new movies", "bias, known movies"} <= set(words(tmp_path / "learning.svg"))
