"""A package: an item a file, an assessment per lesson, pictures, and a manifest of it all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from lrcards.model import Checked, CheckedItem, CheckedLesson, Course
from lrcards.write import lms
from lrcards.write.archive import zip_bytes
from lrcards.write.output import File, Output, families, parted, verdict
from lrcards.write.qti.body import page
from lrcards.write.qti.items import identifier, item, item_path
from lrcards.write.qti.logic import outcome, put
from lrcards.write.qti.manifest import Item, Test, manifest
from lrcards.write.qti.words import Tag, Words, tag
from lrcards.write.xml import nc_name

_TOTALS = ("SCORE", "MAXSCORE")


def write(checked: Checked, words: Words) -> Output:
    """Write the whole course as one package of the version that `words` is of."""
    package = _Package(checked.course, words)
    for lesson in checked.lessons:
        package.lesson(lesson)
    path = f"{words.target}/{checked.course.about.uid}.zip"
    return Output((File(path, package.data()),), package.coverage)


@dataclass(slots=True)
class _Package:
    course: Course
    words: Words
    files: dict[str, bytes] = field(default_factory=dict)
    items: list[Item] = field(default_factory=list)
    tests: list[Test] = field(default_factory=list)
    coverage: dict[str, str] = field(default_factory=dict)

    def lesson(self, lesson: CheckedLesson) -> None:
        kept: list[CheckedItem] = []
        for one in lesson.items:
            what = lms.left_out(one, self.words.target)
            if what is None:
                what = self.item(one, lesson)
                kept.append(one)
            self.coverage[one.key] = what
        name = lesson.lesson.page.removesuffix(".html")
        for suffix, items in parted(kept):
            test = Test(nc_name(f"test-{name}{suffix}"), lesson.lesson, suffix, tuple(items))
            self.tests.append(test)
            self.files[test.href] = self.words.file(_test(test, self.words))

    def item(self, one: CheckedItem, lesson: CheckedLesson) -> str:
        """Add an item and its pictures; return what became of it."""
        files = lms.Files(self.course.media, lambda name: f"../media/{name}")
        made = page(files)
        language = lesson.lesson.language or self.course.about.language
        top = item(one, made, language, self.words)
        self.items.append(Item(one, language, tuple(files.used)))
        self.files[item_path(one)] = self.words.file(top)
        self.files |= {f"media/{name}": data for name, data in files.used.items()}
        return verdict(made.losses, ", ")

    def data(self) -> bytes:
        index = manifest(self.course, self.items, self.tests, self.words)
        return zip_bytes([("imsmanifest.xml", index), *sorted(self.files.items())])


def _test(test: Test, words: Words) -> Tag:
    """Return an `assessmentTest` of one section; its score is the sum of its items'."""
    attributes = {"title": test.title, "visible": "true"}
    section = tag("assessmentSection", *_members(test.items), identifier="section", **attributes)
    # Without a word on it, no feedback is shown.
    control = tag("itemSessionControl", maxAttempts="1", showFeedback="true")
    modes = {"navigationMode": "nonlinear", "submissionMode": "individual"}
    return tag(
        "assessmentTest",
        *[outcome(name, "float", "0") for name in _TOTALS],
        tag("testPart", control, section, identifier="part", **modes),
        tag("outcomeProcessing", *[put(name, _total(name)) for name in _TOTALS]),
        xmlns=words.namespace,
        identifier=test.name,
        title=test.title,
    )


def _total(name: str) -> Tag:
    return tag("sum", tag("testVariables", variableIdentifier=name))


def _members(items: Iterable[CheckedItem]) -> Iterable[Tag]:
    """Yield a reference for each item; of the variants of one, a learner gets one."""
    for family in families(items):
        members = [
            tag("assessmentItemRef", identifier=identifier(one), href=f"../{item_path(one)}")
            for one in family
        ]
        if family[0].variant is None:
            yield from members
            continue
        one = tag("selection", select="1")
        named = {"identifier": f"one-of-{family[0].item.id}", "title": family[0].item.id}
        yield tag("assessmentSection", one, *members, **named, visible="false")
