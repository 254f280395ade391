"""Installed in a home folder, from a wheel and editable: builds are fully confined there too."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
import tomllib
import venv
from pathlib import Path

import pytest

from tests.conftest import ROOT

LESSON = """\
---
title: x
use: s
---

# x

```python snippet=s
import decimal, sqlite3, statistics, zoneinfo, multiprocessing, xml.dom.minidom
import torch
import torch.optim.swa_utils
import torch.nn.functional
from lrcards.snippet import optimizer

weight = torch.nn.Linear(2, 1).weight
loss = (weight @ torch.ones(2)).sum()
loss.backward()
rate = statistics.mean([optimizer(lr=0.25).param_groups[0]["lr"]] * 2)
row = sqlite3.connect(":memory:").execute("select 6 * 7").fetchone()[0]
rows = float(row)
found = []
for name in NAMES:
    try:
        open(name).close()
        found.append(name)
    except OSError:
        pass
```

The rate is `= rate -> 0.25`, and `= rows -> 42`.
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Make a home folder with a virtual environment, a secret and a course."""
    home = tmp_path / "home"
    environment = home / "course" / ".venv"
    venv.create(environment, with_pip=False, symlinks=True)
    (home / ".ssh").mkdir()
    home.chmod(0o700)
    spec = importlib.util.find_spec("torch")
    assert spec is not None
    assert spec.origin is not None
    libraries = Path(spec.origin).parents[1]
    (site(home) / "others.pth").write_text(f"{libraries}\n", encoding="utf-8")
    for name in (".ssh/id", "course/.env", "course/source/other.py"):
        (home / name).parent.mkdir(exist_ok=True)
        (home / name).write_text("1", encoding="utf-8")
    toml = 'uid = "demo"\ntitle = "Demo"\ntargets = ["html"]\n'
    (home / "course" / "lrcards.toml").write_text(toml, encoding="utf-8")
    return home


def site(home: Path) -> Path:
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    return home / "course" / ".venv" / "lib" / version / "site-packages"


def from_wheel(home: Path) -> None:
    """Lay out what the wheel holds, as pyproject.toml says it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    skipped = shutil.ignore_patterns("__pycache__")
    for name in wheel["packages"]:
        shutil.copytree(ROOT / name, site(home) / name, ignore=skipped)
    for name, place in wheel["force-include"].items():
        shutil.copytree(ROOT / name, site(home) / place, ignore=skipped)


def editable(home: Path) -> None:
    # Sorted before the other path, which may lead to another checkout.
    (site(home) / "lrcards.pth").write_text(f"{ROOT}\n", encoding="utf-8")


@pytest.mark.parametrize("install", [from_wheel, editable])
def test_a_course_in_a_home_folder(home: Path, install: object) -> None:
    install(home)  # type: ignore[operator]
    course = home / "course"
    names = [
        *(str(home / name) for name in (".ssh/id", "course/.env", "course/lrcards.toml")),
        "other.py", "lesson.md", "/etc/passwd", "/proc/self/environ",
        *(str(ROOT / name) for name in ("pyproject.toml", "lrcards.toml", "tests/conftest.py")),
    ]  # fmt: skip
    lesson = LESSON.replace("NAMES", repr(names))
    (course / "source" / "lesson.md").write_text(lesson, encoding="utf-8")
    python = course / ".venv" / "bin" / "python"
    done = subprocess.run(
        [python, "-P", "-m", "lrcards", "build", "--isolation", "full"],
        cwd=course, env={"HOME": str(home)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "isolation: full" in done.stdout
    [row] = (course / ".lrcards" / "store.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(row)["result"]["names"]["found"] == []
    assert json.loads(row)["isolation"] == "full"
    where = subprocess.run(
        [python, "-P", "-c", "import lrcards; print(lrcards.__file__)"],
        cwd=course, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert where.startswith(str(site(home) if install is from_wheel else ROOT))
