"""What the site offers for download: the packages of the course, of each module and each lesson."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from lrcards.model import Checked, CheckedLesson
from lrcards.write.output import Download, File, Offers, Output, Writer, is_left_out
from lrcards.write.theme import Theme

# What a file of each format ends with, and what readers of the page call it.
_KINDS = {
    "anki": (".apkg", "Anki deck"),
    "moodle": (".moodle.xml", "Moodle XML"),
    "qti12": (".qti12.zip", "QTI 1.2, for Canvas"),
    "qti21": (".qti21.zip", "QTI 2.1"),
    "qti3": (".qti3.zip", "QTI 3.0"),
    "gift": (".gift.txt", "GIFT, for Moodle"),
    "blackboard": (".blackboard.txt", "Blackboard"),
}
_FOLDER = "files"


@dataclass(frozen=True, slots=True)
class _Scope:
    """A part of the course that has packages of its own: their path without ending, their page."""

    stem: str
    page: str
    lessons: tuple[CheckedLesson, ...]


@dataclass(frozen=True, slots=True)
class Packer:
    """Makes the downloads of a course; `whole`: what each of their formats made of all of it."""

    checked: Checked
    theme: Theme
    writers: Mapping[str, Writer]
    whole: Mapping[str, Output]

    def all(self) -> tuple[list[File], Offers]:
        """Return the files, and what each page offers of them."""
        files: list[File] = []
        offers: dict[str, list[Download]] = {}
        for scope, target, output, items in self._packages():
            ending, kind = _KINDS[target]
            path = f"{_FOLDER}/{scope.stem}{ending}"
            data = output.files[0].data  # the package comes first, what goes with it after it
            files.append(File(f"html/{path}", data))
            offers.setdefault(scope.page, []).append(Download(kind, path, items, len(data)))
        return files, offers

    def _packages(self) -> Iterator[tuple[_Scope, str, Output, int]]:
        """Yield each package that is not empty and the number of its items.

        Equal parts of the course are written once.
        """
        for target, whole in self.whole.items():
            made = {_filled(self.checked.lessons): whole}
            for scope in _scopes(self.checked):
                if kept := self._kept(scope.lessons, target):
                    part = _filled(scope.lessons)
                    if part not in made:
                        lessons = replace(self.checked, lessons=scope.lessons)
                        made[part] = self.writers[target](lessons, self.theme)
                    yield scope, target, made[part], len(kept)

    def _kept(self, lessons: tuple[CheckedLesson, ...], target: str) -> set[str]:
        """Return the ids of the items that a format has of these lessons."""
        verdicts = self.whole[target].coverage
        return {
            one.item.id
            for lesson in lessons
            for one in lesson.items
            if not is_left_out(verdicts[one.key])
        }


def _filled(lessons: tuple[CheckedLesson, ...]) -> tuple[str, ...]:
    """Name what a package is made of: lessons without items leave nothing in it."""
    return tuple(lesson.lesson.path for lesson in lessons if lesson.items)


def _scopes(checked: Checked) -> Iterator[_Scope]:
    """Yield the course, its modules (folders) and its lessons, each with a stem of its own.

    A lesson may be called as its module is, or as the course; the second to come is set apart.
    So is what would lie where a folder has to be.
    """
    taken = set(_folders(checked))
    for stem, suffix, page, lessons in _named(checked):
        name = stem
        while not taken.isdisjoint(_places(name)):
            name += suffix
        taken.update(_places(name))
        yield _Scope(name, page, lessons)


def _places(stem: str) -> list[str]:
    return [_plain(f"{_FOLDER}/{stem}{ending}") for ending, _ in _KINDS.values()]


def _folders(checked: Checked) -> Iterator[str]:
    """Yield each folder below html/, of pages and of downloads."""
    for lesson in checked.lessons:
        for folder in PurePosixPath(lesson.lesson.page).parents:
            yield from (_plain(str(folder)), _plain(f"{_FOLDER}/{folder}"))


def _plain(path: str) -> str:
    """Return what a path is to a system that knows neither case nor how letters are composed."""
    return unicodedata.normalize("NFC", path).casefold()


def _named(checked: Checked) -> Iterator[tuple[str, str, str, tuple[CheckedLesson, ...]]]:
    lessons = checked.lessons
    yield checked.course.about.uid, "-course", "index.html", lessons
    pages = [PurePosixPath(one.lesson.page) for one in lessons]
    for folder in dict.fromkeys(above for page in pages for above in reversed(page.parents[:-1])):
        below = (one for page, one in zip(pages, lessons, strict=True) if folder in page.parents)
        yield f"{folder}/{folder.name}", "-module", f"{folder}/index.html", tuple(below)
    for page, one in zip(pages, lessons, strict=True):
        if not one.lesson.is_index:  # its page is that of its module
            yield str(page.with_suffix("")), "-lesson", str(page), (one,)
