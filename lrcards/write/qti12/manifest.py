"""The manifest of a package: what is in it, and about the course as LOM."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lrcards.model import About
from lrcards.write.xml import Element, child, root

_CP = "http://www.imsglobal.org/xsd/imscp_v1p1"
_MD = "http://www.imsglobal.org/xsd/imsmd_v1p2"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


@dataclass(frozen=True, slots=True)
class Assessment:
    """A file of questions: its name, what it is called, the media it shows, tags and levels."""

    name: str
    title: str
    used: tuple[str, ...]
    keywords: tuple[str, ...]

    @property
    def path(self) -> str:
        return f"{self.name}/{self.name}.xml"


def manifest(about: About, assessments: Sequence[Assessment], media: Iterable[str]) -> Element:
    """Return `imsmanifest.xml`; `media` are the names of the files below `media/`."""
    top = root("manifest", {None: _CP, "imsmd": _MD}, identifier=f"lrcards_{about.uid}")
    metadata = child(top, "metadata")
    child(metadata, "schema", "IMS Content")
    child(metadata, "schemaversion", "1.1.3")
    _lom(metadata, about, assessments)
    child(top, "organizations")
    resources = child(top, "resources")
    for one in assessments:
        kind = {"type": "imsqti_xmlv1p2", "href": one.path}
        resource = child(resources, "resource", identifier=one.name, **kind)
        child(resource, "file", href=one.path)
        for file in one.used:
            child(resource, "dependency", identifierref=identifier(file))
    for file in media:
        kind = {"type": "webcontent", "href": f"media/{file}"}
        child(child(resources, "resource", identifier=identifier(file), **kind), "file",
              href=f"media/{file}")  # fmt: skip
    return top


def _lom(metadata: Element, about: About, assessments: Sequence[Assessment]) -> None:
    lom = child(metadata, f"{{{_MD}}}lom")
    general = child(lom, f"{{{_MD}}}general")
    _words(general, "title", f"{about.title} {about.version}".strip(), about.language)
    child(general, f"{{{_MD}}}language", about.language)
    titles = "; ".join(one.title for one in assessments)
    _words(general, "description", titles, about.language)
    for keyword in sorted({word for one in assessments for word in one.keywords}):
        _words(general, "keyword", keyword, about.language)
    if about.version:
        lifecycle = child(lom, f"{{{_MD}}}lifecycle")
        _words(lifecycle, "version", about.version, about.language)
    if about.license:
        rights = child(lom, f"{{{_MD}}}rights")
        _words(rights, "description", about.license, about.language)


def _words(parent: Element, tag: str, text: str, language: str) -> None:
    said = child(child(parent, f"{{{_MD}}}{tag}"), f"{{{_MD}}}langstring", text)
    said.set(_LANG, language)


def identifier(text: str) -> str:
    """Return a stable XML name: a text that is none gets a digest, so that no two become one."""
    if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.-]*", text):
        return text
    name = re.sub(r"[^A-Za-z0-9_.-]", "_", text)
    return f"_{name}_{hashlib.sha256(text.encode()).hexdigest()[:8]}"
