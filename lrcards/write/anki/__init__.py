"""An Anki deck: one package, a subdeck per lesson, notes that keep their identity."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from lrcards.model import Checked, CheckedItem, CheckedLesson
from lrcards.write.anki.notes import note_of
from lrcards.write.anki.package import Deck, Media, package_bytes
from lrcards.write.anki.types import note_types
from lrcards.write.output import File, Output
from lrcards.write.theme import Theme


def anki(checked: Checked, theme: Theme) -> Output:
    """Write the whole course as one .apkg that Anki and its phones import."""
    types = note_types(theme)
    media = Media(checked.course.media)
    coverage: dict[str, str] = {}
    decks: dict[str, Deck] = {}
    for position, (lesson, one) in enumerate(_items(checked)):
        if "anki" not in one.item.settings.targets:
            coverage[one.item.id] = "left out: not asked for"
            continue
        name = one.lock.deck
        if name not in decks:
            decks[name] = Deck(_deck_id(checked, name), name, _description(checked, lesson))
        decks[name].add_note(note_of(one, lesson.lesson.title, types, media, position))
        coverage[one.item.id] = "full"
    data = package_bytes(list(decks.values()), media.used)
    return Output((File(f"anki/{checked.course.about.uid}.apkg", data),), coverage)


def _items(checked: Checked) -> Iterator[tuple[CheckedLesson, CheckedItem]]:
    for lesson in checked.lessons:
        for one in lesson.items:
            yield lesson, one


def _deck_id(checked: Checked, name: str) -> int:
    digest = hashlib.sha256(f"{checked.course.about.uid}/deck/{name}".encode()).digest()
    return (1 << 30) + int.from_bytes(digest[:4], "big") % (1 << 30)


def _description(checked: Checked, lesson: CheckedLesson) -> str:
    """The version of torch stands here: in a field it would change every note."""
    about = checked.course.about
    version = f"{about.title} {about.version}".strip()
    numbers = f"Every number was computed by torch {checked.torch}."
    return " ".join(part for part in (lesson.lesson.description, f"{version}.", numbers) if part)
