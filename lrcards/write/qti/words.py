"""The words of one version of QTI, and XML made with them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import NamedTuple, TypeAlias

_HUMP = re.compile(r"(?<=[a-z])[A-Z]")
# Elements of HTML that hold elements of QTI; all other HTML comes as text.
_HTML = frozenset({"p", "div"})


class Html(str):
    """Content that is XML already."""

    __slots__ = ()


class Tag(NamedTuple):
    """An element, in the words of QTI 2.1. A package has thousands: plain tuples are quick."""

    name: str
    attributes: Mapping[str, str]
    content: tuple[Content, ...]


Content: TypeAlias = "Tag | Html | str"


def tag(name: str, *content: Content, **attributes: str) -> Tag:
    return Tag(name, attributes, content)


@dataclass(frozen=True, slots=True)
class Words:
    """What differs between the versions of QTI.

    `dashed`: names are `qti-simple-choice`, not `simpleChoice`, and what feedback and rubrics hold
    stands in a content body. `says_who_scores`: an outcome can be marked as a person's to give.
    `text`: the element of a text with a language in the metadata.
    """

    target: str
    dashed: bool
    says_who_scores: bool
    namespace: str
    package_namespace: str
    schema: tuple[str, str]
    item_type: str
    test_type: str
    metadata_namespace: str
    text: str

    def element(self, name: str) -> str:
        return f"qti-{_dashed(name)}" if self.dashed and name not in _HTML else name

    def attribute(self, name: str) -> str:
        return _dashed(name) if self.dashed else name

    def held(self, html: str) -> Content:
        """Return blocks as feedback and rubrics hold them."""
        return tag("contentBody", Html(html)) if self.dashed else Html(html)

    def xml(self, top: Tag) -> str:
        out: list[str] = []
        _write(top, self, out)
        return "".join(out)

    def file(self, top: Tag) -> bytes:
        return f'<?xml version="1.0" encoding="UTF-8"?>\n{self.xml(top)}\n'.encode()


@lru_cache(maxsize=1024)
def _dashed(name: str) -> str:
    return _HUMP.sub(lambda match: f"-{match[0].lower()}", name)


def _write(one: Tag, words: Words, out: list[str]) -> None:
    name = words.element(one.name)
    out.append(f"<{name}")
    for key, value in one.attributes.items():
        out.append(f' {words.attribute(key)}="{escape(value)}"')
    if not one.content:
        out.append("/>")
        return
    out.append(">")
    # Elements alone stand on lines of their own; a line break beside text would be text.
    lines = all(isinstance(inner, Tag) for inner in one.content)
    for inner in one.content:
        if lines:
            out.append("\n")
        if isinstance(inner, Tag):
            _write(inner, words, out)
        else:
            out.append(inner if isinstance(inner, Html) else escape(inner, quote=False))
    out.append(f"\n</{name}>" if lines else f"</{name}>")
