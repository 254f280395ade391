"""What git is asked for: bytes, or nothing where it has none."""

from __future__ import annotations

import io
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from lrcards.diagnostics import UsageProblemError
from lrcards.guards import DATA, path_problem, visible

_SECONDS = 60


class PastError(UsageProblemError):
    """There is no such state of the course: a usage error, exit code 2."""


def commit_of(root: Path, name: str) -> str:
    """Return the commit that a revision names.

    Raises PastError without git, outside a repository, and where there is no such revision.
    """
    if name.startswith("-") or path_problem(name):
        raise PastError(f"there is no file and no revision '{visible(name)[:80]}'")
    commit = ask(root, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
    if commit is None:
        raise PastError(f"there is no file and no revision '{name}'")
    return commit.decode().strip()


def ask(root: Path, *arguments: str) -> bytes | None:
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
