"""Rules about what learners see: one generator each, listed in RULES."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lrcards.check.fill import Filler
from lrcards.check.lints.numbers import unverified_number
from lrcards.check.lints.options import (
    equal_options,
    missing_feedback,
    typed_mistake,
    typed_option,
)
from lrcards.check.lints.reads import item_prose
from lrcards.check.lints.texts import (
    alt_of,
    blank_alt,
    figure_reveals,
    long_title,
    math_of,
    untested_math,
)
from lrcards.diagnostics import Diagnostic
from lrcards.model import Item, Prose

__all__ = ["RULES", "item_prose", "prose_findings"]

Rule = Callable[[Item, Filler], Iterator[Diagnostic]]
RULES: tuple[Rule, ...] = (
    equal_options,
    typed_option,
    typed_mistake,
    unverified_number,
    untested_math,
    long_title,
    blank_alt,
    figure_reveals,
    missing_feedback,
)


def prose_findings(prose: Prose, filler: Filler) -> Iterator[Diagnostic]:
    """Hold prose that belongs to no item against the rules that hold for any."""
    yield from math_of(prose, filler)
    yield from alt_of(prose, filler)
