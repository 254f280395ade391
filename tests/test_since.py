"""`lrcards build --since`: an update holds what is new or changed, and nothing else."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import Any

import pytest
from lxml import etree

from lrcards.model import TARGETS, Variant
from lrcards.write.anki.unpack import unpack
from tests.conftest import ROOT, CourseFolder
from tests.kinds import TEXT
from tests.test_diff import MANY, cut, edit
from tests.test_records import git

UNCHANGED = "left out: unchanged since old.lock"


@pytest.fixture
def released(course: CourseFolder) -> CourseFolder:
    """A course whose first release left its lock as `old.lock`."""
    course.write("source/lesson.md", TEXT)
    course.write("source/many.md", MANY)
    code, _, err = course.run("build", "--strict")
    assert code == 0, err
    course.write("old.lock", (course.root / "lrcards.lock").read_bytes())
    return course


def change(course: CourseFolder) -> None:
    """Change one item, add one, and add a variant to another."""
    text = "\n## New\n\n```yaml card\nid: brand-new\nanswer: lr[3] -> 0.05\n```\n\nHow much?\n"
    course.write("source/lesson.md", TEXT + text)
    edit(course, "source/lesson.md", ("How many steps?", "How many steps does it wait?"))
    edit(course, "source/many.md", ("[0.5, 0.25]", "[0.5, 0.25, 0.125]"))


def targets(course: CourseFolder) -> dict[str, dict[str, str]]:
    """Return what became of each item and variant, variants by their `gamma`."""
    rows: list[dict[str, Any]] = json.loads(course.tree()["report.json"])["items"]
    return {
        f"{row['id']} {row['variant']['gamma']}" if row["variant"] else row["id"]: row["targets"]
        for row in rows
    }


def questions(course: CourseFolder) -> list[str]:
    quiz = etree.fromstring(course.tree()["moodle/demo.xml"])
    return [name for name in (one.findtext("idnumber") for one in quiz) if name]


def test_only_what_is_new_or_changed(released: CourseFolder) -> None:
    change(released)
    whole_site = released.run("build") and released.tree()
    code, out, err = released.run("build", "--since", "old.lock")
    assert code == 0, err
    assert re.search(r"Since    old.lock: 2 new, 1 changed, \d+ unchanged and left out", out)
    assert "removed" not in out
    names = questions(released)
    assert [name.split(".")[0] for name in names] == ["n-int", "brand-new", *["many"] * 3]
    found = targets(released)
    for name in ("n-int", "brand-new"):
        assert set(found[name]) == set(TARGETS)
        assert not any(text.startswith("left out") for text in found[name].values())
    assert found["c-one"].pop("html") == "full"
    assert set(found["c-one"].values()) == {UNCHANGED}
    site = {name: data for name, data in released.tree().items() if name.startswith("html/")}
    assert site == {name: data for name, data in whole_site.items() if name.startswith("html/")}
    assert "c-one" in (released.root / "lrcards.lock").read_text()


def test_a_pool_of_variants_is_written_whole(released: CourseFolder) -> None:
    whole = questions(released)
    change(released)
    _, out, _ = released.run("build", "--since", "old.lock")
    line = "with 2 unchanged variants of the same items: a pool of variants is written whole"
    assert f"\n         {line}\n" in out
    unchanged = re.search(r"(\d+) unchanged and left out", out)
    assert unchanged
    everything = json.loads(released.tree()["report.json"])["items"]
    assert int(unchanged[1]) == len(everything) - 2 - 1 - 2  # new, changed, beside
    names = [name for name in questions(released) if name.startswith("many.")]
    assert len(names) == 3
    assert set(names) > {name for name in whole if name.startswith("many.")}
    found = targets(released)
    for name in ("many 0.5", "many 0.25", "many 0.125"):
        assert not found[name]["moodle"].startswith("left out")
        assert not found[name]["qti3"].startswith("left out")


def test_a_variant_that_is_no_card_of_the_whole_deck_is_none_of_the_update(
    released: CourseFolder,
) -> None:
    change(released)
    released.run("build", "--since", "old.lock")
    assert targets(released)["many 0.125"]["anki"] == "left out: the deck has 1 of 3 variants"
    assert targets(released)["many 0.5"]["anki"] == UNCHANGED
    assert set(unpack(released.tree()["anki/demo.apkg"])) == {"n-int", "brand-new"}


def test_nothing_changed_leaves_no_file_that_nothing_could_import(released: CourseFolder) -> None:
    code, out, _ = released.run("build", "--since", "old.lock", "--to", "moodle,anki")
    assert code == 0
    assert re.search(r"0 new, 0 changed, [1-9]\d* unchanged", out)
    gone = "nothing in it is new or changed; the package of the build before is removed"
    assert f"Wrote    nothing for moodle: {gone}\n" in out
    assert "Kept     qti12, qti21, qti3, html as an earlier build left them\n" in out
    assert "moodle/demo.xml" not in released.tree()
    assert "Lost" not in out
    assert "qti12/demo.zip" in released.tree()
    code, out, _ = released.run("build", "--since", "old.lock", "--to", "moodle", "--no-cache")
    assert code == 0
    assert "Wrote    nothing for moodle: nothing in it is new or changed\n" in out


def test_what_is_gone_is_named(released: CourseFolder) -> None:
    text, _ = cut(TEXT, "c-one")
    text = text.replace("id: m-one\n", "id: m-two\naliases: [m-one]\n")
    released.write("source/lesson.md", text)
    edit(released, "source/many.md", ("[0.5, 0.25]", "[0.5]"))
    released.write("lrcards.toml", 'uid = "demo"\ntitle = "Demo"\nretired = ["c-one"]\n')
    gone = f"many.{Variant((('gamma', 0.25),)).key}"
    _, out, _ = released.run("build", "--since", "old.lock")
    assert f"\n         removed: c-one, {gone}\n" in out


def test_many_that_are_gone_are_counted(released: CourseFolder) -> None:
    row = {"guid": "", "hash": "", "mod": 1, "deck": "", "page": ""}
    rows = [{**row, "id": f"z-{n:02}", "guid": f"{n:012}"} for n in range(13)]
    old = (released.root / "old.lock").read_text()
    released.write("old.lock", old + "".join(json.dumps(one) + "\n" for one in rows))
    _, out, _ = released.run("build", "--since", "old.lock")
    first = ", ".join(f"z-{n:02}" for n in range(10))
    assert f"\n         removed: {first} and 3 more\n" in out


@pytest.mark.parametrize("name", ["lrcards.lock", "./source/../lrcards.lock", "link.lock"])
def test_the_present_lock_is_no_older_one(released: CourseFolder, name: str) -> None:
    (released.root / "link.lock").symlink_to("lrcards.lock")
    before = released.tree()
    code, _, err = released.run("build", "--since", name)
    assert code == 2
    assert (
        "lrcards.lock is this course's present lock: name a copy of an older one,"
        " or a revision of git" in err
    )
    assert released.tree() == before


def test_a_build_since_and_a_whole_one_never_stand_for_each_other(released: CourseFolder) -> None:
    since = ("build", "--since", "old.lock")
    whole = released.tree()
    assert "Nothing to do" in released.run("build")[1]
    assert "Since" in released.run(*since)[1]
    assert "Nothing to do" in released.run(*since)[1]
    released.write("old.lock", "")
    assert re.search(r"old.lock: \d\d new, 0 changed, 0 unch", released.run(*since)[1])
    assert released.tree()["moodle/demo.xml"] == whole["moodle/demo.xml"]
    assert "Wrote" in released.run("build")[1]
    assert released.tree() == whole


def test_what_was_built_since_is_no_deck_to_push(released: CourseFolder) -> None:
    released.run("build", "--since", "old.lock")
    code, _, err = released.run("push", "anki", "--dry-run")
    assert code == 2
    assert "does not hold the deck" in err


def test_a_revision_stands_for_its_lock(released: CourseFolder) -> None:
    released.write(".gitignore", "/build/\n/.lrcards/\n")
    git(released.root, "init", "-b", "main")
    git(released.root, "add", "-A")
    git(released.root, "commit", "-m", "one")
    git(released.root, "tag", "v1.0")
    change(released)
    code, out, err = released.run("build", "--since", "v1.0")
    assert code == 0, err
    assert "Since    v1.0: 2 new, 1 changed" in out
    assert targets(released)["c-one"]["anki"] == "left out: unchanged since v1.0"
    assert "Nothing to do" in released.run("build", "--since", "v1.0")[1]


def test_a_broken_line_of_a_revision_is_named_as_git_names_the_file(released: CourseFolder) -> None:
    lock = (released.root / "lrcards.lock").read_text()
    released.write("lrcards.lock", lock + "<<<<<<< HEAD\n")
    git(released.root, "init", "-b", "main")
    git(released.root, "add", "lrcards.lock")
    git(released.root, "commit", "-m", "one")
    released.write("lrcards.lock", lock)
    code, _, err = released.run("build", "--since", "main")
    assert code == 2
    assert f"main:lrcards.lock:{lock.count(chr(10)) + 1}: cannot read this line" in err


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("none.lock", None, "there is no file and no revision 'none.lock'"),
        ("bad.lock", "no lock\n", "bad.lock:1: cannot read this line of the lock: expected a JSON"),
        ("bad.lock", b"\xff\n", "bad.lock: cannot read the lock"),
        ("--help", None, "there is no file and no revision '--help'"),
    ],
)
def test_a_lock_that_is_none(
    released: CourseFolder, name: str, text: str | bytes | None, said: str
) -> None:
    if text is not None:
        released.write(name, text)
    before = released.tree()
    code, _, err = released.run("build", f"--since={name}")
    assert code == 2
    assert said in err
    assert released.tree() == before


def test_no_writer_is_loaded_where_there_is_nothing_to_do(released: CourseFolder) -> None:
    assert released.run("build", "--since", "old.lock")[0] == 0
    code = (
        "import sys; from lrcards.cli import run; run(['build', '--since', 'old.lock']);"
        "print(sorted({'torch', 'genanki', 'jinja2', 'lxml', 'markdown_it'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=released.root, env={"PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.splitlines() == [
        "Nothing to do: no input and no output changed since the last build.", "[]",
    ]  # fmt: skip
