"""A lost lock, made again from the deck that was released last."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from lrcards.check.lock import Place, parse_lock, render_lock
from lrcards.config import Config
from lrcards.diagnostics import UsageProblemError, count
from lrcards.guards import DATA, RefusedError, read_file
from lrcards.model import Checked, CheckedItem, LockLine
from lrcards.pipeline import Compiled, Request, compile_course
from lrcards.records import LOCK
from lrcards.write import WRITERS
from lrcards.write.anki.unpack import Packed, UnpackError, unpack
from lrcards.write.files import replace_file
from lrcards.write.theme import Theme

# What no content has: the next build takes the note for changed.
_UNKNOWN = ""


class RebuildError(UsageProblemError):
    """The lock cannot be made from that file: a usage error, exit code 2."""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What came of it. `compiled` says what is wrong with the sources where nothing did."""

    compiled: Compiled
    lines: tuple[str, ...] = ()


def rebuild(deck: Path, config: Config, request: Request) -> Rebuilt:
    """Write the lock that a released deck was made with, as far as it can be told.

    A note whose fields are what a build would write now counts as unchanged, any other one as
    changed: its next update reaches learners. Raises RebuildError.
    """
    if (config.root / LOCK).exists():
        raise RebuildError(f"there is a {LOCK}; move it away to make it again")
    packed = _unpacked(deck)
    old = _sound({place: _line(place, one) for place, one in packed.items()}, request)
    compiled = compile_course(config, request, old)
    if compiled.checked is None:
        return Rebuilt(compiled)
    lines = {**old, **dict(_same(packed, old, compiled.checked, config))}
    replace_file(config.root / LOCK, render_lock(lines.values()).encode())
    changed = sum(line.hash == _UNKNOWN for line in lines.values())
    said = f"Wrote    {LOCK}   {count(len(lines), 'note')}, {changed} not as the sources are now"
    return Rebuilt(compiled, (said,))


def _unpacked(deck: Path) -> dict[Place, Packed]:
    try:
        notes = unpack(read_file(deck, DATA))
    except (RefusedError, UnpackError) as error:
        raise RebuildError(f"{deck.name} is not read: {error}") from None
    found = {_place(key): one for key, one in notes.items()}
    if not found:
        raise RebuildError(f"{deck.name} holds no notes of lrcards")
    return found


def _place(key: str) -> Place:
    name, _, variant = key.partition(".")
    return name, variant


def _line(place: Place, one: Packed) -> LockLine:
    return LockLine(place[0], one.guid, _UNKNOWN, one.mod, one.deck, "", place[1])


def _sound(lines: Mapping[Place, LockLine], request: Request) -> dict[Place, LockLine]:
    """Let the lock's own reader judge what a file that may be anyone's would put into it."""
    sound, found = parse_lock(render_lock(lines.values()), request.now)
    if found:
        raise RebuildError(f"the deck cannot be one of ours: {found[0].message}")
    return sound


def _same(
    packed: Mapping[Place, Packed], old: Mapping[Place, LockLine], checked: Checked, config: Config
) -> Iterator[tuple[Place, LockLine]]:
    """Yield the lines of notes that a build now would write as they are in the deck.

    They keep the deck's name and the time of change that it holds. What has been renamed since
    stands under its old id, and so does what has changed: the next build sees both.
    """
    output = WRITERS["anki"](checked, Theme(*config.template_folders))
    now = unpack(next(file.data for file in output.files if file.path.endswith(".apkg")))
    for place, one in _items(checked):
        was = packed.get(place)
        written = now.get(one.key)
        if was and written and written.content == was.content:
            line = old[place]
            kept = replace(one.lock, mod=line.mod, deck=line.deck)
            yield place, kept


def _items(checked: Checked) -> Iterator[tuple[Place, CheckedItem]]:
    for lesson in checked.lessons:
        for one in lesson.items:
            yield one.lock.place, one
