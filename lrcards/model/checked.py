"""The course as checked: what writers accept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from lrcards.model.course import Course, Lesson
from lrcards.model.items import Item
from lrcards.model.prose import Marker, Prose


@dataclass(frozen=True, slots=True)
class ShownValue:
    """One value as evaluated: for the report and for provenance on the page."""

    line: int
    expression: str
    declared: str | None
    shown: str
    computed: str
    key: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A graded number. `shown`, `low`, `high` are in the learner's units, `computed` unscaled.

    All are plain decimals but `computed`, which is the shortest text that reads back the same.
    `low <= typed <= high` is right, bounds included. `prompt` says what to type.
    """

    shown: str
    computed: str
    low: Decimal
    high: Decimal
    scale: Decimal | None
    prompt: str


@dataclass(frozen=True, slots=True)
class KnownWrong:
    """A wrong number (learner's units) that has its own feedback: `low <= typed <= high`."""

    shown: str
    low: Decimal
    high: Decimal
    feedback: Prose


@dataclass(frozen=True, slots=True)
class Trace:
    """One curve of a figure: the name the snippet gave it and the rate that each epoch uses."""

    name: str
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Filled:
    """What check found for the values and figures of one item or of a lesson's prose."""

    shown: Mapping[Marker, str]
    traces: Mapping[str, tuple[Trace, ...]]
    values: tuple[ShownValue, ...] = ()


@dataclass(frozen=True, slots=True)
class LockLine:
    """One line of lrcards.lock: what learners' history hangs on. `mod`: seconds since 1970."""

    id: str
    guid: str
    hash: str
    mod: int
    deck: str
    page: str


@dataclass(frozen=True, slots=True)
class CheckedItem:
    """An item whose every number agreed. `deletions`: graded gaps of a cloze by number."""

    item: Item
    filled: Filled
    lock: LockLine
    answer: Answer | None = None
    wrong: tuple[KnownWrong, ...] = ()
    deletions: Mapping[int, Answer] = field(default_factory=dict)
    optimizer_steps: int = 0
    scheduler_steps: int = 0


@dataclass(frozen=True, slots=True)
class CheckedLesson:
    lesson: Lesson
    items: tuple[CheckedItem, ...]
    filled: Filled


@dataclass(frozen=True, slots=True)
class Checked:
    """A course whose numbers agree with its snippets; only check() makes one. Drafts are gone."""

    course: Course
    lessons: tuple[CheckedLesson, ...]
    python: str
    torch: str
    isolation: str
