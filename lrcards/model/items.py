"""The kinds of item."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, TypeAlias

from lrcards.diagnostics import Span
from lrcards.model.prose import Marker, Prose
from lrcards.model.variants import Grid, Variant

Level = Literal["beginner", "intermediate", "advanced", "easy", "medium", "hard"]
LEVELS: tuple[Level, ...] = (
    "beginner",
    "intermediate",
    "advanced",
    "easy",
    "medium",
    "hard",
)
PRACTICE_LEVELS: frozenset[Level] = frozenset({"easy", "medium", "hard"})
LONGEST_NAME = 250  # letters that every question bank keeps of a title
TARGETS = ("anki", "moodle", "qti12", "qti21", "qti3", "html")
# Built only where a configuration or a command line names them.
EXTRA_TARGETS = ("gift", "blackboard")
ALL_TARGETS = (*TARGETS, *EXTRA_TARGETS)


@dataclass(frozen=True, slots=True)
class Settings:
    """Item keys that every kind has; a lesson's values are the defaults."""

    level: Level | None = None
    tags: tuple[str, ...] = ()
    use: tuple[str, ...] = ()
    shuffle: bool = True
    points: Decimal = Decimal(1)
    targets: tuple[str, ...] = ALL_TARGETS
    aliases: tuple[str, ...] = ()
    allow: tuple[tuple[str, str], ...] = ()
    draft: bool = False


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a snippet must raise or warn: class name, a part of the message, how often."""

    type: str
    message: str
    count: int | None
    span: Span


@dataclass(frozen=True, slots=True)
class Claims:
    """What the author claims of the bound snippet beside the numbers."""

    checks: tuple[Marker, ...] = ()
    raises: Expectation | None = None
    warns: Expectation | None = None
    quiet: Span | None = None


@dataclass(frozen=True, slots=True)
class Mistake:
    """An entry of `Common mistakes`; with a value it is a known wrong answer.

    `text` is the whole entry, `feedback` what follows the value.
    """

    text: Prose
    value: Marker | None
    feedback: Prose


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts that any kind may have."""

    hints: tuple[Prose, ...] = ()
    solution: Prose | None = None
    quick_check: Prose | None = None
    mistakes: tuple[Mistake, ...] = ()


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far off a typed number may be: a share of the answer, or absolute in unscaled units."""

    amount: Decimal
    relative: bool


@dataclass(frozen=True, slots=True)
class Grading:
    """How a typed number is graded: significant digits asked, tolerance, unit."""

    digits: int = 3
    tol: Tolerance | None = None
    scale: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Option:
    text: Prose
    right: bool
    feedback: Prose | None
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemBase:
    """What every kind has. `source` is the item's Markdown, the ground of its content hash.

    With a `grid` the item is one question asked with many sets of params, and `source` leaves
    the keys out that make the grid: what is added to it changes no other variant.
    """

    id: str
    span: Span
    title: Prose
    body: Prose
    parts: Parts
    settings: Settings
    claims: Claims
    source: str
    grid: Grid | None = None

    @property
    def variants(self) -> tuple[Variant | None, ...]:
        """Return what the item is asked with: its variants, or once without any."""
        return self.grid.variants if self.grid else (None,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recall(ItemBase):
    answer: Prose


@dataclass(frozen=True, slots=True, kw_only=True)
class Cloze(ItemBase):
    """Its body holds `deletion` nodes numbered from 1 in source order."""

    grading: Grading


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice(ItemBase):
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Multiple(ItemBase):
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Numeric(ItemBase):
    answer: Marker
    grading: Grading


@dataclass(frozen=True, slots=True, kw_only=True)
class Short(ItemBase):
    accepted: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explain(ItemBase):
    concepts: tuple[Prose, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Order(ItemBase):
    """Its steps stand in the right order; mark: the share of steps that are at their place."""

    steps: tuple[Prose, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """A row of a `Match` table: what is asked, and what goes with it."""

    left: Prose
    right: Prose


@dataclass(frozen=True, slots=True, kw_only=True)
class Match(ItemBase):
    """Pairs in source order; mark: the share of lefts that got their right one.

    Several lefts may share a right. `heads`: the two headings of the table, which may be empty.
    """

    heads: tuple[Prose, Prose]
    pairs: tuple[Pair, ...]


Item: TypeAlias = Recall | Cloze | Choice | Multiple | Numeric | Short | Explain | Order | Match


def kind_of(item: Item) -> str:
    """Return the kind as format.md spells it, such as `numeric`."""
    return type(item).__name__.lower()
