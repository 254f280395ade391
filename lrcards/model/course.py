"""The course as read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from lrcards.model.items import Item
from lrcards.model.prose import Prose
from lrcards.model.runs import Snippet


@dataclass(frozen=True, slots=True)
class About:
    """What the configuration says of the course; `uid` is permanent."""

    uid: str
    title: str
    version: str = ""
    author: str = ""
    license: str = ""
    language: str = "en"
    site_url: str = ""
    issues_url: str = ""


@dataclass(frozen=True, slots=True)
class AnkiOptions:
    """What the configuration says of the deck: variants of an item that are cards, presets."""

    variants: int = 1
    presets: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """Lesson prose under one heading; the part before the first heading has no title."""

    title: Prose | None
    level: int
    body: Prose


@dataclass(frozen=True, slots=True)
class Lesson:
    """One Markdown file. `page` is its path below html/; `is_index`: it is a module's page."""

    path: str
    page: str
    title: str
    deck: tuple[str, ...]
    sections: tuple[Section, ...]
    items: tuple[Item, ...]
    snippets: Mapping[str, Snippet]
    use: tuple[str, ...] = ()
    description: str = ""
    language: str = ""
    order: Decimal | None = None
    is_index: bool = False
    allow: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Course:
    """Everything read, lessons in course order; `media` by path below the source folder."""

    about: About
    lessons: tuple[Lesson, ...]
    media: Mapping[str, bytes]
    sources: Mapping[str, str]
    source_dir: str = "source"
    anki: AnkiOptions = field(default_factory=AnkiOptions)
