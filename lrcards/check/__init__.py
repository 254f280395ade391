"""Holds every number and claim of a course against what its snippets left.

The verdict is made here, in the compiler; snippets never see what was declared.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from lrcards.check.answers import Graded, answer_of, grade, known_wrong, off_by_one
from lrcards.check.claims import check_claims, failures
from lrcards.check.fill import RECORD, Filler
from lrcards.check.history import warnings
from lrcards.check.lints import RULES, item_prose, prose_findings
from lrcards.check.lock import Ledger, Stamper
from lrcards.check.recorded import Recorder
from lrcards.check.scope import Bound, Scope, scope_of
from lrcards.check.variants import Tried, findings
from lrcards.diagnostics import Diagnostic, Span, has_errors, without_allowed
from lrcards.guards import TooMuchError, bounded
from lrcards.model import (
    Answer,
    Checked,
    CheckedItem,
    CheckedLesson,
    Cloze,
    Course,
    Item,
    KnownWrong,
    Lesson,
    Numeric,
    Prose,
    Runs,
    Snippet,
    SnippetId,
    Variant,
)
from lrcards.params import assigned
from lrcards.values import is_number_text

__all__ = ["Ledger", "check"]

_SECONDS = 30


def check(
    course: Course, runs: Runs, ledger: Ledger, before: Iterable[Diagnostic] = ()
) -> tuple[Checked | None, list[Diagnostic]]:
    """Check a whole course and return all findings, those from `before` included.

    What was read with mistakes is checked too, so that all are shown at once, but one error
    anywhere means that there is no `Checked`.
    """
    checker = _Checker(course, runs, ledger, Recorder(ledger.values))
    lessons = tuple(
        checked for lesson in course.lessons if (checked := checker.bounded(lesson)) is not None
    )
    found = [*before, *checker.found]
    recorded, moved = [*ledger.values.values()], list(_unrecorded(course, runs))
    if runs.verified:
        recorded, moved = checker.recorder.lines(runs, ledger.accept)
    found += moved
    # An item that could not be read is not gone.
    if not has_errors(found):
        found += warnings(course, ledger)
    if has_errors(found):
        return None, found
    about = runs.python, runs.torch, runs.isolation
    return Checked(course, lessons, *about, tuple(recorded), runs.verified), found


def _unrecorded(course: Course, runs: Runs) -> Iterator[Diagnostic]:
    """Report each snippet that is not in lrcards.values, once however many variants it has."""
    for lesson in course.lessons:
        for name in sorted({one.name for one in runs.missing if one.lesson == lesson.path}):
            message = f"lrcards.values does not hold what snippet '{name}' leaves as it is now"
            yield Diagnostic(lesson.snippets[name].span, "value-missing", message, RECORD)


@dataclass(slots=True)
class _Checker:
    course: Course
    runs: Runs
    ledger: Ledger
    recorder: Recorder
    found: list[Diagnostic] = field(default_factory=list)
    scopes: dict[tuple[str, tuple[str, ...]], Scope] = field(default_factory=dict)

    def bounded(self, lesson: Lesson) -> CheckedLesson | None:
        """Check one lesson; values made to be slow are a mistake like any other."""
        try:
            with bounded(_SECONDS):
                return self.lesson(lesson)
        except TooMuchError as error:
            message = f"the lesson cannot be checked: {error}"
            hint = "show fewer or shorter values"
            self.found.append(Diagnostic(Span(lesson.path), "too-complex", message, hint))
        return None

    def lesson(self, lesson: Lesson) -> CheckedLesson:
        own = [
            Bound(snippet, self.runs.by_snippet[place])
            for name, snippet in lesson.snippets.items()
            if (place := SnippetId(lesson.path, name)) in self.runs.by_snippet
        ]
        self.found += failures(own, lesson.items)
        filler = Filler(self.scope(lesson.use, lesson, None))
        for section in lesson.sections:
            for prose in (section.title, section.body):
                if prose:
                    filler.fill(prose)
                    self.found += prose_findings(prose, filler)
        self.report(filler.found, dict(lesson.allow))
        self.recorder.note(lesson.path, own, set())
        self.recorder.note(lesson.path, filler.scope.bound, filler.reads)
        used = {name: set(filler.used) for name in lesson.use}
        items = tuple(one for item in lesson.items for one in self.item(item, lesson, used))
        self.found += _unused_params(lesson, used)
        kept = tuple(one for one in items if not one.item.settings.draft)
        return CheckedLesson(lesson, kept, filler.result())

    def item(self, item: Item, lesson: Lesson, used: dict[str, set[str]]) -> Iterator[CheckedItem]:
        """Check an item, or each of its variants by itself: none sees a name of another."""
        tried = [self.variant(item, variant, lesson) for variant in item.variants]
        self.report(findings(item, tried), dict(item.settings.allow))
        for one in tried:
            for name in item.settings.use:
                used.setdefault(name, set()).update(one.filler.used)
            yield one.checked

    def variant(self, item: Item, variant: Variant | None, lesson: Lesson) -> Tried:
        known = tuple(one.value for one in item.parts.mistakes if one.value)
        filler = Filler(self.scope(item.settings.use, lesson, variant), known)
        found = list(failures(filler.scope.bound, [item])) if variant else []
        found += check_claims(item, filler)
        for prose in item_prose(item):
            filler.fill(prose)
        numbers = _numbers(item, filler)
        for rule in RULES:
            found += rule(item, filler)
        if isinstance(item, Numeric) and numbers.graded:
            found += off_by_one(item.answer, numbers.graded, filler)
        self.recorder.note(lesson.path, filler.scope.bound, filler.reads, item.id)
        filled = filler.result()
        checked = CheckedItem(
            item,
            filled,
            Stamper(self.course, self.ledger).line(item, variant, lesson, filled),
            numbers.answer,
            numbers.wrong,
            numbers.deletions,
            sum(one.run.result.optimizer_steps for one in filler.scope.bound),
            sum(one.run.result.scheduler_steps for one in filler.scope.bound),
            variant,
        )
        return Tried(checked, filler, (*found, *filler.found))

    def scope(self, use: tuple[str, ...], lesson: Lesson, variant: Variant | None) -> Scope:
        """Gather the names that are in force; most items of a lesson have the same ones."""
        if variant:
            return scope_of(use, lesson, self.runs, variant)
        place = lesson.path, use
        if place not in self.scopes:
            self.scopes[place] = scope_of(use, lesson, self.runs)
        return self.scopes[place]

    def report(self, found: Iterable[Diagnostic], allow: dict[str, str]) -> None:
        self.found += without_allowed(found, allow)


@dataclass(frozen=True, slots=True)
class _Numbers:
    """The graded numbers of one item."""

    answer: Answer | None = None
    graded: Graded | None = None
    wrong: tuple[KnownWrong, ...] = ()
    deletions: dict[int, Answer] = field(default_factory=dict)


def _numbers(item: Item, filler: Filler) -> _Numbers:
    if isinstance(item, Cloze):
        return _Numbers(deletions=_deletions(item, filler))
    if not isinstance(item, Numeric):
        return _Numbers()
    graded = grade(item.answer, item.grading, filler)
    if graded is None:
        return _Numbers()
    wrong = tuple(known_wrong(item, graded, filler))
    return _Numbers(answer_of(graded, item.grading), graded, wrong)


def _deletions(item: Cloze, filler: Filler) -> dict[int, Answer]:
    """Grade the gaps that are nothing but one number."""
    answers: dict[int, Answer] = {}
    for node in item.body.walk():
        children = node.children
        if node.tag != "deletion" or len(children) != 1 or children[0].tag != "value":
            continue
        marker = next(Prose((children[0],), node.span).markers())
        one = filler.value(marker)
        if one is None or not is_number_text(one.shown):
            continue
        graded = grade(marker, item.grading, filler)
        if graded:
            answers[int(node.attr("number"))] = answer_of(graded, item.grading)
    return answers


def _unused_params(lesson: Lesson, used: dict[str, set[str]]) -> Iterator[Diagnostic]:
    """A param that neither the snippet nor an expression uses is a slip of the pen."""
    for name, snippet in lesson.snippets.items():
        seen = used.get(name, set()) | assigned(snippet.code)
        for param, _ in snippet.params:
            if param not in seen:
                yield _unused(snippet, param)


def _unused(snippet: Snippet, param: str) -> Diagnostic:
    return Diagnostic(
        snippet.span,
        "unused-param",
        f"the param '{param}' of snippet '{snippet.name}' changes nothing",
        f"assign it at the top of the snippet: {param} = ...",
    )
