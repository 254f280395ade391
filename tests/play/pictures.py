"""Pictures of items as a learner sees them after an answer: to be looked at by a person."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.marks import plan
from tests.play.package import Asked, Course
from tests.play.stage import Player, Response, Written


def pictures(player: Player, course: Course, folder: Path) -> None:
    """Take a picture of each item, of one variant each, and for each kind of what the dialogs say.

    Files are `<course>-<kind>-<key>.<player>.png`, a dialog's with its number from 1.
    """
    folder.mkdir(parents=True, exist_ok=True)
    seen: set[str] = set()
    for item in _once(course):
        name = f"{course.name}-{item.kind}-{item.key}"
        player.load(item.xml, item.folder)
        player.answer(_response(item))
        player.end()
        count = player.dialogs()
        player.show(None)
        player.page.screenshot(path=folder / f"{name}.{player.name}.png", full_page=True)
        for number in range(1, 1 + (0 if item.kind in seen else count)):
            player.show(number - 1)
            player.page.screenshot(path=folder / f"{name}-{number}.{player.name}.png")
        seen.add(item.kind)


def _once(course: Course) -> Iterator[Asked]:
    names: set[str] = set()
    for item in course.items:
        if item.row["id"] not in names:
            names.add(item.row["id"])
            yield item


def _response(item: Asked) -> Response:
    """Return an answer that gets some feedback: half right, or not right at all."""
    tries = plan.few(item.row)
    return item.response(tries[1]) if tries else Written("Because the rate is halved.")
