"""What the course knows of its notes: those in the deck, those that are gone, those retired."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from lrcards import records
from lrcards.check.history import taken_away
from lrcards.check.lock import guid_of
from lrcards.config import Config
from lrcards.model import LockLine
from lrcards.read import read
from lrcards.write.anki.package import note_id
from lrcards.write.carried import Carried, kinds
from lrcards.write.output import is_left_out

# A note whose id was taken gets one a little above, in the package or in the collection.
_NEAR = 20_000


@dataclass(frozen=True)
class Known:
    """The lines of the lock by key, parted; `kinds` of the items in the deck by key.

    `gone`: taken out of the course, or out of its deck. Drafts are in neither: they come back.
    """

    uid: str
    here: Mapping[str, LockLine]
    gone: Mapping[str, LockLine]
    retired: frozenset[str]
    kinds: Mapping[str, str]
    package: Path

    @cached_property
    def _by_id(self) -> dict[int, LockLine]:
        lines = (*self.gone.values(), *self.here.values())
        return {note_id(line.guid): line for line in lines}

    def line_of(self, number: int, key: str) -> LockLine | None:
        """Return the line of the note that has this id and Key; None for a note of no one we know.

        A Key alone proves nothing: another course may use it. The id is made from the guid.
        """
        line = self.here.get(key) or self.gone.get(key) or self._retired(key)
        if line and 0 <= number - note_id(line.guid) <= _NEAR:
            return line
        return self._by_id.get(number)

    def claims(self, key: str) -> bool:
        """Say whether a note of ours could have this Key."""
        return bool(self.here.get(key) or self.gone.get(key) or self._retired(key))

    def _retired(self, key: str) -> LockLine | None:
        """Make up the line that the lock no longer has."""
        name, _, variant = key.partition(".")
        if not {key, name} & self.retired:
            return None
        return LockLine(name, guid_of(self.uid, key), "", 0, "", "", variant)


def load(config: Config, out: Path, report: Mapping[str, object], now: int) -> Known:
    """Read course, lock and report of a build that stands; for `now` see Ledger."""
    course, _ = read(config)
    ledger, _ = records.load(config, now, accept=False)
    rows = Carried(out, (), report).coverage().get("anki", {})
    gone = {line.key: line for line in taken_away(course, ledger).values()}
    here: dict[str, LockLine] = {}
    for line in ledger.lines.values():
        key = line.key
        if key in rows:
            (gone if is_left_out(rows[key]) else here)[key] = line
    return Known(
        config.about.uid,
        here,
        gone,
        frozenset(config.retired),
        kinds(report),
        out / "anki" / f"{config.about.uid}.apkg",
    )
