"""The four stages in order: read -> run -> check -> write."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from lrcards import noop
from lrcards.check import Ledger, check
from lrcards.check.lock import FILE as LOCK
from lrcards.check.lock import parse_lock, render_lock, taken_away
from lrcards.config import Config
from lrcards.diagnostics import Diagnostic, count, has_errors
from lrcards.model import Checked, Course, Runs
from lrcards.params import batches
from lrcards.read import read
from lrcards.run import RunOptions, run
from lrcards.write import WRITERS
from lrcards.write.files import REPORT, digest, ours, read_files, recover, save
from lrcards.write.output import Output
from lrcards.write.report import key_of_row, report
from lrcards.write.theme import Theme


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
    progress: Callable[[int, int], None] | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was found and done: findings, texts for excerpts, lines to print, what got lost."""

    diagnostics: tuple[Diagnostic, ...]
    sources: Mapping[str, str]
    files: int
    lines: tuple[str, ...] = ()
    losses: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Compiled:
    """A course that has been read, run and checked; `checked` is None where anything is wrong."""

    course: Course
    runs: Runs
    ledger: Ledger
    checked: Checked | None
    diagnostics: tuple[Diagnostic, ...]

    def stops(self, request: Request) -> bool:
        return self.checked is None or (request.strict and bool(self.diagnostics))


def compile_course(config: Config, request: Request) -> Compiled:
    """Read, run and check; all mistakes of the three stages are found in one go."""
    course, found = read(config)
    options = RunOptions(
        store=config.state,
        source=config.root / config.source,
        jobs=request.jobs,
        timeout=config.snippet_timeout,
        use_store=request.use_store,
        force=request.force,
        progress=request.progress,
    )
    runs = run(batches(course), options)
    lock = config.root / LOCK
    lines, broken = parse_lock(lock.read_text(encoding="utf-8") if lock.is_file() else "")
    ledger = Ledger(lines, request.now, config.retired)
    checked, diagnostics = check(course, runs, ledger, [*found, *broken])
    return Compiled(course, runs, ledger, checked, _sorted(diagnostics, config))


def check_course(config: Config, request: Request) -> Outcome:
    """Do everything of a build but writing."""
    compiled = compile_course(config, request)
    return _outcome(compiled, compiled.diagnostics, _said(compiled))


def build(config: Config, request: Request) -> Outcome:
    """Build the targets asked for; on any mistake the old output stays as it is.

    Raises OutputRefusedError where the output folder is not ours.
    """
    recover(request.out, config.state)
    before = ours(request.out)
    compiled = compile_course(config, request)
    if compiled.checked is None or compiled.stops(request):
        return _outcome(compiled, compiled.diagnostics, _said(compiled))
    theme = Theme(*config.template_folders)
    made = {name: WRITERS[name](compiled.checked, theme) for name in request.targets}
    found = _sorted([*compiled.diagnostics, *_written(made)], config)
    if has_errors(found) or (request.strict and found):
        return _outcome(compiled, found, _said(compiled))
    tree = _tree(compiled.checked, made, found, _Before(request, before))
    lines = (*_said(compiled), *_wrote(made, request))
    also = {config.root / LOCK: _lock(compiled, compiled.checked)}
    save(tree, request.out, config.state, also)
    _remember(config, request, compiled, noop.LastBuild({}, _digests(tree), lines, found, 0))
    return replace(_outcome(compiled, found, lines), losses=tuple(_losses(made)))


@dataclass(frozen=True, slots=True)
class _Before:
    """The build that stands in the output folder, for a partial build to carry over."""

    request: Request
    report: Mapping[str, object]

    def files(self) -> dict[str, bytes]:
        rows = self.report.get("files")
        paths = [str(row["path"]) for row in rows] if isinstance(rows, list) else []
        built = set(self.request.targets)
        return read_files(
            self.request.out, (path for path in paths if path.split("/")[0] not in built)
        )

    def coverage(self) -> dict[str, dict[str, str]]:
        rows = self.report.get("items")
        kept: dict[str, dict[str, str]] = {}
        for row in rows if isinstance(rows, list) else []:
            for target, text in row["targets"].items():
                kept.setdefault(target, {})[key_of_row(row)] = text
        return kept


def _tree(
    checked: Checked,
    made: Mapping[str, Output],
    found: Iterable[Diagnostic],
    before: _Before,
) -> dict[str, bytes]:
    tree = before.files()
    tree |= {file.path: file.data for output in made.values() for file in output.files}
    coverage = {**before.coverage(), **{name: output.coverage for name, output in made.items()}}
    tree[REPORT] = report(checked, coverage, tree, found)
    return tree


def _lock(compiled: Compiled, checked: Checked) -> bytes:
    gone = taken_away(compiled.course, compiled.ledger).values()
    new = [one.lock for lesson in checked.lessons for one in lesson.items]
    # A draft keeps its line: its cards are still with learners.
    drafts = {
        item.id
        for lesson in compiled.course.lessons
        for item in lesson.items
        if item.settings.draft
    }
    kept = [line for line in compiled.ledger.lines.values() if line.id in drafts]
    return render_lock([*gone, *kept, *new]).encode()


def _remember(config: Config, request: Request, compiled: Compiled, last: noop.LastBuild) -> None:
    key = noop.request_key(request.out, request.targets)
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
    kept = {one for one in found if one.severity == "error" or one.code not in allowed}
    return tuple(sorted(kept))


def _written(made: Mapping[str, Output]) -> Iterator[Diagnostic]:
    for output in made.values():
        yield from output.diagnostics


def _losses(made: Mapping[str, Output]) -> Iterator[tuple[str, str, str]]:
    for name, output in made.items():
        for item, text in output.coverage.items():
            if text != "full":
                yield item, name, text


def _outcome(compiled: Compiled, found: tuple[Diagnostic, ...], lines: tuple[str, ...]) -> Outcome:
    return Outcome(found, compiled.course.sources, len(compiled.course.sources), lines)


def _said(compiled: Compiled) -> tuple[str, ...]:
    items = sum(len(lesson.items) for lesson in compiled.course.lessons)
    runs = compiled.runs
    distinct = {one.key: one for one in runs.by_snippet.values()}.values()
    hits = sum(one.hit for one in distinct)
    where = f"torch {runs.torch}   isolation: {runs.isolation}"
    return (
        f"Read     {count(len(compiled.course.lessons), 'lesson')}, {count(items, 'item')}",
        f"Ran      {count(len(distinct) - hits, 'snippet')}, {hits} from the store   {where}",
        *_checked_line(compiled.checked),
    )


def _checked_line(checked: Checked | None) -> Iterator[str]:
    if checked is not None:
        items = [one for lesson in checked.lessons for one in lesson.items]
        filled = [*(one.filled for one in items), *(one.filled for one in checked.lessons)]
        values = sum(len(one.values) for one in filled)
        graded = sum((one.answer is not None) + len(one.deletions) for one in items)
        yield f"Checked  {count(values, 'value')}, {count(graded, 'graded number')}: all agree"


def _wrote(made: Mapping[str, Output], request: Request) -> Iterator[str]:
    for name, output in made.items():
        size = sum(len(file.data) for file in output.files)
        kept = sum(not text.startswith("left out") for text in output.coverage.values())
        first = next((f.path for f in output.files if name != "html"), f"{name}/index.html")
        yield f"Wrote    {request.out.name}/{first}   {count(kept, 'item')}, {size // 1024 + 1} kB"
