"""Runs snippets, and remembers what they left. The compiler itself never imports torch."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from lrcards.model import Failure, Result, Run, Runs, Snippet, SnippetId
from lrcards.params import fill
from lrcards.run import store
from lrcards.run.executors import Plan, execute_all
from lrcards.run.isolation import FULL, weakest
from lrcards.run.jobs import LONGEST, Code, Job, Ran, RunnerError
from lrcards.run.keys import Environment, environment, key_of
from lrcards.run.written import result_from

__all__ = ["Group", "RunOptions", "RunnerError", "run"]

Group = Mapping[SnippetId, Snippet]


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How to run. `store`: the state folder; `root`: the course's folder; `source`: below it.

    `isolation` is `auto` or `full`; `force` names snippets that are run again in any case.
    """

    store: Path
    root: Path
    source: str = "source"
    jobs: int = 2
    timeout: float = 60.0
    use_store: bool = True
    force: frozenset[SnippetId] = frozenset()
    isolation: str = "auto"
    executor: str = "local"
    progress: Callable[[int, int], None] | None = None

    @property
    def folder(self) -> Path:
        return self.root / self.source


@dataclass(frozen=True, slots=True)
class _Call:
    """One distinct run and the snippet that its messages name."""

    key: str
    code: str
    snippet: Snippet


def run(groups: Sequence[Group], options: RunOptions) -> Runs:
    """Return a run for each snippet, from the store or by running it; equal ones run once.

    What has to be run of one group shares a process. A snippet that fails is a result with a
    failure. Raises RunnerError where nothing can be run at all.
    """
    here = environment()
    if here is None:
        raise RunnerError("torch is not installed; run: pip install torch")
    calls = [
        {place: _call(snippet, here, options) for place, snippet in group.items()}
        for group in groups
    ]
    known = _known(options)
    made = _execute(_missing(calls, known, options), here, options)
    store.append(options.store, made.values())
    runs = {
        place: _placed(made.get(call.key) or known[call.key], call)
        for group in calls
        for place, call in group.items()
    }
    return Runs(runs, here.python, here.torch, weakest(one.isolation for one in runs.values()))


def _known(options: RunOptions) -> dict[str, Run]:
    """Load what may be taken from the store: nothing that was confined less than is asked for."""
    if not options.use_store:
        return {}
    known = store.load(options.store)
    if options.isolation != FULL:
        return known
    return {key: one for key, one in known.items() if one.isolation == FULL}


def _missing(
    groups: Iterable[Mapping[SnippetId, _Call]], known: Mapping[str, Run], options: RunOptions
) -> list[list[_Call]]:
    """Pick what has to be run, group by group, each distinct run once."""
    taken: set[str] = set()
    missing: list[list[_Call]] = []
    for group in groups:
        wanted = {
            call.key: call
            for place, call in group.items()
            if call.key not in taken and (call.key not in known or place in options.force)
        }
        taken |= wanted.keys()
        if wanted:
            missing.append([*wanted.values()])
    return missing


def _call(snippet: Snippet, here: Environment, options: RunOptions) -> _Call:
    code = fill(snippet.code, dict(snippet.params))
    inputs = {name: _digest(options.folder / name) for name in snippet.inputs}
    return _Call(key_of(code, inputs, here), code, snippet)


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else "missing"


def _execute(
    groups: Sequence[Sequence[_Call]], here: Environment, options: RunOptions
) -> dict[str, Run]:
    if not groups:
        return {}
    calls = [call for group in groups for call in group]
    numbers = {call.key: number for number, call in enumerate(calls)}
    jobs = [_job(group, numbers, options) for group in groups]
    plan = Plan(options.executor, options.jobs, options.isolation, here)
    made: dict[str, Run] = {}
    for ran in execute_all(jobs, plan):
        call = calls[ran.number]
        made[call.key] = _run_of(ran, call)
        if options.progress:
            options.progress(len(made), len(calls))
    return made


def _job(group: Sequence[_Call], numbers: Mapping[str, int], options: RunOptions) -> Job:
    runs = tuple(
        Code(
            numbers[call.key],
            call.code,
            call.snippet.path,
            call.snippet.first_line,
            min(call.snippet.timeout or options.timeout, LONGEST),
        )
        for call in group
    )
    return Job(runs, str(options.folder), tuple(sorted(set(_files(group, options)))))


def _files(group: Sequence[_Call], options: RunOptions) -> Iterator[str]:
    """List what the runs may read beside libraries: what they declare, and a file they stand in."""
    root = options.root.resolve()
    for call in group:
        named = [options.folder / name for name in call.snippet.inputs]
        if call.snippet.path.endswith(".py"):
            named.append(options.root / call.snippet.path)
        # That one leads elsewhere has been said by then; it is still not to be read.
        yield from (str(one) for one in (name.resolve() for name in named) if _is_open(one, root))


def _is_open(file: Path, root: Path) -> bool:
    """Is it a file of the course? What is hidden is not: CI keeps a token in .git/config."""
    if not file.is_relative_to(root) or not file.is_file():
        return False
    return not any(part.startswith(".") for part in file.relative_to(root).parts)


def _run_of(ran: Ran, call: _Call) -> Run:
    result = result_from(ran.result) or Result(
        names={}, failure=Failure("sandbox", "what the run gave back cannot be read")
    )
    # Lines are stored as counted in the snippet itself, wherever it stands in its file.
    moved = _moved(result, 1 - call.snippet.first_line)
    return Run(call.key, _within(moved, call.code.count("\n") + 2), False, ran.isolation)


def _within(result: Result, last: int) -> Result:
    """Forget lines that the code does not have: a snippet may have made them up."""
    warnings = tuple(
        one if one.line and 1 <= one.line <= last else replace(one, line=None)
        for one in result.warnings
    )
    failure = result.failure
    if failure and not 1 <= (failure.line or 1) <= last:
        failure = replace(failure, line=None)
    return replace(result, warnings=warnings, failure=failure)


def _placed(run: Run, call: _Call) -> Run:
    """Turn lines counted in the snippet into lines of the file that it stands in."""
    return replace(run, result=_moved(run.result, call.snippet.first_line - 1))


def _moved(result: Result, by: int) -> Result:
    if not by:
        return result
    warnings = tuple(
        replace(one, line=one.line + by) if one.line else one for one in result.warnings
    )
    failure = result.failure
    if failure and failure.line:
        failure = replace(failure, line=failure.line + by)
    return replace(result, warnings=warnings, failure=failure)
