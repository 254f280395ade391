"""An Anki deck: one package, a subdeck per lesson, notes that keep their identity."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from html import escape

from lrcards.diagnostics import count
from lrcards.model import Checked, CheckedItem, CheckedLesson
from lrcards.write.anki.listing import Content, listing
from lrcards.write.anki.notes import note_of
from lrcards.write.anki.package import Deck, Media, package_bytes
from lrcards.write.anki.presets import preset_of
from lrcards.write.anki.types import look_of
from lrcards.write.output import NOT_ASKED, File, Output, families, is_left_out, verdict
from lrcards.write.theme import Theme


def anki(checked: Checked, theme: Theme) -> Output:
    """Write the whole course as one .apkg that Anki and its phones import, and how to share it."""
    look = look_of(theme, checked.course.about.uid, _newest(checked))
    media = Media(checked.course.media)
    about = checked.course.about
    preset = preset_of(about.uid, about.title) if checked.course.anki.presets else None
    decks = _Decks(checked, preset.number if preset else 1)
    content = Content()
    found = verdicts(checked)
    for position, (lesson, one) in enumerate(_items(checked)):
        if is_left_out(found[one.key]):
            continue
        note = note_of(one, lesson.lesson.title, look, media, position)
        decks.of(lesson, one.lock.deck).add_note(note)
        content.add(lesson.lesson, note.tags, len(note.cards))
    data = package_bytes(decks.all(), media.used, preset)
    text = listing(about, content, checked.torch)
    files = File(f"anki/{about.uid}.apkg", data), File(f"anki/{about.uid}.md", text.encode())
    return Output(files, found)


def _newest(checked: Checked) -> int:
    return max((one.lock.mod for _, one in _items(checked)), default=0)


def _items(checked: Checked) -> Iterator[tuple[CheckedLesson, CheckedItem]]:
    for lesson in checked.lessons:
        for one in lesson.items:
            yield lesson, one


def verdicts(checked: Checked) -> dict[str, str]:
    """Say by key what becomes of each item and variant; of many variants the first are cards.

    Each is a card to review: one stands for all of them, unless the course asks for more.
    """
    most = checked.course.anki.variants
    found: dict[str, str] = {}
    for lesson in checked.lessons:
        for family in families(lesson.items):
            cut = f"{most} of {count(len(family), 'variant')}"
            fits = len(family) <= most
            for number, one in enumerate(family):
                if "anki" not in one.item.settings.targets:
                    found[one.key] = NOT_ASKED
                elif number < most:
                    found[one.key] = verdict([] if fits else [cut])
                else:
                    found[one.key] = f"left out: the deck has {cut}"
    return found


class _Decks:
    """The decks of a course by name; those above have no notes, but options for all below."""

    def __init__(self, checked: Checked, preset: int) -> None:
        self.checked = checked
        self.preset = preset
        self.made: dict[str, Deck] = {}

    def of(self, lesson: CheckedLesson, name: str) -> Deck:
        parts = name.split("::")
        for depth in range(1, len(parts)):
            self.deck("::".join(parts[:depth]))
        deck = self.deck(name)
        deck.description = deck.description or self.description(lesson.lesson.description)
        return deck

    def all(self) -> list[Deck]:
        """Return them in course order, each with a description."""
        for deck in self.made.values():
            deck.description = deck.description or self.description("")
        return [*self.made.values()]

    def deck(self, name: str) -> Deck:
        if name not in self.made:
            digest = hashlib.sha256(
                f"{self.checked.course.about.uid}/deck/{name}".encode()
            ).digest()
            number = (1 << 30) + int.from_bytes(digest[:4], "big") % (1 << 30)
            self.made[name] = Deck(number, name, "", self.preset)
        return self.made[name]

    def description(self, lesson: str) -> str:
        """The version of torch stands here: in a field it would change every note."""
        about = self.checked.course.about
        version = f"{about.title} {about.version}".strip()
        numbers = f"Every number was computed by torch {self.checked.torch}."
        return escape(" ".join(part for part in (lesson, f"{version}.", numbers) if part))
