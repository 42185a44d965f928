"""The layers: who may import whom."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FORBIDDEN = {
    "recommender": {"streamlit", "club", "ui", "pages", "pickle"},
    "club": {"streamlit", "ui", "pages", "pickle"},
    "ui": {"pages", "pickle", "lightfm", "sqlalchemy"},
    "pages": {"pickle", "lightfm", "sqlalchemy"},
}


def imported(path: Path) -> Iterator[str]:
    """Yield the top-level name of everything that a file imports, wherever in the file."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module.split(".")[0]


@pytest.mark.parametrize("layer", FORBIDDEN)
def test_a_layer_does_not_reach_up(layer: str) -> None:
    files = sorted((ROOT / layer).rglob("*.py"))
    assert files
    wrong = {
        str(path.relative_to(ROOT)): names & FORBIDDEN[layer]
        for path in files
        if (names := set(imported(path))) & FORBIDDEN[layer]
    }
    assert wrong == {}


def test_the_rule_sees_an_import_inside_a_function(tmp_path: Path) -> None:
    file = tmp_path / "sly.py"
    file.write_text("def f():\n    from streamlit import write\n    import os.path\n")
    assert set(imported(file)) == {"streamlit", "os"}


def test_only_the_app_the_pages_and_ui_know_streamlit() -> None:
    code = ["recommender", "club", "ui", "pages", "data"]  # benchmarks play the browser's part
    files = [*ROOT.glob("*.py"), *(path for name in code for path in (ROOT / name).rglob("*.py"))]
    users = {
        path.relative_to(ROOT).parts[0] for path in files if "streamlit" in set(imported(path))
    }
    assert {"pages", "ui"} <= users <= {"app.py", "pages", "ui"}
