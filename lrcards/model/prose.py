"""Prose as a tree of nodes with places for values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from lrcards.diagnostics import Span

NO_SPAN = Span("")


@dataclass(frozen=True, slots=True)
class Marker:
    """A value as the author wrote it, `expression [: format] [-> literal]`, at its place."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Node:
    """One node of a Markdown tree.

    Block tags: paragraph heading bullet_list ordered_list list_item task blockquote fence table
    thead tbody tr th td hr math_block. Inline tags: text softbreak hardbreak code value strong em
    s link image math deletion. `parts` holds the literal text of text, code, fence, math and
    value nodes, with a `Marker` wherever a value is to be filled in. `attrs`: heading level,
    ordered_list start, task checked, fence lang and snippet (which one it prints), link href and
    title, image src and title (the alt text is its children), th and td align, deletion number.
    """

    tag: str
    children: tuple[Node, ...] = ()
    parts: tuple[str | Marker, ...] = ()
    attrs: tuple[tuple[str, str], ...] = ()
    span: Span = NO_SPAN

    def attr(self, name: str, default: str = "") -> str:
        return dict(self.attrs).get(name, default)

    def walk(self) -> Iterator[Node]:
        """Yield this node and all below it, in source order."""
        return iter(_flat([self]))

    def words(self) -> str:
        """Return the plain text in it; values, code and math do not count."""
        texts = (node.parts for node in self.walk() if node.tag == "text")
        return "".join(part for parts in texts for part in parts if isinstance(part, str)).strip()


def _flat(nodes: Iterable[Node]) -> list[Node]:
    """List nodes and all below them: a generator would cost more than all else done with them."""
    found: list[Node] = []
    waiting = [*nodes]
    waiting.reverse()
    while waiting:
        node = waiting.pop()
        found.append(node)
        if node.children:
            waiting.extend(reversed(node.children))
    return found


@dataclass(frozen=True, slots=True)
class Prose:
    """A run of Markdown: blocks, or the inline content of a heading."""

    nodes: tuple[Node, ...]
    span: Span
    # Every check walks through all of it: laid out once, when it is first asked for.
    _all: list[Node] = field(default_factory=list, init=False, repr=False, compare=False)

    def walk(self) -> Iterator[Node]:
        if not self._all:
            self._all.extend(_flat(self.nodes))
        return iter(self._all)

    def markers(self) -> Iterator[Marker]:
        for node in self.walk():
            yield from (part for part in node.parts if isinstance(part, Marker))

    def figures(self) -> Iterator[Node]:
        """Yield the images that are drawn from traces: `![alt](plot:lr,other)`."""
        return (
            node
            for node in self.walk()
            if node.tag == "image" and node.attr("src").startswith("plot:")
        )
