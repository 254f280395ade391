"""Runs snippets, and remembers what they left. The compiler itself never imports torch."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from lrcards.model import Failure, Result, Run, Runs, Snippet, SnippetId
from lrcards.params import fill
from lrcards.run import store
from lrcards.run.keys import Environment, environment, key_of
from lrcards.run.local import ISOLATION, RunnerError, execute_all

__all__ = ["RunOptions", "RunnerError", "run"]


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How to run: `store` is the state folder, `source` the snippets' working folder."""

    store: Path
    source: Path
    jobs: int = 2
    timeout: float = 60.0
    use_store: bool = True
    force: frozenset[str] = frozenset()
    progress: Callable[[int, int], None] | None = None


@dataclass(frozen=True, slots=True)
class _Call:
    """One distinct run and the snippet that its messages name."""

    key: str
    code: str
    snippet: Snippet


def run(groups: Sequence[Mapping[SnippetId, Snippet]], options: RunOptions) -> Runs:
    """Return a run for each snippet, from the store or by running it; equal ones run once.

    A group holds what belongs together, such as all variants of one item. A snippet that fails
    is a result with a failure. Raises RunnerError where nothing can be run at all.
    """
    here = environment()
    if here is None:
        raise RunnerError("torch is not installed; run: pip install torch")
    calls = {
        place: _call(snippet, here, options) for group in groups for place, snippet in group.items()
    }
    known = store.load(options.store) if options.use_store else {}
    forced = {call.key for call in calls.values() if call.snippet.name in options.force}
    missing = {
        call.key: call for call in calls.values() if call.key not in known or call.key in forced
    }
    made = _execute([*missing.values()], options)
    store.append(options.store, made.values())
    runs = {
        place: _placed(made.get(call.key) or known[call.key], call) for place, call in calls.items()
    }
    return Runs(runs, here.python, here.torch, ISOLATION)


def _call(snippet: Snippet, here: Environment, options: RunOptions) -> _Call:
    code = fill(snippet.code, dict(snippet.params))
    inputs = {name: _digest(options.source / name) for name in snippet.inputs}
    return _Call(key_of(code, inputs, here), code, snippet)


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else "missing"


def _execute(calls: Sequence[_Call], options: RunOptions) -> dict[str, Run]:
    if not calls:
        return {}
    jobs = [_job(number, call, options) for number, call in enumerate(calls)]
    made: dict[str, Run] = {}
    for number, values in execute_all(jobs, options.jobs):
        result = store.result_from(values) or _unreadable()
        key = calls[number].key
        # Lines are stored as counted in the snippet itself, wherever it stands in its file.
        made[key] = Run(key, _moved(result, 1 - calls[number].snippet.first_line), False, ISOLATION)
        if options.progress:
            options.progress(len(made), len(jobs))
    return made


def _job(number: int, call: _Call, options: RunOptions) -> dict[str, Any]:
    return {
        "id": number,
        "code": call.code,
        "path": call.snippet.path,
        "first_line": call.snippet.first_line,
        "wall": call.snippet.timeout or options.timeout,
        "folder": str(options.source),
    }


def _unreadable() -> Result:
    failure = Failure("sandbox", "what the run gave back cannot be read")
    return Result(names={}, failure=failure)


def _placed(run: Run, call: _Call) -> Run:
    """Turn lines counted in the snippet into lines of the file that it stands in."""
    return replace(run, result=_moved(run.result, call.snippet.first_line - 1))


def _moved(result: Result, by: int) -> Result:
    warnings = tuple(
        replace(one, line=one.line + by) if one.line else one for one in result.warnings
    )
    failure = result.failure
    if failure and failure.line:
        failure = replace(failure, line=failure.line + by)
    return replace(result, warnings=warnings, failure=failure)
