"""`lrcards diff`: what learners will see change, told from git, from a lock, from the disk."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from lrcards import past
from tests.conftest import CourseFolder, Golden
from tests.kinds import TEXT
from tests.test_records import git

MANY = """\
---
title: "Many: *numbers*"
snippets:
  halve: {file: snippets/step_lr.py}
use: halve
---

# Many

## How large after two steps?

```yaml card
id: many
params: {gamma: [0.5, 0.25]}
answer: lr[2]
```

With `= gamma`?
"""


@pytest.fixture
def released(course: CourseFolder, monkeypatch: pytest.MonkeyPatch) -> CourseFolder:
    """A course whose first release is committed and tagged."""
    monkeypatch.setattr("lrcards.cli.common.now", lambda: 1_700_000_000)
    course.write(".gitignore", "/build/\n/.lrcards/\n")
    course.write("source/lesson.md", TEXT)
    course.write("source/many.md", MANY)
    code, _, err = course.run("build", "-q", "--strict")
    assert code == 0, err
    git(course.root, "init", "-b", "main")
    git(course.root, "add", "-A")
    git(course.root, "commit", "-m", "one")
    git(course.root, "tag", "v1.0")
    return course


def edit(course: CourseFolder, name: str, *pairs: tuple[str, str]) -> None:
    file = course.root / name
    text = file.read_text(encoding="utf-8")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    file.write_text(text, encoding="utf-8")


def cut(text: str, identity: str) -> tuple[str, str]:
    """Return a lesson without one of its items, and that item."""
    blocks = text.split("\n## ")
    [one] = [block for block in blocks if f"id: {identity}\n" in block]
    return "\n## ".join(block for block in blocks if block != one), one


def next_release(course: CourseFolder) -> None:
    """Edit, rename, move, remove, retype and add an item each, and one value of a grid."""
    text, moved = cut(TEXT, "r-one")
    text, _ = cut(text, "s-one")
    text = text.replace("How many steps?", "How many steps does it wait?")
    text = text.replace("id: n-scaled\nanswer: lr[8]", "id: n-scaled\nanswer: lr[6]")
    text = text.replace("id: m-one\n", "id: m-two\naliases: [m-one]\n")
    text = text.replace("id: n-negative\nanswer: -lr[3] * 1000:.1f -> -50.0\n", "id: n-negative\n")
    text += "\n## One | more `<b>`\n\n```yaml card\nid: r-two\n```\n\nNew.\n"
    course.write("source/lesson.md", text)
    head = TEXT[: TEXT.index("# Every kind")].replace("Every kind: <&>", "Elsewhere")
    course.write("source/other.md", f"{head}\n## {moved}")
    edit(course, "source/many.md", ("[0.5, 0.25]", "[0.5, 0.75]"))


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_all_that_can_change(released: CourseFolder, golden: Golden, form: str) -> None:
    next_release(released)
    lock = (released.root / "lrcards.lock").read_bytes()
    code, out, err = released.run("diff", "v1.0", "--format", form)
    assert code == 0, err
    golden(f"diff/{form}.txt", out)
    assert (released.root / "lrcards.lock").read_bytes() == lock


def test_head_is_what_it_is_told_against(released: CourseFolder) -> None:
    code, out, err = released.run("diff")
    assert (code, err) == (0, "")
    assert out == "Since HEAD: nothing changed, 15 as they were\n"
    next_release(released)
    assert released.run("build", "-q")[0] == 0
    since_head = released.run("diff")[1]
    assert since_head == released.run("diff", "v1.0")[1].replace("v1.0", "HEAD")
    # The lock on disk knows all of it already, but no values.
    out = released.run("diff", "lrcards.lock")[1]
    assert out.startswith("Since lrcards.lock: 2 removed, 15 as they were (a lock holds hashes")


def test_a_lock_tells_what_but_not_how(released: CourseFolder, golden: Golden) -> None:
    shutil.copy(released.root / "lrcards.lock", released.root / "old.lock")
    next_release(released)
    code, out, _ = released.run("diff", "old.lock")
    assert code == 0
    golden("diff/lock.txt", out)


def test_a_retired_item_is_said_to_be(released: CourseFolder) -> None:
    released.write("source/lesson.md", cut(TEXT, "s-one")[0])
    edit(released, "lrcards.toml", ('title = "Demo"', 'title = "Demo"\nretired = ["s-one"]'))
    code, out, err = released.run("diff", "v1.0")
    assert (code, err) == (0, "")
    assert "  s-one  Short (lesson.html)\n      retired in the configuration\n" in out


def test_a_note_that_is_in_no_deck_is_replaced_nowhere(released: CourseFolder) -> None:
    edit(released, "source/lesson.md", ("id: n-int\n", "id: n-int\ntargets: [html]\n"))
    edit(released, "source/many.md", ("With `= gamma`?", "With gamma = `= gamma`?"))
    out = released.run("diff")[1]
    replaced = out[out.index("An update replaces") :]
    assert "n-int" in out
    assert "n-int" not in replaced
    assert replaced.count("  many.") == 1
    assert out.count("variant: gamma = ") == 2


def test_a_picture_that_changed(course: CourseFolder) -> None:
    course.write("source/a.svg", '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0"/></svg>')
    course.write("source/lesson.md", TEXT.replace("Front text.", "![A picture](a.svg)"))
    assert course.run("build", "-q")[0] == 0
    git(course.root, "init")
    git(course.root, "add", "-A")
    git(course.root, "commit", "-m", "one")
    course.write("source/a.svg", '<svg xmlns="http://www.w3.org/2000/svg"><path d="M1 1"/></svg>')
    assert "\n      a picture, a figure, or the title of its lesson\n" in course.run("diff")[1]


def test_mistakes_in_the_sources_are_shown_instead(released: CourseFolder) -> None:
    edit(released, "source/many.md", ("answer: lr[2]", "answer: nothing[2]"))
    code, out, err = released.run("diff")
    assert (code, out) == (1, "")
    assert "error[missing-name]" in err


def unversioned(course: CourseFolder) -> None:
    shutil.rmtree(course.root / ".git")


def without_lock(course: CourseFolder) -> None:
    (course.root / "lrcards.lock").unlink()
    git(course.root, "commit", "-am", "no lock")


def without_git(course: CourseFolder) -> None:
    past.shutil.which = lambda _: None  # type: ignore[assignment,attr-defined]


@pytest.mark.parametrize(
    ("prepare", "said"),
    [
        (unversioned, "there is no file and no revision 'main'"),
        (without_lock, "main holds no lrcards.lock"),
        (without_git, "git is not installed; name a lock file instead"),
    ],
)
def test_without_a_past_the_error_says_so(
    released: CourseFolder,
    prepare: Callable[[CourseFolder], None],
    said: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(past.shutil, "which", shutil.which)  # type: ignore[attr-defined]
    prepare(released)
    code, _, err = released.run("diff", "main")
    assert code == 2
    assert said in err
    if prepare is not without_lock:  # then the lock on disk is the last that is known
        assert released.run("diff")[1].startswith("Since lrcards.lock: nothing changed")


@pytest.mark.parametrize("name", ["nowhere", "-n", "v1.0^{tree}", "--output=x"])
def test_what_is_no_revision(released: CourseFolder, name: str) -> None:
    code, _, err = released.run("diff", "--", name)
    assert code == 2
    assert f"there is no file and no revision '{name}'" in err
    assert not (released.root / "x").exists()


def test_a_lock_that_is_none(released: CourseFolder) -> None:
    released.write("old.lock", "{}\n")
    code, _, err = released.run("diff", "old.lock")
    assert code == 2
    assert "old.lock:1: cannot read this line of the lock: expected the key 'id'" in err


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("lrcards.values", "", "or it has no lrcards.values: no old values"),
        ("lrcards.toml", "uid = 1\n", "its configuration is not one of this version"),
    ],
)
def test_old_sources_that_do_not_pass(
    released: CourseFolder, name: str, text: str, why: str
) -> None:
    before = (released.root / name).read_bytes()
    released.write(name, text)
    git(released.root, "commit", "-am", "two")
    released.write(name, before)
    edit(released, "source/lesson.md", ("How many steps?", "How many steps now?"))
    code, out, _ = released.run("diff")
    assert code == 0
    assert why in out
    assert "\nChanged\n  n-int  Whole number (lesson.html)\n\nAn update" in out


def test_a_link_in_an_old_revision_is_not_followed(released: CourseFolder, tmp_path: Path) -> None:
    secret = tmp_path.parent / "secret.md"
    secret.write_text(TEXT.replace("id: ", "id: secret-"), encoding="utf-8")
    (released.root / "source" / "link.md").symlink_to(secret)
    git(released.root, "add", "-A")
    git(released.root, "commit", "-m", "link")
    (released.root / "source" / "link.md").unlink()
    assert released.run("diff")[1].startswith("Since HEAD: nothing changed")


def test_a_course_below_the_root_of_its_repository(
    released: CourseFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    below = released.root / "course"
    below.mkdir()
    for name in ("lrcards.toml", "lrcards.lock", "lrcards.values", "source"):
        (released.root / name).rename(below / name)
    git(released.root, "add", "-A")
    git(released.root, "commit", "-m", "below")
    monkeypatch.chdir(below)
    released.root = below
    edit(released, "source/lesson.md", ("How many steps?", "How many steps now?"))
    out = released.run("diff")[1]
    assert out.startswith("Since HEAD: 1 changed")
    assert "its text" in out


# --- what a build says of the same


def test_a_renamed_deck_is_told_once(released: CourseFolder) -> None:
    edit(released, "source/many.md", ('title: "Many: *numbers*"', "title: Few"))
    code, _, err = released.run("build", "-q")
    assert code == 0
    assert "warning[deck-renamed]: 2 notes of the deck 'Demo::Many: *numbers*'" in err
    assert "will be in 'Demo::Few'" in err
    assert "source/many.md:1:1" in err
    assert "deck-renamed" not in released.run("build", "--no-cache")[2]


def test_a_moved_item_renames_no_deck(released: CourseFolder) -> None:
    text, moved = cut(TEXT, "r-one")
    released.write("source/lesson.md", text)
    edit(released, "source/many.md", ("With `= gamma`?\n", f"With `= gamma`?\n\n## {moved}"))
    before = {row["id"]: row for row in rows(released)}
    code, _, err = released.run("build", "-q")
    assert code == 0
    assert "deck-renamed" not in err
    after = {row["id"]: row for row in rows(released)}
    assert after["r-one"]["guid"] == before["r-one"]["guid"]
    assert after["r-one"]["page"] == "many.html"


def test_another_kind_is_told(released: CourseFolder) -> None:
    edit(released, "source/lesson.md", ("id: n-int\nanswer: step_size\n", "id: n-int\n"))
    code, _, err = released.run("build", "-q")
    assert code == 0
    assert "warning[kind-changed]: 'n-int' was a numeric and is a recall now" in err
    assert "retired = ['n-int']" in err
    # A choice and a multiple choice are asked with one note type.
    edit(released, "source/lesson.md", ("- [x] B", "- [ ] B"))
    assert "kind-changed" not in released.run("check")[2]


def test_an_older_lock_knows_no_kinds(released: CourseFolder) -> None:
    plain = [{k: v for k, v in row.items() if k != "kind"} for row in rows(released)]
    released.write("lrcards.lock", "".join(json.dumps(row) + "\n" for row in plain))
    edit(released, "source/lesson.md", ("id: n-int\nanswer: step_size\n", "id: n-int\n"))
    code, _, err = released.run("build", "-q")
    assert (code, "kind-changed" in err) == (0, False)
    kinds = {row["id"]: row["kind"] for row in rows(released)}
    assert (kinds["n-int"], kinds["z-one"]) == ("recall", "cloze")


def test_shuffle_of_a_lesson_changes_its_notes(
    released: CourseFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {row["id"]: row["mod"] for row in rows(released)}
    edit(released, "source/lesson.md", ("tags: [all kinds]", "tags: [all kinds]\nshuffle: false"))
    monkeypatch.setattr("lrcards.cli.common.now", lambda: 1_700_000_500)
    assert released.run("build", "-q")[0] == 0
    after = {row["id"]: row["mod"] for row in rows(released)}
    assert after["m-one"] == 1_700_000_500
    assert after["many"] == before["many"]


def rows(course: CourseFolder) -> list[dict[str, str]]:
    text = (course.root / "lrcards.lock").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]
