"""Which answers are tried on an item, and what share of its points each is worth.

Read from report.json alone, by the rules that docs/format.md gives to learners: nothing here
knows how any target marks.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeAlias

Row: TypeAlias = Mapping[str, Any]
Picked: TypeAlias = tuple[int, ...]
Texts: TypeAlias = tuple[str, ...]
Matched: TypeAlias = tuple[int | None, ...]
Given: TypeAlias = str | Picked | Texts | Matched
_NONE = Fraction(0)
_NOT_TYPED = "no such answer"


@dataclass(frozen=True, slots=True)
class Try:
    """One answer to one item.

    `given` by kind: numeric and short: what is typed; choice and multiple: the picked options
    (from 0, in source order); cloze: a text a gap; order: the steps by their source index in the
    order given; match: for each left the index of its right among the distinct rights, all in
    source order, None for nothing chosen. `share` is of the item's points.
    """

    key: str
    kind: str
    name: str
    given: Given
    share: Fraction


def items(report: Row) -> list[Row]:
    """Return the rows of what can be answered, each once; `key` is added to them."""
    return [dict(row) | {"key": key(row)} for row in report["items"] if row["kind"] in _KINDS]


def key(row: Row) -> str:
    """Return what the packages call it: the id, and for a variant the digest of its params."""
    if not row["variant"]:
        return str(row["id"])
    params = json.dumps(row["variant"], sort_keys=True, separators=(",", ":"))
    return f"{row['id']}.{hashlib.sha256(params.encode()).hexdigest()[:8]}"


def tries(row: Row) -> list[Try]:
    """Return every answer to try on an item: none for what a person grades."""
    if row["kind"] not in _KINDS:
        return []
    found = _KINDS[row["kind"]](row)
    return [Try(key(row), row["kind"], name, given, share) for name, given, share in found]


def few(row: Row) -> list[Try]:
    """Return three of them: exactly right, just outside or half right, and plainly wrong."""
    every = tries(row)
    if row["kind"] == "numeric":
        wrong = "known wrong 1" if row["content"]["wrong"] else "text"
        return [one for one in every if one.name in {"exactly right", "one step above", wrong}]
    best = [one for one in every if one.share == 1]
    part = [one for one in every if 0 < one.share < 1]
    none = [one for one in every if one.share == 0]
    return [*best[:1], *(part or none)[:1], *none[-1:]]


_Found: TypeAlias = Iterator[tuple[str, Given, Fraction]]


def _numeric(row: Row) -> _Found:
    shown, low, high = (row["answer"][name] for name in ("shown", "low", "high"))

    def typed(name: str, text: str) -> tuple[str, Given, Fraction]:
        return name, text, Fraction(inside(text, low, high))

    for name, text in (("exactly right", shown), *_edges(low, high)):
        yield typed(name, text)
    for number, wrong in enumerate(row["content"]["wrong"], 1):
        yield typed(f"known wrong {number}", wrong["shown"])
    yield typed("5e-2 form", scientific(shown))
    if "." in shown:
        yield "comma", shown.replace(".", ","), _NONE
    yield "text", "abc", _NONE
    yield "empty", "", _NONE


def _edges(low: str, high: str) -> Iterator[tuple[str, str]]:
    yield "low bound", low
    yield "high bound", high
    yield "one step below", _plain(Decimal(low) - _unit(low))
    yield "one step above", _plain(Decimal(high) + _unit(high))


def inside(text: str, low: str, high: str) -> bool:
    """Tell whether a typed decimal lies within the bounds, the bounds included."""
    return Decimal(low) <= Decimal(text) <= Decimal(high)


def scientific(text: str) -> str:
    """Write a decimal with an exponent: 0.05 as 5e-2."""
    number = Decimal(text).normalize()
    digits = number.scaleb(-number.adjusted())
    return f"{digits:f}e{number.adjusted()}"


def _unit(text: str) -> Decimal:
    """Return one unit in the last written place."""
    exponent = Decimal(text).as_tuple().exponent
    assert isinstance(exponent, int)
    return Decimal(1).scaleb(exponent)


def _plain(number: Decimal) -> str:
    return f"{number:f}"


def _short(row: Row) -> _Found:
    accepted: Sequence[str] = row["content"]["accepted"]

    def typed(name: str, text: str) -> tuple[str, Given, Fraction]:
        return name, text, Fraction(_alike(text) in map(_alike, accepted))

    for number, text in enumerate(accepted, 1):
        yield typed("exactly right" if number == 1 else f"accepted {number}", text)
        if "*" in text:
            yield typed(f"wildcard {number}", text.replace("*", "xyz"))
    yield typed("other case", accepted[0].swapcase())
    yield typed("spaces around", f"  {accepted[0]} ")
    yield typed("part of it", accepted[0][:-1])
    yield typed("text", _NOT_TYPED)
    yield typed("empty", "")


def _alike(text: str) -> str:
    """Return a typed text as it is compared: case and repeated spaces do not matter."""
    return " ".join(text.split()).casefold()


def _choice(row: Row) -> _Found:
    for number, option in enumerate(row["content"]["options"]):
        yield f"option {number + 1}", (number,), Fraction(option["right"])
    yield "empty", (), _NONE


def _multiple(row: Row) -> _Found:
    options = row["content"]["options"]
    right = tuple(n for n, option in enumerate(options) if option["right"])
    wrong = tuple(n for n, option in enumerate(options) if not option["right"])
    half = right[: (len(right) + 1) // 2]
    picks: dict[str, Picked] = {
        "all right": right,
        "half right": half,
        "one wrong too": tuple(sorted(right + wrong[:1])),
        "half right, one wrong": tuple(sorted(half + wrong[:1])),
        "all wrong": wrong,
        "all": tuple(range(len(options))),
        "none": (),
    }
    for name, picked in picks.items():
        good = Fraction(len(set(picked) & set(right)), len(right))
        bad = Fraction(len(set(picked) & set(wrong)), len(wrong) or 1)
        yield name, picked, max(_NONE, good - bad)


def _cloze(row: Row) -> _Found:
    gaps = row["content"]["gaps"]
    right = tuple(gap["text"] for gap in gaps)

    def typed(name: str, texts: Texts) -> tuple[str, Given, Fraction]:
        good = sum(_fits(gap, text) for gap, text in zip(gaps, texts, strict=True))
        return name, texts, Fraction(good, len(gaps))

    yield typed("all gaps right", right)
    for place, gap in enumerate(gaps):
        yield typed("one gap wrong", _put(right, place, _NOT_TYPED))
        yield typed("one gap empty", _put(right, place, ""))
        if gap["low"] is None:
            yield typed("other case", _put(right, place, gap["text"].swapcase()))
            continue
        for name, text in (
            ("5e-2 form", scientific(gap["text"])),
            *_edges(gap["low"], gap["high"]),
        ):
            yield typed(f"gap: {name}", _put(right, place, text))
    yield typed("text", (_NOT_TYPED,) * len(gaps))
    yield typed("empty", ("",) * len(gaps))


def _fits(gap: Row, text: str) -> bool:
    if gap["low"] is None:
        return _alike(text) == _alike(gap["text"])
    try:
        return inside(text, gap["low"], gap["high"])
    except ArithmeticError:
        return False


def _put(texts: Texts, place: int, text: str) -> Texts:
    return (*texts[:place], text, *texts[place + 1 :])


def _order(row: Row) -> _Found:
    length = len(row["content"]["steps"])
    right = tuple(range(length))
    orders: dict[str, Picked] = {
        "in order": right,
        "reversed": right[::-1],
        "two swapped": (1, 0, *right[2:]),
        "last first": (length - 1, *right[:-1]),
    }
    for name, order in orders.items():
        good = sum(place == step for place, step in enumerate(order))
        yield name, order, Fraction(good, length)


def _match(row: Row) -> _Found:
    texts = [pair["right"] for pair in row["content"]["pairs"]]
    offers = list(dict.fromkeys(texts))
    right = tuple(offers.index(text) for text in texts)
    chosen: dict[str, Matched] = {
        "all right": right,
        "one wrong": ((right[0] + 1) % len(offers), *right[1:]),
        "all wrong": tuple((place + 1) % len(offers) for place in right),
        "all the first": (0,) * len(right),
        "one left open": (*right[:-1], None),
        "none": (None,) * len(right),
    }
    for name, rights in chosen.items():
        good = sum(one == own for one, own in zip(rights, right, strict=True))
        yield name, rights, Fraction(good, len(right))


_KINDS = {
    "numeric": _numeric,
    "short": _short,
    "choice": _choice,
    "multiple": _multiple,
    "cloze": _cloze,
    "order": _order,
    "match": _match,
}
