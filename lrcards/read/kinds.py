"""One maker a kind: an item half read becomes what its body shows it to be."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lrcards.diagnostics import Span
from lrcards.model import (
    Choice,
    Cloze,
    Explain,
    Grading,
    Item,
    Marker,
    Match,
    Multiple,
    Node,
    Numeric,
    Option,
    Order,
    Prose,
    Recall,
    Short,
)
from lrcards.read.fields import Notes
from lrcards.read.keys import ItemKeys
from lrcards.read.outline import ItemOutline, Segment
from lrcards.read.parts import ReadParts, concepts, pairs, steps, with_deletions

_FEWEST_OPTIONS = 2


@dataclass(frozen=True, slots=True)
class Draft:
    """One item half read: what every kind is made from."""

    keys: ItemKeys
    outline: ItemOutline
    question: tuple[Node, ...]
    options: tuple[Option, ...]
    parts: ReadParts
    base: Mapping[str, Any]

    @property
    def span(self) -> Span:
        return self.outline.heading.span


def _recall(draft: Draft, notes: Notes) -> Item:
    answer = draft.parts.prose("Answer")
    if answer:
        return Recall(body=_body(draft), answer=answer, **draft.base)
    empty = Prose((), draft.span)
    if not draft.question and "Answer" not in draft.parts.single:
        notes.error(
            draft.span, "empty-back", "the card has no answer", "write it below the heading"
        )
    return Recall(body=empty, answer=_body(draft), **draft.base)


def _cloze(draft: Draft, notes: Notes) -> Item:
    body = Prose(with_deletions(draft.question), draft.span)
    if not any(node.tag == "deletion" for node in body.walk()):
        notes.error(draft.span, "no-deletion", "the cloze has no gap", "mark one as **bold**")
    return Cloze(body=body, grading=_grading(draft), **draft.base)


def _choice(draft: Draft, notes: Notes) -> Item:
    if not any(option.right for option in draft.options):
        span = draft.options[0].span
        notes.error(span, "no-right-option", "no option is right", "mark the right one with [x]")
    _enough(draft, notes)
    return Choice(body=_body(draft), options=draft.options, **draft.base)


def _multiple(draft: Draft, notes: Notes) -> Item:
    _enough(draft, notes)
    return Multiple(body=_body(draft), options=draft.options, **draft.base)


def _enough(draft: Draft, notes: Notes) -> None:
    if len(draft.options) < _FEWEST_OPTIONS:
        notes.error(draft.options[0].span, "bad-option", "a single option", "write at least two")


def _numeric(draft: Draft, _: Notes) -> Item:
    answer = draft.keys.answer
    assert isinstance(answer, Marker)
    return Numeric(body=_body(draft), answer=answer, grading=_grading(draft), **draft.base)


def _short(draft: Draft, _: Notes) -> Item:
    accepted = draft.keys.answer
    assert isinstance(accepted, tuple)
    return Short(body=_body(draft), accepted=accepted, **draft.base)


def _explain(draft: Draft, notes: Notes) -> Item:
    found = concepts(draft.parts.single["Key concepts"], notes)
    return Explain(body=_body(draft), concepts=found, **draft.base)


def _order(draft: Draft, notes: Notes) -> Item:
    found = steps(draft.parts.single["Order"], notes)
    _at_least_two(found, draft.parts.single["Order"], "step", notes)
    return Order(body=_body(draft), steps=found, **draft.base)


def _match(draft: Draft, notes: Notes) -> Item:
    heads, found = pairs(draft.parts.single["Match"], notes)
    _at_least_two(found, draft.parts.single["Match"], "pair", notes)
    return Match(body=_body(draft), heads=heads, pairs=found, **draft.base)


def _at_least_two(found: Sequence[object], segment: Segment, what: str, notes: Notes) -> None:
    if len(found) == 1 and segment.heading:  # none at all has been reported
        notes.error(segment.heading.span, "bad-part", f"a single {what}", "write at least two")


MAKERS: Mapping[str, Callable[[Draft, Notes], Item]] = {
    "recall": _recall,
    "cloze": _cloze,
    "choice": _choice,
    "multiple": _multiple,
    "numeric": _numeric,
    "short": _short,
    "explain": _explain,
    "order": _order,
    "match": _match,
}


def _body(draft: Draft) -> Prose:
    return Prose(draft.question, draft.span)


def _grading(draft: Draft) -> Grading:
    return Grading(draft.keys.digits, draft.keys.tol, draft.keys.scale)
