"""Where targets may differ, and a table of what each of them gives for each answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

from tests.marks.plan import Row, Try, inside
from tests.marks.qti12 import rounded

NEAR = 1e-3  # shares are written with two decimals of a hundredth
_ALL_OR_NONE = "all right options or no mark"
_AS_SHOWN = "numbers in gaps must be typed as shown"
_ROUNDS = "four decimals"
_TENTH = "a wrong option costs a tenth"
Marks: TypeAlias = Mapping[Try, float]


def expected(target: str, row: Row, one: Try) -> tuple[Fraction, str]:
    """Return the share that a target gives, and what its coverage must say where it is another."""
    if target == "qti12":
        return _canvas(row, one)
    if target == "moodle" and one.kind == "multiple" and _TENTH in row["targets"][target]:
        options = row["content"]["options"]
        right = sum(option["right"] for option in options)
        good = sum(options[int(n or 0)]["right"] for n in one.given)
        share = Fraction(good, right) - Fraction(len(one.given) - good, 10)
        return max(Fraction(0), share), _TENTH
    return one.share, ""


def _canvas(row: Row, one: Try) -> tuple[Fraction, str]:
    if one.kind == "multiple" and one.share not in {0, 1}:
        return Fraction(0), _ALL_OR_NONE
    if one.kind == "numeric":
        assert isinstance(one.given, str)
        value = None if one.name == "comma" else rounded(one.given)
        low, high = (row["answer"][name] for name in ("low", "high"))
        share = Fraction(value is not None and Decimal(low) <= value <= Decimal(high))
        return share, "" if share == one.share else _ROUNDS
    if one.kind == "cloze":
        gaps = row["content"]["gaps"]
        lost = sum(
            gap["low"] is not None and text != gap["text"] and _number_inside(gap, str(text))
            for gap, text in zip(gaps, one.given, strict=True)
        )
        return one.share - Fraction(lost, len(gaps)), _AS_SHOWN if lost else ""
    return one.share, ""


def _number_inside(gap: Row, text: str) -> bool:
    try:
        return inside(text, gap["low"], gap["high"])
    except ArithmeticError:
        return False


def disagreements(target: str, rows: Mapping[str, Row], found: Marks) -> Iterator[str]:
    """Yield where a target gives another share than it should, or says nothing of what it loses."""
    for one, got in found.items():
        share, said = expected(target, rows[one.key], one)
        coverage = rows[one.key]["targets"][target]
        if abs(got - share) > NEAR:
            yield f"{target} {one.key}: {one.name} {one.given!r}: {got:.4g} and not {share}"
        elif said and said not in coverage:
            yield (
                f"{target} {one.key}: {one.name} {one.given!r} gets {share} and not {one.share}; "
                f"its coverage does not say {said!r}: {coverage}"
            )


def table(marked: Mapping[str, Marks]) -> str:
    """Lay out what every target gives: a row for each kind and answer, all items together."""
    cells: defaultdict[tuple[str, str], defaultdict[str, set[Fraction]]] = defaultdict(
        lambda: defaultdict(set)
    )
    for target, marks in marked.items():
        for one, got in marks.items():
            row = cells[one.kind, _name(one)]
            row["share"].add(one.share)
            row[target].add(Fraction(got).limit_denominator(99))
    heads = ["kind", "answer", "share", *marked]
    lines = [
        [kind, name, *(_cell(row[head]) for head in heads[2:])]
        for (kind, name), row in cells.items()
    ]
    return _aligned([heads, *lines])


def _name(one: Try) -> str:
    """Return one name for the answers that are alike."""
    if one.name.startswith("option "):
        return "the right option" if one.share else "a wrong option"
    return one.name.rstrip("0123456789 ")


def _cell(shares: Iterable[Fraction]) -> str:
    return " ".join(str(one) for one in sorted(shares, reverse=True)) or "-"


def _aligned(rows: list[list[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )
