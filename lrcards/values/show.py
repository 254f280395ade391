"""Values as text: what the learner sees."""

from __future__ import annotations

import math
import re
from decimal import Decimal

from lrcards.guards import forbidden
from lrcards.model import Json
from lrcards.values.grammar import Problem

_LONGEST = 2000
_EXPONENT = re.compile(r"(?<=[\d.])[eE]([-+]?)0*(\d+)")


def show(value: Json, format_: str | None) -> str | Problem:
    """Write a value by its format; without one an int as it is and a float in `.6g`.

    The elements of a list are written one by one and joined with `, `.
    """
    if isinstance(value, list):
        return _show_list(value, format_)
    if value is None or isinstance(value, dict):
        what = "None" if value is None else "a dict"
        return Problem("cannot-show", f"{what} cannot be shown", "pick one of its numbers")
    if isinstance(value, float) and not math.isfinite(value):
        return Problem("non-finite", f"the value is {value}", "mend the snippet")
    if isinstance(value, bool):
        return str(value)
    try:
        text = normalise(format(value, format_ if format_ is not None else _default(value)))
    except (ValueError, OverflowError) as error:
        return Problem("bad-format", f"the format does not fit the value: {error}")
    return _fit(text)


def _fit(text: str) -> str | Problem:
    """Refuse what no page could show: control characters, and texts without end."""
    for _, what in forbidden(text):
        return Problem("cannot-show", f"the text holds {what}", "clean it in the snippet")
    if len(text) > _LONGEST:
        return Problem("cannot-show", f"{len(text)} letters are too many", "show a part of it")
    return text


def normalise(text: str) -> str:
    """Write exponents in one way: `1e-05` as `1e-5`, `1E+06` as `1e6`."""
    return _EXPONENT.sub(lambda match: f"e{match[1].replace('+', '')}{match[2]}", text)


def plain_decimal(number: Decimal) -> str:
    """Write a decimal without E-notation and without zeros that say nothing."""
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def _default(value: int | float | str) -> str:
    return ".6g" if isinstance(value, float) else ""


def _show_list(values: list[Json], format_: str | None) -> str | Problem:
    if len(values) > _LONGEST:
        return Problem("cannot-show", f"{len(values)} numbers are too many", "show a part of them")
    shown = [show(value, format_) for value in values]
    problem = next((one for one in shown if isinstance(one, Problem)), None)
    return problem or _fit(", ".join(one for one in shown if isinstance(one, str)))
