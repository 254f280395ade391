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
from lrcards.check.lints.texts import figure_reveals, math_of, untested_math
from lrcards.diagnostics import Diagnostic
from lrcards.model import Item

__all__ = ["RULES", "item_prose", "math_of"]

Rule = Callable[[Item, Filler], Iterator[Diagnostic]]
RULES: tuple[Rule, ...] = (
    equal_options,
    typed_option,
    typed_mistake,
    unverified_number,
    untested_math,
    figure_reveals,
    missing_feedback,
)
