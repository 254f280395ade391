"""QTI 1.2 in the flavour that Canvas reads: one zip, an assessment per lesson."""

from __future__ import annotations

from lrcards.diagnostics import Diagnostic, told_once
from lrcards.model import Checked, CheckedItem, CheckedLesson, Course
from lrcards.write import lms
from lrcards.write.archive import zip_bytes
from lrcards.write.output import File, Output, families, parted
from lrcards.write.qti12.items import add_item
from lrcards.write.qti12.losses import ROUNDED, coverage, rounded_away
from lrcards.write.qti12.manifest import Assessment, manifest
from lrcards.write.theme import Theme
from lrcards.write.xml import Element, child, nc_name, root, xml_bytes

_QTI = "http://www.imsglobal.org/xsd/ims_qtiasiv1p2"


def qti12(checked: Checked, theme: Theme) -> Output:
    """Write the whole course as one QTI 1.2 package."""
    del theme  # questions have no template
    package = _Package(checked.course)
    for lesson in checked.lessons:
        package.lesson(lesson)
    path = f"qti12/{checked.course.about.uid}.zip"
    return Output((File(path, package.data()),), package.coverage, tuple(package.found))


class _Package:
    def __init__(self, course: Course) -> None:
        self.course = course
        self.files: dict[str, bytes] = {}
        self.media: dict[str, bytes] = {}
        self.assessments: list[Assessment] = []
        self.coverage: dict[str, str] = {}
        self.found: list[Diagnostic] = []

    def lesson(self, lesson: CheckedLesson) -> None:
        kept: list[CheckedItem] = []
        for family in families(lesson.items):
            asked = [one for one in family if self.is_asked(one)]
            found = [rounded_away(one) for one in asked]
            labels = [one.variant.text if one.variant else "" for one in asked]
            self.found += told_once([*zip(labels, found, strict=True)])
            for one, rounded in zip(asked, found, strict=True):
                self.coverage[one.key] = ROUNDED if rounded else coverage(one)
                kept += [] if rounded else [one]
        page = lesson.lesson.page.removesuffix(".html")
        for suffix, items in parted(kept):
            self.assessment(nc_name(page + suffix), lesson.lesson.title + suffix, items)

    def is_asked(self, one: CheckedItem) -> bool:
        verdict = lms.left_out(one, "qti12")
        if verdict:
            self.coverage[one.key] = verdict
        return verdict is None

    def assessment(self, name: str, title: str, items: list[CheckedItem]) -> None:
        top = root("questestinterop", {None: _QTI})
        assessment = child(top, "assessment", ident=name, title=title)
        section = child(assessment, "section", ident="root_section")
        used: dict[str, bytes] = {}
        for family in families(items):
            holder = _drawn(section, family) if family[0].variant else section
            for one in family:
                used |= self.item(holder, one)
        keywords = (word for one in items for word in lms.labels(one))
        made = Assessment(name, title, tuple(used), tuple(dict.fromkeys(keywords)))
        self.files[made.path] = xml_bytes(top)
        self.media |= used
        self.assessments.append(made)

    def item(self, section: Element, one: CheckedItem) -> dict[str, bytes]:
        """Add an item; return the files that it shows."""
        files = lms.Files(self.course.media, lambda file: f"%24IMS-CC-FILEBASE%24/media/{file}")
        add_item(section, one, lms.dialect(files))
        return files.used

    def data(self) -> bytes:
        media = {f"media/{file}": data for file, data in self.media.items()}
        top = manifest(self.course.about, self.assessments, sorted(self.media))
        members = [("imsmanifest.xml", xml_bytes(top)), *sorted((self.files | media).items())]
        return zip_bytes(members)


def _drawn(section: Element, family: tuple[CheckedItem, ...]) -> Element:
    """Add a group of which a quiz shows one question; its points are those of the questions."""
    name = family[0].item.id  # a title may hold the numbers of one variant
    group = child(section, "section", ident=name, title=name)
    selection = child(child(group, "selection_ordering"), "selection")
    child(selection, "selection_number", "1")
    return group
