"""The small parts: words and numbers."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui import text
from ui.components.basics import file_name


@pytest.mark.parametrize(
    ("raw", "escaped"),
    [
        ("Amélie", "Amélie"),
        ("![x](http://x)", "\\!\\[x\\]\\(http\\:\u2060\\/\\/x\\)"),
        ("*a*_b_`c`$d$", r"\*a\*\_b\_\`c\`\$d\$"),
        ("one\n# two", r"one \# two"),
        (":smile:", "\\:\u2060smile\\:"),
        ("www.x.org", "www\u2060\\.x\\.org"),
        ("HTTPS://x", "HTTPS\\:\u2060\\/\\/x"),
        ("ana@x.org", "ana\u2060\\@x\\.org"),
        ("a -> b <-> c -- d", "a \\-\u2060\\> b \\<\\-\u2060\\> c \\-\u2060\\- d"),
        ("a >= b", "a \\>\u2060\\= b"),
        ("2001: A Space Odyssey", r"2001\: A Space Odyssey"),
    ],
)
def test_plain_escapes_markdown(raw: str, escaped: str) -> None:
    assert text.plain(raw) == escaped


@given(st.lists(st.sampled_from(["Heat", "Heat (2)", "Up", "(2)", ""])))
def test_distinct_labels(labels: list[str]) -> None:
    found = text.distinct(labels)
    assert len(set(found)) == len(found) == len(labels)
    assert all(one.startswith(label) for one, label in zip(found, labels, strict=True))
    if len(set(labels)) == len(labels):
        assert found == labels


def test_file_name_is_safe_on_disk(tmp_path: Path) -> None:
    names = {
        "../../x.csv": "x.csv",
        ".hidden.zip": "hidden.zip",
        "a\x00b\x1b[2J\n.csv": "ab[2J.csv",
        "..": "file",
        "": "file",
        "x\udc80.db": "x.db",
        "ü" * 300 + ".csv": "ü" * 58 + ".csv",
        "x" * 5000: "x" * 120,
    }
    for brought, called in names.items():
        assert file_name(brought) == called
        (tmp_path / called).touch()
