"""What templates get: items and prose as plain data, all text rendered and escaped."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from markupsafe import Markup

from lrcards.markup import is_inline, to_html, to_inline
from lrcards.model import (
    PRACTICE_LEVELS,
    Answer,
    Checked,
    CheckedItem,
    CheckedLesson,
    Choice,
    Cloze,
    Explain,
    Match,
    Mistake,
    Multiple,
    Order,
    Prose,
    Recall,
    Short,
    kind_of,
)
from lrcards.values import plain_decimal
from lrcards.write.asked import mixed, rights
from lrcards.write.html.dialect import dialect
from lrcards.write.output import families

_GROUPS = (
    ("recall", "Recall"),
    ("questions", "Questions"),
    ("explain", "Explain"),
    ("practice", "Practice"),
)
_KEY_DIGITS = 12


def sections(lesson: CheckedLesson, checked: Checked) -> list[Markup]:
    """Render the lesson's prose, each section under its heading."""
    look = dialect(checked)
    out: list[Markup] = []
    for section in lesson.lesson.sections:
        body = to_html(section.body, lesson.filled, look)
        if section.title:
            level = min(6, section.level)
            title = to_inline(section.title, lesson.filled, look)
            body = f"<h{level}>{title}</h{level}>\n{body}"
        out.append(_safe(body))
    return out


def groups(lesson: CheckedLesson, checked: Checked) -> list[dict[str, Any]]:
    """Sort the items of a page by what a learner does with them, in source order.

    A card holds an item's first variant and the others; an item without variants has no others.
    """
    found: dict[str, list[dict[str, Any]]] = {name: [] for name, _ in _GROUPS}
    for family in families(lesson.items):
        item = family[0].item
        if "html" in item.settings.targets:
            views = [_Item(one, checked).view() for one in family]
            card = {"id": item.id, "first": views[0], "others": views[1:]}
            found[_group(family[0])].append(card)
    return [
        {"id": f"group-{name}", "title": title, "cards": found[name]}
        for name, title in _GROUPS
        if found[name]
    ]


def _group(one: CheckedItem) -> str:
    if one.item.settings.level in PRACTICE_LEVELS:
        return "practice"
    return {"recall": "recall", "explain": "explain"}.get(kind_of(one.item), "questions")


class _Item:
    """One item on its way to the template."""

    def __init__(self, one: CheckedItem, checked: Checked) -> None:
        self.one = one
        self.checked = checked
        self.look = dialect(checked, one.key)

    def html(self, prose: Prose | None) -> Markup:
        return _safe(to_html(prose, self.one.filled, self.look) if prose else "")

    def inline(self, prose: Prose) -> Markup:
        return _safe(to_inline(prose, self.one.filled, self.look))

    def view(self) -> dict[str, Any]:
        item = self.one.item
        return {
            "id": self.one.key,
            "kind": kind_of(item),
            "title": self.inline(item.title),
            "body": self.html(item.body),
            "level": item.settings.level,
            "shuffle": item.settings.shuffle,
            "hints": [self.html(hint) for hint in item.parts.hints],
            "solution": self.html(item.parts.solution),
            "check": self.html(item.parts.quick_check),
            "mistakes": list(self.mistakes()),
            "numbers": list(self.numbers()),
            "origin": self.origin(),
            "final": "",
            "block": False,
            "prompt": "",
            **self.own(),
        }

    def own(self) -> dict[str, Any]:
        """Return what only this kind has."""
        match self.one.item:
            case Choice() | Multiple() as item:
                return self.options(item)
            case Short(accepted=accepted):
                return {"accepted": accepted, "final": accepted[0]}
            case Explain(concepts=concepts):
                return {"concepts": [self.inline(concept) for concept in concepts]}
            case Recall() | Cloze() as item:
                return {"answer": self.answered(item)}
            case Order() | Match() as item:
                return self.steps(item) if isinstance(item, Order) else self.pairs(item)
        key = self.one.answer
        return self.number(key) if key else {}

    def options(self, item: Choice | Multiple) -> dict[str, Any]:
        rows: list[dict[str, Any]] = [
            {
                "text": self.inline(option.text),
                "feedback": self.inline(option.feedback) if option.feedback else "",
                "right": option.right,
            }
            for option in item.options
        ]
        right = [row["text"] for row in rows if row["right"]]
        block = not all(is_inline(option.text) for option in item.options if option.right)
        final = Markup().join(right) if block else Markup("; ").join(right)
        return {"options": rows, "final": final, "block": block}

    def steps(self, item: Order) -> dict[str, Any]:
        """Return the steps with their places, in the right order and in the one to begin with."""
        rows = [{"place": n, "text": self.inline(step)} for n, step in enumerate(item.steps, 1)]
        return {"steps": rows, "mixed": [rows[n] for n in mixed(self.one.key, len(rows))]}

    def pairs(self, item: Match) -> dict[str, Any]:
        """Return the pairs, each with the number of its right, and the rights in a mixed order."""
        offers, places = rights(self.one, item)
        rows = [{"n": n, "text": self.inline(offer)} for n, offer in enumerate(offers)]
        return {
            "heads": [self.inline(head) for head in item.heads],
            "pairs": [
                {"left": self.inline(pair.left), "n": n, "right": rows[n]["text"]}
                for pair, n in zip(item.pairs, places, strict=True)
            ],
            "rights": [rows[n] for n in mixed(self.one.key, len(rows))],
        }

    def number(self, answer: Answer) -> dict[str, Any]:
        return {
            "prompt": answer.prompt,
            "final": answer.shown,
            "low": plain_decimal(answer.low),
            "high": plain_decimal(answer.high),
        }

    def answered(self, item: Recall | Cloze) -> Markup:
        """Render what is revealed; a cloze has its gaps filled, each with its number's bounds."""
        if isinstance(item, Recall):
            return self.html(item.answer)
        look = replace(self.look, deletion=self.key)
        return _safe(to_html(item.body, self.one.filled, look))

    def key(self, number: int, inner: str) -> str:
        answer = self.one.deletions.get(number)
        bounds = _bounds(answer) if answer else ""
        return f'<b class="key"{bounds}>{inner}</b>'

    def mistakes(self) -> Iterator[dict[str, Any]]:
        for mistake in self.one.item.parts.mistakes:
            yield {"text": self.inline(mistake.text), **self.known(mistake)}

    def known(self, mistake: Mistake) -> dict[str, str | None]:
        for wrong in self.one.wrong:
            if wrong.feedback is mistake.feedback:
                return {"low": plain_decimal(wrong.low), "high": plain_decimal(wrong.high)}
        return {"low": None, "high": None}

    def numbers(self) -> Iterator[dict[str, str]]:
        """List where each number comes from, a repeated one once."""
        seen: set[str] = set()
        for value in self.one.filled.values:
            row = {"shown": value.shown, "expression": value.expression, "computed": value.computed}
            if repr(row) not in seen:
                seen.add(repr(row))
                yield row

    def origin(self) -> str:
        keys = sorted({value.key for value in self.one.filled.values if value.key})
        runs = ", ".join(key[:_KEY_DIGITS] for key in keys) or "none"
        return (
            f"Run {runs}: torch {self.checked.torch}, Python {self.checked.python}, "
            f"isolation {self.checked.isolation}, {self.one.scheduler_steps} scheduler steps."
        )


def _bounds(answer: Answer) -> str:
    return f' data-low="{plain_decimal(answer.low)}" data-high="{plain_decimal(answer.high)}"'


def _safe(html: str) -> Markup:
    return Markup(html)  # noqa: S704 - made by markup, which escapes
