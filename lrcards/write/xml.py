"""XML elements with little noise, and their bytes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import cast

from lxml import etree

Element = etree._Element
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_NO_NAME = re.compile(r"[^A-Za-z0-9_.-]")
_CDATA = re.compile("\ue000(\\d+)\ue001")


def child(parent: Element, tag: str, text: str | None = None, **attributes: str) -> Element:
    """Add an element; a trailing `_` of an attribute's name is dropped (`class_`)."""
    element = etree.SubElement(parent, tag, {k.rstrip("_"): v for k, v in attributes.items()})
    if text is not None:
        element.text = text
    return element


def root(
    tag: str, namespaces: Mapping[str | None, str] | None = None, **attributes: str
) -> Element:
    # The stubs know no default namespace, which lxml takes under the key None.
    known = cast("Mapping[str, str] | None", namespaces)
    return etree.Element(tag, attributes, nsmap=known)


def xml_bytes(element: Element) -> bytes:
    """Serialise with a declaration on line one; empty lines and indents between elements only."""
    etree.indent(element)
    return etree.tostring(element, xml_declaration=True, encoding="UTF-8") + b"\n"


def nc_name(text: str) -> str:
    """Return a stable XML name: a text that is none gets a digest, so that no two become one."""
    if _NAME.fullmatch(text):
        return text
    name = _NO_NAME.sub("_", text)
    return f"_{name}_{hashlib.sha256(text.encode()).hexdigest()[:8]}"


class CData:
    """CDATA sections: lxml cannot split one at `]]>`, so they are put in after serialising."""

    def __init__(self) -> None:
        self._texts: list[str] = []

    def mark(self, text: str) -> str:
        """Return a place holder from the private use area, which no reader lets through."""
        self._texts.append(text)
        return f"\ue000{len(self._texts) - 1}\ue001"

    def fill(self, data: bytes) -> bytes:
        def section(match: re.Match[str]) -> str:
            text = self._texts[int(match[1])].replace("]]>", "]]]]><![CDATA[>")
            return f"<![CDATA[{text}]]>"

        return _CDATA.sub(section, data.decode()).encode()
