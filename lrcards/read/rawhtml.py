"""Raw HTML in a lesson: which Markdown says the same."""

from __future__ import annotations

import re

# Atomic and possessive: what a comment has taken is never tried again in another way.
_COMMENTS = re.compile(r"\s*+(?><!--.*?-->\s*+)+", re.DOTALL)
_TAG = re.compile(r"</?\s*([A-Za-z][A-Za-z0-9-]*)")
_INSTEAD = {
    "b": "**bold**", "strong": "**bold**", "i": "*emphasis*", "em": "*emphasis*",
    "br": "a backslash at the end of the line", "img": "![what it shows](picture.png)",
    "a": "[text](https://...)", "code": "`code`", "pre": "a fence of three backticks",
    "sub": "$x_1$", "sup": "$x^2$", "table": "a table of | columns |", "hr": "a line of ---",
    "s": "~~struck~~", "del": "~~struck~~", "p": "an empty line", "ul": "a list with -",
    "ol": "a list with 1.", "li": "a list with -", "blockquote": "a line that begins with >",
    "details": "a part such as `Hint`",
}  # fmt: skip


def html_problem(content: str) -> tuple[str, str] | None:
    """Return its first line and what to write instead; None for what is no mistake of its own."""
    if _COMMENTS.fullmatch(content):
        return None
    tag = _TAG.search(content)
    name = tag[1].lower() if tag else ""
    if name and content.lstrip().startswith("</") and name in _INSTEAD:
        return None  # its opening tag has been reported
    return content.strip().split("\n")[0], f"write {_INSTEAD.get(name, 'Markdown')} instead"
