"""Variants: one item asked with several sets of params."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from lrcards.diagnostics import Span
from lrcards.model.runs import Json

_KEY_DIGITS = 8


@dataclass(frozen=True, slots=True)
class Variant:
    """One set of params of an item; what it is called hangs on their values alone."""

    params: tuple[tuple[str, Json], ...]

    @property
    def key(self) -> str:
        """Return what tells it apart for ever: its params, never its number in the grid."""
        text = json.dumps(dict(self.params), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:_KEY_DIGITS]

    @property
    def text(self) -> str:
        """Return what authors read: `gamma = 0.5, step_size = 2`."""
        return ", ".join(f"{name} = {value!r}" for name, value in self.params)


@dataclass(frozen=True, slots=True)
class GridParam:
    """A param of an item with the values that it takes; `span` is its name's place."""

    name: str
    values: tuple[Json, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Grid:
    """An item's params and the variants made of them; `stepped`: the lists go in step (`zip`)."""

    params: tuple[GridParam, ...]
    variants: tuple[Variant, ...]
    stepped: bool = False
