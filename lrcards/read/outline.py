"""A file as an outline: which blocks are lesson prose and which belong to which item."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lrcards.diagnostics import Span
from lrcards.model import Node
from lrcards.read.fields import Notes
from lrcards.read.markdown import Block

_ITEM_LEVELS = range(2, 5)


@dataclass(frozen=True, slots=True)
class Segment:
    """A heading and the blocks up to the next heading of any level."""

    heading: Node | None
    line: int
    nodes: tuple[Node, ...]

    @property
    def level(self) -> int:
        return int(self.heading.attr("level")) if self.heading else 0

    @property
    def has_card(self) -> bool:
        return bool(self.nodes) and is_card(self.nodes[0])


@dataclass(frozen=True, slots=True)
class ItemOutline:
    """An item's own blocks, its parts, and its lines in the file (from 0, end excluded)."""

    heading: Node
    card: Node | None
    body: tuple[Node, ...]
    parts: tuple[Segment, ...]
    lines: tuple[int, int]


def is_card(node: Node) -> bool:
    return node.tag == "fence" and node.attr("info").split() == ["yaml", "card"]


def segments(blocks: Sequence[Block], notes: Notes) -> list[Segment]:
    """Cut the blocks of a file at its headings; setext headings are mistakes."""
    found: list[Segment] = []
    heading: Node | None = None
    line, nodes = 0, list[Node]()
    for block in blocks:
        if block.node.tag != "heading":
            nodes.append(block.node)
            continue
        if block.setext:
            notes.error(
                block.node.span, "setext-heading", "an underlined heading", "write ## before it"
            )
        found.append(Segment(heading, line, tuple(nodes)))
        heading, line, nodes = block.node, block.line, []
    return [*found, Segment(heading, line, tuple(nodes))]


def split(parts: Sequence[Segment], end: int, notes: Notes) -> Iterator[Segment | ItemOutline]:
    """Yield lesson prose as segments and each item with all that belongs to it, in order."""
    index = 0
    while index < len(parts):
        segment = parts[index]
        if not (segment.has_card and segment.level in _ITEM_LEVELS and segment.heading):
            _refuse_cards(segment, notes)
            yield segment
            index += 1
            continue
        stop = index + 1
        while stop < len(parts) and parts[stop].level > segment.level:
            stop += 1
        last = parts[stop].line if stop < len(parts) else end
        yield _item(parts[index:stop], segment.nodes[0], (segment.line, last), notes)
        index = stop


def whole_file(parts: Sequence[Segment], end: int, notes: Notes) -> ItemOutline | None:
    """Take a file whose front matter has an `id` as one item under its H1."""
    titled = [index for index, part in enumerate(parts) if part.level == 1]
    if not titled:
        return None
    start = titled[0]
    for index in titled[1:]:
        span = parts[index].heading or parts[start].heading
        if span:
            notes.error(span.span, "second-title", "a single item has one H1", "use ## for parts")
    return _item(parts[start:], None, (0, end), notes)


def _item(
    parts: Sequence[Segment], card: Node | None, lines: tuple[int, int], notes: Notes
) -> ItemOutline:
    own = parts[0]
    assert own.heading is not None
    body = list(own.nodes[1:] if card else own.nodes)
    named: list[Segment] = []
    for part in parts[1:]:
        if part.has_card and part.heading:
            notes.error(
                part.heading.span,
                "card-inside-item",
                "an item begins inside another item",
                f"give its heading {own.level} # or fewer",
            )
        elif part.level == own.level + 1:
            named.append(part)
        elif named:
            last = named[-1]
            named[-1] = Segment(last.heading, last.line, (*last.nodes, *_blocks(part)))
        else:
            body += _blocks(part)
    outline = ItemOutline(own.heading, card, tuple(body), tuple(named), lines)
    _refuse_cards(Segment(None, 0, outline.body), notes)
    for part in named:
        _refuse_cards(part, notes)
    return outline


def _blocks(part: Segment) -> tuple[Node, ...]:
    return (part.heading, *part.nodes) if part.heading else part.nodes


def _refuse_cards(segment: Segment, notes: Notes) -> None:
    for node in segment.nodes:
        for inner in node.walk():
            if is_card(inner):
                _misplaced(inner.span, notes)


def _misplaced(span: Span, notes: Notes) -> None:
    notes.error(
        span,
        "misplaced-card",
        "a `yaml card` fence makes an item only as the first block under a heading",
        "put it directly below a heading of level 2, 3 or 4",
    )
