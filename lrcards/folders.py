"""Where a course may keep its folders: inside itself, and apart from what a build replaces."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from lrcards.guards import inside, path_problem

_OWN = (".lrcards", "lrcards.lock", "lrcards.values")


def folder_problems(root: Path, named: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Yield key, message and help for each folder of `named` (source, out, templates) not fit.

    All that is read or written by name is held inside the course, and apart.
    """
    for key, written in named.items():
        problem = path_problem(written) or (not written.strip() and "it is empty")
        if problem:
            yield key, f"'{key}' cannot be '{written}': {problem}", ""
        elif not inside(root / written, root):
            hint = "name a folder inside the course, no hidden one, and no link out of it"
            yield key, f"'{key}' leaves the course: '{written}'", hint
    out = _plain(root / named["out"])
    for key in ("source", "templates"):
        if _plain(root / named[key]).is_relative_to(out):
            yield "out", f"'{key}' lies in 'out', which a build replaces", "move it"
    for name in _OWN:
        if any(one.is_symlink() for one in (root / name, *_entries(root / name))):
            yield name, f"{name} is a link, or holds one", "remove it"


def _plain(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError, ValueError):
        return path


def _entries(folder: Path) -> list[Path]:
    return [*folder.iterdir()] if folder.is_dir() else []
