"""What a course was: a lock file, or a revision in git, whose sources are then checked too."""

from __future__ import annotations

import io
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path, PurePosixPath

from lrcards.changes import Before, items_of
from lrcards.check.lock import Place
from lrcards.config import Config, ConfigError, find_config
from lrcards.git import PastError, ask, commit_of
from lrcards.model import CheckedItem
from lrcards.pipeline import Request, compile_course
from lrcards.records import LOCK
from lrcards.since import lock_at_file

HEAD = "HEAD"


def last(config: Config, request: Request) -> Before:
    """Return what was committed last; without git, or a commit, what the lock on disk holds."""
    try:
        return at_revision(HEAD, config, request)
    except PastError:
        return at_file(config.root / LOCK, request)


def at_file(file: Path, request: Request) -> Before:
    """Return what a lock says; it holds hashes and no values.

    Raises PastError where it cannot be read.
    """
    lines = lock_at_file(file).lines(request.now)
    return Before(file.name, lines, why="a lock holds hashes alone; a revision of git holds more")


def at_revision(name: str, config: Config, request: Request) -> Before:
    """Return what a revision holds: its lock, and the values that its own sources show.

    Raises PastError without git, outside a repository, and where there is no such revision.
    """
    with _checkout(config.root, commit_of(config.root, name)) as folder:
        if not (folder / LOCK).is_file():
            raise PastError(f"{name} holds no {LOCK}")
        before = replace(at_file(folder / LOCK, request), name=name)
        items, why = _shown(folder, request)
    return replace(before, items=items, why=why)


def _shown(folder: Path, request: Request) -> tuple[dict[Place, CheckedItem], str]:
    """Check old sources with the numbers recorded beside them: nothing of them is run."""
    try:
        config = find_config(folder)
        if config.root != folder:
            return {}, "it has no configuration: no old values"
        checked = compile_course(config, replace(request, frozen=True)).checked
    except ConfigError:
        return {}, "its configuration is not one of this version: no old values"
    if checked is None:
        return {}, "its sources do not pass, or it has no lrcards.values: no old values"
    return items_of(checked), ""


@contextmanager
def _checkout(root: Path, commit: str) -> Iterator[Path]:
    """Lay out the files of a commit below the course's folder somewhere else, for a while."""
    data = ask(root, "archive", "--format=tar", commit)
    if data is None:
        raise PastError("git cannot read that revision")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            _lay_out(archive, folder)
        yield folder


def _lay_out(archive: tarfile.TarFile, folder: Path) -> None:
    for member in archive:
        path = PurePosixPath(member.name)
        stream = archive.extractfile(member) if member.isreg() else None
        if stream is None or path.is_absolute() or ".." in path.parts:
            continue  # links lead somewhere else; a course may not hold any that leave it
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("wb") as copy:
            shutil.copyfileobj(stream, copy)
