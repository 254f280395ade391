"""Writers: each turns a checked course into the files of one format."""

from __future__ import annotations

from collections.abc import Mapping

from lrcards.write.anki import anki
from lrcards.write.html import html
from lrcards.write.moodle import moodle
from lrcards.write.output import Writer
from lrcards.write.qti12 import qti12

WRITERS: Mapping[str, Writer] = {"anki": anki, "moodle": moodle, "qti12": qti12, "html": html}
