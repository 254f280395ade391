"""Graded numbers: bounds in decimals from the shown answer, and known wrong answers beside them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from lrcards.check.fill import Evaluated, Filler, written
from lrcards.diagnostics import Diagnostic, count
from lrcards.model import Answer, Grading, Json, KnownWrong, Marker, Numeric
from lrcards.values import agrees, is_number_text, names, plain_decimal, trace_element

_HALF_UNIT = Decimal("0.51")
_APART = 2


@dataclass(frozen=True, slots=True)
class Graded:
    """A numeric key in unscaled units: what is shown, what was computed, how far off is right."""

    shown: Decimal
    text: str
    computed: int | float
    tol: Decimal

    @property
    def low(self) -> Decimal:
        return self.shown - self.tol

    @property
    def high(self) -> Decimal:
        return self.shown + self.tol


def grade(marker: Marker, grading: Grading, filler: Filler) -> Graded | None:
    """Work out a key and its tolerance; None, with the reason noted, where it cannot be graded."""
    one = filler.value(marker)
    if one is None:
        return None
    number = _number(one.computed)
    if number is None:
        _refuse(marker, filler, "bad-answer", f"the answer is {_what(one.computed)}, not a number")
        return None
    if not math.isfinite(number):
        message = f"the answer is {written(number)}: nobody can type that"
        _refuse(marker, filler, "non-finite", message)
        return None
    if not is_number_text(one.shown):
        message = f"the answer reads '{one.shown}', not a plain decimal"
        _refuse(marker, filler, "bad-answer", message, "use a format such as :.4f")
        return None
    shown = Decimal(one.shown)
    tol = _tolerance(shown, number, grading)
    if tol is None:
        message = "the shown answer is 0, so no digits say how far off is right"
        _refuse(marker, filler, "missing-tol", message, "add `tol:`, such as `tol: 1e-6`")
        return None
    graded = Graded(shown, one.shown, number, tol)
    return graded if _is_sound(marker, one, graded, grading, filler) else None


def answer_of(graded: Graded, grading: Grading) -> Answer:
    """Put a key into the learner's units; only here is anything divided by `scale`."""
    scale = grading.scale or Decimal(1)
    plain = grading.scale is None and "e" not in graded.text.lower()
    return Answer(
        shown=graded.text.lstrip("+") if plain else plain_decimal(graded.shown / scale),
        computed=written(graded.computed),
        low=graded.low / scale,
        high=graded.high / scale,
        scale=grading.scale,
        prompt=_prompt(graded, grading),
    )


def known_wrong(item: Numeric, graded: Graded, filler: Filler) -> Iterator[KnownWrong]:
    """Yield the wrong answers that learners get feedback for, each well apart from the key."""
    scale = item.grading.scale or Decimal(1)
    for mistake in item.parts.mistakes:
        one = filler.value(mistake.value) if mistake.value else None
        if mistake.value is None or one is None:
            continue
        number = _number(one.computed)
        if number is None or not math.isfinite(number) or not is_number_text(one.shown):
            message = f"the known wrong answer '{one.shown}' is no number that can be typed"
            _refuse(mistake.value, filler, "bad-answer", message, "begin the entry with words")
        elif _too_near(one, number, graded, filler):
            _report_near(mistake.value, one, graded, filler)
        else:
            shown = Decimal(one.shown)
            yield KnownWrong(
                plain_decimal(shown / scale),
                (shown - graded.tol) / scale,
                (shown + graded.tol) / scale,
                mistake.feedback,
            )


def off_by_one(marker: Marker, graded: Graded, filler: Filler) -> Iterator[Diagnostic]:
    """Warn when the value of the epoch before or after would be graded as right."""
    one = filler.value(marker)
    place = trace_element(one.value.expression) if one else None
    trace = filler.scope.traces(place[0]) if place else None
    if not place or trace is None:
        return
    index = place[1] % len(trace)
    for near in (index - 1, index + 1):
        if not 0 <= near < len(trace):
            continue
        value = trace[near]
        same = agrees(Decimal(repr(value)), graded.computed, filler.scope.rule)
        if not same and graded.low <= Decimal(repr(value)) <= graded.high:
            yield Diagnostic(
                marker.span,
                "off-by-one-passes",
                f"{place[0]}[{near}] = {written(value)} would be graded as right too",
                "ask for more `digits`, or for another epoch",
                severity="warning",
            )


