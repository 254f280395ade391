"""`python -m tests.play`: both courses in both players; a table, and pictures of every item."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.browser import chromium
from tests.conftest import ROOT
from tests.marks import plan
from tests.play.amp import amp
from tests.play.citolab import citolab
from tests.play.outcome import Outcome, outcomes
from tests.play.package import OURS, TORTURE, Course, built
from tests.play.pictures import pictures
from tests.play.table import rendered, stale, unexplained

PLAYERS = (citolab, amp)
GERMAN = "de-DE"  # a decimal comma
PICTURES = ROOT / ".lrcards" / "play"


def main() -> int:
    """Play everything; exit with 1 where a mark is wrong and no known defect explains it."""
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        courses = list(_courses(Path(folder)))
        found = [one for course in courses for one in _played(browser, course)]
    sys.stdout.write(f"{rendered(found)}\n\nPictures: {PICTURES.relative_to(ROOT)}\n")
    wrong = unexplained(found)
    old = [f"a known defect that explains nothing any more: {name}" for name in stale(found)]
    sys.stdout.writelines(f"{line}\n" for line in [*wrong, *old])
    return 1 if wrong or old else 0


def _courses(folder: Path) -> Iterator[Course]:
    for source in (OURS, TORTURE):
        copy = folder / source.name
        copy.mkdir()
        yield built(source, copy)


def _played(browser: Any, course: Course) -> Iterator[Outcome]:
    asked = [(item, plan.tries(item.row)) for item in course.items]
    for opened in PLAYERS:
        with opened(browser, course.files) as player:
            yield from outcomes(player, asked)
            pictures(player, course, PICTURES)
        # A player that writes a mark for the eye of its reader reads half a point as five.
        part = [(item, [one for one in tries if 0 < one.share < 1]) for item, tries in asked]
        with opened(browser, course.files, GERMAN) as player:
            yield from outcomes(player, part)


if __name__ == "__main__":
    sys.exit(main())
