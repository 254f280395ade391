"""The manifest: every file of a package, and what each item is about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lrcards.markup import to_text
from lrcards.model import CheckedItem, Course, Lesson
from lrcards.write import lms
from lrcards.write.qti.items import identifier, item_path
from lrcards.write.qti.words import Tag, Words, tag, xml_file
from lrcards.write.xml import nc_name

_LOM = "LOMv1.0"
_DIFFICULTY = {"easy": (_LOM, "easy"), "medium": (_LOM, "medium"), "hard": (_LOM, "difficult")}
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


def manifest(course: Course, items: Sequence[Item], tests: Sequence[Test], words: Words) -> bytes:
    """Return the bytes of imsmanifest.xml."""
    about = course.about
    schema = zip(("schema", "schemaversion"), words.schema, strict=True)
    title = f"{about.title} {about.version}".strip()
    record = Record(words, about.language)
    metadata = tag(
        "metadata",
        *[tag(name, text) for name, text in schema],
        record.lom(record.general(title)),
    )
    pictures = sorted({name for item in items for name in item.pictures})
    resources = (
        *[_test(test, test.lesson.language or about.language, words) for test in tests],
        *[_item(item, words) for item in items],
        *[_resource(nc_name(name), "webcontent", f"media/{name}", ()) for name in pictures],
    )
    names = {"xmlns": words.package_namespace, "xmlns:md": words.metadata_namespace}
    parts = (metadata, tag("organizations"), tag("resources", *resources))
    return xml_file(tag("manifest", *parts, **names, identifier=f"lrcards-{about.uid}"))


def _test(test: Test, language: str, words: Words) -> Tag:
    record = Record(words, language)
    lom = record.lom(record.general(test.title, test.lesson.description))
    needed = [identifier(one) for one in test.items]
    return _resource(test.name, words.test_type, test.href, needed, lom)


def _item(item: Item, words: Words) -> Tag:
    one, record = item.one, Record(words, item.language)
    level = one.item.settings.level
    lom = record.lom(
        record.general(to_text(one.item.title, one.filled), "", lms.labels(one)),
        *((record.difficulty(level),) if level else ()),
    )
    needed = [nc_name(name) for name in item.pictures]
    return _resource(identifier(one), words.item_type, item_path(one), needed, lom)


def _resource(name: str, kind: str, href: str, needed: Iterable[str], *records: Tag) -> Tag:
    """Return a file of the package with the records about it and the files that it needs."""
    return tag(
        "resource",
        *([tag("metadata", *records)] if records else []),
        tag("file", href=href),
        *[tag("dependency", identifierref=other) for other in needed],
        identifier=name,
        type=kind,
        href=href,
    )


@dataclass(frozen=True, slots=True)
class Record:
    """Makes a record of LOM, in the binding of the version of QTI."""

    words: Words
    language: str

    def lom(self, *parts: Tag) -> Tag:
        return tag("md:lom", *parts)

    def general(self, title: str, description: str = "", keywords: Iterable[str] = ()) -> Tag:
        told = [description] if description else []
        return tag(
            "md:general",
            tag("md:title", self._text(title)),
            tag("md:language", self.language),
            *[tag("md:description", self._text(text)) for text in told],
            *[tag("md:keyword", self._text(keyword)) for keyword in keywords],
        )

    def difficulty(self, level: str) -> Tag:
        """Say how hard an item is: LOM has words of its own for three levels."""
        source, value = _DIFFICULTY.get(level, ("lrcards", level))
        entry = tag("md:difficulty", self._word("md:source", source), self._word("md:value", value))
        return tag("md:educational", entry)

    def _text(self, text: str) -> Tag:
        name = "xml:lang" if self.words.text == "langstring" else "language"
        return tag(f"md:{self.words.text}", text, **{name: self.language})

    def _word(self, name: str, text: str) -> Tag:
        if self.words.text != "langstring":
            return tag(name, text)
        return tag(name, tag("md:langstring", text, **{"xml:lang": _NO_LANGUAGE}))