def _number(value: Json) -> int | float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _what(value: Json) -> str:
    words = {bool: "True or False", list: "a list", dict: "a dict", str: "text"}
    return words.get(type(value), "None")


def _tolerance(shown: Decimal, number: int | float, grading: Grading) -> Decimal | None:
    if grading.tol is not None:
        return abs(shown) * grading.tol.amount if grading.tol.relative else grading.tol.amount
    if isinstance(number, int):
        return Decimal(0)
    if shown == 0:
        return None
    return _HALF_UNIT.scaleb(shown.adjusted() - grading.digits + 1)


def _is_sound(
    marker: Marker, one: Evaluated, graded: Graded, grading: Grading, filler: Filler
) -> bool:
    if not one.agrees:
        return False  # the mismatch has been reported; all else would follow from it
    if not names(one.value.expression):
        hint = "bind a snippet with `use` and answer with one of its names"
        _refuse(marker, filler, "constant-answer", "the answer is typed, not computed", hint)
        return False
    exact = agrees(graded.shown, graded.computed, filler.scope.rule)
    digits = len(graded.shown.as_tuple().digits)
    if not exact and digits < grading.digits and grading.tol is None:
        message = (
            f"{graded.text} shows {count(digits, 'digit')}, but {grading.digits} are asked for"
        )
        _refuse(marker, filler, "coarse-answer", message, "widen the format, or lower `digits`")
        return False
    inside = graded.low <= Decimal(repr(graded.computed)) <= graded.high
    if not exact and not inside:
        message = f"the computed {written(graded.computed)} lies outside the answer's own bounds"
        _refuse(marker, filler, "coarse-answer", message, "show more digits, or widen `tol`")
        return False
    return True


def _too_near(one: Evaluated, number: int | float, graded: Graded, filler: Filler) -> bool:
    if graded.tol == 0:
        return agrees(graded.shown, number, filler.scope.rule)
    return abs(Decimal(one.shown) - graded.shown) <= _APART * graded.tol


def _report_near(marker: Marker, one: Evaluated, graded: Graded, filler: Filler) -> None:
    message = f"the known wrong answer {one.shown} lies within two tolerances of the key"
    filler.found.append(
        Diagnostic(
            marker.span,
            "wrong-answer-passes",
            message,
            "ask for more `digits`, or set a smaller `tol`",
            (f"key: {graded.text}", f"tolerance: {plain_decimal(graded.tol)}"),
        )
    )


def _refuse(marker: Marker, filler: Filler, code: str, message: str, help_: str = "") -> None:
    filler.found.append(Diagnostic(marker.span, code, message, help_))


def _prompt(graded: Graded, grading: Grading) -> str:
    scale = grading.scale or Decimal(1)
    if isinstance(graded.computed, int) and graded.tol == 0 and scale == 1:
        return "Type a whole number."
    return _precision(grading, scale, graded) + _unit(graded, grading)


def _precision(grading: Grading, scale: Decimal, graded: Graded) -> str:
    if grading.tol is None and graded.tol == 0:
        return "Type the exact number."
    if grading.tol is None:
        noun = "digit" if grading.digits == 1 else "digits"
        return f"Type a number with {grading.digits} significant {noun}."
    if grading.tol.relative:
        share = plain_decimal(grading.tol.amount * 100)
        return f"Type a number; up to {share} % off counts as right."
    return f"Type a number; up to {plain_decimal(grading.tol.amount / scale)} off counts as right."


def _unit(graded: Graded, grading: Grading) -> str:
    if grading.scale is None:
        return ""
    # The example must not be the answer itself.
    example = next(n for n in (2, 3) if graded.shown != n * grading.scale)
    unit = plain_decimal(grading.scale)
    return (
        f" Answer in units of {unit}: for {plain_decimal(example * grading.scale)} type {example}."
    )
