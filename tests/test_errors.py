"""What authors see for each mistake: every case is a lesson, its golden file is the output."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest

import lrcards.run
from lrcards.run.jobs import Ran
from tests.conftest import HERE, LESSON, CourseFolder, Golden

CASES = sorted((HERE / "cases" / "errors").glob("*.md"))
ONLY_WARN = {"missing-feedback", "figure-reveals", "unverified-number", "long-title"}


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_author_sees(case: Path, course: CourseFolder, golden: Golden) -> None:
    course.write("source/fine.md", LESSON)
    assert course.run("build", "-q")[0] == 0
    before = course.tree()
    course.write("source/lesson.md", case.read_bytes())
    code, out, err = course.run("build", "-q", "--strict")
    # A key changes with torch and with the prelude; what authors are told does not.
    shown = re.sub(r"key [0-9a-f]{12}\b", "key 0123456789ab", f"exit {code}\n{out}{err}")
    golden(f"errors/{case.stem}.txt", shown)
    assert code == 1
    assert "Traceback" not in err
    assert course.tree() == before, "the old output must stay as it was"
    if case.stem in ONLY_WARN:
        assert course.run("build", "-q")[0] == 0


def test_not_utf8_names_the_byte(course: CourseFolder, golden: Golden) -> None:
    course.write("source/lesson.md", b"---\ntitle: x\n---\n\n\xe9t\xff\n")
    code, out, err = course.run("build", "-q")
    golden("errors/not-utf8.txt", f"exit {code}\n{out}{err}")
    assert code == 1


def test_an_empty_source_folder_is_an_error(course: CourseFolder, golden: Golden) -> None:
    code, out, err = course.run("build", "-q")
    golden("errors/empty-source.txt", f"exit {code}\n{out}{err}")
    assert code == 1


def test_a_missing_source_folder_is_a_usage_error(course: CourseFolder) -> None:
    code, _, err = course.run("build", "--source", "nowhere")
    assert code == 2
    assert "there is no source folder nowhere/" in err
    assert course.run("build", "--source", "/etc")[0] == 2


def test_a_link_out_of_the_course_is_not_followed(course: CourseFolder, tmp_path: Path) -> None:
    secret = tmp_path.parent / "secret.md"
    secret.write_text("---\ntitle: secret\n---\n", encoding="utf-8")
    (course.root / "source" / "link.md").symlink_to(secret)
    code, _, err = course.run("build", "-q")
    assert code == 1
    assert "a link that leads out of the course" in err


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("uid = 3\ntitle = 'x'", "'uid' must be text"),
        ("title = 'x'", "'uid' is missing"),
        ("uid = 'A B'\ntitle = 'x'", "cannot be the uid"),
        ("uid = 'a'\ntitle = 'x'\nlanguage = 'not a tag'", "write a tag such as en, de or pt-BR"),
        ("uid = 'a'\ntitle = 'x'\nlanguage = ''", "'' cannot be the language"),
        ("uid = 'a'\ntitle = 'x'\ntitel = 'y'", "did you mean 'title'?"),
        ("uid = 'a'\ntitle = 'x'\ntargets = ['anky']", "unknown target 'anky'"),
        ("uid = 'a'\ntitle = 'x'\ntargets = []", "name at least one, or remove it"),
        ("uid = 'a'\ntitle = 'x'\ntargets = 'anki'", "must be a list of texts"),
        ("uid = 'a'\ntitle = 'x'\nsnippet_timeout = 0", "seconds above 0"),
        ("uid = 'a'\ntitle = 'x'\nallow = ['x']", "codes to reasons"),
        ("uid = 'a'\ntitle = 'x'\nisolation = 'none'", "use one of: auto, full"),
        ("uid = x\n", "lrcards.toml:1:7"),
    ],
)
def test_configuration_mistakes(course: CourseFolder, toml: str, said: str) -> None:
    course.write("lrcards.toml", toml)
    code, _, err = course.run("build")
    assert code == 2
    assert said in err


def test_no_configuration(course: CourseFolder) -> None:
    (course.root / "lrcards.toml").unlink()
    code, _, err = course.run("check")
    assert code == 2
    assert "no lrcards.toml here or in a folder above" in err


def test_configuration_in_pyproject(course: CourseFolder) -> None:
    (course.root / "lrcards.toml").unlink()
    course.write("pyproject.toml", '[tool.lrcards]\nuid = "p"\ntitle = "P"\n')
    course.write("source/lesson.md", LESSON)
    assert course.run("check", "-q")[0] == 0


def test_accepted_warnings_are_silent(course: CourseFolder) -> None:
    case = (HERE / "cases" / "errors" / "unverified-number.md").read_text(encoding="utf-8")
    accepted = case.replace("id: one\n", 'id: one\nallow: {unverified-number: "an example"}\n')
    course.write("source/lesson.md", accepted)
    assert course.run("build", "-q", "--strict")[0] == 0
    course.write("source/lesson.md", case)
    course.write(
        "lrcards.toml",
        'uid = "demo"\ntitle = "Demo"\n[allow]\nunverified-number = "an example"\n',
    )
    assert course.run("build", "-q", "--strict")[0] == 0


def test_two_lessons_that_are_one_deck(course: CourseFolder, golden: Golden) -> None:
    course.write("source/a.md", SAME.format(title="Steps", more="", id="a"))
    course.write("source/b.md", SAME.format(title="steps", more="", id="b"))
    code, out, err = course.run("build", "-q")
    golden("errors/same-deck.txt", f"exit {code}\n{out}{err}")
    assert course.run("build", "-q", "--strict")[0] == 1
    for more in ("deck: Demo::steps\n", 'allow: {same-deck: "on purpose"}\n'):
        course.write("source/b.md", SAME.format(title="steps", more=more, id="b"))
        assert course.run("build", "-q", "--strict")[0] == 0, more
    course.write("source/d.md", SAME.format(title="Steps", more="draft: true\n", id="d"))
    course.write("source/c.md", "---\ntitle: Steps\n---\n\n# Steps\n\nProse alone.\n")
    assert course.run("build", "-q", "--strict")[0] == 0


CARD = "answer: lr[3] -> 0.05\n```\n\nWhat is the rate after three steps?"
SAME = (
    "---\ntitle: {title}\n{more}---\n\n# One\n\n## What?\n\n```yaml card\nid: {id}\n```\n\nThat.\n"
)
PLACES = {
    "heading": ("## After three steps", "## After `= lr[3] -> 0.06` steps"),
    "lesson prose": ("Prose with", "Prose `= lr[3] -> 0.06` with"),
    "lesson heading": ("Prose with `= lr[0]`.", "## Of `= lr[3] -> 0.06`\n\nText."),
    "bold in a link": ("What is", "**[`= lr[3] -> 0.06`](x.md)** what is"),
    "code": ("What is", "`x = {{ lr[3] -> 0.06 }}` what is"),
    "math": ("What is", "$x = {{ lr[3] -> 0.06 }}$ what is"),
    "display math": ("What is", "$$\nx = {{ lr[3] -> 0.06 }}\n$$\n\nwhat is"),
    "fence": ("What is", "```python\nx = {{ lr[3] -> 0.06 }}\n```\n\nwhat is"),
    "table": ("What is", "| a |\n|---|\n| `= lr[3] -> 0.06` |\n\nwhat is"),
    "alt text": ("What is", "![Rate `= lr[3] -> 0.06`](plot:lr)\n\nwhat is"),
    "nested list": ("What is", "- a\n  - `= lr[3] -> 0.06`\n\nwhat is"),
    "quote": ("What is", "> `= lr[3] -> 0.06`\n\nwhat is"),
    "hint": ("What is the rate after three steps?", "x\n\n### Hint\n\n`= lr[3] -> 0.06`"),
    "mistake": (
        "What is the rate after three steps?",
        "x\n\n### Common mistakes\n\n- Text with `= lr[3] -> 0.06`.",
    ),
    "option": (
        "answer: lr[3] -> 0.05\n```",
        "```\n\n- [x] `= lr[3] -> 0.06`\n  > y\n- [ ] B\n  > n",
    ),
    "feedback": (
        "answer: lr[3] -> 0.05\n```",
        "```\n\n- [x] A\n  > `= lr[3] -> 0.06`\n- [ ] B\n  > n",
    ),
    "concept": (
        "answer: lr[3] -> 0.05\n```",
        "```\n\nSay.\n\n### Key concepts\n\n- [ ] `= lr[3] -> 0.06`\n",
    ),
    "answer part": ("answer: lr[3] -> 0.05\n```", "```\n\n### Answer\n\n`= lr[3] -> 0.06`\n"),
    "cloze": ("answer: lr[3] -> 0.05\n```", "kind: cloze\n```\n\nIt is **`= lr[3] -> 0.06`**.\n"),
    "step": (CARD, "```\n\nSort.\n\n### Order\n\n1. a\n2. `= lr[3] -> 0.06`"),
    "inside a step": (
        CARD,
        "```\n\nSort.\n\n### Order\n\n1. a\n\n   ```\n   x = {{ lr[3] -> 0.06 }}\n   ```\n2. b",
    ),
    "left cell": (
        CARD,
        "```\n\nPair.\n\n### Match\n\n|a|b|\n|-|-|\n| `= lr[3] -> 0.06` | c |\n| d | e |",
    ),
    "right cell": (
        CARD,
        "```\n\nPair.\n\n### Match\n\n|a|b|\n|-|-|\n| `= lr[3]` | `= lr[3] -> 0.06` |\n| d | e |",
    ),
    "heading of a column": (
        CARD,
        "```\n\nPair.\n\n### Match\n\n|a|`= lr[3] -> 0.06`|\n|-|-|\n| c | d |\n| e | f |",
    ),
    "a list": ("What is", "`= lr[2:4] -> 0.05, 0.06` what is"),
    "a format": ("What is", "`= lr[3]:.1e -> 6.0e-2` what is"),
    "other digits": ("What is", "`= lr[3] -> 0.0500001` what is"),
    "a hair": ("What is", "`= lr[3] -> 0.050000000001` what is"),
}


@pytest.mark.parametrize("place", PLACES)
def test_no_wrong_number_passes_anywhere(course: CourseFolder, place: str) -> None:
    old, new = PLACES[place]
    assert old in LESSON
    course.write("source/lesson.md", LESSON.replace(old, new))
    code, _, err = course.run("build", "-q")
    assert code == 1
    assert err.count("error[answer-mismatch]") == 1
    declared = new.split("-> ")[1].split("`")[0].split(" }}")[0]
    excerpt, caret = next(
        (row, below)
        for row, below in itertools.pairwise(err.partition("error[answer-mis")[2].split("\n"))
        if " | " in row and "->" in row
    )
    at = caret.index("^")
    assert excerpt[at : at + len(declared)] == declared, "the caret stands under the number"


def test_too_much_computing(
    course: CourseFolder, golden: Golden, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lrcards.run.jobs.CPU_SECONDS", 0.4)
    course.write("source/lesson.md", ENDLESS)
    code, out, err = course.run("build", "-q")
    # Which line of the loop it had reached, and how far x came, is chance.
    shown = re.sub(r"lesson.md:1[89]:", "lesson.md:18:", f"exit {code}\n{out}{err}")
    golden("errors/cpu-limit.txt", re.sub(r"^.*\|.*\n", "", shown, flags=re.MULTILINE))


ENDLESS = """\
---
title: Case
---

# Case

## A card

```yaml card
id: one
answer: x
```

What is it?

```python snippet=loop
x = 1
while True:
    x += 1
```
"""


def test_our_own_fault_says_so(
    course: CourseFolder, golden: Golden, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lrcards.run, "execute_all", lambda *_: [Ran(0, {"names": 3}, "full")])
    course.write("source/lesson.md", LESSON)
    code, out, err = course.run("build", "-q")
    golden("errors/sandbox.txt", f"exit {code}\n{out}{err}")
