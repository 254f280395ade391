"""QTI 1.2 in the flavour that Canvas reads: one zip, an assessment per lesson."""

from __future__ import annotations

import hashlib
import re
from decimal import ROUND_HALF_EVEN, Decimal

from lrcards.diagnostics import Diagnostic, told_once
from lrcards.model import Checked, CheckedItem, CheckedLesson, Cloze, Course, Explain, Multiple
from lrcards.values import plain_decimal
from lrcards.write import lms
from lrcards.write.archive import zip_bytes
from lrcards.write.output import File, Output, families
from lrcards.write.qti12.items import add_item
from lrcards.write.theme import Theme
from lrcards.write.xml import Element, child, root, xml_bytes

_QTI = "http://www.imsglobal.org/xsd/ims_qtiasiv1p2"
_CP = "http://www.imsglobal.org/xsd/imscp_v1p1"
_MD = "http://www.imsglobal.org/xsd/imsmd_v1p2"
_FLOAT_DIGITS = 16
_CANVAS_DIGITS = Decimal("0.0001")
_ROUNDED = "left out: Canvas rounds the answer out of its own bounds"


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
        self.assessments: list[tuple[str, str, list[str]]] = []
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
                self.coverage[one.key] = _ROUNDED if rounded else _reduced(one)
                kept += [] if rounded else [one]
        written = [one for one in kept if isinstance(one.item, Explain)]
        auto = [one for one in kept if not isinstance(one.item, Explain)]
        page = lesson.lesson.page.removesuffix(".html")
        for items, suffix in ((auto, ""), (written, ": written")):
            if items:
                self.assessment(identifier(page + suffix), lesson.lesson.title + suffix, items)

    def is_asked(self, one: CheckedItem) -> bool:
        verdict = lms.left_out(one, "qti12")
        if verdict:
            self.coverage[one.key] = verdict
        return verdict is None

    def assessment(self, name: str, title: str, items: list[CheckedItem]) -> None:
        top = root("questestinterop", {None: _QTI})
        assessment = child(top, "assessment", ident=name, title=title)
        section = child(assessment, "section", ident="root_section")
        used: list[str] = []
        for family in families(items):
            holder = _drawn(section, family) if family[0].variant else section
            for one in family:
                used += [file for file in self.item(holder, one) if file not in used]
        self.files[f"{name}/{name}.xml"] = xml_bytes(top)
        self.assessments.append((name, title, used))

    def item(self, section: Element, one: CheckedItem) -> list[str]:
        """Add an item and its files; return their names."""
        files = lms.Files(self.course.media, lambda file: f"%24IMS-CC-FILEBASE%24/media/{file}")
        add_item(section, one, lms.dialect(files))
        self.files |= {f"media/{file}": data for file, data in files.used.items()}
        return [*files.used]

    def data(self) -> bytes:
        members = [("imsmanifest.xml", xml_bytes(self.manifest())), *sorted(self.files.items())]
        return zip_bytes(members)

    def manifest(self) -> Element:
        about = self.course.about
        top = root("manifest", {None: _CP, "imsmd": _MD}, identifier=f"lrcards_{about.uid}")
        metadata = child(top, "metadata")
        child(metadata, "schema", "IMS Content")
        child(metadata, "schemaversion", "1.1.3")
        lom = child(metadata, f"{{{_MD}}}lom")
        title = child(child(lom, f"{{{_MD}}}general"), f"{{{_MD}}}title")
        text = child(title, f"{{{_MD}}}langstring", f"{about.title} {about.version}".strip())
        text.set("{http://www.w3.org/XML/1998/namespace}lang", about.language)
        child(top, "organizations")
        resources = child(top, "resources")
        for name, _, used in self.assessments:
            href = f"{name}/{name}.xml"
            resource = child(
                resources, "resource", identifier=name, type="imsqti_xmlv1p2", href=href
            )
            child(resource, "file", href=href)
            for file in used:
                child(resource, "dependency", identifierref=identifier(file))
        for path in sorted(path for path in self.files if path.startswith("media/")):
            name = identifier(path.removeprefix("media/"))
            resource = child(resources, "resource", identifier=name, type="webcontent", href=path)
            child(resource, "file", href=path)
        return top


def rounded_away(one: CheckedItem) -> tuple[Diagnostic, ...]:
    """Canvas keeps four decimals of what is typed: warn where the key is then wrong."""
    answer = one.answer
    if answer is None:
        return ()
    shown = Decimal(answer.shown)
    # A float so large has no decimals to round, and Decimal refuses to try.
    large = shown.adjusted() > _FLOAT_DIGITS
    rounded = shown if large else shown.quantize(_CANVAS_DIGITS, ROUND_HALF_EVEN)
    if answer.low <= rounded <= answer.high:
        return ()
    scale = Decimal(1).scaleb(shown.adjusted()) * (answer.scale or 1)
    found = Diagnostic(
        one.item.span,
        "canvas-rounds",
        f"Canvas rounds {answer.shown} to {plain_decimal(rounded)}, which is wrong",
        f"add `scale: {_scientific(scale)}`, so that a larger number is typed, or "
        "leave qti12 out of `targets`",
        severity="warning",
    )
    return (found,)


def _drawn(section: Element, family: tuple[CheckedItem, ...]) -> Element:
    """Add a group of which a quiz shows one question; its points are those of the questions."""
    name = family[0].item.id  # a title may hold the numbers of one variant
    group = child(section, "section", ident=name, title=name)
    selection = child(child(group, "selection_ordering"), "selection")
    child(selection, "selection_number", "1")
    return group


def identifier(text: str) -> str:
    """Return a stable XML name: a text that is none gets a digest, so that no two become one."""
    if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.-]*", text):
        return text
    name = re.sub(r"[^A-Za-z0-9_.-]", "_", text)
    return f"_{name}_{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def _reduced(one: CheckedItem) -> str:
    losses: list[str] = []
    if isinstance(one.item, Multiple):
        losses.append("all right options or no mark")
    if isinstance(one.item, Cloze) and one.deletions:
        losses.append("numbers in gaps must be typed as shown")
    if one.item.parts.hints:
        losses.append("hints")
    return f"reduced: {', '.join(losses)}" if losses else "full"


def _scientific(scale: Decimal) -> str:
    return f"1e{scale.adjusted()}"
