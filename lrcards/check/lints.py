"""Rules about what learners see: one generator each, listed in RULES."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from lrcards.check.fill import Filler
from lrcards.diagnostics import Diagnostic, Span
from lrcards.markup import filled_text, math_problem, to_text
from lrcards.model import (
    Choice,
    Explain,
    Item,
    Multiple,
    Numeric,
    Option,
    Prose,
    Recall,
)
from lrcards.params import fill
from lrcards.values import Problem, is_number_text, names, parse, trace_element

Rule = Callable[[Item, Filler], Iterator[Diagnostic]]
_TYPED = re.compile(
    r"(?<![\w.])[-+]?(?:\d+\.\d+|\.\d+|\d+(?=[eE%]| %))(?:[eE][-+]?\d+)?(?!\.?\d)(?:\s?%)?"
)
_ANY_NUMBER = re.compile(r"(?<![\w.])(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")


def item_prose(item: Item) -> Iterator[Prose]:
    """Yield everything that a learner reads of an item, in order."""
    yield from question(item)
    for option in options(item):
        yield option.text
        if option.feedback:
            yield option.feedback
    if isinstance(item, Recall):
        yield item.answer
    if isinstance(item, Explain):
        yield from item.concepts
    yield from item.parts.hints
    yield from _explanations(item)


def question(item: Item) -> tuple[Prose, Prose]:
    return item.title, item.body


def options(item: Item) -> tuple[Option, ...]:
    return item.options if isinstance(item, Choice | Multiple) else ()


def _explanations(item: Item) -> Iterator[Prose]:
    yield from (one for one in (item.parts.solution, item.parts.quick_check) if one)
    yield from (mistake.text for mistake in item.parts.mistakes)


def equal_options(item: Item, filler: Filler) -> Iterator[Diagnostic]:
    """Options that read the same cannot be told apart."""
    seen: dict[str, Span] = {}
    filled = filler.seen()
    for option in options(item):
        if any(marker not in filled.shown for marker in option.text.markers()):
            continue
        text = " ".join(to_text(option.text, filled).split())
        if text in seen:
            yield Diagnostic(
                option.span,
                "equal-options",
                f"two options read '{text}'",
                "change one of them",
                also=((seen[text], "first"),),
            )
        seen.setdefault(text, option.span)


def typed_option(item: Item, _: Filler) -> Iterator[Diagnostic]:
    """A number among the options is computed; a right one is never a constant."""
    for option in options(item):
        text = _bare_text(option.text)
        markers = list(option.text.markers())
        constant = [one for one in markers if _is_constant(one.text)]
        if text is not None and is_number_text(text.strip()):
            yield _bare_number(option.span, text.strip())
        elif constant and is_number_text(constant[0].text.strip()):
            yield _bare_number(constant[0].span, constant[0].text.strip())
        elif (
            option.right
            and constant
            and len(markers) == 1
            and not any(node.words() for node in option.text.nodes)
        ):
            yield Diagnostic(
                constant[0].span,
                "constant-answer",
                "the right option is a constant, not computed",
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


def unverified_number(item: Item, filler: Filler) -> Iterator[Diagnostic]:
    """A number typed by hand in an explanation, which nothing in the item vouches for."""
    prose = [*_explanations(item)]
    for option in options(item):
        prose += [one for one in (option.text, option.feedback) if one]
    parts = ((part, node.span) for text in prose for node in text.walk() for part in node.parts)
    typed = [(part, span) for part, span in parts if isinstance(part, str) and _TYPED.search(part)]
    known = _known_numbers(item, filler) if typed else set()
    for part, span in typed:
        yield from _unknown(part, span, known)


def untested_math(item: Item, filler: Filler) -> Iterator[Diagnostic]:
    """Formulas use the commands that are known to render everywhere."""
    for prose in item_prose(item):
        yield from math_of(prose, filler)


def math_of(prose: Prose, filler: Filler) -> Iterator[Diagnostic]:
    filled = filler.seen()
    for node in prose.walk():
        if node.tag not in {"math", "math_block"}:
            continue
        if any(not isinstance(part, str) and part not in filled.shown for part in node.parts):
            continue
        problem = math_problem(filled_text(node.parts, filled))
        if problem:
            yield Diagnostic(node.span, "untested-math", problem, "write it another way")


def figure_reveals(item: Item, filler: Filler) -> Iterator[Diagnostic]:
    """A figure in the question that shows the asked point gives the answer away."""
    if not isinstance(item, Numeric):
        return
    one = filler.value(item.answer)
    asked = trace_element(one.value.expression) if one else None
    for node in item.body.figures():
        drawn = node.attr("src").removeprefix("plot:").split(",")
        if asked and asked[0] in [name.strip() for name in drawn]:
            yield Diagnostic(
                node.span,
                "figure-reveals-answer",
                f"the figure shows {asked[0]}[{asked[1]}], which the question asks for",
                "move it to `Solution`",
                severity="warning",
            )


def missing_feedback(item: Item, _: Filler) -> Iterator[Diagnostic]:
    """Learners learn from why an option is wrong."""
    for option in options(item):
        if option.feedback is None:
            yield Diagnostic(
                option.span,
                "missing-feedback",
                "the option has no feedback",
                "add an indented quote below it: `  > why`",
                severity="warning",
            )


RULES: tuple[Rule, ...] = (
    equal_options,
    typed_option,
    typed_mistake,
    unverified_number,
    untested_math,
    figure_reveals,
    missing_feedback,
)


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


def _bare_number(span: Span, text: str) -> Diagnostic:
    return Diagnostic(
        span,
        "bare-number",
        f"{text} is typed, not computed",
        "write an expression: `= lr[3]`, or `= 2 ** 4` for a wrong one",
    )


def _bare_text(prose: Prose) -> str | None:
    """Return the text of prose that is nothing but text; else None."""
    if any(node.tag not in {"paragraph", "text", "code"} for node in prose.walk()):
        return None
    parts = [part for node in prose.walk() for part in node.parts]
    return "".join(part for part in parts if isinstance(part, str)) if parts else None


def _is_constant(text: str) -> bool:
    parsed = parse(text)
    return not isinstance(parsed, Problem) and not names(parsed.expression)
