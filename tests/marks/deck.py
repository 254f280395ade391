"""How a card of the deck judges what is typed: its own script, in a page like Anki's reviewer.

Only the kinds that a card marks by itself from a typed text; Anki gives no points, so a verdict
is all or nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from tests.cards import Reviewer, cards_of
from tests.marks.plan import Try

KINDS = ("numeric", "short")


def marks(page: Any, collection: Any, tries: Sequence[Try]) -> dict[Try, float]:
    """Type every answer on the front of its card; return the share that the back says it is."""
    asked: defaultdict[str, list[Try]] = defaultdict(list)
    for one in tries:
        if one.kind in KINDS:
            asked[one.key].append(one)
    reviewer = Reviewer(page, collection)
    found: dict[Try, float] = {}
    for card in cards_of(collection, "agreement"):
        for one in asked.get(card.key, ()):
            reviewer.front(card)
            page.fill("#typeans", one.given)
            reviewer.back(card)
            look = page.locator(".verdict").get_attribute("class") or ""
            found[one] = float("good" in look.split())
    assert reviewer.errors == []
    return found
