"""Writers: each turns a checked course into the files of one format."""

from __future__ import annotations

from collections.abc import Mapping

from lrcards.write.anki import anki
from lrcards.write.blackboard import blackboard
from lrcards.write.html import html
from lrcards.write.moodle import moodle
from lrcards.write.moodle.gift import gift
from lrcards.write.output import Writer
from lrcards.write.qti3 import qti3
from lrcards.write.qti12 import qti12
from lrcards.write.qti21 import qti21

WRITERS: Mapping[str, Writer] = {
    "anki": anki,
    "moodle": moodle,
    "qti12": qti12,
    "qti21": qti21,
    "qti3": qti3,
    "html": html,
    "gift": gift,
    "blackboard": blackboard,
}
