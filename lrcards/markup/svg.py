"""Is an SVG nothing but a picture? Pages show it as an image, which runs nothing; packages carry
it as a file, which someone may open by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree as ET

# Elements that run something, hold another document, or change attributes after loading.
_ACTIVE = frozenset(
    """script handler listener foreignobject iframe embed object audio video canvas animate set
    animatetransform animatemotion a""".split()  # noqa: SIM905 - reads better as words
)
_INSIDE = re.compile(r"\s*(#|data:image/(png|jpeg|gif|webp);|$)", re.IGNORECASE)
_ADDRESS = re.compile(r"url\s*\(\s*[\"']?([^)]*)|@(import)|expression\s*(\()", re.IGNORECASE)


def svg_problem(data: bytes) -> str | None:
    """Say what in an SVG is more than a picture; None where it is one."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "it is not UTF-8"
    if "<!ENTITY" in text or "<?xml-stylesheet" in text:
        return "it has entities or a style sheet of its own"
    try:
        root = ET.fromstring(text)  # noqa: S314 - without entities there is nothing to expand
    except (ET.ParseError, ValueError) as error:
        return f"it is no XML: {error}"
    return next((found for element in root.iter() for found in _problems(element)), None)


def _problems(element: ET.Element) -> Iterator[str]:
    name = _local(element.tag)
    if name in _ACTIVE:
        yield f"it holds <{name}>"
    for key, value in element.attrib.items():
        attribute = _local(key)
        if attribute.startswith("on"):
            yield f"it has the attribute {attribute}"
        if attribute in {"href", "src"} and not _INSIDE.match(value):
            yield f"it refers to '{value[:60]}'"
        if key not in {"d", "aria-label"} and not key.startswith("{"):
            yield from _outside(value)
    if name == "style":
        yield from _outside(element.text or "")


def _outside(css: str) -> Iterator[str]:
    """Yield the addresses in a style that lead out of the file; `\\` can hide one."""
    if "url" not in css.lower() and "@" not in css and "\\" not in css:
        return
    if "\\" in css:
        yield "a style in it has a backslash"
    for match in _ADDRESS.finditer(css):
        if match[1] is None or not _INSIDE.match(match[1]):
            yield f"a style in it refers to '{(match[1] or match[0])[:60]}'"


def _local(name: str) -> str:
    return name.rpartition("}")[2].lower()
