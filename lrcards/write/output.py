"""What a writer gives back: files as bytes, and what became of each item."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import PurePosixPath
from typing import TypeAlias

from lrcards.diagnostics import Diagnostic, without_allowed
from lrcards.model import Checked, CheckedItem, Explain
from lrcards.write.theme import Theme


@dataclass(frozen=True, slots=True)
class File:
    """One output file; `path` is relative to the output folder, with forward slashes."""

    path: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Output:
    """What one format made. `coverage`: key -> `full`, `reduced: what`, `left out: why`.

    `diagnostics`: each at the `span` of the item that it is about.
    """

    files: tuple[File, ...]
    coverage: Mapping[str, str]
    diagnostics: tuple[Diagnostic, ...] = ()


NOT_ASKED = "left out: not asked for"


def verdict(losses: Iterable[str], between: str = "; ") -> str:
    """Return what became of an item of which this was lost; without losses, all of it is there."""
    found = between.join(losses)
    return f"reduced: {found}" if found else "full"


def is_left_out(verdict: str) -> bool:
    return verdict.startswith("left out")


@dataclass(frozen=True, slots=True)
class Download:
    """A package that a page offers; `path` is below html/, `items` counts variants as one."""

    kind: str
    path: str
    items: int
    size: int


# What each page of the site offers, by the page's path below html/.
Offers: TypeAlias = Mapping[str, Sequence[Download]]


def kilobytes(size: int) -> str:
    return f"{size // 1024 + 1} kB"


def findings(made: Mapping[str, Output], checked: Checked) -> Iterator[Diagnostic]:
    """Yield what formats found, without the warnings that the item's own `allow` accepts."""
    items = (one.item for lesson in checked.lessons for one in lesson.items)
    allowed = {item.span: dict(item.settings.allow) for item in items}
    for output in made.values():
        for one in output.diagnostics:
            yield from without_allowed([one], allowed.get(one.span, {}))


def parted(items: Iterable[CheckedItem]) -> Iterator[tuple[str, list[CheckedItem]]]:
    """Part what a machine marks from what a person does, each under the end of its name.

    One essay leaves a whole attempt ungraded, so essays stand apart. Yields no empty part.
    """
    parts: dict[str, list[CheckedItem]] = {"": [], ": written": []}
    for one in items:
        parts[": written" if isinstance(one.item, Explain) else ""].append(one)
    yield from ((suffix, part) for suffix, part in parts.items() if part)


def families(items: Iterable[CheckedItem]) -> list[tuple[CheckedItem, ...]]:
    """Group by item: its variants, which stand side by side, or it alone."""
    return [tuple(group) for _, group in groupby(items, key=lambda one: one.item.id)]


def media_name(data: bytes, source: str) -> str:
    """Name a picture by its content, with its ending, in letters that every target takes."""
    suffix = PurePosixPath(source).suffix.lower()
    return f"lr-{hashlib.sha256(data).hexdigest()[:12]}{suffix}"


Writer: TypeAlias = Callable[[Checked, Theme], Output]
