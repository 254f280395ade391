"""HTML that the editors of learning management systems keep, and that nothing in them rewrites.

Moodle removes `details summary figure svg mark math id data-*` and boxes to tick when it shows a
text, Canvas removes most of them too; and both look for signs in it that mean something to them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import TypeAlias

from lrcards.figures import FIXED, curve
from lrcards.markup import Dialect, plain_code, tex_delimited
from lrcards.model import Trace
from lrcards.write.output import media_name

Render: TypeAlias = Callable[[Dialect], str]
# Signs of formulas, and of the places of files: each reads the same with its first letter apart.
_SIGNS = re.compile(
    r"\$(?=\$|IMS-CC-FILEBASE)|\\(?=[()\[\]])|@(?=@PLUGINFILE@@)|%(?=24IMS-CC-FILEBASE)"
)


@dataclass(slots=True)
class Files:
    """Media that one text refers to, by hashed name; `address` makes the reference."""

    media: Mapping[str, bytes]
    address: Callable[[str], str]
    used: dict[str, bytes] = field(default_factory=dict)

    def add(self, data: bytes, source: str) -> str:
        name = media_name(data, source)
        self.used[name] = data
        return self.address(name)

    def image(self, source: str, alt: str, title: str) -> str:
        said = f' title="{in_attribute(title)}"' if title else ""
        return self._tag(self.add(self.media[source], source), alt, said)

    def figure(self, traces: tuple[Trace, ...], alt: str) -> str:
        address = self.add(curve(traces, alt, FIXED).encode(), "curve.svg")
        return self._tag(address, alt, ' width="480" height="240"')

    def _tag(self, address: str, alt: str, rest: str) -> str:
        return f'<img src="{escape(address)}" alt="{in_attribute(alt)}"{rest}>'


def dialect(files: Files) -> Dialect:
    """Return the HTML that LMS editors keep: TeX in delimiters, plain code, files by name."""
    return Dialect(
        math=tex_delimited,
        code=lambda code, lang: _apart(plain_code(code, lang)),
        image=files.image,
        figure=files.figure,
        deletion=_bold,
        heading_shift=2,
        text=in_text,
    )


def in_text(text: str) -> str:
    """Escape plain text for HTML so that no filter of an LMS finds a sign of its own in it."""
    return _apart(escape(text, quote=False))


def in_attribute(text: str) -> str:
    return _SIGNS.sub(lambda match: f"&#{ord(match[0])};", escape(text))


def _apart(html: str) -> str:
    # An entity would not do: filters that run in the browser see what it stands for.
    return _SIGNS.sub(r"<span>\g<0></span>", html)


def _bold(_: int, inner: str) -> str:
    return f"<strong>{inner}</strong>"
