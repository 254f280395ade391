"""Snippets: files named in front matter and fences in the text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from lrcards.diagnostics import Span, did_you_mean
from lrcards.model import Marker, Node, Snippet
from lrcards.read.fields import Notes
from lrcards.read.keys import SnippetKeys

_INFO = re.compile(r"python snippet=([A-Za-z_][A-Za-z0-9_]*)( show)?")
ReadSource = Callable[[Marker, Notes], tuple[str, str] | None]


@dataclass(frozen=True, slots=True)
class Inline:
    """A snippet fence: what it is called and what a learner sees of it."""

    snippet: Snippet
    shown: Node | None


def inline(node: Node, notes: Notes) -> Inline | None:
    """Read a fence `python snippet=NAME [show]`; None for any other node."""
    if node.tag != "fence" or "snippet=" not in node.attr("info"):
        return None
    match = _INFO.fullmatch(node.attr("info"))
    if not match:
        notes.error(
            node.span,
            "bad-snippet-fence",
            f"cannot read the info string `{node.attr('info')}`",
            "write ```python snippet=NAME, with ` show` behind it to print it",
        )
        return None
    code = "".join(str(part) for part in node.parts)
    first = node.span.line + 1
    name_at = node.attr("info").index("=") + 1
    span = replace(node.span, column=node.span.column + 3 + name_at, width=len(match[1]))
    snippet = Snippet(match[1], code, node.span.path, span, first)
    printed = (("lang", "python"), ("info", "python"), ("snippet", match[1]))
    shown = replace(node, attrs=printed) if match[2] else None
    return Inline(snippet, shown)


def take_inline(
    nodes: Iterable[Node], table: Table, notes: Notes
) -> tuple[tuple[Node, ...], tuple[str, ...]]:
    """Move the snippets among some blocks to the table; return what a learner sees, and names."""
    seen: list[Node] = []
    names: list[str] = []
    for node in nodes:
        fence = inline(node, notes)
        if fence is None:
            seen.append(node)
            _refuse_nested(node, notes)
            continue
        table.add_inline(fence.snippet)
        names.append(fence.snippet.name)
        if fence.shown:
            seen.append(fence.shown)
    return tuple(seen), tuple(names)


def _refuse_nested(node: Node, notes: Notes) -> None:
    for inner in node.walk():
        if inner.tag == "fence" and "snippet=" in inner.attr("info") and inner is not node:
            notes.error(
                inner.span,
                "bad-snippet-fence",
                "a snippet stands inside a list or a quote",
                "move it to the left margin",
            )


class Table:
    """The snippets of one lesson by name."""

    def __init__(self, stated: Mapping[str, SnippetKeys], read: ReadSource, notes: Notes) -> None:
        self.snippets: dict[str, Snippet] = {}
        self._stated = stated
        self._notes = notes
        for name, keys in stated.items():
            if keys.file is not None:
                self._add_file(name, keys, read)

    def _add_file(self, name: str, keys: SnippetKeys, read: ReadSource) -> None:
        content = read(keys.file, self._notes) if keys.file else None
        if content is not None:
            path, code = content
            snippet = Snippet(name, code, path, keys.span)
            self.snippets[name] = self._with_keys(snippet, keys)

    def add_inline(self, snippet: Snippet) -> None:
        first = self.snippets.get(snippet.name)
        if first is not None:
            message = f"the snippet name '{snippet.name}' is used twice"
            self._notes.error(
                snippet.span, "duplicate-snippet", message, "names are lesson-wide; rename one"
            )
            return
        keys = self._stated.get(snippet.name)
        self.snippets[snippet.name] = self._with_keys(snippet, keys) if keys else snippet

    def finish(self) -> dict[str, Snippet]:
        """Return all; a name in front matter with neither file nor fence is a mistake."""
        for name, keys in self._stated.items():
            if keys.file is None and name not in self.snippets:
                self._notes.error(
                    keys.span,
                    "missing-key",
                    f"snippet '{name}' has neither a file nor a fence",
                    f"add `file:`, or a fence ```python snippet={name}",
                )
        return self.snippets

    @staticmethod
    def _with_keys(snippet: Snippet, keys: SnippetKeys) -> Snippet:
        return replace(
            snippet,
            params=keys.params,
            timeout=float(keys.timeout) if keys.timeout else None,
            inputs=keys.inputs,
        )


def check_use(names: Iterable[str], known: Iterable[str], span: Span, notes: Notes) -> None:
    """Note each bound name that is no snippet of the lesson."""
    table = set(known)
    for name in names:
        if name not in table:
            hint = did_you_mean(name, table) if table else "this lesson has no snippets yet"
            notes.error(span, "unknown-snippet", f"there is no snippet '{name}'", hint)
