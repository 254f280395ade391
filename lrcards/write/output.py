"""What a writer gives back: files as bytes, and what became of each item."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from lrcards.diagnostics import Diagnostic
from lrcards.model import Checked
from lrcards.write.theme import Theme


@dataclass(frozen=True, slots=True)
class File:
    """One output file; `path` is relative to the output folder, with forward slashes."""

    path: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Output:
    """What one format made. `coverage`: item id -> `full`, `reduced: what`, `left out: why`."""

    files: tuple[File, ...]
    coverage: Mapping[str, str]
    diagnostics: tuple[Diagnostic, ...] = ()


Writer: TypeAlias = Callable[[Checked, Theme], Output]
