"""The words of one version of QTI, and XML made with them."""

from __future__ import annotations

import re
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
    attributes: tuple[tuple[str, str], ...]
    content: tuple[Content, ...]

    def attribute(self, name: str) -> str | None:
        return dict(self.attributes).get(name)


Content: TypeAlias = "Tag | Html | str"


def tag(name: str, *content: Content, **attributes: str) -> Tag:
    return Tag(name, tuple(attributes.items()), content)


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

    def held(self, html: str) -> Content:
        """Return blocks as feedback and rubrics hold them."""
        return tag("contentBody", Html(html)) if self.dashed else Html(html)

    def xml(self, top: Tag) -> str:
        return _xml(top, self.dashed)

    def file(self, top: Tag) -> bytes:
        return xml_file(top, self.dashed)


def xml_file(top: Tag, dashed: bool = False) -> bytes:
    """Return the bytes of a file; without `dashed`, elements are called as they are in the tree."""
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{_xml(top, dashed)}\n'.encode()


def _xml(one: Tag, dashed: bool) -> str:
    start, end = _ends(one.name, one.attributes, dashed)
    if not one.content:
        return f"{start}/>"
    # Elements alone stand on lines of their own; a line break beside text would be text.
    between, parts = "\n", []
    for inner in one.content:
        if type(inner) is Tag:
            parts.append(_xml(inner, dashed))
        else:
            between = ""
            parts.append(inner if type(inner) is Html else escape(str(inner), quote=False))
    return f"{start}>{between}{between.join(parts)}{between}{end}"


@lru_cache(maxsize=4096)  # a package repeats a few elements thousands of times
def _ends(name: str, attributes: tuple[tuple[str, str], ...], dashed: bool) -> tuple[str, str]:
    if dashed:
        name = name if name in _HTML else f"qti-{_dashed(name)}"
        attributes = tuple((_dashed(key), value) for key, value in attributes)
    given = "".join(f' {key}="{escape(value)}"' for key, value in attributes)
    return f"<{name}{given}", f"</{name}>"


def _dashed(name: str) -> str:
    return _HUMP.sub(lambda match: f"-{match[0].lower()}", name)
