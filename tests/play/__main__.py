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
from tests.play.package import OURS, TORTURE, Course, built
from tests.play.pictures import pictures
from tests.play.table import Outcome, outcomes, rendered, unexplained

PLAYERS = (citolab, amp)
PICTURES = ROOT / ".lrcards" / "play"


def main() -> int:
    """Play everything; exit with 1 where a mark is wrong and no known defect explains it."""
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        courses = list(_courses(Path(folder)))
        found = [one for course in courses for one in _played(browser, course)]
    sys.stdout.write(f"{rendered(found)}\n\nPictures: {PICTURES.relative_to(ROOT)}\n")
    wrong = unexplained(found)
    sys.stdout.writelines(f"{line}\n" for line in wrong)
    return 1 if wrong else 0


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


if __name__ == "__main__":
    sys.exit(main())
