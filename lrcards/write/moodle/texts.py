"""HTML inside Moodle XML: CDATA, and beside each text the files that it alone can serve."""

from __future__ import annotations

import base64
from collections.abc import Mapping

from lrcards.write import lms
from lrcards.write.xml import CData, Element, child


class Texts:
    def __init__(self, media: Mapping[str, bytes]) -> None:
        self.media = media
        self.cdata = CData()

    def html(self, parent: Element, tag: str, render: lms.Render) -> None:
        self.fill(child(parent, tag, format="html"), render)

    def fill(self, element: Element, render: lms.Render) -> None:
        """Put HTML into `text`, and beside it the files that this text alone can serve."""
        files = lms.Files(self.media, lambda name: f"@@PLUGINFILE@@/{name}")
        child(element, "text", self.cdata.mark(render(lms.dialect(files))))
        for name, data in files.used.items():
            content = base64.b64encode(data).decode()
            child(element, "file", content, name=name, path="/", encoding="base64")
