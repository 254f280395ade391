"""One item of QTI 1.2, as Canvas reads it: its type, its texts, and its conditions, to be run."""

from __future__ import annotations

from collections.abc import Iterator

from lrcards.verify.conditions import Condition, Graded, condition, graded
from lrcards.verify.conditions import shown as html_of
from lrcards.verify.facts import Facts, text
from lrcards.verify.texts import plain
from lrcards.verify.tree import Tree

_RESPONSE = "response1"
_TYPES = {
    "multiple_choice_question": "choice", "multiple_answers_question": "multiple",
    "numerical_question": "numeric", "short_answer_question": "short",
    "essay_question": "explain", "fill_in_multiple_blanks_question": "cloze",
    "matching_question": "match",
}  # fmt: skip


class Item:
    """An item; `always`: the names of feedback that follows every answer."""

    def __init__(self, item: Tree, hinted: str) -> None:
        self.item = item
        self.hinted = hinted
        self.presentation = item.first("presentation")
        self.conditions = [*map(condition, item.below("resprocessing", "respcondition"))]
        self.feedback = {one.get("ident"): html_of(one) for one in item.below("itemfeedback")}
        fields = item.below("itemmetadata", "qtimetadata", "qtimetadatafield")
        self.fields = [
            (one.first("fieldlabel").text(), one.first("fieldentry").text()) for one in fields
        ]
        self.about = dict(self.fields)
        every = (one.shows for one in self.conditions if [*one.test.all("other")])
        self.always = frozenset(name for names in every for name in names)

    def kind(self) -> str:
        kind = self.about.get("question_type", "")
        if kind == "matching_question" and self.hinted == "order":
            return "order"
        return _TYPES.get(kind, kind)

    def graded(self, *words: str) -> Graded:
        """Run an answer to an item with one place to answer."""
        return graded(self.conditions, {_RESPONSE: frozenset(words)})

    def shown(self, one: Condition | Graded) -> str:
        return " ".join(plain(told) for name, told in self.feedback.items() if name in one.shows)

    def told(self, after: Graded) -> str:
        """Return what is shown after one answer, and not after every one."""
        return self.shown(Graded(after.score, after.shows - self.always))

    def unlinked(self) -> Facts:
        """Name feedback that no condition shows, and what is shown and is not there."""
        linked = {name for one in self.conditions for name in one.shows}
        return {f"feedback {name}": text("is never shown, or missing")
                for name in sorted(linked ^ {*self.feedback})}  # fmt: skip

    def marked(self) -> Iterator[Condition]:
        return (one for one in self.conditions if one.mark is not None)

    def labels(self) -> dict[str, str]:
        """Return the text of each choice by its name, in the order in which they stand."""
        labels = self.presentation.all("response_label")
        return {one.get("ident"): plain(html_of(one)) for one in labels}
