"""An item of QTI under construction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from lrcards.markup import to_html, to_inline
from lrcards.model import CheckedItem, Prose
from lrcards.values import plain_decimal
from lrcards.write.qti.body import Page
from lrcards.write.qti.logic import (
    RESPONSE,
    if_answered,
    marked,
    outcome,
    put,
    value,
    variable,
    when,
)
from lrcards.write.qti.words import Content, Html, Tag, Words, tag

_COUNT = "RIGHT"


@dataclass(slots=True)
class Draft:
    """An item under construction, part by part in the order of the schema."""

    one: CheckedItem
    words: Words
    page: Page
    responses: list[Tag] = field(default_factory=list)
    outcomes: list[Tag] = field(default_factory=list)
    body: list[Content] = field(default_factory=list)
    rules: list[Tag] = field(default_factory=list)
    feedback: list[Tag] = field(default_factory=list)

    @property
    def points(self) -> str:
        return plain_decimal(self.one.item.settings.points)

    def html(self, prose: Prose) -> str:
        return self.page.xml(to_html(prose, self.one.filled, self.page.look))

    def inline(self, prose: Prose) -> str:
        return self.page.xml(to_inline(prose, self.one.filled, self.page.look))

    def count(self, test: Tag) -> Tag:
        """Return the rule that counts one more part of the answer that is right."""
        more = tag("sum", variable(_COUNT), value("float", "1"))
        return when((test, put(_COUNT, more)))

    def counted(self, of: int) -> None:
        self.outcomes.append(outcome(_COUNT, "float", "0"))
        self.rules.append(self.marked(variable(_COUNT), range(1, of + 1), of))

    def marked(self, count: Tag, steps: Iterable[int], of: int) -> Tag:
        return marked(count, steps, of, self.one.item.settings.points)

    def by_mapping(self, counts: Iterable[int], highest: int) -> None:
        """Mark the answer by what its mapping counts."""
        count = tag("mapResponse", identifier=RESPONSE)
        self.rules.append(if_answered(RESPONSE, self.marked(count, counts, highest)))

    def said(self, name: str, html: str, on: str = "") -> Tag:
        """Add feedback with an outcome of its own; return the rule that shows it.

        Feedback that shares an outcome `on` is shown one at a time.
        """
        if on not in {one.attribute("outcomeIdentifier") for one in self.feedback}:
            self.outcomes.append(outcome(on or name, "identifier"))
        shown = {"outcomeIdentifier": on or name, "identifier": name, "showHide": "show"}
        self.feedback.append(tag("modalFeedback", self.words.held(html), **shown))
        return put(on or name, value("identifier", name))


def choice(draft: Draft, name: str, text: Prose, feedback: Prose | None = None) -> Tag:
    """Return an option; its feedback is a block, which no player glues to the option's text."""
    content: list[Content] = [Html(draft.inline(text))]
    if feedback:
        shown = {"outcomeIdentifier": "FEEDBACK", "identifier": name, "showHide": "show"}
        content.append(tag("feedbackBlock", draft.words.held(draft.html(feedback)), **shown))
    return tag("simpleChoice", box(*content), identifier=name)


def box(*content: Content) -> Tag:
    """Return what can be chosen as one: some players drop the spaces between several."""
    return tag("div", *content)


def flag(on: bool) -> str:
    return "true" if on else "false"
