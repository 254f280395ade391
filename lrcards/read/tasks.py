"""Items of task lists: `- [ ] open` and `- [x] done`."""

from __future__ import annotations

import re
from dataclasses import replace

from lrcards.model import Node

_TASK = re.compile(r"\[([ xX])\](?: |$)")


def task(item: Node) -> Node:
    """Turn a list item that begins with `[ ]` or `[x]` into a task."""
    paragraph = item.children[0] if item.children else None
    first = paragraph.children[0] if paragraph and paragraph.children else None
    if not paragraph or not first or first.tag != "text" or paragraph.tag != "paragraph":
        return item
    box = _TASK.match(str(first.parts[0]))
    if not box:
        return item
    rest = replace(first, parts=(str(first.parts[0])[box.end() :],))
    head = (rest,) if rest.parts != ("",) else ()
    inner = replace(paragraph, children=head + paragraph.children[1:])
    # A box alone on its line, above a block of code or a list, is no empty paragraph.
    lead = (inner,) if inner.children or len(item.children) == 1 else ()
    attrs = (("checked", "true" if box[1] in "xX" else "false"),)
    return replace(item, tag="task", children=(*lead, *item.children[1:]), attrs=attrs)
