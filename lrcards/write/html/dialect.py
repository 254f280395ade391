"""How the site shows what targets show differently: all of it in the page itself."""

from __future__ import annotations

import base64
from functools import partial
from html import escape
from pathlib import PurePosixPath

from lrcards.figures import curve, table
from lrcards.markup import Dialect, highlight, image_tag, mathml
from lrcards.model import Checked, Trace

_TYPES = {
    ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif",
    ".svg": "image/svg+xml", ".webp": "image/webp",
}  # fmt: skip


def dialect(checked: Checked, place: str = "") -> Dialect:
    """Show things as the page does; `place` tells the regions of equal pictures apart."""

    def image(source: str, alt: str, title: str) -> str:
        kind = _TYPES[PurePosixPath(source).suffix.lower()]
        data = base64.b64encode(checked.course.media[source]).decode()
        return image_tag(f"data:{kind};base64,{data}", alt, title)

    return Dialect(
        math=mathml,
        code=highlight,
        image=image,
        figure=partial(_figure, place),
        deletion=_gap,
        heading_shift=0,
    )


def _figure(place: str, traces: tuple[Trace, ...], alt: str) -> str:
    label = escape(f"Values: {alt} ({place})" if place else f"Values: {alt}")
    return (
        f"<figure>{curve(traces, alt)}<details><summary>The same numbers as a table</summary>"
        f'<div class="scroll" tabindex="0" role="region" aria-label="{label}">{table(traces)}</div>'
        "</details></figure>"
    )


def _gap(number: int, _: str) -> str:
    return f'<span class="gap">({number})</span>'  # the script makes it a field
