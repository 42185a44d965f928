"""Folders, ZIPs and single files are opened within limits; damage is named, mistakes are not."""

from __future__ import annotations

from pathlib import Path

import pytest
import sources

from club.errors import InvalidInput
from club.imports.files import Archive


@pytest.mark.parametrize("error", [IndexError, ValueError, OSError])
def test_errors_of_the_caller_are_not_taken_for_damage(
    tmp_path: Path, error: type[Exception]
) -> None:
    archive = Archive(sources.zipped({"a.csv": "x\n"}, tmp_path / "x.zip"))

    def read() -> None:
        with archive.open("a.csv") as stream:
            stream.read()
            raise error

    with pytest.raises(error) as caught:
        read()
    assert not isinstance(caught.value, InvalidInput)


def test_damage_met_while_reading_is_named(tmp_path: Path) -> None:
    path = sources.zipped({"a.csv": "x,y\n" * 1000}, tmp_path / "x.zip")
    raw = bytearray(path.read_bytes())
    raw[45:60] = b"\xff" * 15
    path.write_bytes(raw)
    with (
        pytest.raises(InvalidInput, match=r"a\.csv cannot be read: it is damaged"),
        Archive(path).open("a.csv") as stream,
    ):
        stream.read()
