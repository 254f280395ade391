"""The torture course: every kind, and all that systems have got wrong."""

from __future__ import annotations

import contextlib
import io
import shutil
from pathlib import Path

import pytest

import lrcards.run
from lrcards.cli import run as run_cli
from lrcards.run.local import Zygote

SOURCES = Path(__file__).parent / "torture"


def built_in(folder: Path, zygote: Zygote) -> Path:
    """Copy the course into a folder that is not there yet, build it, return its `build` folder."""
    shutil.copytree(SOURCES, folder)
    said = io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr(lrcards.run, "execute_all", lambda jobs, _: zygote.execute(jobs))
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            code = run_cli(["build"])
    assert code == 0, said.getvalue()
    return folder / "build"
