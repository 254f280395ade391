"""Shared fixtures: golden files, real tools that must be there in CI, one warm zygote, courses."""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import coverage
import pytest

import lrcards.run
from lrcards.cli import run as run_cli
from lrcards.run import local
from lrcards.run.local import Zygote
from tests.torture_course import built_in

HERE = Path(__file__).parent
ROOT = HERE.parent
SCHEMAS = (ROOT / os.environ.get("LRCARDS_SCHEMAS", "../shared/schemas")).resolve()
CHROMIUM = Path("/usr/bin/chromium")
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
_NOT_TESTED: list[str] = []
_SHOWN: dict[str, str] = {}
Golden = Callable[[str, str], None]

_MEASURED = """
import coverage
measuring = coverage.Coverage(
    data_file="{root}/.coverage", data_suffix=True, config_file="{root}/pyproject.toml",
    source=["{root}/lrcards"],
)
measuring.start()
{plain}
measuring.stop()
measuring.save()
"""

SNIPPET = """\
from torch.optim.lr_scheduler import StepLR

from lrcards.snippet import optimizer, trace

step_size = 2
gamma = 0.5
opt = optimizer(lr=0.1)
lr = trace(opt, StepLR(opt, step_size=step_size, gamma=gamma), 8)
"""


# Files that take a minute or more: first, so that no process ends with one of them alone.
_LONG = (
    "test_attacks", "test_killed", "test_bench", "test_hardening", "test_executors",
    "test_anki_cards", "test_players", "test_run", "test_installed",
)  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    places = {name: place for place, name in enumerate(_LONG)}
    items.sort(key=lambda item: places.get(item.path.stem, len(_LONG)))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="write golden files again")


def show_after(title: str, text: str) -> None:
    """Have a text shown behind the tests."""
    _SHOWN[title] = text


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand what is to be shown to the process that shows it, where tests run in several."""
    sent = getattr(session.config, "workeroutput", None)
    if sent is not None:
        sent |= {"shown": _SHOWN, "not tested": _NOT_TESTED}


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    output = getattr(node, "workeroutput", {})
    _SHOWN.update(output.get("shown", {}))
    _NOT_TESTED.extend(output.get("not tested", []))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for title, text in _SHOWN.items():
        terminalreporter.section(title)
        terminalreporter.write_line(text)
    for what in sorted(set(_NOT_TESTED)):
        terminalreporter.write_line(f"NOT TESTED HERE: {what}", yellow=True, bold=True)


def require_real(available: bool, what: str) -> None:
    """Skip loudly where a real tool is missing; in CI that is a failure."""
    if available:
        return
    if os.environ.get("LRCARDS_REQUIRE_REAL"):
        pytest.fail(f"{what} is required here")
    _NOT_TESTED.append(what)
    pytest.skip(f"{what} is missing")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """Compare a text with tests/golden/NAME; `--update` writes it instead."""

    def compare(name: str, text: str) -> None:
        file = HERE / "golden" / name
        if request.config.getoption("--update"):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        expected = file.read_text(encoding="utf-8") if file.is_file() else ""
        diff = difflib.unified_diff(expected.splitlines(), text.splitlines(), lineterm="")
        assert text == expected, "not as expected; `make golden` accepts it:\n" + "\n".join(diff)

    return compare


@pytest.fixture(scope="session")
def zygote() -> Iterator[Zygote]:
    """One zygote for the session, its own process measured like this one."""
    plain = local.START
    local.START = measured(plain)
    with Zygote(2) as one:
        local.START = plain
        yield one


@pytest.fixture(scope="session")
def torture(tmp_path_factory: pytest.TempPathFactory, zygote: Zygote) -> Path:
    """Return the `build` folder of the torture course, to be read only."""
    return built_in(tmp_path_factory.mktemp("torture") / "course", zygote)


def measured(start: str) -> str:
    """Return code that starts a worker so that its own process is measured, if this one is."""
    if not coverage.Coverage.current():
        return start
    return _MEASURED.format(root=str(ROOT), plain=start)


@pytest.fixture
def warm(zygote: Zygote, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let builds in this process share one real zygote: starting it takes seconds."""
    monkeypatch.setattr(lrcards.run, "execute_all", lambda jobs, _: zygote.execute(jobs))


class CourseFolder:
    """A course in a folder of its own, driven through the command line."""

    def __init__(self, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.root = root
        self.capsys = capsys
        self.write("lrcards.toml", 'uid = "demo"\ntitle = "Demo"\n')
        self.write("source/snippets/step_lr.py", SNIPPET)

    def write(self, name: str, text: str | bytes) -> Path:
        file = self.root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode() if isinstance(text, str) else text)
        return file

    def run(self, *arguments: str) -> tuple[int, str, str]:
        """Return exit code, stdout and stderr."""
        self.capsys.readouterr()
        code = run_cli(arguments)
        out, err = self.capsys.readouterr()
        return code, out, err

    def tree(self, name: str = "build") -> dict[str, bytes]:
        folder = self.root / name
        return {
            str(file.relative_to(folder)): file.read_bytes()
            for file in sorted(folder.rglob("*"))
            if file.is_file()
        }


@pytest.fixture
def course(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    warm: None,
) -> CourseFolder:
    folder = CourseFolder(tmp_path, capsys)
    monkeypatch.chdir(tmp_path)
    for name in ("GITHUB_ACTIONS", "FORCE_COLOR", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    return folder


LESSON = """\
---
title: StepLR
snippets:
  halve: {file: snippets/step_lr.py}
use: halve
---

# StepLR

Prose with `= lr[0]`.

## After three steps

```yaml card
id: after-3
level: easy
answer: lr[3] -> 0.05
```

What is the rate after three steps?
"""
