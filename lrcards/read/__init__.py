"""A folder of Markdown becomes a course; reading never stops at the first mistake."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path, PurePosixPath

from lrcards.config import Config
from lrcards.diagnostics import Diagnostic, Span
from lrcards.guards import TooMuchError, bounded
from lrcards.model import Course, Lesson
from lrcards.read.fields import Notes
from lrcards.read.files import Files, no_lessons
from lrcards.read.lessons import read_lesson

_LAST = Decimal("Infinity")
_SECONDS = 20


def read(config: Config) -> tuple[Course, list[Diagnostic]]:
    """Read every lesson of the course, in course order."""
    files = Files(config.root, config.root / config.source)
    notes = Notes()
    found = [_bounded(file, files, notes) for file in files.lessons(notes)]
    if not found:
        notes.found.append(no_lessons(config.source))
    lessons = _in_order([lesson for lesson in found if lesson], config.source)
    notes.found += _duplicates(lessons)
    notes.found += _collisions(lessons)
    placed = tuple(_with_deck(lesson, lessons, config) for lesson in lessons)
    notes.found += _same_decks(zip(lessons, placed, strict=True))
    sources = files.media, files.sources, config.source
    course = Course(config.about, placed, *sources, config.anki, config.moodle)
    return course, notes.found


def _bounded(file: Path, files: Files, notes: Notes) -> Lesson | None:
    """Read one lesson; text made to be slow is a mistake like any other."""
    try:
        with bounded(_SECONDS):
            return read_lesson(file, files, notes)
    except (TooMuchError, RecursionError) as error:
        said = "it is nested too deep" if isinstance(error, RecursionError) else str(error)
        message = f"the lesson cannot be read: {said}"
        notes.error(Span(files.name(file)), "too-complex", message, "split or simplify it")
    return None


def _in_order(lessons: Sequence[Lesson], source: str) -> list[Lesson]:
    """Sort by `order`, then name, folder by folder; a module's page comes before its lessons."""
    folders = {str(PurePosixPath(one.path).parent): one for one in lessons if one.is_index}

    def key(lesson: Lesson) -> tuple[tuple[bool, Decimal, str], ...]:
        path = PurePosixPath(lesson.path)
        steps: list[tuple[bool, Decimal, str]] = []
        for folder in reversed([str(one) for one in path.parents if str(one) not in {".", source}]):
            page = folders.get(folder)
            order = page.order if page and page.order is not None else _LAST
            steps.append((True, order, PurePosixPath(folder).name))
        order = lesson.order if lesson.order is not None else _LAST
        return (*steps, (not lesson.is_index, order, path.name))

    return sorted(lessons, key=key)


def _with_deck(lesson: Lesson, lessons: Iterable[Lesson], config: Config) -> Lesson:
    """Give a lesson without `deck` its default: course, folder titles, own title."""
    if lesson.deck:
        return lesson
    titles = {str(PurePosixPath(one.path).parent): one.title for one in lessons if one.is_index}
    path = PurePosixPath(lesson.path)
    folders = [str(one) for one in path.parents if str(one) not in {".", config.source}]
    above = [titles.get(folder, PurePosixPath(folder).name) for folder in reversed(folders)]
    parts = (config.about.title, *above, *(() if lesson.is_index else (lesson.title,)))
    return replace(lesson, deck=tuple(part.replace("::", ":") for part in parts))


def _same_decks(lessons: Iterable[tuple[Lesson, Lesson]]) -> Iterator[Diagnostic]:
    """Warn of lessons that become one deck, though no author said so; pairs: as read, and placed.

    Anki does not tell names apart by the case of their letters.
    """
    seen: dict[tuple[str, ...], Lesson] = {}
    for read_, lesson in lessons:
        if read_.deck or all(item.settings.draft for item in lesson.items):
            continue
        first = seen.setdefault(tuple(map(str.casefold, lesson.deck)), lesson)
        if first is not lesson and "same-deck" not in dict(lesson.allow):
            yield Diagnostic(
                lesson.title_at,
                "same-deck",
                f"two lessons are one deck, and one category: '{'::'.join(lesson.deck)}'",
                "give one of them another title, or write the `deck` of one by hand",
                also=((first.title_at, "the other"),),
                severity="warning",
            )


def _duplicates(lessons: Iterable[Lesson]) -> Iterator[Diagnostic]:
    """Each id, and each alias, names one item of the course for ever."""
    seen: dict[str, Span] = {}
    for lesson in lessons:
        for item in lesson.items:
            for name in (item.id, *item.settings.aliases):
                if name not in seen:
                    seen[name] = item.span
                    continue
                yield Diagnostic(
                    item.span,
                    "duplicate-id",
                    f"id '{name}' is used twice",
                    "ids are for ever (learners' history hangs on them); rename the newer item",
                    also=((seen[name], "first use"),),
                )


def _collisions(lessons: Iterable[Lesson]) -> Iterator[Diagnostic]:
    """Two pages need two files on every system: names that differ in case alone are one there."""
    pages: dict[str, Lesson] = {}
    folders: dict[str, Lesson] = {}
    for lesson in lessons:
        page = unicodedata.normalize("NFC", lesson.page).casefold()
        above = [str(folder) for folder in PurePosixPath(page).parents]
        # `a.html/b.md` needs a folder where the page of `a.md` lies.
        taken = (pages.get(page), folders.get(page), *(pages.get(folder) for folder in above))
        first = next((one for one in taken if one), None)
        if first is not None:
            yield Diagnostic(
                Span(lesson.path),
                "page-collision",
                f"its page html/{lesson.page} is in the way of html/{first.page}",
                "rename one of the two files",
                also=((Span(first.path), "the other"),),
            )
        pages.setdefault(page, lesson)
        folders |= {folder: lesson for folder in above if folder not in folders}
