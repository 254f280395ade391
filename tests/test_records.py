"""The committed files: builds without torch, values that move, merges, --check and --fix."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import lrcards.run
from lrcards.check.recorded import parse_values, render_values
from lrcards.run import keys
from tests.conftest import LESSON, ROOT, CourseFolder

TWO = """\
---
title: Two
snippets:
  wrong: {file: snippets/step_lr.py, params: {gamma: 0.9}}
---

# Two

## A figure

```yaml card
id: figure
use: right
check: lr[3] == 0.05
```

![Rates](plot:lr)

```python snippet=right
from torch.optim.lr_scheduler import StepLR
from lrcards.snippet import optimizer, trace
opt = optimizer(lr=0.1)
lr = trace(opt, StepLR(opt, step_size=2, gamma=0.5), 8)
unused = [1, 2, 3]
label = {"deep": [1.5, {"k": 2}]}
```

## Two snippets

```yaml card
id: both
use: [wrong, halve]
answer: halve["lr"][3] -> 0.05
```

Bare `= lr[2]:.3f`, with its own `= gamma`.

```python snippet=halve
lr = [0.1, 0.1, 0.05, 0.05]
largest = 7.0
```

## It warns

```yaml card
id: warns
use: warner
warns: {type: UserWarning, message: care}
```

What happens?

```python snippet=warner
import warnings
warnings.warn("take care")
```

## It raises

```yaml card
id: raises
use: raiser
raises: {type: ValueError, message: bad}
```

What happens?

```python snippet=raiser
raise ValueError("bad luck")
```

## Variants

```yaml card
id: many
use: loose
params: {gamma: [0.5, 0.25]}
answer: lr[2]
```

The rate after 2 steps with `= gamma`?

