"""An Anki deck: one package, a subdeck per lesson, notes that keep their identity."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from lrcards.diagnostics import count
from lrcards.model import Checked, CheckedItem, CheckedLesson
from lrcards.write.anki.notes import note_of
from lrcards.write.anki.package import Deck, Media, package_bytes
from lrcards.write.anki.types import look_of
from lrcards.write.output import File, Output, families
from lrcards.write.theme import Theme

# Each variant is a card to review: one stands for all of them.
MOST_VARIANTS = 1


def anki(checked: Checked, theme: Theme) -> Output:
    """Write the whole course as one .apkg that Anki and its phones import."""
    look = look_of(theme, checked.course.about.uid, _newest(checked))
    media = Media(checked.course.media)
    coverage: dict[str, str] = {}
    decks: dict[str, Deck] = {}
    verdicts = _verdicts(checked)
    for position, (lesson, one) in enumerate(_items(checked)):
        verdict = verdicts[one.key]
        coverage[one.key] = verdict
        if verdict.startswith("left out"):
            continue
        name = one.lock.deck
        if name not in decks:
            decks[name] = Deck(_deck_id(checked, name), name, _description(checked, lesson))
        decks[name].add_note(note_of(one, lesson.lesson.title, look, media, position))
    data = package_bytes(list(decks.values()), media.used)
    return Output((File(f"anki/{checked.course.about.uid}.apkg", data),), coverage)


def _newest(checked: Checked) -> int:
    return max((one.lock.mod for _, one in _items(checked)), default=0)


def _items(checked: Checked) -> Iterator[tuple[CheckedLesson, CheckedItem]]:
    for lesson in checked.lessons:
        for one in lesson.items:
            yield lesson, one


def _verdicts(checked: Checked) -> dict[str, str]:
    """Say by key what becomes of each item and variant; of many variants the first are cards."""
    found: dict[str, str] = {}
    for lesson in checked.lessons:
        for family in families(lesson.items):
            cut = f"{MOST_VARIANTS} of {count(len(family), 'variant')}"
            fits = len(family) <= MOST_VARIANTS
            for number, one in enumerate(family):
                if "anki" not in one.item.settings.targets:
                    found[one.key] = "left out: not asked for"
                elif number < MOST_VARIANTS:
                    found[one.key] = "full" if fits else f"reduced: {cut}"
                else:
                    found[one.key] = f"left out: the deck has {cut}"
    return found


def _deck_id(checked: Checked, name: str) -> int:
    digest = hashlib.sha256(f"{checked.course.about.uid}/deck/{name}".encode()).digest()
    return (1 << 30) + int.from_bytes(digest[:4], "big") % (1 << 30)


def _description(checked: Checked, lesson: CheckedLesson) -> str:
    """The version of torch stands here: in a field it would change every note."""
    about = checked.course.about
    version = f"{about.title} {about.version}".strip()
    numbers = f"Every number was computed by torch {checked.torch}."
    return " ".join(part for part in (lesson.lesson.description, f"{version}.", numbers) if part)
