"""What is given to lrcards to do: snippets in groups, and a whole course in a folder."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from bench.code import CODE, RATE, rate
from lrcards.diagnostics import Span
from lrcards.model import Snippet, SnippetId

LESSON = "source/lesson.md"
_ITEMS = 20
_HEAD = """\
---
title: Lesson {lesson}
snippets:
{snippets}---

# Lesson {lesson}
"""
_ITEM = """
## After thirty steps from {rate}

```yaml card
id: rate-{number}
use: run{number}
answer: lr[30] -> {answer}
```

`StepLR` halves the rate {rate} every twenty steps. What is it after thirty?
"""


def groups(count: int, variants: int) -> Iterator[dict[SnippetId, Snippet]]:
    """Make `count` groups of `variants` snippets that differ in a param; no two are equal."""
    for group in range(count):
        numbers = range(group * variants, (group + 1) * variants)
        yield {SnippetId(LESSON, f"run{group}", str(number)): snippet(number) for number in numbers}


def snippet(number: int) -> Snippet:
    """Return the snippet of that number, as a fence in a lesson."""
    return Snippet("run", CODE, LESSON, Span(LESSON, 1), params=((RATE, rate(number)),))


def write_course(root: Path, items: int) -> Path:
    """Write a course with a snippet for each item; return the lesson that has the item 0."""
    folder = root / "source"
    (folder / "snippets").mkdir(parents=True)
    (folder / "snippets" / "step_lr.py").write_text(CODE, encoding="utf-8")
    settings = 'uid = "bench"\ntitle = "Bench"\n'
    (root / "lrcards.toml").write_text(settings, encoding="utf-8")
    for lesson, start in enumerate(range(0, items, _ITEMS)):
        text = _lesson(lesson, range(start, min(items, start + _ITEMS)))
        (folder / f"lesson{lesson:03}.md").write_text(text, encoding="utf-8")
    return folder / "lesson000.md"


def answer(number: int) -> str:
    """Return the literal of an item: its rate after thirty steps."""
    return str(Decimal(repr(rate(number))) / 2)


def _lesson(lesson: int, numbers: range) -> str:
    script = "{{file: snippets/step_lr.py, params: {{{}: {}}}}}"
    snippets = "".join(f"  run{n}: {script.format(RATE, rate(n))}\n" for n in numbers)
    items = (_ITEM.format(number=n, rate=rate(n), answer=answer(n)) for n in numbers)
    return _HEAD.format(lesson=lesson, snippets=snippets) + "".join(items)
