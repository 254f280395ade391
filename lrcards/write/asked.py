"""What an item asks and what its key is, as plain data: for every format, and for report.json."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, assert_never

from lrcards.markup import to_text
from lrcards.model import (
    Answer,
    CheckedItem,
    Choice,
    Cloze,
    Explain,
    KnownWrong,
    Match,
    Multiple,
    Numeric,
    Option,
    Order,
    Prose,
    Recall,
    Short,
)
from lrcards.values import plain_decimal


def gaps(one: CheckedItem) -> Iterator[tuple[int, str]]:
    """Yield the number and the plain text of each deletion of a cloze."""
    for node in one.item.body.walk():
        if node.tag == "deletion":
            inner = Prose((replace(node, tag="strong", attrs=()),), node.span)
            yield int(node.attr("number")), to_text(inner, one.filled)


def rights(one: CheckedItem, item: Match) -> tuple[list[Prose], list[int]]:
    """Return what is offered on the right, each text once, and the place there of each left's own.

    Both are in source order; `mixed()` says in which order to show the offers.
    """
    offers: dict[str, Prose] = {}
    places: list[int] = []
    for pair in item.pairs:
        text = to_text(pair.right, one.filled)
        offers.setdefault(text, pair.right)
        places.append(list(offers).index(text))
    return list(offers.values()), places


def mixed(name: str, length: int) -> list[int]:
    """Return a permutation of range(length) that depends on the name alone and gives nothing away.

    It is never the identity (for a length of two or more): the source order is the key of `order`,
    and a system that does not shuffle must not show it.
    """
    order = sorted(range(length), key=lambda n: hashlib.sha256(f"{name}/{n}".encode()).digest())
    return order[1:] + order[:1] if order == list(range(length)) else order


def content(one: CheckedItem) -> dict[str, Any]:
    """Return what `lrcards verify` looks for in each package: texts are plain, one line each."""
    item, parts = one.item, one.item.parts
    return {
        "title": _text(one, item.title),
        "points": plain_decimal(item.settings.points),
        "hints": [_text(one, hint) for hint in parts.hints],
        "solution": _text(one, parts.solution),
        **_key(one),
    }


def _key(one: CheckedItem) -> dict[str, Any]:
    item = one.item
    match item:
        case Choice() | Multiple():
            options = [_option(one, option) for option in item.options]
            return {"options": options, "shuffle": item.settings.shuffle}
        case Numeric():
            return {"wrong": [_wrong(one, wrong) for wrong in one.wrong]}
        case Cloze():
            return {"gaps": [
                {"text": text, **bounds(one.deletions.get(number))} for number, text in gaps(one)
            ]}  # fmt: skip
        case Match():
            return {"shuffle": item.settings.shuffle, "pairs": [
                {"left": _text(one, pair.left), "right": _text(one, pair.right)}
                for pair in item.pairs
            ]}  # fmt: skip
        case _:
            return _listed(one, item)


def _listed(one: CheckedItem, item: Short | Order | Explain | Recall) -> dict[str, Any]:
    match item:
        case Short():
            return {"accepted": list(item.accepted)}
        case Order():
            return {"steps": [_text(one, step) for step in item.steps]}
        case Explain():
            return {"concepts": [_text(one, concept) for concept in item.concepts]}
        case Recall():
            return {"answer": _text(one, item.answer)}
    assert_never(item)


def _option(one: CheckedItem, option: Option) -> dict[str, Any]:
    text, feedback = _text(one, option.text), _text(one, option.feedback)
    return {"text": text, "right": option.right, "feedback": feedback}


def _wrong(one: CheckedItem, wrong: KnownWrong) -> dict[str, Any]:
    return {"shown": wrong.shown, **bounds(wrong), "feedback": _text(one, wrong.feedback)}


def bounds(one: Answer | KnownWrong | None) -> dict[str, str | None]:
    if one is None:
        return {"low": None, "high": None}
    return {"low": plain_decimal(one.low), "high": plain_decimal(one.high)}


def _text(one: CheckedItem, prose: Prose | None) -> str:
    return to_text(prose, one.filled) if prose else ""
