"""What a build takes over from the build before it, and what it does away with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from lrcards.guards import files_below
from lrcards.model import ALL_TARGETS
from lrcards.write.files import read_files
from lrcards.write.report import key_of_row


@dataclass(frozen=True, slots=True)
class Carried:
    """The build that stands in `out`, by its report; what is built anew (`targets`) is not kept.

    Where the new build is `whole`, nothing is: what it does not make would only look current.
    """

    out: Path
    targets: tuple[str, ...]
    report: Mapping[str, object]
    whole: bool = False

    def files(self) -> dict[str, bytes]:
        """Read the files that the new build takes over."""
        if self.whole:
            return {}
        built = set(self.targets)
        return read_files(
            self.out, (path for path in self._listed() if path.split("/")[0] not in built)
        )

    def standing(self) -> tuple[str, ...]:
        """Name the targets that have files of ours in the folder, in the order of the registry."""
        listed = self._listed()
        paths = (file.relative_to(self.out) for file in files_below(self.out))
        found = {path.parts[0] for path in paths if path.as_posix() in listed}
        return tuple(name for name in ALL_TARGETS if name in found)

    def _listed(self) -> frozenset[str]:
        return frozenset(str(row.get("path")) for row in _rows(self.report.get("files")))

    def coverage(self) -> dict[str, dict[str, str]]:
        """Return what became of each item in each target that the report speaks of."""
        if self.whole:
            return {}
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
