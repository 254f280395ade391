"""What a run left, as it is written: a stranger's code may have written it, so all is validated.

Nothing that stands in a result may end or break a build: not its depth, not its numbers, not a
control character on its way to somebody's terminal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from lrcards.guards import visible
from lrcards.model.runs import Failure, Json, Result, Warned

KINDS = frozenset(
    ("syntax", "exception", "cpu-limit", "wall-limit", "memory", "output-limit", "denied", "died",
     "sandbox")
)  # fmt: skip
_DEEPEST = 30
_NUMBERS = {bool, int, float}
_MOST = 10_000_000
_RESULT = {field.name for field in fields(Result)}
_WARNED = {field.name for field in fields(Warned)}
_FAILURE = {field.name for field in fields(Failure)}


class _WrongError(Exception):
    """It is not the plain form of a result."""


def sound_result(values: Any) -> Result | None:
    """Validate the plain form of a result; None for anything else."""
    try:
        table = _table(values, _RESULT)
        names, unusable = _names(table.get("names")), _names(table.get("unusable", {}))
        return Result(
            names={name: _plain(value) for name, value in names.items()},
            unusable={name: _word(value) for name, value in unusable.items()},
            warnings=tuple(_warned(one) for one in _list(table.get("warnings", []))),
            failure=_failure(table["failure"]) if table.get("failure") is not None else None,
            optimizer_steps=_steps(table.get("optimizer_steps", 0)),
            scheduler_steps=_steps(table.get("scheduler_steps", 0)),
        )
    except _WrongError:
        return None


def _warned(values: Any) -> Warned:
    table = _table(values, _WARNED)
    return Warned(_word(table.get("category")), _text(table.get("message")), _line(table))


def _failure(values: Any) -> Failure:
    table = _table(values, _FAILURE)
    if table.get("kind") not in KINDS:
        raise _WrongError
    return Failure(
        kind=str(table["kind"]),
        message=_text(table.get("message")),
        exception=_word(table.get("exception", "")),
        line=_line(table),
        stderr=_text(table.get("stderr", "")),
    )


def _table(values: Any, known: set[str] | None = None) -> Mapping[str, Any]:
    if not isinstance(values, dict) or not all(isinstance(name, str) for name in values):
        raise _WrongError
    if known is not None and not values.keys() <= known:
        raise _WrongError
    return values


def _names(values: Any) -> Mapping[str, Any]:
    table = _table(values)
    if not all(map(str.isidentifier, table)):
        raise _WrongError
    return table


def _list(values: Any) -> list[Any]:
    if not isinstance(values, list | tuple):
        raise _WrongError
    return [*values]


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise _WrongError
    return visible(value)


def _word(value: Any) -> str:
    """Read the name of a class: one line, whatever a snippet called it."""
    return " ".join(_text(value).split())


def _line(table: Mapping[str, Any]) -> int | None:
    value = table.get("line")
    return None if value is None or not 1 <= _number(value) <= _MOST else _number(value)


def _steps(value: Any) -> int:
    number = _number(value)
    if number < 0:
        raise _WrongError
    return number


def _number(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise _WrongError
    return value


def _plain(value: Any, depth: int = 0) -> Json:
    """Take a value of JSON that is not too deep; what a text holds is judged where it is shown."""
    if depth > _DEEPEST:
        raise _WrongError
    if isinstance(value, list):
        if not set(map(type, value)) <= _NUMBERS:  # no trace, which most of what is left is
            _ = [_plain(one, depth + 1) for one in value]
    elif isinstance(value, dict):
        _ = [_plain(one, depth + 1) for one in _table(value).values()]
    elif value is not None and not isinstance(value, bool | int | float | str):
        raise _WrongError
    return value  # type: ignore[no-any-return]
