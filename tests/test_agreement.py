"""Every target gives the same share of the points to the same answer, or says that it does not.

The answers are those of tests/marks/plan.py; files are marked by models of each system's own
rule, pages and cards by their own scripts.
"""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.browser import chromium
from tests.cards import imported
from tests.conftest import ROOT, require_real, show_after
from tests.marks import deck, moodle, page, plan, qti12, qti21
from tests.marks.agreement import Marks, disagreements, table
from tests.marks.plan import Row, Try

FILES: dict[str, tuple[str, Callable[..., dict[str, Any]]]] = {
    "moodle": ("moodle/*.xml", moodle.load),
    "qti12": ("qti12/*.zip", qti12.load),
    "qti21": ("qti21/*.zip", qti21.load),
    "qti3": ("qti3/*.zip", qti21.load),
}


@dataclass
class Course:
    """A built course, its items and what each target made of the answers."""

    name: str
    build: Path
    marked: dict[str, Marks] = field(default_factory=dict)

    def __post_init__(self) -> None:
        report = json.loads((self.build / "report.json").read_text(encoding="utf-8"))
        self.rows: dict[str, Row] = {row["key"]: row for row in plan.items(report)}

    def tries(self, target: str) -> list[Try]:
        """Return the answers to the items that a target has."""
        return [
            one
            for row in self.rows.values()
            if not row["targets"].get(target, "left out").startswith("left out")
            for one in plan.tries(row)
        ]

    def file(self, pattern: str) -> Path:
        (found,) = self.build.glob(pattern)
        return found


COURSES: dict[str, Course] = {}


@pytest.fixture(params=["torture", "ours"])
def course(request: pytest.FixtureRequest) -> Course:
    name = request.param
    if name not in COURSES:
        if name == "ours":
            require_real((ROOT / "build" / "report.json").is_file(), "our own course, built")
        build = ROOT / "build" if name == "ours" else request.getfixturevalue("torture")
        COURSES[name] = Course(name, build)
    return COURSES[name]


@pytest.fixture(scope="module", autouse=True)
def shown() -> Iterator[None]:
    """Print what was found behind the tests."""
    yield
    for name, one in COURSES.items():
        show_after(f"Shares of the points, {name}", table(one.marked))


def agrees(course: Course, target: str, found: Marks) -> None:
    course.marked[target] = found
    assert found
    assert list(disagreements(target, course.rows, found)) == []


@pytest.mark.parametrize("target", FILES)
def test_a_target_marks_as_the_plan_says(course: Course, target: str) -> None:
    pattern, load = FILES[target]
    marks = load(course.file(pattern).read_bytes(), course.rows)
    asked = course.tries(target)
    assert {one.key for one in asked} == set(marks)
    agrees(course, target, {one: marks[one.key](one.given) for one in asked})


@pytest.mark.real
def test_the_site_marks_as_the_plan_says(course: Course) -> None:
    asked = course.tries("html")
    with chromium() as browser:
        found = page.marks(browser.new_page(), course.build / "html", course.rows, asked)
    assert set(found) == set(asked)
    agrees(course, "html", found)


@pytest.mark.real
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_deck_marks_as_the_plan_says(course: Course, tmp_path: Path) -> None:
    require_real(importlib.util.find_spec("anki") is not None, "the anki package")
    asked = [one for one in course.tries("anki") if one.kind in deck.KINDS]
    with chromium() as browser, imported(course.file("anki/*.apkg"), tmp_path) as collection:
        found = deck.marks(browser.new_page(), collection, asked)
    # A family of variants is one note, asked with the numbers of the first.
    assert {one.key.split(".")[0] for one in found} == {one.key.split(".")[0] for one in asked}
    agrees(course, "anki", found)
