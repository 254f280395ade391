"""YAML with places: every scalar, list and mapping knows its line and column.

The only module that uses PyYAML, and only its event stream: its constructors read `1e-3` as text,
`no` as False and `010` as 8, and accept a key twice.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

import yaml

from lrcards.diagnostics import Diagnostic, Span
from lrcards.guards import forbidden
from lrcards.model import Json

_DEEPEST = 20
_LONGEST_NUMBER = 300
_LONGEST = 1 << 16
_CORE: tuple[tuple[re.Pattern[str], Callable[[str], Json]], ...] = (
    (re.compile(r"null|Null|NULL|~|"), lambda _: None),
    (re.compile(r"true|True|TRUE"), lambda _: True),
    (re.compile(r"false|False|FALSE"), lambda _: False),
    (re.compile(r"[-+]?[0-9]+"), int),
    (re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+"), lambda text: int(text, 0)),
    (re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?"), float),
    (
        re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"),
        lambda text: float(text.replace(".", "")),
    ),
)


@dataclass(frozen=True, slots=True)
class Scalar:
    """A scalar as it is written; `plain` when it stands without quotes."""

    text: str
    plain: bool
    span: Span

    @property
    def text_span(self) -> Span:
        """The place of the text itself, inside its quotes."""
        if self.plain:
            return self.span
        return replace(self.span, column=self.span.column + 1, width=max(1, self.span.width - 2))

    def value(self) -> Json:
        """Resolve by the core schema of YAML 1.2."""
        return _resolve(self.text) if self.plain else self.text


@dataclass(frozen=True, slots=True)
class Sequence:
    items: tuple[Yaml, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Mapping:
    entries: tuple[tuple[Scalar, Yaml], ...]
    span: Span


Yaml: TypeAlias = Scalar | Sequence | Mapping


def parse_yaml(text: str, at: Span) -> tuple[Yaml | None, list[Diagnostic]]:
    """Read one YAML document whose first character stands at `at`.

    Returns None where the text is empty or cannot be read. Anchors, aliases, tags and keys that
    stand twice are mistakes.
    """
    composer = _Composer(at)
    if len(text) > _LONGEST:
        message = f"more than {_LONGEST >> 10} KiB of keys"
        return None, [Diagnostic(at, "broken-yaml", message, "keep keys short; text goes below")]
    try:
        return composer.document(iter(yaml.parse(text, Loader=yaml.CSafeLoader))), composer.found
    except yaml.MarkedYAMLError as error:
        composer.syntax(error)
    except _TooDeepError as error:
        message = f"nested more than {_DEEPEST} deep"
        composer.found.append(Diagnostic(error.span, "broken-yaml", message, "make it flatter"))
    except yaml.YAMLError as error:
        composer.found.append(Diagnostic(at, "broken-yaml", f"not YAML: {error}"))
    return None, composer.found


def _resolve(text: str) -> Json:
    if len(text) > _LONGEST_NUMBER:
        return text
    return next((make(text) for shape, make in _CORE if shape.fullmatch(text)), text)


class _TooDeepError(Exception):
    def __init__(self, span: Span) -> None:
        super().__init__()
        self.span = span


class _Composer:
    def __init__(self, at: Span) -> None:
        self.at = at
        self.found: list[Diagnostic] = []

    def document(self, events: Iterator[yaml.Event]) -> Yaml | None:
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                content = self.node(next(events), events, 0)
                self.single(events)
                return None if _is_empty(content) else content
        return None

    def single(self, events: Iterator[yaml.Event]) -> None:
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                self.report(event, "broken-yaml", "a second YAML document begins here")

    def node(self, event: yaml.Event, events: Iterator[yaml.Event], depth: int) -> Yaml:
        self.refuse_features(event)
        if depth > _DEEPEST:
            raise _TooDeepError(self.span(event))
        if isinstance(event, yaml.SequenceStartEvent):
            return Sequence(tuple(self.items(events, depth)), self.span(event))
        if isinstance(event, yaml.MappingStartEvent):
            return Mapping(tuple(self.entries(events, depth)), self.span(event))
        text = event.value if isinstance(event, yaml.ScalarEvent) else ""
        # "\u202e" in quotes is such a character too, which nobody sees in the file.
        for _, what in forbidden(text):
            self.report(event, "control-character", what, "remove it")
        plain = isinstance(event, yaml.ScalarEvent) and event.style in {None, ""}
        return Scalar(text, plain, self.span(event))

    def items(self, events: Iterator[yaml.Event], depth: int) -> Iterator[Yaml]:
        for event in events:
            if isinstance(event, yaml.SequenceEndEvent):
                return
            yield self.node(event, events, depth + 1)

    def entries(self, events: Iterator[yaml.Event], depth: int) -> Iterator[tuple[Scalar, Yaml]]:
        seen: dict[str, Span] = {}
        for event in events:
            if isinstance(event, yaml.MappingEndEvent):
                return
            key = self.node(event, events, depth + 1)
            value = self.node(next(events), events, depth + 1)
            if not isinstance(key, Scalar):
                self.report(event, "bad-type", "a key must be a plain word")
            elif key.text in seen:
                self.twice(key, seen[key.text])
            else:
                seen[key.text] = key.span
                yield key, value

    def twice(self, key: Scalar, first: Span) -> None:
        message = f"key '{key.text}' stands twice"
        self.found.append(
            Diagnostic(key.span, "duplicate-key", message, "keep one", also=((first, "first use"),))
        )

    def refuse_features(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            self.report(event, "yaml-anchor", "anchors and aliases are not allowed", "write it out")
        elif tag := getattr(event, "tag", None):
            self.report(event, "yaml-tag", f"the tag {tag} is not allowed", "remove it")

    def report(self, event: yaml.Event, code: str, message: str, help_: str = "") -> None:
        self.found.append(Diagnostic(self.span(event), code, message, help_))

    def syntax(self, error: yaml.MarkedYAMLError) -> None:
        mark = error.problem_mark or error.context_mark
        span = self.place(mark.line, mark.column, 1) if mark else self.at
        said = " ".join(part for part in (error.context, error.problem) if part)
        hint = "quote a value that holds ': ' or ' #', or that begins with [ { \" ' or `"
        self.found.append(Diagnostic(span, "broken-yaml", f"not YAML: {said}", hint))

    def span(self, event: yaml.Event) -> Span:
        start, end = event.start_mark, event.end_mark
        if start is None or end is None:
            return self.at
        width = end.column - start.column if end.line == start.line else 1
        return self.place(start.line, start.column, max(1, width))

    def place(self, line: int, column: int, width: int) -> Span:
        return Span(self.at.path, self.at.line + line, self.at.column + column, width)


def _is_empty(content: Yaml) -> bool:
    return isinstance(content, Scalar) and content.plain and not content.text
