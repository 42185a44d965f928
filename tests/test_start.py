"""The script that sets everything up: what it refuses, before anything is downloaded."""

import platform
import runpy
from pathlib import Path

import pytest

from recommender.embeddings import check_processor
from recommender.errors import RecommenderError

START = runpy.run_path(str(Path(__file__).parents[1] / "tools" / "start.py"))


@pytest.mark.parametrize(
    ("version", "system", "wanted"),
    [
        ((3, 10), ("Linux", "x86_64"), "install Python 3.13"),
        ((3, 14), ("Linux", "x86_64"), "C compiler"),
        ((3, 13), ("Linux", "aarch64"), "C compiler"),
        ((3, 13), ("Windows", "AMD64"), "C compiler"),
    ],
)
def test_what_is_needed_is_said_first(
    version: tuple[int, int],
    system: tuple[str, str],
    wanted: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(platform, "system", lambda: system[0])
    monkeypatch.setattr(platform, "machine", lambda: system[1])
    monkeypatch.setenv("PATH", "")
    with pytest.raises(SystemExit) as ended:
        START["check"](version)
    assert ended.value.code == 2
    assert wanted in capsys.readouterr().err


def test_a_python_that_does_not_run_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON", "/nowhere/python")
    with pytest.raises(SystemExit):
        START["find_python"]()


def test_a_processor_that_lightfm_would_crash_on_is_told(tmp_path: Path) -> None:
    wheel, information = "Tag: cp313-cp313-manylinux_2_28_x86_64", tmp_path / "cpuinfo"
    information.write_text("processor : 0\nflags\t: fpu avx sse4_2\n")
    check_processor("Tag: cp313-cp313-linux_x86_64", information)  # compiled here
    with pytest.raises(RecommenderError, match="--no-binary"):
        check_processor(wheel, information)
    information.write_text("processor : 0\nflags\t: fpu avx avx2 sse4_2\n")
    check_processor(wheel, information)
