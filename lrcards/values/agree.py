"""When a declared number is the computed one: the exact rule, in decimals."""

from __future__ import annotations

import math
import re
import struct
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from lrcards.model import Json
from lrcards.values.grammar import Problem

_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?", re.ASCII)
_RELATIVE = Decimal("1e-12")
_RELATIVE_LONG = Decimal("1e-10")
_RELATIVE_FLOAT32 = Decimal("1e-6")
_FLOAT32_DIGITS = 6
_LARGEST_EXPONENT = 400


@dataclass(frozen=True, slots=True)
class Exactness:
    """How exact numbers must agree.

    `zero_scale` is the largest magnitude among the numbers that the snippet left: what 0 is
    measured against. `long_run`: beyond 10,000 steps rounding has added up.
    """

    zero_scale: float = 1.0
    long_run: bool = False


def is_number_text(text: str) -> bool:
    """Say whether a text is a number by the grammar of literals, in ASCII."""
    match = _NUMBER.fullmatch(text)
    if not match:
        return False
    exponent = text.lower().partition("e")[2]
    return len(text) <= _LARGEST_EXPONENT and abs(int(exponent or 0)) <= _LARGEST_EXPONENT


def agrees(declared: Decimal, computed: int | float, rule: Exactness) -> bool:
    """Hold a declared number against a computed one: 1e-12 of the declared, never a bare ==."""
    if isinstance(computed, float) and not math.isfinite(computed):
        return False
    relative = _RELATIVE_LONG if rule.long_run else _RELATIVE
    return _within(declared, computed, relative, rule)


def close(a: Any, b: Any, rule: Exactness) -> bool:
    """The exact rule between two computed values, element by element for lists.

    Raises TypeError where one of them is neither a number nor a list of them.
    """
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(close(x, y, rule) for x, y in zip(a, b, strict=True))
    if not (_is_number(a) and _is_number(b)):
        raise TypeError("close compares two numbers, or two lists of numbers")
    return (isinstance(b, int) or math.isfinite(b)) and agrees(Decimal(b), a, rule)


def literal_agrees(literal: str, value: Json, rule: Exactness) -> bool | Problem:
    """Hold a literal without a format against the value: exact, or exact for a float32."""
    if isinstance(value, list):
        parts = [part.strip() for part in literal.split(",")]
        verdicts = [literal_agrees(*pair, rule) for pair in zip(parts, value, strict=False)]
        problem = next((one for one in verdicts if isinstance(one, Problem)), None)
        return problem or (len(parts) == len(value) and all(one is True for one in verdicts))
    if isinstance(value, bool):
        return literal == str(value)
    if isinstance(value, str):
        return literal == value
    if not isinstance(value, int | float):
        return Problem("cannot-show", "a dict or None cannot be declared")
    if not is_number_text(literal):
        hint = "write digits with a point, such as 0.05 or 1e-3"
        return Problem("bad-literal", f"'{literal}' is no number", hint)
    return _number_agrees(literal, value, rule)


def _number_agrees(literal: str, value: int | float, rule: Exactness) -> bool | Problem:
    declared = Decimal(literal)
    if agrees(declared, value, rule):
        return True
    if not (isinstance(value, float) and math.isfinite(value) and _is_float32(value)):
        return False
    if not _within(declared, value, _RELATIVE_FLOAT32, rule):
        return False
    if len(declared.as_tuple().digits) > _FLOAT32_DIGITS:
        message = f"{literal} claims more than the {_FLOAT32_DIGITS} digits that a float32 has"
        return Problem("bad-literal", message, f"write at most {_FLOAT32_DIGITS} digits")
    return True


def _within(declared: Decimal, computed: int | float, relative: Decimal, rule: Exactness) -> bool:
    measure = abs(declared) if declared else Decimal(rule.zero_scale)
    return abs(Decimal(computed) - declared) <= relative * measure


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_float32(value: float) -> bool:
    try:
        return bool(struct.unpack("f", struct.pack("f", value))[0] == value)
    except OverflowError:
        return False
