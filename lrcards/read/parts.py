"""The parts of an item: a closed list of headings one level below it."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from lrcards.diagnostics import count, did_you_mean
from lrcards.model import NO_SPAN, Mistake, Node, Option, Pair, Parts, Prose
from lrcards.read.fields import Notes
from lrcards.read.outline import ItemOutline, Segment

NAMES = (
    "Answer", "Hint", "Solution", "Quick check", "Common mistakes", "Key concepts", "Order",
    "Match",
)  # fmt: skip
_COLUMNS = 2


@dataclass(frozen=True, slots=True)
class ReadParts:
    """All parts as they stand: single ones by name, and those that every kind may have."""

    single: dict[str, Segment]
    common: Parts

    def prose(self, name: str) -> Prose | None:
        segment = self.single.get(name)
        return segment_prose(segment) if segment else None


def segment_prose(segment: Segment) -> Prose:
    assert segment.heading is not None
    return Prose(segment.nodes, segment.heading.span)


def read_parts(outline: ItemOutline, notes: Notes) -> ReadParts:
    """Sort the parts by name; unknown, repeated and empty ones are mistakes."""
    single: dict[str, Segment] = {}
    hints: list[Prose] = []
    for segment in outline.parts:
        name = _name(segment, notes)
        if name == "Hint":
            hints.append(segment_prose(segment))
        elif name in single and segment.heading:
            message = f"the part '{name}' stands twice"
            notes.error(segment.heading.span, "duplicate-part", message, "only Hint may repeat")
        elif name:
            single[name] = segment
    mistakes = _mistakes(single["Common mistakes"], notes) if "Common mistakes" in single else ()
    solution, quick = single.get("Solution"), single.get("Quick check")
    common = Parts(
        tuple(hints),
        segment_prose(solution) if solution else None,
        segment_prose(quick) if quick else None,
        mistakes,
    )
    return ReadParts(single, common)


def _name(segment: Segment, notes: Notes) -> str | None:
    if segment.heading is None:
        return None
    written = segment.heading.words()
    if written not in NAMES:
        notes.error(
            segment.heading.span,
            "unknown-part",
            f"unknown part '{written}'",
            did_you_mean(written, NAMES),
        )
        return None
    if not segment.nodes:
        notes.error(segment.heading.span, "empty-part", f"the part '{written}' is empty", "fill it")
        return None
    return written


_EXPECTED = {"task": "a task list (- [ ] ...)", "list_item": "a list (- ...)"}
_NUMBERED = "a numbered list (1. ...)"


def list_items(segment: Segment, tag: str, notes: Notes, expected: str = "") -> list[Node]:
    """Return the entries of a part that is a list of `tag` nodes; note whatever else is in it."""
    expected = expected or _EXPECTED[tag]
    items = [item for node in segment.nodes if _is_list(node) for item in node.children]
    rest = [node for node in segment.nodes if not _is_list(node)]
    wrong = [item for item in items if item.tag != tag]
    for node in (*rest, *wrong):
        name = segment.heading.words() if segment.heading else ""
        message = f"'{name}' holds something else than {expected}"
        notes.error(node.span, "bad-part", message, f"write {expected}")
    return [item for item in items if item.tag == tag]


def _is_list(node: Node) -> bool:
    return node.tag in {"bullet_list", "ordered_list"}


def _mistakes(segment: Segment, notes: Notes) -> tuple[Mistake, ...]:
    return tuple(_mistake(item) for item in list_items(segment, "list_item", notes))


def _mistake(item: Node) -> Mistake:
    text = Prose(item.children, item.span)
    first = item.children[0] if item.children else None
    lead = first.children[0] if first and first.children else None
    if not first or not lead or lead.tag != "value":
        return Mistake(text, None, text)
    marker = next(text.markers())
    feedback = _without_lead(first)
    rest = tuple(node for node in (feedback, *item.children[1:]) if node.children or node.parts)
    return Mistake(text, marker, Prose(rest, item.span))


def _without_lead(paragraph: Node) -> Node:
    """Drop the value and the punctuation behind it: `= lr[0]`: never decays."""
    rest = paragraph.children[1:]
    if rest and rest[0].tag == "text":
        words = str(rest[0].parts[0]).lstrip(" :,;.\u2013\u2014-")
        words = words[:1].upper() + words[1:]
        head = (replace(rest[0], parts=(words,)),) if words else ()
        rest = head + rest[1:]
    return replace(paragraph, children=rest)


def concepts(segment: Segment, notes: Notes) -> tuple[Prose, ...]:
    return tuple(Prose(item.children, item.span) for item in list_items(segment, "task", notes))


def steps(segment: Segment, notes: Notes) -> tuple[Prose, ...]:
    """Return the entries of an `Order` part, one numbered list."""
    lists = [node for node in segment.nodes if _is_list(node)]
    for node in lists:
        if node.tag == "bullet_list":
            message = "the steps of 'Order' are not numbered"
            notes.error(node.span, "bad-part", message, "number them in the right order: 1. 2. 3.")
    for node in lists[1:]:
        message = "a second list in 'Order'"
        notes.error(node.span, "bad-part", message, "write all steps as one list, numbered alike")
    found = list_items(segment, "list_item", notes, _NUMBERED)
    for item in found:
        if _is_empty(item.children):
            notes.error(item.span, "bad-part", "an empty step in 'Order'", "write it, or remove it")
    return tuple(Prose(item.children, item.span) for item in found)


def pairs(segment: Segment, notes: Notes) -> tuple[tuple[Prose, Prose], tuple[Pair, ...]]:
    """Return the headings and the rows of a `Match` part, one table of two columns."""
    tables = [node for node in segment.nodes if node.tag == "table"]
    others = [node for node in segment.nodes if node.tag != "table"]
    for node in (*others, *tables[1:]):
        message = "'Match' holds something else than one table"
        notes.error(node.span, "bad-part", message, "write one table: | left | right |")
    rows = _rows(tables[0]) if tables else []
    if rows and len(rows[0]) != _COLUMNS:
        message = f"the table of 'Match' has {count(len(rows[0]), 'column')}, not two"
        notes.error(tables[0].span, "bad-part", message, "write | left | right | in each row")
    elif rows:
        (left, right), *below = rows
        if not below:
            hint = "its first row holds the headings: write the pairs below the line"
            notes.error(tables[0].span, "bad-part", "the table of 'Match' has no pairs", hint)
        return (left, right), tuple(_pair(row, notes) for row in below)
    span = segment.heading.span if segment.heading else NO_SPAN
    return (Prose((), span), Prose((), span)), ()


def _rows(table: Node) -> list[list[Prose]]:
    return [
        [Prose(cell.children, cell.span) for cell in row.children]
        for row in table.walk()
        if row.tag == "tr"
    ]


def _pair(row: Sequence[Prose], notes: Notes) -> Pair:
    for cell in row:
        if _is_empty(cell.nodes):
            notes.error(cell.span, "bad-part", "an empty cell in 'Match'", "fill it")
    return Pair(row[0], row[1])


def _is_open_fence(nodes: Sequence[Node]) -> bool:
    """Markdown takes `- [x] ```python` for words, and what should close it for a second fence."""
    first = nodes[0].children[0] if nodes and nodes[0].children else None
    lead = str(first.parts[0]) if first and first.tag == "text" else ""
    return lead.startswith(("```", "~~~"))


