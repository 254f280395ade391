"""Builds killed at random moments: the old output stays whole and the store usable."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from pathlib import Path

from lrcards.run import store
from lrcards.write.files import digest
from tests.conftest import LESSON, ROOT, SNIPPET
from tests.test_run import ALL

KILLED = 50
EVERY = 5  # so many kills, one of a build that has to run a snippet
BUILD = [sys.executable, "-m", "lrcards", "build", "-q"]


def write_course(root: Path, prose: int, gamma: float) -> None:
    (root / "source/snippets").mkdir(parents=True, exist_ok=True)
    (root / "lrcards.toml").write_text('uid = "demo"\ntitle = "Demo"\n', encoding="utf-8")
    code = SNIPPET.replace("gamma = 0.5", f"gamma = {gamma}")
    (root / "source/snippets/step_lr.py").write_text(code, encoding="utf-8")
    lesson = LESSON.replace("answer: lr[3] -> 0.05", "answer: lr[3]:.6g")
    for number in range(4):
        text = lesson.replace("after-3", f"after-3-{number}").replace("Prose", f"Prose {prose}")
        (root / f"source/lesson{number}.md").write_text(text, encoding="utf-8")


def build(root: Path) -> subprocess.Popen[bytes]:
    environment = {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"}
    return subprocess.Popen(BUILD, cwd=root, env=environment, stderr=subprocess.DEVNULL)


def tree(folder: Path) -> dict[str, bytes]:
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def is_whole(built: dict[str, bytes]) -> bool:
    rows = json.loads(built["report.json"])["files"]
    return {row["path"]: row["sha256"] for row in rows} == {
        path: digest(data) for path, data in built.items() if path != "report.json"
    }


def test_builds_killed_at_fifty_moments(tmp_path: Path) -> None:
    chance = random.Random(3)
    durations: dict[bool, float] = {}
    for runs in (True, False):
        write_course(tmp_path, prose=0 if runs else 1, gamma=0.5)
        start = time.monotonic()
        assert build(tmp_path).wait() == 0
        durations[runs] = time.monotonic() - start
    finished = 0
    for number in range(KILLED):
        runs = number % EVERY == 0
        gamma = 0.1 + 0.8 * chance.random() if runs else 0.5
        write_course(tmp_path, prose=2 + number, gamma=gamma)
        before = tree(tmp_path / "build")
        one = build(tmp_path)
        time.sleep(1.1 * durations[runs] * chance.random())
        one.kill()
        finished += one.wait() == 0
        after = tree(tmp_path / "build")
        assert after == before or is_whole(after), f"kill {number}: half an output"
        known = store.load(tmp_path / ".lrcards", ALL)
        assert known, f"kill {number}: the store cannot be read"
    assert finished < KILLED / 2, "most of the kills must have hit a build at work"
    write_course(tmp_path, prose=99, gamma=0.5)
    assert build(tmp_path).wait() == 0
    fresh = tmp_path / "fresh"
    write_course(fresh, prose=99, gamma=0.5)
    (fresh / "lrcards.lock").write_bytes((tmp_path / "lrcards.lock").read_bytes())
    assert build(fresh).wait() == 0
    assert tree(fresh / "build") == tree(tmp_path / "build")