```python snippet=loose
gamma = 1.0
lr = [0.1, 0.1, 0.1 * gamma]
```
"""


def lines_of(course: CourseFolder) -> list[dict[str, object]]:
    text = (course.root / "lrcards.values").read_text(encoding="utf-8")
    return [json.loads(row) for row in text.splitlines()]


def change(course: CourseFolder, old: str, new: str, name: str = "lrcards.values") -> None:
    file = course.root / name
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture
def built(course: CourseFolder) -> CourseFolder:
    course.write("source/lesson.md", LESSON)
    course.write("source/two.md", TWO)
    code, _, err = course.run("build", "-q")
    assert code == 0, err
    return course


ROW = (
    '{"snippet": "a", "source": "b", "key": "c", "torch": "d", "python": "e", "isolation": "f", %s}'
)


# --- what is recorded


def test_only_what_items_use_is_recorded(built: CourseFolder) -> None:
    by_snippet = {str(line["snippet"]): line for line in lines_of(built)}
    assert by_snippet["source/lesson.md halve"]["names"].keys() == {"lr"}  # type: ignore[attr-defined]
    assert by_snippet["source/two.md right"]["names"].keys() == {"lr"}  # type: ignore[attr-defined]
    assert by_snippet["source/two.md wrong"]["names"].keys() == {"lr", "gamma"}  # type: ignore[attr-defined]
    assert by_snippet["source/two.md halve"]["names"] == {"lr": [0.1, 0.1, 0.05, 0.05]}
    assert by_snippet["source/two.md halve"]["largest"] == 7.0
    assert by_snippet["source/two.md raiser"]["failure"]["exception"] == "ValueError"  # type: ignore[index]
    loose = [one["params"] for one in lines_of(built) if one["snippet"] == "source/two.md loose"]
    assert loose == [{"gamma": 0.25}, {"gamma": 0.5}]
    assert lines_of(built) == sorted(lines_of(built), key=lambda one: str(one["snippet"]))


def test_reading_and_writing_again_changes_nothing(built: CourseFolder) -> None:
    text = (built.root / "lrcards.values").read_text(encoding="utf-8")
    lines, found = parse_values(text)
    assert not found
    assert render_values(lines.values()) == text


@pytest.mark.parametrize(
    "row",
    [
        "<<<<<<< HEAD",
        "[]",
        "{}",
        '{"snippet": 1}',
        "[" * 100_000,
        ROW % '"largest": 1, "names": {"not a name": 1}',
        ROW % '"largest": "x", "names": {}',
        (ROW % '"largest": 1').replace('"d"', '"2.1\\n::error::x"'),
        (ROW % '"largest": 1').replace('"f"', '"fully"'),
        (ROW % '"largest": 1').replace('"a"', '"a\\u001b[31m"'),
    ],
)
def test_a_line_that_is_none_is_an_error(built: CourseFolder, row: str) -> None:
    file = built.root / "lrcards.values"
    before = file.read_text(encoding="utf-8")
    file.write_text(before + row + "\n", encoding="utf-8")
    code, _, err = built.run("build")
    assert code == 1
    assert "error[broken-values]" in err
    assert f"lrcards.values:{len(before.splitlines()) + 1}:1" in err
    assert file.read_text(encoding="utf-8") == before + row + "\n"


def test_a_file_that_is_no_text_is_an_error(built: CourseFolder) -> None:
    built.write("lrcards.values", b"\xff\xfe")
    assert "error[broken-values]: cannot read the recorded values" in built.run("check")[2]


# --- frozen


def without_torch(folder: Path) -> dict[str, str]:
    """Return an environment in which all that is installed is found, but no torch."""
    found = importlib.util.find_spec("torch")
    assert found is not None
    packages = Path(str(found.origin)).parents[1]
    links = folder / "packages"
    links.mkdir()
    for entry in packages.iterdir():
        if "torch" not in entry.name:
            (links / entry.name).symlink_to(entry)
    return {"PYTHONPATH": os.pathsep.join((str(ROOT), str(links))), "PATH": "/usr/bin:/bin"}


def test_a_machine_without_torch_builds_the_same_files(
    built: CourseFolder, tmp_path_factory: pytest.TempPathFactory
) -> None:
    before = built.tree()
    environment = without_torch(tmp_path_factory.mktemp("no-torch"))

    def lrcards_there(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-S", "-m", "lrcards", *arguments],
            cwd=built.root, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip

    done = lrcards_there("build", "--no-cache")
    assert done.returncode == 3
    assert "torch is not installed" in done.stderr
    frozen = lrcards_there("build", "--frozen")
    assert frozen.returncode == 0, frozen.stderr
    assert "from lrcards.values, not verified   torch 2.13.0" in frozen.stdout
    after = built.tree()
    reports = [json.loads(tree.pop("report.json")) for tree in (before, after)]
    said = b"; it was recorded then, and not verified when this page was built"
    pages = [name for name in after if name.endswith(".html")]
    assert all(said in after[name] for name in pages)
    assert {name: data.replace(said, b"") for name, data in after.items()} == before
    assert [one.pop("verified") for one in reports] == [True, False]
    for one in reports:  # the pages differ in that sentence
        one["files"] = [row["path"] for row in one["files"]]
    assert reports[0] == reports[1]
    again = lrcards_there("build", "--frozen")
    assert "Nothing to do" in again.stdout


def test_what_was_never_recorded_stops_a_frozen_build(built: CourseFolder) -> None:
    before = built.tree()
    change(built, "0.1 * gamma", "0.2 * gamma", "source/two.md")
    code, _, err = built.run("build", "--frozen")
    assert code == 1
    assert err.count("error[value-missing]") == 1
    assert "does not hold what snippet 'loose' leaves as it is now" in err
    change(built, "0.2 * gamma", "0.1 * gamma", "source/two.md")
    change(built, "= lr[2]:.3f", "= step_size", "source/two.md")
    code, _, err = built.run("build", "--frozen")
    assert code == 1
    assert "lrcards.values holds no such value: there is no name 'step_size'" in err
    assert built.tree() == before


def test_a_frozen_build_still_checks_what_is_declared(built: CourseFolder) -> None:
    change(built, "-> 0.05", "-> 0.06", "source/lesson.md")
    code, _, err = built.run("build", "--frozen")
    assert code == 1
    assert "error[answer-mismatch]" in err
    assert "from lrcards.values" in err


# --- values that move


def test_a_value_that_moved_is_a_warning_until_it_is_accepted(built: CourseFolder) -> None:
    change(built, "[0.1, 0.1, 0.05, 0.05]", "[0.1, 0.1, 0.04, 0.03]")
    for _ in range(2):  # a build alone does not accept it
        code, _, err = built.run("build")
        assert code == 0
        assert err.count("warning[value-moved]") == 1
        assert "lr[2]: 0.04 -> 0.05 (relative change 2.5e-01), and 1 more element" in err
        assert "items: both" in err
        assert "--> source/two.md:" in err
    assert built.run("build", "--strict")[0] == 1
    code, _, err = built.run("build", "--check", "--no-cache")
    assert code == 1
    assert "error[records-changed]: lrcards.values holds other values than" in err
    code, out, err = built.run("check", "--diff")
    assert code == 0
    assert "lrcards.values: snippet 'halve'" in out
    assert "warning[value-moved]" in err
    code, out, err = built.run("check", "--fix")
    assert "lr[2]: 0.04 -> 0.05" in out
    assert "value-moved" not in err
    assert built.run("check", "--strict")[0] == 0


def test_what_moved_in_many_variants_is_told_once(built: CourseFolder) -> None:
    change(built, '"lr": [0.1, 0.1, 0.05]', '"lr": [0.1, 0.1, 0.04]')
    change(built, '"lr": [0.1, 0.1, 0.025]', '"lr": [0.1, 0.1, 0.024]')
    err = built.run("check")[2]
    assert err.count("warning[value-moved]") == 1
    assert "with gamma = 0.5" in err
    assert "and with 1 other set of params" in err


def test_a_frozen_check_runs_nothing(built: CourseFolder) -> None:
    out = built.run("check", "--frozen")[1]
    assert "from lrcards.values, not verified" in out
    code, _, err = built.run("build", "--frozen", "--isolation", "full")
    assert code == 2
    assert "leave out --isolation" in err


def test_a_linked_file_is_refused(built: CourseFolder) -> None:
    outside = built.root / "elsewhere"
    (built.root / "lrcards.values").rename(outside)
    (built.root / "lrcards.values").symlink_to(outside)
    code, _, err = built.run("build", "--no-cache")
    assert code == 2
    assert "lrcards.values is a link" in err


def test_verify_runs_everything_again(built: CourseFolder) -> None:
    code, out, err = built.run("check", "--verify")
    assert "Ran      8 snippets, 0 from the store" in out
    assert (code, "value-moved" in err) == (0, False)


def test_another_torch_with_equal_values_changes_nothing(
    built: CourseFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (built.root / "lrcards.values").read_bytes()
    monkeypatch.setattr(keys, "RUNNER", 99)  # any part of the key that is no source
    code, out, _ = built.run("build", "--force", "both")
    assert code == 0
    assert "Ran      8 snippets, 0 from the store" in out
    assert (built.root / "lrcards.values").read_bytes() == before


def test_rounding_on_another_machine_is_no_news(built: CourseFolder) -> None:
    change(built, "[0.1, 0.1, 0.05, 0.05]", "[0.1, 0.1, 0.05000000000000001, 0.05]")
    assert "value-moved" not in built.run("check", "--strict")[2]


def test_a_warning_that_a_new_torch_no_longer_gives_has_moved(built: CourseFolder) -> None:
    change(built, "take care", "take great care")
    err = built.run("check")[2]
    assert "it gives 1 warning; now it gives 1 warning" in err
    change(built, '"exception": "ValueError"', '"exception": "TypeError"')
    assert "it raises TypeError; now it raises ValueError" in built.run("check")[2]


# --- --fix


def test_fix_rewrites_stale_literals_and_shows_the_diff(built: CourseFolder) -> None:
    change(built, "answer: lr[3] -> 0.05", "answer: lr[3] -> 0.07", "source/lesson.md")
    change(built, "`= lr[2]:.3f`", "`= lr[2]:.3f -> 0.1`", "source/two.md")
    crlf = (built.root / "source/two.md").read_bytes().replace(b"\n", b"\r\n")
    (built.root / "source/two.md").write_bytes(crlf)
    before = {name: (built.root / name).read_bytes() for name in ("lrcards.lock", "lrcards.values")}
    code, out, err = built.run("check", "--diff")
    assert code == 1
    assert "-answer: lr[3] -> 0.07\n+answer: lr[3] -> 0.05" in out
    assert "lr[3] -> 0.07" in (built.root / "source/lesson.md").read_text(encoding="utf-8")
    code, out, err = built.run("check", "--fix")
    assert code == 0, err
    assert "+Bare `= lr[2]:.3f -> 0.090`" in out
    assert (built.root / "source/lesson.md").read_text(encoding="utf-8") == LESSON
    fixed = (built.root / "source/two.md").read_bytes()
    assert fixed == crlf.replace(b"-> 0.1`", b"-> 0.090`")
    assert {name: (built.root / name).read_bytes() for name in before} == before


def test_fix_leaves_what_it_cannot_place(built: CourseFolder) -> None:
    quoted = 'answer: "lr[3] \\x2d> 0.07"'
    change(built, "answer: lr[3] -> 0.05", quoted, "source/lesson.md")
    code, out, _ = built.run("check", "--fix")
    assert code == 1
    assert "+++" not in out
    assert quoted in (built.root / "source/lesson.md").read_text(encoding="utf-8")


# --- build --check, and git


def test_check_fails_where_a_committed_file_would_change(built: CourseFolder) -> None:
    assert built.run("build", "--check", "--no-cache")[0] == 0
    change(built, "What is the rate", "Which rate is in force", "source/lesson.md")
    tree, lock = built.tree(), (built.root / "lrcards.lock").read_bytes()
    code, _, err = built.run("build", "--check")
    assert code == 1
    assert "error[records-changed]: a build would change 1 line of lrcards.lock" in err
    assert (built.tree(), (built.root / "lrcards.lock").read_bytes()) == (tree, lock)
    assert built.run("build", "-q")[0] == 0
    assert built.run("build", "--check", "--no-cache")[0] == 0
    (built.root / "lrcards.values").unlink()
    assert "of lrcards.values" in built.run("build", "--check")[2]


def git(folder: Path, *arguments: str) -> None:
    identity = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull,
                "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b", "GIT_COMMITTER_NAME": "a",
                "GIT_COMMITTER_EMAIL": "a@b", "PATH": os.environ["PATH"]}  # fmt: skip
    subprocess.run(["git", *arguments], cwd=folder, env=identity, check=True, capture_output=True)


def test_two_branches_that_changed_both_files_merge(built: CourseFolder) -> None:
    root = built.root
    built.write(".gitattributes", (ROOT / ".gitattributes").read_bytes())
    built.write(".gitignore", "/build/\n/.lrcards/\n")
    git(root, "init", "-b", "main")
    git(root, "add", "-A")
    git(root, "commit", "-m", "one")
    for branch, gamma, old, new in (
        ("left", "0.75", "What is the rate", "Which rate holds"),
        ("right", "0.125", "Prose with", "Text with"),
    ):
        git(root, "checkout", "-b", branch, "main")
        change(built, old, new, "source/lesson.md")
        added = TWO.replace("id: ", f"id: {branch}-").replace("gamma: 0.9", f"gamma: {gamma}")
        added = added.replace("title: Two", f"title: {branch}")
        added = added.replace("gamma = 1.0", f"gamma = {gamma}").replace("= lr[2]:.3f", "= gamma")
        built.write(f"source/{branch}.md", added)
        code, _, err = built.run("build", "-q")
        assert code == 0, err
        git(root, "add", "-A")
        git(root, "commit", "-m", branch)
    git(root, "merge", "left")
    code, _, err = built.run("build", "-q", "--strict")
    assert code == 0, err
    lock = [json.loads(row) for row in (root / "lrcards.lock").read_text("utf-8").splitlines()]
    places = [(row["id"], row.get("variant", "")) for row in lock]
    assert len(places) == len(set(places)) == 3 * 6 + 1
    sources = [line["source"] for line in lines_of(built)]
    assert len(sources) == len(set(sources))
    assert built.run("build", "--check", "--no-cache")[0] == 0
    assert built.run("build", "--frozen", "--no-cache", "-q")[0] == 0


def test_nothing_is_run_to_recall(built: CourseFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError("a frozen build must not run anything")

    monkeypatch.setattr(lrcards.run, "execute_all", never)
    monkeypatch.setattr(lrcards.run, "environment", never)
    assert built.run("build", "--frozen", "--no-cache", "-q")[0] == 0
