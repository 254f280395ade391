"""The four stages in order: read -> run -> check -> write."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from lrcards import noop, records
from lrcards.check import Ledger, check
from lrcards.check.lock import Place
from lrcards.config import Config
from lrcards.diagnostics import (
    Diagnostic,
    Span,
    UsageProblemError,
    did_you_mean,
    has_errors,
    without_allowed,
)
from lrcards.model import Checked, Course, LockLine, Runs, SnippetId
from lrcards.outputs import make, offered
from lrcards.params import batches
from lrcards.read import read
from lrcards.run import Group, RunOptions, recall, run
from lrcards.since import OldLock, news
from lrcards.story import Loss, left, losses, said, wrote
from lrcards.write.carried import Carried
from lrcards.write.files import digest, ours, recover, save
from lrcards.write.output import findings
from lrcards.write.theme import Theme


class UnknownNameError(UsageProblemError):
    """A name on the command line is none of the course's: a usage error, exit code 2."""


@dataclass(frozen=True, slots=True)
class Request:
    """What one build or check is asked to do. `now`: seconds since 1970, for the lock alone."""

    out: Path
    targets: tuple[str, ...]
    now: int
    strict: bool = False
    jobs: int = 2
    use_store: bool = True
    force: frozenset[str] = frozenset()
    isolation: str = "auto"
    executor: str = "local"
    frozen: bool = False
    accept: bool = False
    since: OldLock | None = None
    progress: Callable[[int, int], None] | None = None

    @property
    def demands(self) -> tuple[str, ...]:
        """What the build has to be like, beside what it makes; see noop.request_key()."""
        return noop.demands(self.isolation, self.frozen, self.since.demand if self.since else "")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was found and done: findings, texts for excerpts, lines to print, what got lost."""

    diagnostics: tuple[Diagnostic, ...]
    sources: Mapping[str, str]
    files: int
    lines: tuple[str, ...] = ()
    losses: tuple[Loss, ...] = ()


@dataclass(frozen=True, slots=True)
class Compiled:
    """A course that has been read, run and checked; `checked` is None where anything is wrong."""

    course: Course
    runs: Runs
    ledger: Ledger
    checked: Checked | None
    diagnostics: tuple[Diagnostic, ...]

    def said(self) -> tuple[str, ...]:
        return said(self.course, self.runs, self.checked)

    def outcome(self, found: tuple[Diagnostic, ...], lines: tuple[str, ...] = ()) -> Outcome:
        """Say what was found in all, and lines for people."""
        return Outcome(found, self.course.sources, len(self.course.sources), lines)

    def stops(self, request: Request) -> bool:
        return self.checked is None or (request.strict and bool(self.diagnostics))


@contextmanager
def _all_is_kept() -> Iterator[None]:
    """Look for no garbage: a course is a large tree without any, and looking takes a sixth."""
    looking = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if looking:
            gc.enable()


@_all_is_kept()
def compile_course(
    config: Config, request: Request, lines: Mapping[Place, LockLine] | None = None
) -> Compiled:
    """Read, run and check; all mistakes of the three stages are found in one go.

    `lines` stand for the lock where there is none.
    """
    course, found = read(config)
    groups = batches(course)
    options = _run_options(groups, course, config, request)
    ledger, broken = records.load(config, request.now, request.accept)
    ledger = ledger if lines is None else replace(ledger, lines=lines)
    runs = recall(groups, ledger.values, options) if request.frozen else run(groups, options)
    checked, diagnostics = check(course, runs, ledger, [*found, *broken])
    return Compiled(course, runs, ledger, checked, _sorted(diagnostics, config))


def _run_options(
    groups: Sequence[Group], course: Course, config: Config, request: Request
) -> RunOptions:
    return RunOptions(
        store=config.state,
        root=config.root,
        source=config.source,
        jobs=request.jobs,
        timeout=config.snippet_timeout,
        use_store=request.use_store,
        force=_forced(groups, course, request.force),
        isolation=request.isolation,
        executor=request.executor,
        progress=request.progress,
    )


def _forced(groups: Sequence[Group], course: Course, names: frozenset[str]) -> frozenset[SnippetId]:
    """Find what --force names: snippets, or items, which stand for what they use.

    Raises UnknownNameError for a name that the course does not have.
    """
    users: dict[tuple[str, str], set[str]] = {}
    for lesson in course.lessons:
        for item in lesson.items:
            for name in item.settings.use:
                users.setdefault((lesson.path, name), set()).add(item.id)
    known: dict[str, set[SnippetId]] = {}
    for place in (place for group in groups for place in group):
        for name in {place.name, *users.get((place.lesson, place.name), ())}:
            known.setdefault(name, set()).add(place)
    for name in names - known.keys():
        raise UnknownNameError(f"--force {name}: {did_you_mean(name, known)}")
    return frozenset(place for name in names for place in known[name])


def check_course(config: Config, request: Request) -> Outcome:
    """Do everything of a build but writing."""
    compiled = compile_course(config, request)
    return compiled.outcome(compiled.diagnostics, compiled.said())


def _not_recorded(found: Diagnostic) -> Diagnostic | None:
    """A warning in a build: what is committed is not what comes out."""
    if found.code != "value-moved":
        return None
    message = f"{records.VALUES} holds other values than the snippets give"
    return Diagnostic(Span(records.VALUES), "records-changed", message, found.help)


def check_records(config: Config, request: Request) -> Outcome:
    """Check, and report where a build would change a committed file; nothing is written."""
    compiled = compile_course(config, request)
    found = compiled.diagnostics
    if compiled.checked is not None:
        files = records.render(compiled.course, compiled.ledger, compiled.checked)
        stale = [*records.stale(config, files), *map(_not_recorded, found)]
        found = tuple(sorted({*found, *(one for one in stale if one)}))
    return compiled.outcome(found, compiled.said())


@_all_is_kept()
def build(config: Config, request: Request) -> Outcome:
    """Build the targets asked for; on any mistake the old output stays as it is.

    A build of all that the configuration names leaves nothing else of ours in the folder.
    Raises OutputRefusedError where the output folder is not ours.
    """
    recover(request.out, config.state)
    whole = set(config.targets) <= set(request.targets)
    before = Carried(request.out, request.targets, ours(request.out), whole)
    compiled = compile_course(config, request)
    if compiled.checked is None or compiled.stops(request):
        return compiled.outcome(compiled.diagnostics, compiled.said())
    checked = compiled.checked
    since = news(compiled.course, checked, request.since, request.now) if request.since else None
    theme, packages = Theme(*config.template_folders), offered(request.targets, config.targets)
    made = make(checked, theme, request.targets, packages, since)
    found = _sorted([*compiled.diagnostics, *findings(made.outputs, checked)], config)
    if has_errors(found) or (request.strict and found):
        return compiled.outcome(found, compiled.said())
    tree = made.tree(checked, found, before)
    told = since.said if since else ()
    standing = before.standing()
    written = wrote(made.outputs, request.out.name, standing)
    lines = (*compiled.said(), *told, *written, *left(before, standing))
    committed = records.render(compiled.course, compiled.ledger, checked)
    also = {config.root / name: data for name, data in committed.items()}
    save(tree, request.out, config.state, also)
    _remember(config, request, compiled, noop.LastBuild({}, _digests(tree), lines, found, 0))
    return replace(compiled.outcome(found, lines), losses=tuple(losses(made.outputs, checked)))


def _remember(config: Config, request: Request, compiled: Compiled, last: noop.LastBuild) -> None:
    key = noop.request_key(request.out, request.targets, request.demands)
    outside = [*compiled.course.media, *compiled.course.sources, *_inputs(compiled.course)]
    inputs = noop.inputs(config, key, outside)
    noop.remember(config, replace(last, inputs=inputs, files=len(compiled.course.sources)))


def _inputs(course: Course) -> Iterator[str]:
    for lesson in course.lessons:
        for snippet in lesson.snippets.values():
            yield from (f"{course.source_dir}/{name}" for name in snippet.inputs)


def _digests(tree: Mapping[str, bytes]) -> dict[str, str]:
    return {path: digest(data) for path, data in tree.items()}


def _sorted(found: Iterable[Diagnostic], config: Config) -> tuple[Diagnostic, ...]:
    """Put findings in file order, without the warnings that the configuration accepts."""
    allowed = {code for code, _ in config.allow}
    return tuple(sorted({*without_allowed(found, allowed)}))
