"""XML and HTML as one plain tree. A package may be anyone's, so nothing in it is believed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TypeAlias
from xml.parsers import expat

_DEEPEST = 400
_VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr")
)
_SEPARATOR = " "


class UnreadableError(Exception):
    """A package, or a part of it, that cannot be read; the text says why."""


@dataclass(slots=True)
class Tree:
    """An element; `tag` is without its namespace, and so are the attributes' names."""

    tag: str
    attrs: dict[str, str]
    children: list[Child] = field(default_factory=list)

    def __iter__(self) -> Iterator[Tree]:
        """Yield the elements right below."""
        return (child for child in self.children if isinstance(child, Tree))

    def get(self, name: str) -> str:
        return self.attrs.get(name, "")

    def walk(self) -> Iterator[Tree]:
        """Yield this element and all below it, in document order."""
        waiting = [self]
        while waiting:
            one = waiting.pop()
            yield one
            waiting.extend(reversed([*one]))

    def all(self, *tags: str) -> Iterator[Tree]:
        """Yield the elements below, at any depth, that have one of these tags."""
        return (one for one in self.walk() if one.tag in tags and one is not self)

    def below(self, *path: str) -> list[Tree]:
        """Return the elements at the end of a path of tags, each right below the one before."""
        found = [self]
        for tag in path:
            found = [child for one in found for child in one if child.tag == tag]
        return found

    def first(self, *path: str) -> Tree:
        """Return the first element at the end of a path; an empty one where there is none."""
        found = self.below(*path)
        return found[0] if found else Tree("", {})

    def text(self) -> str:
        """Return all characters in it, as they stand."""
        return "".join(_characters(self))


Child: TypeAlias = Tree | str


def _characters(tree: Tree) -> Iterator[str]:
    waiting: list[Child] = [tree]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            yield one
        else:
            waiting.extend(reversed(one.children))


def has_class(tree: Tree, name: str) -> bool:
    return name in tree.get("class").split()


class _Builder:
    """Puts elements together in the order in which a parser meets them."""

    def __init__(self) -> None:
        self.top = Tree("", {})
        self.open = [self.top]

    def start(self, tag: str, attrs: dict[str, str]) -> Tree:
        if len(self.open) > _DEEPEST:
            raise UnreadableError(f"its elements are nested more than {_DEEPEST} deep")
        one = Tree(tag, attrs)
        self.open[-1].children.append(one)
        self.open.append(one)
        return one

    def text(self, text: str) -> None:
        self.open[-1].children.append(text)

    def end(self, tag: str) -> None:
        """Close the nearest open element of this tag, and what is open in it."""
        for depth in range(len(self.open) - 1, 0, -1):
            if self.open[depth].tag == tag:
                del self.open[depth:]
                return


def parse_xml(data: bytes) -> Tree:
    """Return the root of a document; one with a document type, where entities live, is refused.

    Raises UnreadableError.
    """
    builder = _Builder()
    parser = expat.ParserCreate(namespace_separator=_SEPARATOR)
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _no_doctype
    parser.StartElementHandler = lambda tag, attrs: builder.start(
        _local(tag), {_local(name): value for name, value in attrs.items()}
    )
    parser.EndElementHandler = lambda tag: builder.end(_local(tag))
    parser.CharacterDataHandler = builder.text
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, ValueError, LookupError) as error:  # LookupError: an odd encoding
        raise UnreadableError(f"it is no XML: {error}") from None
    return builder.top.first(*(one.tag for one in builder.top))


def _no_doctype(*_: object) -> None:
    raise UnreadableError("it declares a document type, which lrcards never writes")


def _local(name: str) -> str:
    return name.rsplit(_SEPARATOR, 1)[-1]


def parse_html(text: str) -> Tree:
    """Return a fragment or a page under a nameless root. Raises UnreadableError."""
    parser = _Html()
    try:
        parser.feed(text)
        parser.close()
    except (AssertionError, ValueError) as error:  # what the parser says to broken declarations
        raise UnreadableError(f"it is no HTML: {error}") from None
    return parser.builder.top


class _Html(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.builder = _Builder()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.builder.start(tag, {name: value or "" for name, value in attrs})
        if tag in _VOID:
            self.builder.end(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.builder.end(tag)

    def handle_endtag(self, tag: str) -> None:
        self.builder.end(tag)

    def handle_data(self, data: str) -> None:
        self.builder.text(data)
