"""One Markdown file becomes one lesson."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePosixPath

from lrcards import guards
from lrcards.diagnostics import Span
from lrcards.model import Item, Lesson, Node, Prose, Section, Snippet
from lrcards.read.fields import Notes
from lrcards.read.files import Files
from lrcards.read.frontmatter import Yaml, parse_yaml
from lrcards.read.items import Context, read_item
from lrcards.read.keys import ItemKeys, LessonKeys, item_keys, lesson_keys
from lrcards.read.markdown import Block, parse
from lrcards.read.outline import ItemOutline, Segment, segments, split, whole_file
from lrcards.read.snippets import Table, check_use, take_inline

_FRONT = re.compile(r"---[ \t]*\n(.*?)(?:^|\n)---[ \t]*(?:\n|\Z)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Opened:
    """A file cut into front matter and outline."""

    name: str
    lines: Sequence[str]
    keys: LessonKeys
    single: ItemKeys | None
    parts: list[Segment]


def read_lesson(file: Path, files: Files, notes: Notes) -> Lesson | None:
    """Read one file; None for a draft, or where it cannot be read at all."""
    text = files.text(file, notes)
    if text is None:
        return None
    opened = _open(files.name(file), text, notes)
    if opened.keys.shared.draft and opened.single is None:
        return None
    table = Table(opened.keys.snippets or {}, files.snippet, notes)
    sections: list[Section] = []
    items: list[Item] = []
    for part in _outline(opened, files, notes):
        if isinstance(part, Segment):
            nodes, _ = take_inline(part.nodes, table, notes)
            sections.append(_section(replace(part, nodes=nodes), opened.name))
            continue
        item = _item(part, opened, table, notes)
        if item is not None:
            items.append(item)
    snippets = {
        name: _with_inputs(snippet, files, notes) for name, snippet in table.finish().items()
    }
    stated = opened.keys.snippets or {}
    _check_bindings(opened, items, (*snippets, *stated), notes)
    return replace(
        _lesson(file, files, opened),
        sections=tuple(_worth_showing(sections)),
        items=tuple(items),
        snippets=snippets,
    )


def _open(name: str, text: str, notes: Notes) -> Opened:
    front, rest = _front_matter(name, text, notes)
    keys, single = lesson_keys(front, notes)
    blocks, found = parse(rest, name)
    notes.found += found
    if guards.is_fit(text) and ("&" in rest or "%" in rest):
        _refuse_entities(blocks, notes)
    parts = segments(blocks, notes)
    if single is None and not (keys.title and keys.title.text):
        hint = "begin the file with ---, a line `title: ...`, and --- again"
        notes.error(Span(name), "missing-title", "the lesson has no title", hint)
    return Opened(name, text.split("\n"), keys, single, parts)


def _refuse_entities(blocks: Sequence[Block], notes: Notes) -> None:
    """Note forbidden characters that the file does not hold, but names: `&#12;`, `%0c`."""
    for node in (inner for block in blocks for inner in block.node.walk()):
        texts = [part for part in node.parts if isinstance(part, str)]
        for _, what in guards.forbidden("".join((*texts, *(value for _, value in node.attrs)))):
            notes.error(node.span, "control-character", what, "remove it")


def _front_matter(name: str, text: str, notes: Notes) -> tuple[Yaml | None, str]:
    """Cut the front matter off; its lines stay as empty ones so that all others keep theirs."""
    match = _FRONT.match(text)
    if not match:
        if re.match(r"---[ \t]*\n", text):
            notes.error(Span(name), "broken-yaml", "front matter is not closed", "end it with ---")
        return None, text
    node, found = parse_yaml(match[1], Span(name, 2))
    notes.found += found
    return node, "\n" * match[0].count("\n") + text[match.end() :]


def _outline(opened: Opened, files: Files, notes: Notes) -> Iterator[Segment | ItemOutline]:
    parts = opened.parts
    if any("![" in line for line in opened.lines):
        parts = [_with_images(part, opened.name, files, notes) for part in parts]
    end = len(opened.lines)
    if opened.single is None:
        yield from split(parts, end, notes)
        return
    whole = whole_file(parts, end, notes)
    if whole is None:
        notes.error(opened.single.at, "missing-title", "a single item needs its question as an H1")
    else:
        yield whole


def _item(outline: ItemOutline, opened: Opened, table: Table, notes: Notes) -> Item | None:
    own: list[str] = []
    body, names = take_inline(outline.body, table, notes)
    own += names
    parts: list[Segment] = []
    for part in outline.parts:
        nodes, names = take_inline(part.nodes, table, notes)
        parts.append(replace(part, nodes=nodes) if names else part)
        own += names
    cleaned = replace(outline, body=body, parts=tuple(parts))
    context = Context(opened.keys.shared, opened.lines, tuple(own))
    return read_item(cleaned, opened.single or _card_keys(cleaned, opened, notes), context, notes)


def _card_keys(outline: ItemOutline, opened: Opened, notes: Notes) -> ItemKeys:
    card = outline.card
    if card is None:
        return ItemKeys(outline.heading.span, opened.keys.shared)
    content = "".join(str(part) for part in card.parts)
    line = opened.lines[card.span.line] if card.span.line < len(opened.lines) else ""
    first = content.split("\n")[0]
    # A fence may be indented by up to three spaces, which Markdown takes away.
    indent = len(line) - len(first) if first and line.endswith(first) else 0
    node, found = parse_yaml(content, Span(opened.name, card.span.line + 1, 1 + indent))
    notes.found += found
    broken = node is None and bool(found)
    return item_keys(node, replace(card.span, width=12), Notes() if broken else notes)


def _with_images(part: Segment, lesson: str, files: Files, notes: Notes) -> Segment:
    def visit(node: Node) -> Node:
        node = replace(node, children=tuple(visit(child) for child in node.children))
        if node.tag != "image":
            return node
        source = node.attr("src")
        if not node.children:
            hint = "write what the picture shows between the brackets: ![...](...)"
            notes.error(node.span, "missing-alt", "the picture has no alt text", hint)
        if source.startswith("plot:"):
            return node
        name = files.image(lesson, source, node.span, notes)
        attrs = (("src", name or ""), ("title", node.attr("title")))
        return replace(node, attrs=attrs)

    heading = visit(part.heading) if part.heading else None
    return replace(part, heading=heading, nodes=tuple(visit(node) for node in part.nodes))


def _section(part: Segment, name: str) -> Section:
    title = Prose(part.heading.children, part.heading.span) if part.heading else None
    span = part.heading.span if part.heading else Span(name)
    # The H1 repeats the lesson's title, which the page shows anyway.
    return Section(title if part.level > 1 else None, part.level, Prose(part.nodes, span))


def _worth_showing(sections: Sequence[Section]) -> Iterator[Section]:
    """Leave out headings that only group items: no prose below them, nor below their own."""
    for index, section in enumerate(sections):
        if section.body.nodes or (section.title and _prose_below(sections[index:])):
            yield section


def _prose_below(sections: Sequence[Section]) -> bool:
    below = itertools.takewhile(partial(_is_below, sections[0].level), sections[1:])
    return any(section.body.nodes for section in below)


def _is_below(level: int, section: Section) -> bool:
    return section.level > level


def _with_inputs(snippet: Snippet, files: Files, notes: Notes) -> Snippet:
    """Keep the data files that may be read: named relative to the source, inside the course.

    A snippet is run even where reading found mistakes, and what it declares, it may open.
    """
    kept: list[str] = []
    for name in snippet.inputs:
        file = files.resolve(files.source, name, snippet.span, notes)
        if file is None:
            continue
        if not file.is_file():
            message = f"there is no input '{name}'"
            notes.error(snippet.span, "missing-file", message, files.below_source("inputs"))
        elif file.stat().st_size > guards.DATA:
            message = f"the input {name} is larger than {guards.DATA >> 20} MiB"
            notes.error(snippet.span, "unreadable-file", message, "make it smaller")
        else:
            kept.append(name)
    return replace(snippet, inputs=tuple(kept))


def _check_bindings(
    opened: Opened, items: Sequence[Item], known: tuple[str, ...], notes: Notes
) -> None:
    check_use(opened.keys.shared.use, known, Span(opened.name), notes)
    for item in items:
        if item.settings.use != opened.keys.shared.use:
            check_use(item.settings.use, known, item.span, notes)


def _lesson(file: Path, files: Files, opened: Opened) -> Lesson:
    keys = opened.keys
    below = PurePosixPath(file.relative_to(files.source).as_posix())
    unnamed = below.parent.name if below.name == "index.md" else below.stem
    return Lesson(
        path=opened.name,
        page=str(below.with_suffix(".html")),
        title=(keys.title.text if keys.title else "") or unnamed,
        title_at=keys.title.span if keys.title else Span(opened.name),
        deck=tuple(part.strip() for part in keys.deck.split("::")) if keys.deck else (),
        sections=(),
        items=(),
        snippets={},
        use=keys.shared.use,
        description=keys.description,
        language=keys.language,
        order=keys.order,
        is_index=below.name == "index.md",
        allow=keys.shared.allow,
    )
