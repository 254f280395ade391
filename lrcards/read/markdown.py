"""CommonMark with tables, strikethrough, task lists and math, as a tree of nodes with places."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.rules_block import heading
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin

from lrcards.diagnostics import Diagnostic, Span
from lrcards.model import Marker, Node
from lrcards.read.locate import Locator
from lrcards.read.tasks import task

# Atomic and possessive: what a comment has taken is never tried again in another way.
_COMMENTS = re.compile(r"\s*+(?><!--.*?-->\s*+)+", re.DOTALL)
# Bounded, so that a line of nothing but braces is not searched to its end from each of them.
_MARKER = re.compile(r"\{\{ (.{1,1500}?) \}\}")
_MARKER_IN_PROSE = re.compile(r"\{\{ .{0,1500}?\}\}")
_TAG = re.compile(r"</?\s*([A-Za-z][A-Za-z0-9-]*)")
_INSTEAD = {
    "b": "**bold**", "strong": "**bold**", "i": "*emphasis*", "em": "*emphasis*",
    "br": "a backslash at the end of the line", "img": "![what it shows](picture.png)",
    "a": "[text](https://...)", "code": "`code`", "pre": "a fence of three backticks",
    "sub": "$x_1$", "sup": "$x^2$", "table": "a table of | columns |", "hr": "a line of ---",
    "s": "~~struck~~", "del": "~~struck~~", "p": "an empty line", "ul": "a list with -",
    "ol": "a list with 1.", "li": "a list with -", "blockquote": "a line that begins with >",
    "details": "a part such as `Hint`",
}  # fmt: skip
# None of the characters that a rule of our parser begins with.
_PLAIN = re.compile(r"[^\n\\`*_~\[\]!<&$]+")
_INLINE = {"strong_open": "strong", "em_open": "em", "s_open": "s", "link_open": "link"}


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    parser.use(dollarmath_plugin, allow_space=False, allow_digits=False, double_inline=True)
    parser.core.ruler.at("inline", _inline)
    # No other block begins like a heading; most lines of a lesson that begin one are headings.
    ends = ["paragraph", "reference", "blockquote"]
    parser.disable("heading").block.ruler.before("table", "title", heading, {"alt": ends})
    return parser


def _inline(state: StateCore) -> None:
    """Parse the content of blocks as markdown-it does; plain text needs none of its rules."""
    for token in state.tokens:
        if token.type == "inline" and token.children is not None:
            if _PLAIN.fullmatch(token.content):
                token.children.append(Token("text", "", 0, content=token.content))
            else:
                state.md.inline.parse(token.content, state.md, state.env, token.children)


_PARSER = _parser()


@dataclass(frozen=True, slots=True)
class Block:
    """A block at the top of a file and the line (from 0) on which it begins."""

    node: Node
    line: int
    setext: bool = False


def parse(text: str, path: str) -> tuple[list[Block], list[Diagnostic]]:
    """Parse a file's Markdown; front matter must have been blanked out, line for line."""
    tree = _Tree(path, text.split("\n"))
    tokens = _PARSER.parse(text)
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
            inner = token.children or []
            if len(inner) == 1 and inner[0].type == "text":
                return [self.leaf(inner[0], self.locator(lines))]
            return list(self.inline(inner, self.locator(lines)))
        if token.type == "html_block":
            self.raw_html(token.content, self.locator(lines))
            return []
        if token.type in {"fence", "code_block"}:
            return [self.fence(token, lines)]
        if token.type == "math_block":
            return [self.display_math(token, lines)]
        children = [node for part in _groups(group[1:-1]) for node in self.block(part, lines)]
        return [self.container(token, children, self.locator(lines).here())]

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
        if _COMMENTS.fullmatch(content):
            return
        tag = _TAG.search(content)
        name = tag[1].lower() if tag else ""
        written = content.strip().split("\n")[0]
        if name and content.lstrip().startswith("</") and name in _INSTEAD:
            return  # its opening tag has been reported
        instead = f"write {_INSTEAD.get(name, 'Markdown')} instead"
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
