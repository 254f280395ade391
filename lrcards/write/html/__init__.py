"""The study site: one self-contained page per lesson, and pages that lead to them."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from markupsafe import Markup

from lrcards.diagnostics import count
from lrcards.markup import code_css, palette
from lrcards.model import Checked, CheckedLesson, Lesson, kind_of
from lrcards.write.html.view import groups, sections
from lrcards.write.output import NOT_ASKED, Download, File, Offers, Output, families, kilobytes
from lrcards.write.theme import Theme

NO_OFFERS: Offers = {}


def html(checked: Checked, theme: Theme, offers: Offers = NO_OFFERS) -> Output:
    """Write a page for each lesson, index pages, and what web hosts expect beside them.

    `offers` are packages that lie below html/; pages end with a list of theirs.
    """
    site = _Site(checked, theme, offers)
    files = [*site.pages(), File("html/.nojekyll", b"")]
    coverage = {
        one.key: "full" if "html" in one.item.settings.targets else NOT_ASKED
        for lesson in checked.lessons
        for one in lesson.items
    }
    return Output(tuple(files), coverage)


@dataclass(frozen=True, slots=True)
class _Site:
    checked: Checked
    theme: Theme
    offers: Offers

    def pages(self) -> Iterator[File]:
        for lesson in self.checked.lessons:
            template = "html/index.html" if lesson.lesson.is_index else "html/lesson.html"
            yield self.page(lesson.lesson.page, template, **self.lesson(lesson))
        if not any(one.lesson.page == "index.html" for one in self.checked.lessons):
            about = self.checked.course.about
            yield self.page(
                "index.html",
                "html/index.html",
                title=about.title,
                sections=[],
                groups=[],
                lessons=self.below("index.html"),
            )
        if not any(one.lesson.page == "404.html" for one in self.checked.lessons):
            yield self.page("404.html", "html/404.html", title="Page not found")

    def page(self, page: str, template: str, **values: Any) -> File:
        about = self.checked.course.about
        style = self.theme.assembled("html/site.css") + _code_style()
        script = self.theme.assembled("html/site.js")
        context = {
            "language": about.language,
            "description": "",
            "course": about,
            "provenance": self.checked,
            "page": page,
            "downloads": [_link(one) for one in self.offers.get(page, ())],
            "up": "../" * (len(PurePosixPath(page).parts) - 1),
            "style": Markup(style),  # noqa: S704 - our own style sheet
            "script": Markup(script),  # noqa: S704 - our own script
            "csp": {"style": _hash(style), "script": _hash(script)},
        }
        text = self.theme.render(template, **{**context, **values})
        return File(f"html/{page}", text.encode())

    def lesson(self, checked: CheckedLesson) -> dict[str, Any]:
        lesson = checked.lesson
        values: dict[str, Any] = {
            "title": lesson.title,
            "description": lesson.description,
            "sections": sections(checked, self.checked),
            "groups": groups(checked, self.checked),
            "lessons": self.below(lesson.page) if lesson.is_index else [],
        }
        return values | ({"language": lesson.language} if lesson.language else {})

    def below(self, page: str) -> list[dict[str, str]]:
        """List what an index page leads to: all lessons of its folder and below."""
        folder = PurePosixPath(page).parent
        return [
            {
                "title": lesson.title,
                "description": lesson.description,
                "href": quote(str(PurePosixPath(lesson.page).relative_to(folder))),
                "summary": _summary(one),
            }
            for one in self.checked.lessons
            for lesson in [one.lesson]
            if not lesson.is_index and _is_below(lesson, folder)
        ]


def _is_below(lesson: Lesson, folder: PurePosixPath) -> bool:
    return PurePosixPath(lesson.page).is_relative_to(folder)


def _summary(lesson: CheckedLesson) -> str:
    found = families(lesson.items)
    kinds: Sequence[tuple[str, int]] = Counter(
        kind_of(family[0].item) for family in found
    ).most_common()
    listed = ", ".join(f"{number} {kind}" for kind, number in sorted(kinds))
    total = count(len(found), "item")
    return f"{total}: {listed}" if listed else "reading only"


def _link(one: Download) -> dict[str, str]:
    said = f"{count(one.items, 'item')}, {kilobytes(one.size)}"
    return {"kind": one.kind, "href": quote(one.path), "said": said}


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@lru_cache(maxsize=1)
def _code_style() -> str:
    colours = palette()
    dark = code_css("", colours["dark"])
    return f"{code_css('', colours['light'])}@media (prefers-color-scheme:dark){{{dark}}}\n"
