"""What a course was: a lock file, or a revision in git, whose sources are then checked too."""

from __future__ import annotations

import io
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path, PurePosixPath

from lrcards.changes import Before, items_of
from lrcards.check.lock import Place, load_lock
from lrcards.config import Config, ConfigError, find_config
from lrcards.diagnostics import UsageProblemError
from lrcards.guards import DATA, path_problem, visible
from lrcards.model import CheckedItem
from lrcards.pipeline import Request, compile_course
from lrcards.records import LOCK

_SECONDS = 60
HEAD = "HEAD"


class PastError(UsageProblemError):
    """There is no such state of the course: a usage error, exit code 2."""


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
    lines, found = load_lock(file, request.now)
    if found or not file.is_file():
        said = found[0].message if found else "there is no such file"
        raise PastError(f"{file.name}: {said}")
    return Before(file.name, lines, why="a lock holds hashes alone; a revision of git holds more")


def at_revision(name: str, config: Config, request: Request) -> Before:
    """Return what a revision holds: its lock, and the values that its own sources show.

    Raises PastError without git, outside a repository, and where there is no such revision.
    """
    if name.startswith("-") or path_problem(name):
        raise PastError(f"there is no file and no revision '{visible(name)[:80]}'")
    commit = _git(config.root, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
    if commit is None:
        raise PastError(f"there is no file and no revision '{name}'")
    with _checkout(config.root, commit.decode().strip()) as folder:
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
    data = _git(root, "archive", "--format=tar", commit)
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


def _git(root: Path, *arguments: str) -> bytes | None:
    """Run git; None where it fails. Raises PastError without git, and for a huge answer."""
    program = shutil.which("git")
    if program is None:
        raise PastError("git is not installed; name a lock file instead")
    call: Sequence[str] = (program, "-C", str(root), *arguments)
    with tempfile.TemporaryFile() as answer:
        try:
            done = subprocess.run(  # noqa: S603 - git itself, and arguments without a shell
                call, stdout=answer, stderr=subprocess.DEVNULL, timeout=_SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            raise PastError("git does not answer") from None
        answer.seek(0, io.SEEK_END)
        if answer.tell() > DATA:
            raise PastError(f"that revision is larger than {DATA >> 20} MiB")
        answer.seek(0)
        return answer.read() if done.returncode == 0 else None
