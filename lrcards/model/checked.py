"""The course as checked: what writers accept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from lrcards.model.course import Course, Lesson
from lrcards.model.items import Item
from lrcards.model.prose import Marker, Prose
from lrcards.model.runs import Recorded
from lrcards.model.variants import Variant


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
    """What check found for the values and figures of one item or of a lesson's prose.

    `code`: what is printed of a snippet, by name, where params make it differ from its source.
    """

    shown: Mapping[Marker, str]
    traces: Mapping[str, tuple[Trace, ...]]
    values: tuple[ShownValue, ...] = ()
    code: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LockLine:
    """One line of lrcards.lock: what learners' history hangs on. `mod`: seconds since 1970.

    `variant` is its key, empty for an item without variants; `kind` is empty where it is not known.
    """

    id: str
    guid: str
    hash: str
    mod: int
    deck: str
    page: str
    variant: str = ""
    kind: str = ""

    @property
    def place(self) -> tuple[str, str]:
        """Return what the line is found by."""
        return self.id, self.variant

    @property
    def key(self) -> str:
        """Return what stands in the note's field Key."""
        return f"{self.id}.{self.variant}" if self.variant else self.id


@dataclass(frozen=True, slots=True)
class CheckedItem:
    """An item, or one variant of it, whose every number agreed.

    `deletions`: graded gaps of a cloze by number.
    """

    item: Item
    filled: Filled
    lock: LockLine
    answer: Answer | None = None
    wrong: tuple[KnownWrong, ...] = ()
    deletions: Mapping[int, Answer] = field(default_factory=dict)
    optimizer_steps: int = 0
    scheduler_steps: int = 0
    variant: Variant | None = None

    @property
    def key(self) -> str:
        """Return a name that no other item or variant of the course has, fit for XML and HTML."""
        return f"{self.item.id}.{self.variant.key}" if self.variant else self.item.id


@dataclass(frozen=True, slots=True)
class CheckedLesson:
    """A lesson; the variants of an item stand side by side among its `items`."""

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
    recorded: tuple[Recorded, ...] = ()
    verified: bool = True
