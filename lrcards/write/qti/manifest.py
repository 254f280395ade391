"""The manifest: every file of a package, and what each item is about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lrcards.markup import to_text
from lrcards.model import CheckedItem, Course, Lesson
from lrcards.write import lms
from lrcards.write.qti.items import identifier, item_path
from lrcards.write.qti.words import Words
from lrcards.write.xml import Element, child, nc_name, root, xml_bytes

_LOM = "LOMv1.0"
_DIFFICULTY = {"easy": (_LOM, "easy"), "medium": (_LOM, "medium"), "hard": (_LOM, "difficult")}
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_NO_LANGUAGE = "x-none"


@dataclass(frozen=True, slots=True)
class Item:
    """An item of the package; `pictures`: names below media/."""

    one: CheckedItem
    language: str
    pictures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Test:
    """An assessment: what of a lesson a machine marks, or what a person does."""

    name: str
    lesson: Lesson
    suffix: str
    items: tuple[CheckedItem, ...]

    @property
    def title(self) -> str:
        return self.lesson.title + self.suffix

    @property
    def href(self) -> str:
        return f"tests/{self.name}.xml"


def manifest(course: Course, items: Iterable[Item], tests: Iterable[Test], words: Words) -> bytes:
    """Return the bytes of imsmanifest.xml."""
    about, space = course.about, words.metadata_namespace
    top = root(
        "manifest", {None: words.package_namespace, "md": space}, identifier=f"lrcards-{about.uid}"
    )
    metadata = child(top, "metadata")
    for name, text in zip(("schema", "schemaversion"), words.schema, strict=True):
        child(metadata, name, text)
    Record(words, about.language, child(metadata, f"{{{space}}}lom")).general(
        f"{about.title} {about.version}".strip()
    )
    child(top, "organizations")
    resources = _Resources(child(top, "resources"), words, about.language)
    items = list(items)
    for test in tests:
        resources.test(test)
    for item in items:
        resources.item(item)
    for name in sorted({name for item in items for name in item.pictures}):
        href = f"media/{name}"
        child(resources.add(nc_name(name), "webcontent", href), "file", href=href)
    return xml_bytes(top)


@dataclass(frozen=True, slots=True)
class _Resources:
    """The list of files, each with those that it needs."""

    element: Element
    words: Words
    language: str

    def add(self, name: str, kind: str, href: str) -> Element:
        return child(self.element, "resource", identifier=name, type=kind, href=href)

    def test(self, test: Test) -> None:
        resource = self.add(test.name, self.words.test_type, test.href)
        language = test.lesson.language or self.language
        self._record(resource, language).general(test.title, test.lesson.description)
        child(resource, "file", href=test.href)
        for one in test.items:
            child(resource, "dependency", identifierref=identifier(one))

    def item(self, item: Item) -> None:
        one, href = item.one, item_path(item.one)
        resource = self.add(identifier(one), self.words.item_type, href)
        record = self._record(resource, item.language)
        title = to_text(one.item.title, one.filled)
        record.general(title, "", lms.labels(one))
        if one.item.settings.level:
            record.difficulty(one.item.settings.level)
        child(resource, "file", href=href)
        for name in item.pictures:
            child(resource, "dependency", identifierref=nc_name(name))

    def _record(self, resource: Element, language: str) -> Record:
        place = f"{{{self.words.metadata_namespace}}}lom"
        return Record(self.words, language, child(child(resource, "metadata"), place))


@dataclass(frozen=True, slots=True)
class Record:
    """A record of LOM, in the binding of the version of QTI."""

    words: Words
    language: str
    lom: Element

    def general(self, title: str, description: str = "", keywords: Iterable[str] = ()) -> None:
        general = self._child(self.lom, "general")
        self._text(self._child(general, "title"), title)
        self._child(general, "language", self.language)
        if description:
            self._text(self._child(general, "description"), description)
        for keyword in keywords:
            self._text(self._child(general, "keyword"), keyword)

    def difficulty(self, level: str) -> None:
        """Say how hard an item is: LOM has words of its own for three levels."""
        entry = self._child(self._child(self.lom, "educational"), "difficulty")
        source, value = _DIFFICULTY.get(level, ("lrcards", level))
        for name, text in (("source", source), ("value", value)):
            if self.words.text == "langstring":
                held = self._child(self._child(entry, name), "langstring", text)
                held.set(_LANG, _NO_LANGUAGE)
            else:
                self._child(entry, name, text)

    def _text(self, parent: Element, text: str) -> None:
        held = self._child(parent, self.words.text, text)
        held.set(_LANG if self.words.text == "langstring" else "language", self.language)

    def _child(self, parent: Element, name: str, text: str | None = None) -> Element:
        return child(parent, f"{{{self.words.metadata_namespace}}}{name}", text)
