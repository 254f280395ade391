"""What a learner reads, from HTML, MathML and TeX, as text that can be compared.

The report has each text on one line: a formula is its TeX, a picture its alt text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lrcards.verify.tree import Child, Tree, parse_html

# What a format puts around a formula or in front of a task; dropped on both sides.
_AROUND = re.compile(r"\\[()\[\]]|[\u2610\u2611]")
_SPACE = re.compile(r"\s+")
# Not part of the text that they stand in: feedback is shown later.
_BESIDE = frozenset(("script", "style", "feedbackInline", "feedbackBlock"))


def plain(tree: Tree) -> str:
    """Return the text of what is in an element: see the top of this file."""
    return " ".join("".join(_pieces(tree.children)).split())


def html_text(html: str) -> str:
    """Return the text of an HTML fragment. Raises UnreadableError."""
    return plain(parse_html(html))


def squeezed(text: str) -> str:
    """Return what two texts are compared by: formats break lines and space words differently."""
    return _AROUND.sub("", _SPACE.sub("", text))


def _pieces(children: list[Child]) -> Iterator[str]:
    waiting: list[Child] = [*reversed(children)]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            yield one
            continue
        said = _instead(one)
        if said is None:
            waiting.extend(reversed(one.children))
        else:
            yield said
        if one.tag in {"p", "li", "td", "th", "br", "div", "pre"}:
            yield " "


def _instead(one: Tree) -> str | None:
    """Return what stands for an element whose children are not read; None where they are."""
    if one.tag == "img":
        return one.get("alt")
    if one.tag == "math":
        return one.get("alttext") or one.text()
    if one.tag == "svg":
        return one.get("aria-label") or one.first("title").text()
    if one.tag == "figure":  # a curve, and below it the same numbers as a table
        drawn = next(one.all("svg", "img"), None)
        return None if drawn is None else _instead(drawn)
    return "" if one.tag in _BESIDE else None


def pictures(tree: Tree) -> Iterator[str]:
    """Yield the address of each picture in it."""
    return (one.get("src") or one.get("data") for one in tree.all("img", "object"))
