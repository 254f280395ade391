"""Note types. Ids, field names and their order are frozen: learners' cards hang on them.

How they may change, once released (docs/anki-note-types.md says why):

1. The text of templates, scripts, words and CSS: raise MODIFIED to the time of the change, and
   add its row to LOOKS in tests/test_anki_types.py.
2. A new field: a spare one is put to use, in the templates and under its old name.
3. Anything else is a new note type: a new id in IDS. Notes of the old one never move over.

A course that has any of these files of its own gets note types of its own, their ids made from its
`uid`: two courses with different looks do not overwrite each other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import genanki

from lrcards.markup import code_css, palette
from lrcards.write.anki.words import card_words, spoken
from lrcards.write.theme import Theme

# Seconds since 1970 of the last change to what cards look like, raised by hand.
MODIFIED = 1_795_682_400
_TAIL = (
    "Hints", "Solution", "Check", "Mistakes", "Level", "Lesson", "Key", "Spare 1", "Spare 2",
    "Spare 3",
)  # fmt: skip
# The first field is the one that Anki sorts by; it is never empty.
FIELDS: Mapping[str, tuple[str, ...]] = {
    "recall": ("Title", "Body", "Answer", *_TAIL),
    "choice": ("Title", "Body", "Prompt", "Options", *_TAIL),
    "numeric": ("Title", "Body", "Prompt", "Value", "Low", "High", "Wrong", *_TAIL),
    "short": ("Title", "Body", "Value", "Accepted", *_TAIL),
    "explain": ("Title", "Body", "Concepts", *_TAIL),
    "cloze": ("Text", "Title", *_TAIL),
    "order": ("Title", "Body", "Mixed", "Steps", *_TAIL),
    "match": ("Title", "Body", "Lefts", "Rights", "Pairs", *_TAIL),
}
# An id is also the start of its fields' ids (+1 and on) and of its template's (+50).
IDS: Mapping[str, int] = {
    "recall": 1_795_400_100,
    "choice": 1_795_400_200,
    "numeric": 1_795_400_300,
    "short": 1_795_400_400,
    "explain": 1_795_400_500,
    "cloze": 1_795_400_600,
    "order": 1_795_400_700,
    "match": 1_795_400_800,
}
_TEMPLATE = 50
_FOLDERS = ("anki", "shared")
_FIRST_OWN = 1_600_000_000_000
_OWN = 1_000_000_000


class NoteType(genanki.Model):
    """A note type whose `mod` is the recorded one, so that a build does not look like a change."""

    modified = MODIFIED

    def to_json(self, timestamp: float, deck_id: int) -> dict[str, Any]:
        del timestamp
        made: dict[str, Any] = super().to_json(self.modified, deck_id)
        return made


@dataclass(frozen=True, slots=True)
class Look:
    """What cards are made with: the note types by kind, and the words that fields hold."""

    types: Mapping[str, NoteType]
    words: Mapping[str, str]


def look_of(theme: Theme, uid: str, newest: int) -> Look:
    """Return the stock note types, or those of the course `uid` where it has templates of its own.

    Nobody raises a time of change for a course's own templates: theirs is that of its newest note
    (`newest`, seconds since 1970), so that they come along with the next change of content.
    """
    words = card_words(theme)
    own = uid if theme.overrides(*_FOLDERS) else ""
    css = _css(theme)
    types = {kind: _note_type(kind, own, css, _sides(kind, theme, words)) for kind in FIELDS}
    if own:
        for made in types.values():
            made.modified = max(MODIFIED, newest)
    return Look(types, words)


def _note_type(kind: str, own: str, css: str, sides: tuple[str, str]) -> NoteType:
    base = _own_id(kind, own) if own else IDS[kind]
    template = {"name": "Card", "qfmt": sides[0], "afmt": sides[1], "id": base + _TEMPLATE}
    return NoteType(
        base,
        f"lrcards {kind} ({own})" if own else f"lrcards {kind}",
        fields=[{"name": name, "id": base + n} for n, name in enumerate(FIELDS[kind], 1)],
        templates=[template],
        css=css,
        model_type=genanki.Model.CLOZE if kind == "cloze" else genanki.Model.FRONT_BACK,
    )


def _own_id(kind: str, uid: str) -> int:
    """Return an id that looks like a time in milliseconds, as Anki's own do."""
    digest = hashlib.sha256(f"{uid}/note type/{kind}".encode()).digest()
    return _FIRST_OWN + int.from_bytes(digest[:6], "big") % _OWN * 100


def _sides(kind: str, theme: Theme, words: Mapping[str, str]) -> tuple[str, str]:
    names = (f"anki/{kind}.front.html", f"anki/{kind}.back.html")
    front, back = (spoken(theme.assembled(name), name, words) for name in names)
    return front, back


def _css(theme: Theme) -> str:
    colours = palette()
    dark = "".join(
        code_css(f"{night} ", colours["dark"]) for night in (".nightMode", ".night_mode")
    )
    return theme.assembled("anki/card.css") + code_css("", colours["light"]) + dark
