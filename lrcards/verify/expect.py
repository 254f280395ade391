"""What a package must say of an item, by the report."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from lrcards.verify.facts import Fact, Facts, bounds, text
from lrcards.verify.report import ReportError, Row, take
from lrcards.verify.texts import squeezed

_AFTER = ("Quickcheck", "Commonmistakes", "Keyconcepts")
_ANYTHING = ("",)
_RIGHT, _WRONG = Fact(Decimal(1), "near"), Fact(Decimal(0), "near")


def wanted(row: Row) -> Facts:
    """Return all that a package could say; a format leaves out what it cannot hold: without()."""
    own = _KINDS.get(row.kind)
    if own is None:
        raise ReportError(f"{row.key} is of the kind '{row.kind}', which this lrcards cannot check")
    return {
        "kind": text(row.kind),
        **said("title", row.text("title")),
        **said("solution", row.text("solution")),
        **numbered("hint", row.texts("hints")),
        "points": row.number("points"),
        "tags": text(tags([*row.tags, row.level, row.kind])),
        **own(row),
    }


def without(facts: Facts, *patterns: str) -> Facts:
    """Drop the facts whose whole name fits one of these regular expressions."""
    return {
        name: fact
        for name, fact in facts.items()
        if not any(re.fullmatch(pattern, name) for pattern in patterns)
    }


def said(name: str, what: str) -> Facts:
    """Return a fact, or none where nothing is said."""
    return {name: text(what)} if squeezed(what) else {}


def numbered(name: str, texts: Iterable[str]) -> Facts:
    found: Facts = {}
    for number, one in enumerate(texts, 1):
        found |= said(f"{name} {number}", one)
    return found


def tags(words: Iterable[str]) -> str:
    return ", ".join(sorted(word for word in words if word))


def yes(is_so: bool) -> str:
    return "yes" if is_so else "no"


def explained(row: Row) -> Facts:
    """Return what an LMS shows after an answer: the solution, then the key, then what may follow.

    Formats that have it take this for `solution`.
    """
    start = f"Solution {row.text('solution')}" if row.text("solution") else ""
    if row.kind in {"order", "match"}:  # the key itself follows, as a list or a table
        return {"explanation": Fact(f"{start} Final answer".strip(), "starts", _ANYTHING)}
    key = _final(row)
    start += f" Final answer: {key}" if key else ""
    return {"explanation": Fact(start.strip(), "starts", _AFTER)}


def _final(row: Row) -> str:
    if row.answer:
        return take(row.answer, "shown", str)
    if row.kind in {"choice", "multiple"}:
        options = row.rows("options")
        # Several are a list, each an entry of its own.
        between = "; " if row.kind == "choice" else " "
        return between.join(take(one, "text", str) for one in options if one.get("right") is True)
    if row.kind == "cloze":
        return "; ".join(take(one, "text", str) for one in row.rows("gaps"))
    return next(iter(row.texts("accepted")), "") if row.kind == "short" else ""


def _options(row: Row) -> Facts:
    options = row.rows("options")
    right = sum(one.get("right") is True for one in options)
    found: Facts = {}
    for number, one in enumerate(options, 1):
        name, is_right = f"option {number}", one.get("right") is True
        mark = share(right if is_right else len(options) - right)
        if row.kind == "choice":
            mark = Decimal(is_right)
        found |= said(name, take(one, "text", str))
        found[f"{name} key"] = text("right" if is_right else "wrong")
        found[f"{name} mark"] = Fact(mark if is_right else -mark, "near")
        found |= said(f"{name} feedback", take(one, "feedback", str))
    return found | _shuffle(row)


def _shuffle(row: Row) -> Facts:
    """Steps are always shuffled."""
    return {"shuffle": text(yes(row.kind == "order" or take(row.content, "shuffle", bool)))}


def share(of: int) -> Decimal:
    return 1 / Decimal(of or 1)


def _numeric(row: Row) -> Facts:
    answer = row.answer
    found = {"shown": text(take(answer, "shown", str)), **_bounds("", answer), "mark": _RIGHT}
    for number, one in enumerate(row.rows("wrong"), 1):
        name = f"wrong {number}"
        found |= said(f"{name} shown", take(one, "shown", str))
        found |= _bounds(f"{name} ", one)
        found |= said(f"{name} feedback", take(one, "feedback", str))
        found[f"{name} mark"] = _WRONG
    return found


def _short(row: Row) -> Facts:
    accepted = row.texts("accepted")
    marks: Facts = {f"accepted {n} mark": _RIGHT for n, _ in enumerate(accepted, 1)}
    return numbered("accepted", accepted) | marks


def _bounds(name: str, one: Mapping[str, Any]) -> Facts:
    return bounds(name, take(one, "low", str), take(one, "high", str))


def _gaps(row: Row) -> Facts:
    found: Facts = {}
    gaps = row.rows("gaps")
    for number, one in enumerate(gaps, 1):
        found |= said(f"gap {number}", take(one, "text", str))
        found[f"gap {number} mark"] = Fact(share(len(gaps)), "near")
        if one.get("low") is not None:
            found |= _bounds(f"gap {number} ", one)
    return found


def _pairs(row: Row) -> Facts:
    pairs = row.rows("pairs")
    return {
        **numbered("left", (take(one, "left", str) for one in pairs)),
        **numbered("right", (take(one, "right", str) for one in pairs)),
        **_equal_marks("left", len(pairs)),
        **_shuffle(row),
    }


def _steps(row: Row) -> Facts:
    steps = row.texts("steps")
    return numbered("step", steps) | _equal_marks("step", len(steps)) | _shuffle(row)


def _equal_marks(name: str, of: int) -> Facts:
    return {f"{name} {n} mark": Fact(share(of), "near") for n in range(1, of + 1)}


_KINDS: Mapping[str, Callable[[Row], Facts]] = {
    "choice": _options,
    "multiple": _options,
    "numeric": _numeric,
    "cloze": _gaps,
    "match": _pairs,
    "order": _steps,
    "short": _short,
    "explain": lambda row: numbered("concept", row.texts("concepts")),
    "recall": lambda row: said("answer", row.text("answer")),
}
