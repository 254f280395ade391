"""CommonMark with tables, strikethrough, task lists and math, as a tree of nodes with places."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from urllib.parse import unquote

from markdown_it.token import Token

from lrcards.diagnostics import Diagnostic, Span
from lrcards.model import Marker, Node
from lrcards.read.locate import Locator
from lrcards.read.parser import PARSER
from lrcards.read.rawhtml import html_problem
from lrcards.read.tasks import task

# Bounded, so that a line of nothing but braces is not searched to its end from each of them.
_MARKER = re.compile(r"\{\{ (.{1,1500}?) \}\}")
_MARKER_IN_PROSE = re.compile(r"\{\{ .{0,1500}?\}\}")
_INLINE = {"strong_open": "strong", "em_open": "em", "s_open": "s", "link_open": "link"}


@dataclass(frozen=True, slots=True)
class Block:
    """A block at the top of a file and the line (from 0) on which it begins."""

    node: Node
    line: int
    setext: bool = False


def parse(text: str, path: str) -> tuple[list[Block], list[Diagnostic]]:
    """Parse a file's Markdown; front matter must have been blanked out, line for line."""
    tree = _Tree(path, text.split("\n"))
    tokens = PARSER.parse(text)
    return list(tree.top(tokens)), tree.found


class _Tree:
    def __init__(self, path: str, lines: list[str]) -> None:
        self.path = path
        self.lines = lines
        self.found: list[Diagnostic] = []

    def top(self, tokens: Sequence[Token]) -> Iterator[Block]:
        for group in _groups(tokens):
            first = group[0].map[0] if group[0].map else 0
            setext = group[0].type == "heading_open" and group[0].markup in {"=", "-"}
            for node in self.block(group, (first, first + 1)):
                yield Block(node, first, setext)

    # --- blocks

    def block(self, group: Sequence[Token], lines: tuple[int, int]) -> list[Node]:
        """Turn one block, all its tokens from open to close, into at most one node."""
        token = group[0]
        lines = (token.map[0], token.map[1]) if token.map else lines
        if token.type == "inline":
            return self.content(token, self.locator(lines))
        if token.type == "tr_open":
            return [self.row(group, self.locator(lines))]
        if token.type == "html_block":
            self.raw_html(token.content, self.locator(lines))
            return []
        if token.type in {"fence", "code_block"}:
            return [self.fence(token, lines)]
        if token.type == "math_block":
            return [self.display_math(token, lines)]
        children = [node for part in _groups(group[1:-1]) for node in self.block(part, lines)]
        return [self.container(token, children, self.locator(lines).here())]

    def row(self, group: Sequence[Token], locator: Locator) -> Node:
        groups = list(_groups(group[1:-1]))
        cells = [self.cell(part, locator.cell(number)) for number, part in enumerate(groups)]
        lost = locator.beyond(len(cells))
        if lost:
            message = f"the row has more cells than its table has columns, {len(cells)}"
            hint = "write a bar that is no border as \\|, in code and in formulas too"
            self.report(lost, "lost-cell", message, hint)
        return Node("tr", tuple(cells), span=locator.here())

    def cell(self, group: Sequence[Token], locator: Locator) -> Node:
        span = locator.here()
        return self.container(group[0], self.content(group[1], locator), span)

    def container(self, token: Token, children: list[Node], span: Span) -> Node:
        tag = token.type.removesuffix("_open")
        attrs: tuple[tuple[str, str], ...] = ()
        if tag == "heading":
            attrs = (("level", token.tag[1:]),)
        elif tag == "ordered_list":
            attrs = (("start", str(token.attrs.get("start", 1))),)
        elif tag in {"th", "td"}:
            align = re.search(r"text-align:(\w+)", str(token.attrs.get("style", "")))
            attrs = (("align", align[1]),) if align else ()
        elif tag == "list_item":
            return task(Node(tag, tuple(children), span=span))
        return Node(tag, tuple(children), attrs=attrs, span=span)

    def fence(self, token: Token, lines: tuple[int, int]) -> Node:
        info = token.info.strip()
        words = info.split()
        fenced = token.type == "fence"
        attrs = (("lang", words[0] if words else ""), ("info", info))
        first = Locator(self.path, self.lines, lines[0], lines[0] + 1).here()
        inner = self.locator((lines[0] + fenced, lines[1]))
        if "snippet=" in info or words[:2] == ["yaml", "card"]:
            return Node("fence", parts=(token.content,), attrs=attrs, span=first)
        return Node("fence", parts=self.parts(token.content, inner), attrs=attrs, span=first)

    def display_math(self, token: Token, lines: tuple[int, int]) -> Node:
        locator = self.locator(lines)
        parts = self.parts(token.content.strip(), locator)
        return Node("math_block", parts=parts, span=self.locator(lines).here())

    def locator(self, lines: tuple[int, int]) -> Locator:
        return Locator(self.path, self.lines, *lines)

    # --- inline

    def content(self, token: Token, locator: Locator) -> list[Node]:
        inner = token.children or []
        if len(inner) == 1 and inner[0].type == "text":
            return [self.leaf(inner[0], locator)]
        return list(self.inline(inner, locator))

    def inline(self, tokens: Sequence[Token], locator: Locator) -> Iterator[Node]:
        for group in _groups(tokens):
            token = group[0]
            if token.type in _INLINE:
                children = tuple(self.inline(group[1:-1], locator))
                attrs = tuple((key, str(value)) for key, value in token.attrs.items())
                yield Node(_INLINE[token.type], children, attrs=attrs, span=locator.here())
            elif token.type == "html_inline":
                self.raw_html(token.content, locator)
            else:
                yield self.leaf(token, locator)

    def leaf(self, token: Token, locator: Locator) -> Node:
        match token.type:
            case "code_inline":
                return self.code(token.content, locator)
            case "math_inline" | "math_inline_double":
                tag = "math" if token.type == "math_inline" else "math_block"
                span = locator.here()
                return Node(tag, parts=self.parts(token.content, locator), span=span)
            case "image":
                return self.image(token, locator)
            case "softbreak" | "hardbreak":
                return Node(token.type)
        if "{{" in token.content:
            self.left_over(token.content, locator)
        return Node("text", parts=(token.content,), span=locator.here())

    def code(self, content: str, locator: Locator) -> Node:
        if not content.startswith("= "):
            return Node("code", parts=self.parts(content, locator), span=locator.here())
        span = locator.find(content)
        skip = len(content) - len(content[1:].lstrip())
        inner = replace(span, column=span.column + skip, width=max(1, span.width - skip))
        return Node("value", parts=(Marker(content[skip:].strip(), inner),), span=span)

    def image(self, token: Token, locator: Locator) -> Node:
        span = locator.find("![")
        children = tuple(self.inline(token.children or [], locator))
        # markdown-it percent-encodes addresses; files and Anki know only the plain name.
        source = unquote(str(token.attrs.get("src", "")))
        attrs = (("src", source), ("title", str(token.attrs.get("title", ""))))
        return Node("image", children, attrs=attrs, span=span)

    def parts(self, content: str, locator: Locator) -> tuple[str | Marker, ...]:
        """Cut text at its `{{ value }}` places."""
        if "{{ " not in content:
            return (content,)
        parts: list[str | Marker] = []
        end = 0
        for match in _MARKER.finditer(content):
            span = locator.find(match[0])
            lead = len(match[1]) - len(match[1].lstrip()) + 3
            inner = replace(span, column=span.column + lead, width=len(match[1].strip()))
            parts += [content[end : match.start()], Marker(match[1].strip(), inner)]
            end = match.end()
        rest = content[end:]
        if "{{ " in rest:
            self.report(
                locator.find("{{ "),
                "unclosed-value",
                "a value begins with '{{ ' and never ends",
                "close it with ' }}'; for the braces themselves write {{ \"{{\" }}",
            )
        parts.append(rest)
        return tuple(part for part in parts if part != "") or ("",)

    # --- mistakes

    def left_over(self, content: str, locator: Locator) -> None:
        if match := _MARKER_IN_PROSE.search(content):
            self.report(
                locator.find(match[0]),
                "marker-in-prose",
                f"'{match[0]}' stands in prose and would not be filled in",
                f"write a code span: `= {match[0][2:-2].strip()}`",
            )

    def raw_html(self, content: str, locator: Locator) -> None:
        problem = html_problem(content)
        if problem:
            written, instead = problem
            said = f"raw HTML is not allowed: {written}"
            self.report(locator.find(written), "raw-html", said, instead)

    def report(self, span: Span, code: str, message: str, help_: str) -> None:
        self.found.append(Diagnostic(span, code, message, help_))


def _groups(tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    """Yield runs of tokens that form one node: a lone token, or open to matching close."""
    start = depth = 0
    for index, token in enumerate(tokens):
        depth += token.nesting
        if depth == 0:
            yield tokens[start : index + 1]
            start = index + 1