def _is_empty(nodes: Iterable[Node]) -> bool:
    return not any(node.children or node.parts for node in nodes)


def with_deletions(nodes: Sequence[Node]) -> tuple[Node, ...]:
    """Make each bold run a gap, numbered from 1 in source order."""
    numbers = itertools.count(1)

    def visit(node: Node) -> Node:
        if node.tag == "strong":
            return replace(node, tag="deletion", attrs=(("number", str(next(numbers))),))
        return replace(node, children=tuple(map(visit, node.children)))

    return tuple(map(visit, nodes))


def options(nodes: Sequence[Node], notes: Notes) -> tuple[tuple[Node, ...], tuple[Option, ...]]:
    """Part a body into the question and its options; None of them when it has no task list."""
    rest: list[Node] = []
    found: list[Option] = []
    for node in nodes:
        if _is_list(node) and any(item.tag == "task" for item in node.children):
            found += _options_of(node.children, notes)
        elif node.tag == "blockquote" and found:
            notes.error(
                node.span,
                "stray-quote",
                "a quote between or after the options belongs to none of them",
                "indent it by two spaces below its option to make it that option's feedback",
            )
        else:
            rest.append(node)
    return tuple(rest), tuple(found)


def _options_of(items: Iterable[Node], notes: Notes) -> list[Option]:
    found: list[Option] = []
    for item in items:
        if item.tag != "task":
            message = "an entry without a box among the options"
            notes.error(item.span, "bad-option", message, "begin it with [ ] or [x]")
            continue
        quotes = [node for node in item.children if node.tag == "blockquote"]
        text = tuple(node for node in item.children if node.tag != "blockquote")
        if _is_empty(text):
            notes.error(item.span, "bad-option", "an empty option", "write its text")
        if _is_open_fence(text):
            message = "a fence behind the box is text, not a block of code"
            hint = "put the fence on a line of its own, indented below the box"
            notes.error(item.span, "bad-option", message, hint)
        inner = tuple(child for quote in quotes for child in quote.children)
        feedback = Prose(inner, quotes[0].span) if quotes else None
        right = item.attr("checked") == "true"
        found.append(Option(Prose(text, item.span), right, feedback, item.span))
    return found
