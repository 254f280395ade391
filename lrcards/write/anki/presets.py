"""Deck options that travel with the deck, for courses that ask for them.

Anki takes them only where the learner ticks "import any deck presets", which is off by default.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

# Seconds since 1970: constant, so that no release is newer than what a learner has set since.
_MODIFIED = 1_795_500_000
_LOWEST_POSITION = 1
_AS_GATHERED = 1


@dataclass(frozen=True, slots=True)
class Preset:
    """New cards in the order of the course, whatever its lessons are called; ten a day."""

    number: int
    name: str

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.number,
            "name": self.name,
            "mod": _MODIFIED,
            "usn": -1,
            "maxTaken": 60,
            "autoplay": True,
            "timer": 0,
            "replayq": True,
            "dyn": False,
            "newGatherPriority": _LOWEST_POSITION,
            "newSortOrder": _AS_GATHERED,
            "new": {
                "bury": True, "delays": [1, 10], "initialFactor": 2500, "ints": [1, 4, 7],
                "order": 1, "perDay": 10, "separate": True,
            },
            "rev": {
                "bury": True, "ease4": 1.3, "fuzz": 0.05, "ivlFct": 1, "maxIvl": 36500,
                "minSpace": 1, "perDay": 200,
            },
            "lapse": {"delays": [10], "leechAction": 1, "leechFails": 8, "minInt": 1, "mult": 0},
        }  # fmt: skip


def preset_of(uid: str, title: str) -> Preset:
    digest = hashlib.sha256(f"{uid}/preset".encode()).digest()
    return Preset((1 << 30) + int.from_bytes(digest[:4], "big") % (1 << 30), title)
