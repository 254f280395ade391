"""Note types. Ids, field names and their order are frozen: learners' cards hang on them.

To change a note type: template and CSS text may change, with MODIFIED raised; a spare field may
be put to use. Anything else is a new note type with new ids. tests/test_anki.py holds the
fingerprint.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import genanki

from lrcards.markup import code_css, palette
from lrcards.write.theme import Theme

# Seconds since 1970 of the last change to a template or the CSS, raised by hand.
MODIFIED = 1_795_500_000
_TAIL = (
    "Hints", "Solution", "Final", "Check", "Mistakes", "Level", "Lesson", "Key", "Spare 1",
    "Spare 2",
)  # fmt: skip
FIELDS: Mapping[str, tuple[str, ...]] = {
    "recall": ("Title", "Body", "Answer", *_TAIL),
    "choice": ("Title", "Body", "Options", *_TAIL),
    "numeric": ("Title", "Body", "Prompt", "Value", "Low", "High", "Wrong", *_TAIL),
    "short": ("Title", "Body", "Value", "Accepted", *_TAIL),
    "explain": ("Title", "Body", "Concepts", *_TAIL),
    "cloze": ("Text", "Title", *_TAIL),
}
_FIRST_ID = 1_795_400_100
IDS: Mapping[str, int] = {kind: _FIRST_ID + 100 * n for n, kind in enumerate(FIELDS)}
_INCLUDE = re.compile(r"<!-- include: ([a-z.]+) -->")


class NoteType(genanki.Model):
    """A note type whose `mod` is the recorded one, so that a build does not look like a change."""

    def to_json(self, timestamp: float, deck_id: int) -> dict[str, Any]:
        del timestamp
        made: dict[str, Any] = super().to_json(MODIFIED, deck_id)
        return made


def note_types(theme: Theme) -> dict[str, NoteType]:
    css = theme.text("anki/card.css")
    colours = palette()
    css += code_css("", colours["light"])
    css += code_css(".nightMode ", colours["dark"]) + code_css(".night_mode ", colours["dark"])
    return {kind: _note_type(kind, theme, css) for kind in FIELDS}


def _note_type(kind: str, theme: Theme, css: str) -> NoteType:
    base = IDS[kind]
    template = {
        "name": "Card",
        "qfmt": _template(theme, f"anki/{kind}.front.html"),
        "afmt": _template(theme, f"anki/{kind}.back.html"),
        "id": base + 50,
    }
    return NoteType(
        base,
        f"lrcards {kind}",
        fields=[{"name": name, "id": base + n} for n, name in enumerate(FIELDS[kind], 1)],
        templates=[template],
        css=css,
        model_type=genanki.Model.CLOZE if kind == "cloze" else genanki.Model.FRONT_BACK,
    )


def _template(theme: Theme, name: str) -> str:
    """Read a template; pieces that several share are put in by name."""
    text = theme.text(name)
    return _INCLUDE.sub(lambda match: theme.text(f"anki/{match[1]}").rstrip("\n"), text)
