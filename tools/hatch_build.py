"""Metadata of the wheel that stand elsewhere already."""

from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface


class Dependencies(MetadataHookInterface):
    """Reads the dependencies from requirements.txt."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Set the dependencies."""
        lines = (Path(self.root) / "requirements.txt").read_text("utf-8").splitlines()
        metadata["dependencies"] = [line for line in lines if line and not line.startswith("#")]
