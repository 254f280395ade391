"""Rules about what is chosen among, and about numbers that are typed where they are computed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lrcards.check.fill import Filler
from lrcards.check.lints.reads import choosable, options, told_apart
from lrcards.diagnostics import Diagnostic, Span, count
from lrcards.markup import to_text
from lrcards.model import Filled, Item, Match, Numeric, Order, Prose
from lrcards.values import Problem, is_number_text, names, parse

_WHAT: dict[type, str] = {Order: "steps", Match: "rows on the left"}
_RIGHT: dict[type, str] = {Order: "a step", Match: "a row on the right"}


def equal_options(item: Item, filler: Filler) -> Iterator[Diagnostic]:
    """Options that read the same cannot be told apart."""
    seen: dict[str, Span] = {}
    filled = filler.seen()
    for prose in told_apart(item):
        if any(marker not in filled.shown for marker in prose.markers()):
            continue
        text = to_text(prose, filled)
        if not text:
            continue  # that it is empty has been reported
        if text in seen:
            yield Diagnostic(
                prose.span,
                "equal-options",
                f"two {_WHAT.get(type(item), 'options')} read '{text}'",
                "change one of them",
                also=((seen[text], "first"),),
            )
        seen.setdefault(text, prose.span)
    if isinstance(item, Match):
        yield from _one_right(item, filled)


def _one_right(item: Match, filled: Filled) -> Iterator[Diagnostic]:
    """Several rows may share what is on the right, but not all: nothing would be left to match."""
    rights = [pair.right for pair in item.pairs]
    if not all(marker in filled.shown for right in rights for marker in right.markers()):
        return
    texts = {to_text(right, filled) for right in rights}
    if len(rights) > 1 and len(texts) == 1 and "" not in texts:
        message = f"all rows on the right read '{to_text(rights[0], filled)}'"
        yield Diagnostic(rights[0].span, "equal-options", message, "change one of them")


def typed_option(item: Item, _: Filler) -> Iterator[Diagnostic]:
    """A number among options, steps or matches is computed; a right one is never a constant."""
    hint = _COMPUTED if type(item) in _RIGHT else _EXPRESSION
    for prose, right in choosable(item):
        text = _bare_text(prose)
        markers = list(prose.markers())
        constant = [one for one in markers if _is_constant(one.text)]
        if text is not None and is_number_text(text.strip()):
            yield _bare_number(prose.span, text.strip(), hint)
        elif constant and is_number_text(constant[0].text.strip()):
            yield _bare_number(constant[0].span, constant[0].text.strip(), hint)
        elif (
            right
            and constant
            and len(markers) == 1
            and not any(node.words() for node in prose.nodes)
        ):
            yield Diagnostic(
                constant[0].span,
                "constant-answer",
                f"{_RIGHT.get(type(item), 'the right option')} is a constant, not computed",
                "bind a snippet with `use` and show one of its names",
            )


def typed_mistake(item: Item, _: Filler) -> Iterator[Diagnostic]:
    """A known wrong answer is computed like any other number."""
    if not isinstance(item, Numeric):
        return
    for mistake in item.parts.mistakes:
        first = next((node for node in mistake.text.walk() if node.tag == "text"), None)
        if mistake.value is not None:
            if is_number_text(mistake.value.text.strip()):
                yield _bare_number(mistake.value.span, mistake.value.text.strip())
        elif first and (number := re.match(r"([-+.\deE]+)\s*:", str(first.parts[0]))):
            yield _bare_number(mistake.text.span, number[1])


def missing_feedback(item: Item, _: Filler) -> Iterator[Diagnostic]:
    """Learners learn from why an option is wrong."""
    offered = options(item)
    bare = [option for option in offered if option.feedback is None]
    if not bare:
        return
    lines = ", ".join(str(option.span.line) for option in bare[1:])
    yield Diagnostic(
        bare[0].span,
        "missing-feedback",
        f"{len(bare)} of {count(len(offered), 'option')} {_have(len(bare))} no feedback",
        "add an indented quote below each: `  > why`",
        (f"lines: {bare[0].span.line}, {lines}",) if lines else (),
        severity="warning",
    )


def _have(number: int) -> str:
    return "has" if number == 1 else "have"


_COMPUTED = "write an expression with a name of the snippet: `= lr[3]`"
_EXPRESSION = "write an expression: `= lr[3]`, or `= 2 ** 4` for a wrong one"


def _bare_number(span: Span, text: str, hint: str = _EXPRESSION) -> Diagnostic:
    return Diagnostic(span, "bare-number", f"{text} is typed, not computed", hint)


def _bare_text(prose: Prose) -> str | None:
    """Return the text of prose that is nothing but text; else None."""
    if any(node.tag not in {"paragraph", "text", "code"} for node in prose.walk()):
        return None
    parts = [part for node in prose.walk() for part in node.parts]
    return "".join(part for part in parts if isinstance(part, str)) if parts else None


def _is_constant(text: str) -> bool:
    parsed = parse(text)
    return not isinstance(parsed, Problem) and not names(parsed.expression)
