"""Response processing: only what every player that was tried marks alike (docs/howto-lms.md)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from lrcards.values import plain_decimal
from lrcards.write.qti.words import Content, Tag, tag

RESPONSE = "RESPONSE"
_DECIMALS = 9


def variable(name: str) -> Tag:
    return tag("variable", identifier=name)


def value(kind: str, text: str) -> Tag:
    return tag("baseValue", text, baseType=kind)


def put(outcome: str, expression: Tag) -> Tag:
    return tag("setOutcomeValue", expression, identifier=outcome)


def when(*branches: tuple[Tag, Tag]) -> Tag:
    """Return a condition of (test, rule): the first test that holds has its rule followed."""
    names = ["responseIf", *["responseElseIf"] * (len(branches) - 1)]
    made = [tag(name, *branch) for name, branch in zip(names, branches, strict=True)]
    return tag("responseCondition", *made)


def is_correct() -> Tag:
    return tag("match", variable(RESPONSE), tag("correct", identifier=RESPONSE))


def between(name: str, low: str, high: str) -> Tag:
    """Return a test of a number, bounds included; `equal` with a tolerance is got wrong by some."""
    return tag(
        "and",
        tag("gte", variable(name), value("float", low)),
        tag("lte", variable(name), value("float", high)),
    )


def if_answered(name: str, rule: Tag) -> Tag:
    """Guard what some players cannot do with no answer at all, or take for an answer of 0."""
    return when((tag("not", tag("isNull", variable(name))), rule))


def marked(count: Tag, steps: Iterable[int], of: int, points: Decimal) -> Tag:
    """Return the rule that gives the share that each of some counts, all above 0, is of `of`.

    The shares are written out: one player rounds what it computes to three decimals, and takes
    0.5 for 5 where a comma is the decimal sign.
    """
    falling = sorted(steps, reverse=True)
    return when(
        *[
            (
                tag("gte", count, value("float", str(step))),
                put("SCORE", value("float", _part(points, step, of))),
            )
            for step in falling
        ]
    )


def _part(points: Decimal, step: int, of: int) -> str:
    """Return all of the points as they are, a part of them to nine decimals."""
    return plain_decimal(points if step == of else round(points * step / of, _DECIMALS))


def typed(name: str, accepted: tuple[str, ...]) -> Tag:
    """Return a test of a text: case, spaces around it and repeated spaces do not matter."""
    tests = [_spaced(name, text) for text in accepted]
    return tests[0] if len(tests) == 1 else tag("or", *tests)


def _spaced(name: str, text: str) -> Tag:
    """Compare by a pattern: `stringMatch` minds spaces, and fails some players with no answer.

    Some look for a pattern anywhere, others in the whole text, so a second one refuses what has
    anything but spaces before or after it.
    """
    core = r"\s+".join("".join(map(_either_case, word)) for word in text.split())
    more = rf"(\S\s*{core})|({core}\s*\S)"
    return tag(
        "and",
        tag("patternMatch", variable(name), pattern=rf"\s*{core}\s*"),
        tag("not", tag("patternMatch", variable(name), pattern=more)),
    )


def _either_case(letter: str) -> str:
    cases = {letter, letter.lower(), letter.upper()}
    plain = [one for one in sorted(cases) if len(one) == 1 and one <= "\uffff"]
    if len(plain) > 1:
        return f"[{''.join(plain)}]"
    # In a class `$` is a letter in every dialect; a backslash before it is not allowed in XML's.
    return "[$]" if letter == "$" else re.sub(r"([\\^.|?*+(){}\[\]-])", r"\\\1", letter)


def outcome(name: str, kind: str, default: str = "", **attributes: str) -> Tag:
    start: tuple[Content, ...] = (tag("defaultValue", tag("value", default)),) if default else ()
    given = {"cardinality": "single", "baseType": kind} | attributes
    return tag("outcomeDeclaration", *start, identifier=name, **given)


def response(name: str, kind: str, *correct: str, cardinality: str = "single") -> Tag:
    key = tag("correctResponse", *[tag("value", one) for one in correct])
    return tag(
        "responseDeclaration",
        *((key,) if correct else ()),
        identifier=name,
        cardinality=cardinality,
        baseType=kind,
    )


def counted(declared: Tag, worth: dict[str, int], highest: int) -> Tag:
    """Add what each answer adds to a count that is never below 0."""
    entries = [tag("mapEntry", mapKey=key, mappedValue=str(one)) for key, one in worth.items()]
    bounds = {"lowerBound": "0", "upperBound": str(highest), "defaultValue": "0"}
    return _mapped(declared, entries, bounds)


def listed(declared: Tag, accepted: tuple[str, ...]) -> Tag:
    """Add the texts that are right, for those who read the item; `typed` is what marks them."""
    entries = [
        tag("mapEntry", mapKey=text, mappedValue="1", caseSensitive="false") for text in accepted
    ]
    return _mapped(declared, entries, {"defaultValue": "0"})


def _mapped(declared: Tag, entries: list[Tag], attributes: dict[str, str]) -> Tag:
    return declared._replace(content=(*declared.content, tag("mapping", *entries, **attributes)))
