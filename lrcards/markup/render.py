"""Prose becomes an HTML fragment; what targets show differently stands in their Dialect."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from lrcards.model import Filled, Marker, Node, Prose, Trace

_SAFE_LINK = re.compile(r"(https?://|mailto:|[^:/?#]*(?:[/?#]|$))", re.IGNORECASE)
_SIMPLE = {
    "bullet_list": "ul", "list_item": "li", "blockquote": "blockquote",
    "thead": "thead", "tbody": "tbody", "tr": "tr", "strong": "strong", "em": "em", "s": "s",
}  # fmt: skip
_SPACED = frozenset({"softbreak", "hardbreak", "paragraph", "td", "th", "list_item", "task"})
_BLOCKS = frozenset(
    {"bullet_list", "ordered_list", "blockquote", "table", "fence", "code_block", "math_block",
     "heading", "hr"}
)  # fmt: skip
_BOX = {"true": "\u2611", "false": "\u2610"}


def _plain(text: str) -> str:
    return escape(text, quote=False)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one target shows what targets show differently; each returns HTML.

    math(tex, display), code(code, lang), image(src, alt, title), figure(traces, alt),
    deletion(number, inner HTML), text(plain). `heading_shift` is added to the level of headings.
    """

    math: Callable[[str, bool], str]
    code: Callable[[str, str], str]
    image: Callable[[str, str, str], str]
    figure: Callable[[tuple[Trace, ...], str], str]
    deletion: Callable[[int, str], str]
    heading_shift: int = 0
    text: Callable[[str], str] = _plain


def to_html(prose: Prose, filled: Filled, dialect: Dialect) -> str:
    """Render blocks."""
    return _Renderer(filled, dialect).all(prose.nodes)


def to_inline(prose: Prose, filled: Filled, dialect: Dialect) -> str:
    """Render for a heading or a label: a single paragraph loses its `p`."""
    nodes = prose.nodes
    if len(nodes) == 1 and nodes[0].tag == "paragraph":
        nodes = nodes[0].children
    return _Renderer(filled, dialect).all(nodes)


def is_inline(prose: Prose) -> bool:
    """Say whether `to_inline` gives something that fits into a paragraph: no block, no figure."""
    paragraphs = sum(node.tag == "paragraph" for node in prose.nodes)
    blocks = paragraphs > 1 or any(node.tag in _BLOCKS for node in prose.nodes)
    return not blocks and not any(_is_figure(node) for node in prose.walk())


def to_text(prose: Prose, filled: Filled) -> str:
    """Return one line of plain text: math as its TeX, images as their alt text."""
    return " ".join(_text(prose.nodes, filled).split())


def image_tag(address: str, alt: str, title: str) -> str:
    """Return an `img` element; `alt` and `title` are plain text."""
    said = f' title="{escape(title)}"' if title else ""
    return f'<img src="{escape(address)}" alt="{escape(alt)}"{said}>'


def filled_text(parts: Sequence[str | Marker], filled: Filled) -> str:
    """Join the parts of a node, values filled in."""
    if len(parts) == 1 and isinstance(parts[0], str):
        return parts[0]  # nearly all of a course is this
    return "".join([part if isinstance(part, str) else filled.shown[part] for part in parts])


def _node_text(node: Node, filled: Filled) -> str:
    """Return a node's own text; a printed snippet has its params filled in."""
    code = filled.code.get(node.attr("snippet")) if node.tag == "fence" else None
    return filled_text(node.parts, filled) if code is None else code


def _text(nodes: Iterable[Node], filled: Filled) -> str:
    out: list[str] = []
    _gather(nodes, filled, out)
    return "".join(out)


def _gather(nodes: Iterable[Node], filled: Filled, out: list[str]) -> None:
    for node in nodes:
        if node.parts or node.tag == "fence":
            out.append(_node_text(node, filled))
        if node.children:
            _gather(node.children, filled, out)
        if node.tag in _SPACED:
            out.append(" ")


