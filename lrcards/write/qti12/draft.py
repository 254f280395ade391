"""A QTI 1.2 item under construction, in the constructs that Canvas reads back without loss."""

from __future__ import annotations

from dataclasses import dataclass, field

from lrcards.markup import Dialect, to_html, to_inline
from lrcards.model import CheckedItem, Prose
from lrcards.write.xml import Element, child

RESPONSE = "response1"


@dataclass(slots=True)
class Draft:
    """Its parts, and feedback that goes to the end: pairs of a name and HTML."""

    one: CheckedItem
    look: Dialect
    presentation: Element
    processing: Element
    feedback: list[tuple[str, str]] = field(default_factory=list)

    def html(self, prose: Prose) -> str:
        return to_html(prose, self.one.filled, self.look)

    def inline(self, prose: Prose) -> str:
        return to_inline(prose, self.one.filled, self.look)

    def condition(self, goes_on: bool) -> tuple[Element, Element]:
        """Add a condition; return it, and where its tests go."""
        one = child(self.processing, "respcondition", continue_="Yes" if goes_on else "No")
        return one, child(one, "conditionvar")

    def response(self, ident: str, kind: str = "response_lid", cardinality: str = "") -> Element:
        response = child(self.presentation, kind, ident=ident)
        if cardinality:
            response.set("rcardinality", cardinality)
        return response

    def says(self, condition: Element, ident: str, html: str) -> None:
        """Let a condition show feedback."""
        self.feedback.append((ident, html))
        show(condition, ident)


def material(parent: Element, html: str) -> None:
    child(child(parent, "material"), "mattext", html, texttype="text/html")


def plain(parent: Element, text: str) -> None:
    child(child(parent, "material"), "mattext", text, texttype="text/plain")


def equal(parent: Element, text: str, response: str = RESPONSE) -> None:
    child(parent, "varequal", text, respident=response)


def between(parent: Element, low: str, high: str) -> None:
    both = child(parent, "and")
    child(both, "vargte", low, respident=RESPONSE)
    child(both, "varlte", high, respident=RESPONSE)


def score(condition: Element) -> None:
    child(condition, "setvar", "100", action="Set", varname="SCORE")


def add_score(condition: Element, share: str) -> None:
    child(condition, "setvar", share, varname="SCORE", action="Add")


def show(condition: Element, ident: str) -> None:
    child(condition, "displayfeedback", feedbacktype="Response", linkrefid=ident)
