"""The torture course, built once a session: every kind, and all that systems have got wrong."""

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


@pytest.fixture(scope="session")
def torture(tmp_path_factory: pytest.TempPathFactory, zygote: Zygote) -> Path:
    """Build the course in a folder of its own; return its `build` folder, to be read only."""
    folder = tmp_path_factory.mktemp("torture") / "course"
    shutil.copytree(SOURCES, folder)
    said = io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr(lrcards.run, "execute_all", lambda jobs, _: zygote.execute(jobs))
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            code = run_cli(["build"])
    assert code == 0, said.getvalue()
    return folder / "build"
