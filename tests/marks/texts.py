"""Which of the texts in a file is which of report.json: a file may offer them in any order."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Any

from lxml import html

_ALIKE = 0.4  # mathematics reads differently from format to format


def plain(markup: str) -> str:
    """Return the text of a piece of HTML, pictures by their alternative text."""
    if not markup.strip():
        return ""
    return of_element(html.fragment_fromstring(markup, create_parent="div"))


def of_element(element: Any) -> str:
    """Return the text below an element, pictures by their alternative text."""
    found = [*element.itertext(), *(one.get("alt", "") for one in element.iter() if one.get("alt"))]
    return " ".join("".join(found).split())


def places(wanted: Sequence[str], offered: Sequence[str]) -> list[int]:
    """Return for each wanted text the place of the offered text that it is.

    The best pairs are taken first and each offer once. Raises LookupError where one is missing.
    """
    ranked = sorted(
        (-_likeness(one, other), place, offer)
        for place, one in enumerate(wanted)
        for offer, other in enumerate(offered)
    )
    found: dict[int, int] = {}
    for likeness, place, offer in ranked:
        if place not in found and offer not in found.values() and -likeness >= _ALIKE:
            found[place] = offer
    missing = [one for place, one in enumerate(wanted) if place not in found]
    if missing:
        raise LookupError(f"not among {list(offered)}: {missing}")
    return [found[place] for place in range(len(wanted))]


def _likeness(one: str, other: str) -> float:
    bare, against = ("".join(text.split()).casefold() for text in (one, other))
    return SequenceMatcher(None, bare, against, autojunk=False).ratio()
