"""Runs snippets, and remembers what they left. The compiler itself never imports torch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from lrcards.guards import digest_file, inside
from lrcards.model import (
    Failure,
    Recorded,
    Result,
    Run,
    Runs,
    Snippet,
    SnippetId,
    sound_result,
)
from lrcards.params import fill
from lrcards.run import jobs, store
from lrcards.run.executors import execute_all
from lrcards.run.isolation import FULL, weakest
from lrcards.run.jobs import Code, Job, Ran, RunnerError
from lrcards.run.keys import Environment, environment, key_of, source_of
from lrcards.run.plan import Plan

__all__ = ["Group", "RunOptions", "RunnerError", "recall", "run"]

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
    source: str
    code: str
    snippet: Snippet
    lesson: str
    inputs: tuple[tuple[str, str], ...]


def run(groups: Sequence[Group], options: RunOptions) -> Runs:
    """Return a run for each snippet, from the store or by running it; equal ones run once.

    What has to be run of one group shares a process. A snippet that fails is a result with a
    failure. Raises RunnerError where nothing can be run at all.
    """
    here = environment()
    if here is None:
        raise RunnerError("torch is not installed; run: pip install torch")
    digests = _digests(groups, options)
    calls = [
        {place: _call(place, snippet, here, digests) for place, snippet in group.items()}
        for group in groups
    ]
    known = _known({call.key for group in calls for call in group.values()}, options)
    made = _execute(_missing(calls, known, options), here, options)
    store.append(options.store, made.values())
    runs = {
        place: replace(
            _placed(made.get(call.key) or known[call.key], call.snippet), source=call.source
        )
        for group in calls
        for place, call in group.items()
    }
    return Runs(runs, here.python, here.torch, weakest(one.isolation for one in runs.values()))


def recall(groups: Sequence[Group], lines: Mapping[str, Recorded], options: RunOptions) -> Runs:
    """Return what was recorded of each snippet as it is now; nothing is run, torch is not needed.

    `lines`: by the source of the run.
    """
    digests = _digests(groups, options)
    runs: dict[SnippetId, Run] = {}
    missing: set[SnippetId] = set()
    for place, snippet in (pair for group in groups for pair in group.items()):
        line = lines.get(source_of(*_sources(snippet, digests)))
        if line is None:
            missing.add(place)
            continue
        one = Run(line.key, line.result, True, line.isolation, line.source, line)
        runs[place] = _placed(one, snippet)
    used = [one.recorded for one in runs.values() if one.recorded]
    return Runs(
        runs,
        ", ".join(sorted({line.python for line in used})),
        ", ".join(sorted({line.torch for line in used})),
        weakest(line.isolation for line in used),
        verified=False,
        missing=frozenset(missing),
    )


def _known(wanted: set[str], options: RunOptions) -> dict[str, Run]:
    """Load what may be taken from the store: nothing that was confined less than is asked for."""
    if not options.use_store:
        return {}
    known = store.load(options.store, wanted)
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


def _call(
    place: SnippetId, snippet: Snippet, here: Environment, digests: Mapping[str, str]
) -> _Call:
    code, inputs = _sources(snippet, digests)
    source = source_of(code, inputs)
    key = key_of(source, here)
    return _Call(key, source, code, snippet, place.lesson, tuple(inputs.items()))


def _digests(groups: Iterable[Group], options: RunOptions) -> dict[str, str]:
    """Hash each input once, however many variants read it."""
    names = {name for group in groups for one in group.values() for name in one.inputs}
    return {name: digest_file(options.folder / name) for name in names}


def _sources(snippet: Snippet, digests: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """Return the code with its params filled in, and the digests of its inputs."""
    code = fill(snippet.code, dict(snippet.params))
    return code, {name: digests[name] for name in snippet.inputs}


def _execute(
    groups: Sequence[Sequence[_Call]], here: Environment, options: RunOptions
) -> dict[str, Run]:
    if not groups:
        return {}
    calls = [call for group in groups for call in group]
    numbers = {call.key: number for number, call in enumerate(calls)}
    wanted = [_job(group, numbers, options) for group in groups]
    plan = Plan(options.executor, options.jobs, options.isolation, here)
    made: dict[str, Run] = {}
    for ran in execute_all(wanted, plan):
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
            call.snippet.timeout or options.timeout,
            jobs.CPU_SECONDS,
        )
        for call in group
    )
    inputs = {str(options.folder / name): value for call in group for name, value in call.inputs}
    own = {str(options.root / call.snippet.path) for call in group if call.snippet.is_file}
    # That one leads out of the course has been said by then; it is still not to be read.
    files = sorted(one for one in {*inputs, *own} if inside(Path(one), options.root))
    return Job(runs, str(options.folder), tuple(files), tuple(inputs.items()), group[0].lesson)


def _run_of(ran: Ran, call: _Call) -> Run:
    result = sound_result(ran.result) or Result(
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


def _placed(run: Run, snippet: Snippet) -> Run:
    """Turn lines counted in the snippet into lines of the file that it stands in."""
    return replace(run, result=_moved(run.result, snippet.first_line - 1))


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
