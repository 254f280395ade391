"""What is handed to a runner and what comes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

CPU_SECONDS = 10.0


class RunnerError(Exception):
    """Snippets cannot be run on this machine: exit code 3."""


@dataclass(frozen=True, slots=True)
class Code:
    """One run: code with its params filled in, where it stands, limits in seconds."""

    number: int
    code: str
    path: str
    first_line: int
    wall: float
    cpu: float = CPU_SECONDS

    def message(self) -> dict[str, Any]:
        values = asdict(self)
        return {"id": values.pop("number"), **values}


@dataclass(frozen=True, slots=True)
class Job:
    """Runs that share one process.

    `folder`: where they start; `files`: what they may read; `inputs`: files with their SHA-256;
    `lesson`: the file that they belong to.
    """

    runs: tuple[Code, ...]
    folder: str
    files: tuple[str, ...] = ()
    inputs: tuple[tuple[str, str], ...] = ()
    lesson: str = ""

    def message(self) -> dict[str, Any]:
        return {
            "runs": [run.message() for run in self.runs],
            "folder": self.folder,
            "files": list(self.files),
        }


@dataclass(frozen=True, slots=True)
class Ran:
    """What one run left, as plain data that nobody has validated yet, and how confined it was."""

    number: int
    result: Mapping[str, Any]
    isolation: str