class _Renderer:
    def __init__(self, filled: Filled, dialect: Dialect) -> None:
        self.filled = filled
        self.dialect = dialect

    def all(self, nodes: Iterable[Node]) -> str:
        return "".join([self.one(node) for node in nodes])

    def one(self, node: Node) -> str:
        simple = _SIMPLE.get(node.tag)
        if simple:
            end = "\n" if simple in {"ul", "li", "blockquote"} else ""
            return f"<{simple}>{self.all(node.children)}</{simple}>{end}"
        return _SPECIAL[node.tag](self, node)

    def paragraph(self, node: Node) -> str:
        # A figure brings blocks of its own, which a `p` cannot hold.
        tag = "div" if any(_is_figure(child) for child in node.children) else "p"
        return f"<{tag}>{self.all(node.children)}</{tag}>\n"

    def text(self, node: Node) -> str:
        return self.dialect.text(filled_text(node.parts, self.filled))

    def code(self, node: Node) -> str:
        return f"<code>{self.text(node)}</code>"

    def value(self, node: Node) -> str:
        return f'<span class="value">{self.text(node)}</span>'

    def math(self, node: Node) -> str:
        display = node.tag == "math_block"
        return self.dialect.math(filled_text(node.parts, self.filled), display)

    def fence(self, node: Node) -> str:
        code = _node_text(node, self.filled)
        return self.dialect.code(code, node.attr("lang")) + "\n"

    def heading(self, node: Node) -> str:
        level = min(6, int(node.attr("level")) + self.dialect.heading_shift)
        return f"<h{level}>{self.all(node.children)}</h{level}>\n"

    def ordered_list(self, node: Node) -> str:
        start = node.attr("start", "1")
        at = "" if start == "1" else f' start="{start}"'
        return f"<ol{at}>{self.all(node.children)}</ol>\n"

    def task(self, node: Node) -> str:
        return f"<li>{_BOX[node.attr('checked')]} {self.all(node.children)}</li>\n"

    def table(self, node: Node) -> str:
        return f'<div class="scroll"><table>{self.all(node.children)}</table></div>\n'

    def cell(self, node: Node) -> str:
        scope = ' scope="col"' if node.tag == "th" else ""
        align = node.attr("align")
        of = f' class="{align}"' if align in {"left", "right", "center"} else ""
        return f"<{node.tag}{scope}{of}>{self.all(node.children)}</{node.tag}>"

    def link(self, node: Node) -> str:
        inner = self.all(node.children)
        href, title = node.attr("href"), node.attr("title")
        if not _SAFE_LINK.match(href):
            return inner
        said = f' title="{escape(title)}"' if title else ""
        return f'<a href="{escape(href)}"{said}>{inner}</a>'

    def image(self, node: Node) -> str:
        alt = " ".join(_text(node.children, self.filled).split())
        source = node.attr("src")
        if _is_figure(node):
            return self.dialect.figure(self.filled.traces[source], alt)
        return self.dialect.image(source, alt, node.attr("title"))

    def deletion(self, node: Node) -> str:
        return self.dialect.deletion(int(node.attr("number")), self.all(node.children))

    def fixed(self, node: Node) -> str:
        return {"softbreak": "\n", "hardbreak": "<br>\n", "hr": "<hr>\n"}[node.tag]


def _is_figure(node: Node) -> bool:
    return node.tag == "image" and node.attr("src").startswith("plot:")


_SPECIAL: Mapping[str, Callable[[_Renderer, Node], str]] = {
    "paragraph": _Renderer.paragraph,
    "text": _Renderer.text,
    "code": _Renderer.code,
    "value": _Renderer.value,
    "math": _Renderer.math,
    "math_block": _Renderer.math,
    "fence": _Renderer.fence,
    "code_block": _Renderer.fence,
    "heading": _Renderer.heading,
    "ordered_list": _Renderer.ordered_list,
    "task": _Renderer.task,
    "table": _Renderer.table,
    "th": _Renderer.cell,
    "td": _Renderer.cell,
    "link": _Renderer.link,
    "image": _Renderer.image,
    "deletion": _Renderer.deletion,
    "softbreak": _Renderer.fixed,
    "hardbreak": _Renderer.fixed,
    "hr": _Renderer.fixed,
}
