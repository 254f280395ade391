"""What a partial build takes over from the build before it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from lrcards.write.files import read_files
from lrcards.write.report import key_of_row


@dataclass(frozen=True, slots=True)
class Carried:
    """The build that stands in `out`, by its report; what is built anew (`targets`) is not kept."""

    out: Path
    targets: tuple[str, ...]
    report: Mapping[str, object]

    def files(self) -> dict[str, bytes]:
        rows = self.report.get("files")
        paths = [str(row.get("path")) for row in _rows(rows)]
        built = set(self.targets)
        return read_files(self.out, (path for path in paths if path.split("/")[0] not in built))

    def coverage(self) -> dict[str, dict[str, str]]:
        rows = self.report.get("items")
        kept: dict[str, dict[str, str]] = {}
        for row in _rows(rows):
            targets = row.get("targets")
            for target, text in targets.items() if isinstance(targets, dict) else ():
                kept.setdefault(target, {})[key_of_row(row)] = str(text)
        return kept


def kinds(report: Mapping[str, object]) -> dict[str, str]:
    """Return the kind of each item and variant of a report by its key."""
    return {key_of_row(row): str(row.get("kind")) for row in _rows(report.get("items"))}


def _rows(rows: object) -> Iterator[dict[str, object]]:
    """Yield the rows of an old report, which anyone may have put there."""
    return (row for row in rows if isinstance(row, dict)) if isinstance(rows, list) else iter(())
