"""Rules about formulas, pictures and titles."""

from __future__ import annotations

from collections.abc import Iterator

from lrcards.check.fill import Filler
from lrcards.check.lints.reads import item_prose
from lrcards.diagnostics import Diagnostic
from lrcards.markup import filled_text, math_problem, to_text
from lrcards.model import LONGEST_NAME, Item, Numeric, Prose
from lrcards.values import trace_element


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


def long_title(item: Item, filler: Filler) -> Iterator[Diagnostic]:
    """A question bank lists questions by their titles, and cuts them."""
    filled = filler.seen()
    if any(marker not in filled.shown for marker in item.title.markers()):
        return
    length = len(to_text(item.title, filled))
    if length > LONGEST_NAME:
        yield Diagnostic(
            item.title.span,
            "long-title",
            f"the title has {length} letters, question banks keep {LONGEST_NAME}",
            "ask in the text below it, and give it a short title",
            severity="warning",
        )


def blank_alt(item: Item, filler: Filler) -> Iterator[Diagnostic]:
    """A picture is read aloud by its alt text, which a value may leave empty."""
    for prose in item_prose(item):
        yield from alt_of(prose, filler)


def alt_of(prose: Prose, filler: Filler) -> Iterator[Diagnostic]:
    filled = filler.seen()
    for node in prose.walk():
        if node.tag != "image" or not node.children:  # without any, reading has told it
            continue
        alt = Prose(node.children, node.span)
        if all(one in filled.shown for one in alt.markers()) and not to_text(alt, filled):
            hint = "write what the picture shows between the brackets: ![...](...)"
            message = "the alt text of the picture is empty once its values are filled in"
            yield Diagnostic(node.span, "missing-alt", message, hint)


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
