"""Prose as the XML that both versions of QTI take."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lrcards.markup import Dialect, mathml, plain_code
from lrcards.write import lms

_OTHER = re.compile(r"<(br|hr|img|a|ol|s)\b([^>]*)>|</s>")
_TITLE = re.compile(r' title="[^"]*"')
_START = "lists count from 1"
_STRUCK = "text is not struck out"
_TITLES = "titles of pictures and links"


@dataclass(slots=True)
class Page:
    """The texts of one item: how they are rendered, and what was lost in them."""

    look: Dialect
    losses: dict[str, None] = field(default_factory=dict)

    def xml(self, html: str) -> str:
        """Close what HTML leaves open, and leave out what neither schema has."""
        return _OTHER.sub(self._other, html)

    def _other(self, match: re.Match[str]) -> str:
        name, attributes = match[1], match[2]
        if name is None:
            return "</span>"
        if name == "s":
            self.losses[_STRUCK] = None
            return '<span class="struck">'
        if name == "ol":
            if attributes:
                self.losses[_START] = None
            return "<ol>"
        if "title=" in attributes and _TITLE.search(attributes):
            self.losses[_TITLES] = None
            attributes = _TITLE.sub("", attributes)
        return f"<{name}{attributes}>" if name == "a" else f"<{name}{attributes}/>"


def page(files: lms.Files) -> Page:
    shared = lms.dialect(files)
    return Page(
        Dialect(
            math=mathml,
            code=plain_code,
            image=shared.image,
            figure=shared.figure,
            deletion=shared.deletion,
            heading_shift=shared.heading_shift,
        )
    )
