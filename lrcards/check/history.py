"""What became of the items that learners already have: gone, in another deck, of another kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from lrcards.check.lock import FILE, Ledger, Place, old_line
from lrcards.diagnostics import Diagnostic, Span, count
from lrcards.model import Course, Item, Lesson, LockLine, kind_of

_MOST_NAMES = 3
# Both are asked with the same note type.
_ALIKE = {"multiple": "choice"}


def note_type(kind: str) -> str:
    """Return what tells notes apart that Anki cannot turn into one another."""
    return _ALIKE.get(kind, kind)


def taken_away(course: Course, ledger: Ledger) -> dict[Place, LockLine]:
    """Return the lines whose items or variants are gone without `aliases` or `retired`."""
    kept = {
        (name, variant.key if variant else "")
        for lesson in course.lessons
        for item in lesson.items
        for variant in item.variants
        for name in (item.id, *item.settings.aliases)
    }
    return {
        place: line
        for place, line in ledger.lines.items()
        if place not in kept and not {line.id, line.key} & set(ledger.retired)
    }


def warnings(course: Course, ledger: Ledger) -> Iterator[Diagnostic]:
    """Warn of what an update of the deck cannot bring to learners who have it already."""
    yield from _taken_away(course, ledger)
    now = {"::".join(lesson.deck) for lesson in course.lessons}
    for lesson in course.lessons:
        old = [*_old_lines(lesson, ledger)]
        yield from _renamed_deck(lesson, [line for _, line in old], now)
        yield from _other_kinds(old)


def _taken_away(course: Course, ledger: Ledger) -> Iterator[Diagnostic]:
    """Warn once an id, however many variants it had."""
    here = {item.id for lesson in course.lessons for item in lesson.items}
    gone = sorted(taken_away(course, ledger).values(), key=lambda line: line.place)
    for name, group in groupby(gone, key=lambda line: line.id):
        lines = [*group]
        yield _fewer_variants(lines) if name in here else _gone(lines[0])


def _where(line: LockLine) -> str:
    """Name the page; a lock that was rebuilt from a deck knows none."""
    return f" ({line.page})" if line.page else ""


def _gone(line: LockLine) -> Diagnostic:
    return Diagnostic(
        Span(FILE),
        "id-removed",
        f"the item '{line.id}'{_where(line)} is gone; learners keep its card",
        f"name it in another item's `aliases`, or in lrcards.toml: retired = ['{line.id}']",
        severity="warning",
    )


def _fewer_variants(lines: list[LockLine]) -> Diagnostic:
    first = lines[0]
    names = [line.key for line in lines] if len(lines) <= _MOST_NAMES else [first.id]
    variants = sum(bool(line.variant) for line in lines)
    what = count(variants, "variant") if variants else "the form without variants"
    return Diagnostic(
        Span(FILE),
        "variant-removed",
        f"{what} of '{first.id}'{_where(first)} {'are' if variants > 1 else 'is'} gone; "
        "learners keep their cards",
        f"put the values back, or accept it in lrcards.toml: retired = {names}",
        severity="warning",
    )


def _old_lines(lesson: Lesson, ledger: Ledger) -> Iterator[tuple[Item, LockLine]]:
    for item in lesson.items:
        for variant in item.variants:
            line = old_line(item, variant.key if variant else "", ledger)
            if line and "anki" in item.settings.targets:
                yield item, line


def _renamed_deck(lesson: Lesson, old: Iterable[LockLine], now: set[str]) -> Iterator[Diagnostic]:
    """Anki knows decks by name alone; a name that others still have was not renamed but left."""
    name = "::".join(lesson.deck)
    before = Counter(line.deck for line in old if line.deck not in now)
    for deck, notes in before.items():
        yield Diagnostic(
            Span(lesson.path),
            "deck-renamed",
            f"{count(notes, 'note')} of the deck '{deck}' will be in '{name}'",
            "`lrcards push anki` moves them; learners who import the package can move them by hand",
            ("Anki leaves cards that it has in their old deck; only new ones go to the new deck",),
            severity="warning",
        )


def _other_kinds(old: Sequence[tuple[Item, LockLine]]) -> Iterator[Diagnostic]:
    told: set[str] = set()
    for item, line in old:
        if not is_retyped(line.kind, kind_of(item)) or item.id in told:
            continue
        told.add(item.id)
        yield Diagnostic(
            item.span,
            "kind-changed",
            f"'{item.id}' was a {line.kind} and is a {kind_of(item)} now",
            f"give it a new id, and say so in lrcards.toml: retired = ['{item.id}']",
            ("an import cannot change the type of a note: learners keep the old one as it is",),
            severity="warning",
        )


def is_retyped(before: str, now: str) -> bool:
    """Say whether a note changed its type; an older lock knows no kinds, and says nothing."""
    return before != "" and note_type(before) != note_type(now)
