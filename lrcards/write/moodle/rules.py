"""What Moodle takes and what it does not: measured on its importer and question engine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from html import escape

from lrcards.model import Answer, CheckedItem, KnownWrong
from lrcards.values import plain_decimal

# With fewer rows than three an import of a matching stops without an error; a row that asks
# nothing is one more offer.
_FEWEST_ROWS = 3
NONE_OF_THEM = "\u2013"
_MOST_DIGITS = 14
_LONGEST_PART = 250
_READABLE = Decimal("0.0001")
_LARGEST = 15  # digits before the point that it shows without an exponent


def wildcards(text: str) -> str:
    """Write a text so that a short answer takes it as it is: a bare `*` would be any text."""
    return text.replace("*", r"\*")


def half_width(bounds: Answer | KnownWrong) -> str:
    return plain_decimal((bounds.high - bounds.low) / 2)


def filling_rows(rows: int) -> int:
    """Return how many rows a matching needs beside its own."""
    return max(0, _FEWEST_ROWS - rows)


def numbers(one: CheckedItem) -> Iterator[str]:
    """Yield the keys that Moodle holds as numbers."""
    if one.answer:
        yield one.answer.shown
    yield from (answer.shown for answer in one.deletions.values())


def is_kept(number: str) -> bool:
    """Tell whether Moodle keeps all digits of a number."""
    return len(Decimal(number).normalize().as_tuple().digits) <= _MOST_DIGITS


def is_readable(number: str) -> bool:
    """Tell whether Moodle shows a number without an exponent."""
    value = abs(Decimal(number))
    return value == 0 or (value >= _READABLE and value.adjusted() < _LARGEST)


def path(parts: Sequence[str], suffix: str) -> str:
    """Return the path of a category; `suffix` ends the name of the last one."""
    *above, last = parts
    cut = _plain(last)[: _LONGEST_PART - len(suffix)] + suffix
    names = [*(_plain(part)[:_LONGEST_PART] for part in above), cut]
    return "/".join(("$course$", "top", *map(_part, names)))


def _plain(text: str) -> str:
    """Return a name that Moodle takes no tag out of."""
    return text.replace("<", "\u2039").replace(">", "\u203a")


def _part(name: str) -> str:
    """Write a slash twice; one at an end needs a space, or it would be one of three."""
    doubled = name.strip().replace("/", "//")
    return f"{' ' * doubled.startswith('/')}{doubled}{' ' * doubled.endswith('/')}"


def info(text: str) -> str:
    return f"<p>{escape(text)}</p>" if text else ""
