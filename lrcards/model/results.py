"""Results in their plain form: what a run wrote, or a file that anyone may have edited."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from lrcards.model.runs import Failure, Result, Warned

_RESULT = {field.name for field in fields(Result)}


def sound_result(values: Any) -> Result | None:
    """Validate the plain form of a result; None for anything else."""
    try:
        failure = Failure(**values["failure"]) if values.get("failure") else None
        result = Result(
            names=dict(values["names"]),
            unusable=dict(values.get("unusable", {})),
            warnings=tuple(Warned(**one) for one in values.get("warnings", ())),
            failure=failure,
            optimizer_steps=int(values.get("optimizer_steps", 0)),
            scheduler_steps=int(values.get("scheduler_steps", 0)),
        )
    except (TypeError, KeyError, ValueError, AttributeError, OverflowError):
        return None
    return result if set(values) <= _RESULT and _is_sound(result) else None


def _is_sound(result: Result) -> bool:
    texts = [*result.names, *result.unusable, *result.unusable.values()]
    for one in result.warnings:
        texts += [one.category, one.message]
    if result.failure:
        texts += [result.failure.kind, result.failure.message, result.failure.exception]
        texts.append(result.failure.stderr)
    if min(result.optimizer_steps, result.scheduler_steps) < 0:
        return False
    if not all(isinstance(name, str) and name.isidentifier() for name in result.names):
        return False
    lines = [one.line for one in result.warnings]
    lines += [result.failure.line] if result.failure else []
    return all(isinstance(text, str) for text in texts) and all(
        line is None or (isinstance(line, int) and not isinstance(line, bool)) for line in lines
    )
