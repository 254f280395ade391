"""What a partial build takes over from the build before it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lrcards.write.files import read_files


@dataclass(frozen=True, slots=True)
class Carried:
    """The build that stands in `out`, by its report; what is built anew (`targets`) is not kept."""

    out: Path
    targets: tuple[str, ...]
    report: Mapping[str, object]

    def files(self) -> dict[str, bytes]:
        rows = self.report.get("files")
        paths = [str(row["path"]) for row in rows] if isinstance(rows, list) else []
        built = set(self.targets)
        return read_files(self.out, (path for path in paths if path.split("/")[0] not in built))

    def coverage(self) -> dict[str, dict[str, str]]:
        rows = self.report.get("items")
        kept: dict[str, dict[str, str]] = {}
        for row in rows if isinstance(rows, list) else []:
            for target, text in row["targets"].items():
                kept.setdefault(target, {})[row["id"]] = text
        return kept
