"""What Moodle takes and what it does not: measured on its importer and question engine."""

from __future__ import annotations

from decimal import Decimal
from html import escape

from lrcards.markup import Dialect, to_inline
from lrcards.model import Answer, CheckedItem, Choice, Explain, KnownWrong, Multiple
from lrcards.values import plain_decimal

_MOST_DIGITS = 14
_LONGEST_PART = 250
_READABLE = Decimal("0.0001")
# Moodle takes a share only as it stands in its own list of grades.
SHARES = {
    1: "100", 2: "50", 3: "33.33333", 4: "25", 5: "20", 6: "16.66667", 7: "14.28571", 8: "12.5",
    9: "11.11111", 10: "10", 20: "5",
}  # fmt: skip


def gap_text(text: str) -> str:
    """Escape what means something inside a gap, then what means something in HTML."""
    escaped = text.replace("\\", "\\\\")
    for char in '}#~/"*':
        escaped = escaped.replace(char, f"\\{char}")
    return escape(escaped, quote=False)


def concepts(one: CheckedItem, item: Explain, look: Dialect) -> str:
    entries = (to_inline(concept, one.filled, look) for concept in item.concepts)
    return "<p>Key concepts:</p>\n<ul>" + "".join(f"<li>{one}</li>" for one in entries) + "</ul>"


def half_width(bounds: Answer | KnownWrong) -> str:
    return plain_decimal((bounds.high - bounds.low) / 2)


def wrong_share(item: Choice | Multiple, wrong: int) -> str:
    return f"-{SHARES.get(wrong, '10')}" if isinstance(item, Multiple) else "0"


def too_much(one: CheckedItem) -> str | None:
    if one.answer and _digits(one.answer.shown) > _MOST_DIGITS:
        return f"left out: Moodle keeps {_MOST_DIGITS} significant digits"
    item = one.item
    if isinstance(item, Multiple) and sum(o.right for o in item.options) not in SHARES:
        return "left out: Moodle has no grade for that many right options"
    return None


def reduced(one: CheckedItem) -> str:
    item = one.item
    if one.answer and 0 < abs(Decimal(one.answer.shown)) < _READABLE:
        return "reduced: Moodle shows the key in E-notation; the solution has it in digits"
    if isinstance(item, Multiple) and sum(not o.right for o in item.options) not in {0, *SHARES}:
        return "reduced: a wrong option costs a tenth, Moodle has no smaller grade for it"
    return "full"


def _digits(number: str) -> int:
    return len(Decimal(number).as_tuple().digits)


def category_part(text: str) -> str:
    plain = text.replace("<", "\u2039").replace(">", "\u203a")
    return plain.replace("/", "//")[:_LONGEST_PART]
