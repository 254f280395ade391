"""How confined runs are: the words that are printed, stored with each result and compared."""

from __future__ import annotations

from collections.abc import Iterable

FULL, PROCESS_ONLY = "full", "process only"
# The layers of confinement, in the order in which a child enters them.
LAYERS = ("limits", "capabilities", "landlock", "seccomp")
# What a run must not be able to touch; a probe tries each of them.
GUARDED = (
    "filesystem", "metadata", "network", "processes", "signals", "privileges", "memory limit",
)  # fmt: skip
_CONFINED = frozenset(GUARDED[:5])
_PARTIAL = "partial, missing: "


def level(missing: Iterable[str]) -> str:
    """Return `full`, `partial, missing: ...` or `process only` for what is not guarded."""
    words = set(missing)
    if not words:
        return FULL
    listed = ", ".join(word for word in GUARDED if word in words)
    return PROCESS_ONLY if words >= _CONFINED else _PARTIAL + listed


def weakest(levels: Iterable[str]) -> str:
    """Return what holds for all of several runs: what one of them lacks is missing."""
    missing: set[str] = set()
    for one in levels:
        if one == FULL:
            continue
        words = {*one.removeprefix(_PARTIAL).split(", ")}
        if not words <= {*GUARDED}:
            words = {*GUARDED}  # `process only`, and words of another version: assume the worst
        missing |= words
    return level(missing)
