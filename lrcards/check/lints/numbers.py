"""Numbers in explanations that nothing vouches for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from lrcards.check.fill import Filler
from lrcards.check.lints.reads import choosable, explanations, options, question
from lrcards.diagnostics import Diagnostic, Span
from lrcards.model import Item
from lrcards.params import fill

_TYPED = re.compile(
    r"(?<![\w.])[-+]?(?:\d+\.\d+|\.\d+|\d+(?=[eE%]| %))(?:[eE][-+]?\d+)?(?!\.?\d)(?:\s?%)?"
)
_ANY_NUMBER = re.compile(r"(?<![\w.])(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")


def unverified_number(item: Item, filler: Filler) -> Iterator[Diagnostic]:
    """A number typed by hand in an explanation or the key that nothing in the item vouches for."""
    prose = [*explanations(item), *(one for one, _ in choosable(item))]
    prose += [option.feedback for option in options(item) if option.feedback]
    parts = ((part, node.span) for text in prose for node in text.walk() for part in node.parts)
    typed = [(part, span) for part, span in parts if isinstance(part, str) and _TYPED.search(part)]
    known = _known_numbers(item, filler) if typed else set()
    for part, span in typed:
        yield from _unknown(part, span, known)


def _known_numbers(item: Item, filler: Filler) -> set[Decimal]:
    """Gather params, numbers of the bound snippets and of the question, and all shown values."""
    # The code as it ran: a number that a param has replaced vouches for nothing.
    texts = [fill(one.snippet.code, dict(one.snippet.params)) for one in filler.scope.bound]
    for bound in filler.scope.bound:
        texts += [repr(value) for _, value in bound.snippet.params]
    variant = filler.scope.variant
    texts += [repr(value) for _, value in variant.params] if variant else []
    for prose in question(item):
        texts += [part for node in prose.walk() for part in node.parts if isinstance(part, str)]
    filled = filler.seen()
    texts += list(filled.shown.values())
    return {number for text in texts for number in _numbers(text)}


@lru_cache(maxsize=1024)
def _numbers(text: str) -> frozenset[Decimal]:
    """Find the numbers in a text; a snippet is asked for once a variant, so they are remembered."""
    found: set[Decimal] = set()
    for match in _ANY_NUMBER.finditer(text):
        with suppress(InvalidOperation):
            found.add(abs(Decimal(match[0].rstrip("."))))
    return frozenset(found)


def _unknown(text: str, span: Span, known: set[Decimal]) -> Iterator[Diagnostic]:
    for match in _TYPED.finditer(text):
        number = abs(Decimal(match[0].rstrip("% ")))
        share = number / 100 if match[0].endswith("%") else number
        if number not in known and share not in known:
            yield Diagnostic(
                span,
                "unverified-number",
                f"nothing in this item vouches for the number {match[0].strip()}",
                "write it as a value, such as `= lr[3]`",
                severity="warning",
            )
