"""What becomes of an item in Canvas: all of it, a part, or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_EVEN, Decimal

from lrcards.diagnostics import Diagnostic
from lrcards.model import CheckedItem, Cloze, Multiple
from lrcards.values import plain_decimal
from lrcards.write import lms
from lrcards.write.output import verdict

_FLOAT_DIGITS = 16
_CANVAS_DIGITS = Decimal("0.0001")
ROUNDED = "left out: Canvas rounds the answer out of its own bounds"


def rounded_away(one: CheckedItem) -> tuple[Diagnostic, ...]:
    """Canvas keeps four decimals of what is typed: warn where the key is then wrong."""
    answer = one.answer
    if answer is None:
        return ()
    shown = Decimal(answer.shown)
    if answer.low <= _rounded(shown) <= answer.high:
        return ()
    scale = Decimal(1).scaleb(shown.adjusted()) * (answer.scale or 1)
    found = Diagnostic(
        one.item.span,
        "canvas-rounds",
        f"Canvas rounds {answer.shown} to {plain_decimal(_rounded(shown))}, which is wrong",
        f"add `scale: 1e{scale.adjusted()}`, so that a larger number is typed, or "
        "leave qti12 out of `targets`",
        severity="warning",
    )
    return (found,)


def _rounded(number: Decimal) -> Decimal:
    # A float so large has no decimals to round, and Decimal refuses to try.
    large = number.adjusted() > _FLOAT_DIGITS
    return number if large else number.quantize(_CANVAS_DIGITS, ROUND_HALF_EVEN)


def coverage(one: CheckedItem) -> str:
    return verdict(_lost(one), ", ")


def _lost(one: CheckedItem) -> Iterator[str]:
    answer = one.answer
    if isinstance(one.item, Multiple):
        yield "all right options or no mark"
    if isinstance(one.item, Cloze) and one.deletions:
        yield "numbers in gaps must be typed as shown, or the same number in another way"
    if answer and any(_rounded(bound) != bound for bound in (answer.low, answer.high)):
        yield "Canvas rounds what is typed to four decimals, which moves the bounds"
    if one.wrong:
        yield "feedback to known wrong answers"
    if one.item.parts.hints:
        yield "hints"
    yield from lms.plain_losses(one)
    yield from lms.name_losses(one)
