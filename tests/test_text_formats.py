"""GIFT and Blackboard's upload format, read and marked by readers that share nothing with us."""

from __future__ import annotations

import contextlib
import io
import json
import shutil
from pathlib import Path

import pytest

import lrcards.run
from lrcards.cli import run as run_cli
from lrcards.run.local import Zygote
from tests.conftest import LESSON, CourseFolder
from tests.marks import blackboard, gift, plan, texts
from tests.marks.agreement import disagreements
from tests.marks.plan import Row
from tests.torture_course import SOURCES

EXTRA = """\
---
title: "Only: text {formats} = #1 ~ \\\\ 100%"
snippets:
  values: {file: snippets/values.py}
use: values
---

# Only

## One gap: `{=a ~b}`

```yaml card
id: gap-number
kind: cloze
```

The rate is **`= lr[2] -> 0.05`**, of `{1:NUMERICAL:=7}` and `[x]`.

## One word

```yaml card
id: gap-word
kind: cloze
```

Call **[step] = {1} ~ #2: 50% \\\\n** here.

## Truth or format

```yaml card
id: truth
answer: ["T", "%50%half", "[html]x", "a\\\\nb*"]
```

Which?

## An arrow

```yaml card
id: arrow
answer: ["a->b"]
```

Which pair?

## Looks like markup

```yaml card
id: looks
shuffle: false
```

- [x] \\[html] `x` =50% # ~ {T}
  > Yes: #### no.
- [ ] %50% \\\\n // "quoted"
  > ![a picture in the feedback](a/dot.png)

### Hint

A hint.

## A picture on the left

```yaml card
id: left-picture
```

### Match

| Left                   | Right |
|------------------------|-------|
| ![dot](a/dot.png)      | one   |
| b                      | two   |
| c                      | three |
"""


class Torture:
    """The torture course and one more lesson, in both formats."""

    def __init__(self, build: Path) -> None:
        report = json.loads((build / "report.json").read_text(encoding="utf-8"))
        self.rows: dict[str, Row] = {row["key"]: row for row in plan.items(report)}
        self.all: dict[str, Row] = {plan.key(row): row for row in report["items"]}
        self.gift = (build / "gift/torture.txt").read_bytes()
        self.blackboard = (build / "blackboard/torture.txt").read_bytes()
        self.names = {path.name for path in build.rglob("*") if path.is_file()}

    def kept(self, target: str) -> list[str]:
        return [
            key
            for key, row in self.all.items()
            if not row["targets"][target].startswith("left out")
        ]


@pytest.fixture(scope="module")
def torture(tmp_path_factory: pytest.TempPathFactory, zygote: Zygote) -> Torture:
    folder = tmp_path_factory.mktemp("texts") / "course"
    shutil.copytree(SOURCES, folder)
    (folder / "source/zz.md").write_text(EXTRA, encoding="utf-8")
    said = io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr(lrcards.run, "execute_all", lambda jobs, _: zygote.execute(jobs))
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            code = run_cli(["build", "--to", "gift,blackboard"])
    assert code == 0, said.getvalue()
    return Torture(folder / "build")


def test_gift_marks_as_the_plan_says(torture: Torture) -> None:
    marks = gift.load(torture.gift, torture.rows)
    asked = [one for key in marks for one in plan.tries(torture.rows[key])]
    assert set(marks) == set(torture.kept("gift")) & set(torture.rows)
    assert {"gap-number", "gap-word", "truth", "forty.", "loop", "pairs", "several"} <= {
        key[: key.index(".") + 1] if "." in key else key for key in marks
    }
    found = {one: marks[one.key](one.given) for one in asked}
    assert list(disagreements("gift", torture.rows, found)) == []


def test_gift_gives_feedback_to_each_answer(torture: Torture) -> None:
    questions = {one.key: one for one in gift.read(torture.gift)}
    assert set(questions) == set(torture.kept("gift"))
    for key in ("twenty", "letters", "several", "looks"):
        shown = [
            (texts.plain(row.text), texts.plain(row.feedback)) for row in questions[key].answers
        ]
        options = torture.all[key]["content"]["options"]
        assert [text for text, _ in shown] == [one["text"] for one in options]
        said = [one["feedback"].replace("a picture in the feedback", "[a picture in the feedback]")
                for one in options]  # fmt: skip
        assert [feedback for _, feedback in shown] == said
    plain = questions["plain"].answers
    assert [row.share for row in plain] == ["100", "0", "0"]
    assert (plain[0].text, plain[1].text) == ("0.05", "0.1")
    assert "never decays" in plain[1].feedback.lower()
    assert "Solution" in questions["plain"].general
    assert questions["why"].kind == "essay"
    assert "Because it counts." in questions["why"].general
    assert not any("E" in row.text for row in questions["tiny"].answers)


def test_gift_puts_questions_where_moodle_xml_does(torture: Torture) -> None:
    shelves: dict[str, list[str]] = {}
    for one in gift.read(torture.gift):
        shelves.setdefault(one.category, []).append(one.key)
    hello = "\u05e9\u05dc\u05d5\u05dd"
    top = f"$course$/top/Torture \u2039course\u203a & co. {hello} 1.0 \u2039beta\u203a"
    assert shelves[f"{top}/Texts, gaps, orders: written"] == ["why"]
    assert len(shelves[f"{top}/Numbers: 0, below it, tiny & large/forty"]) == 40
    assert "gap-word" in shelves[f"{top}/Only: text {{formats}} = #1 ~ \\ 100%"]
    tags = {one.key: one.tags for one in gift.read(torture.gift)}
    assert tags["plain"] == ["numbers", "a & b", "easy", "numeric"]


def test_gift_says_what_it_cannot_carry(torture: Torture) -> None:
    verdicts = {key: row["targets"]["gift"] for key, row in torture.all.items()}
    assert verdicts["gaps"] == "left out: GIFT has one gap a question"
    assert verdicts["arrow"] == "left out: GIFT takes -> in an answer for a pair"
    assert verdicts["three-pictures"].startswith("left out: it asks with pictures")
    assert verdicts["left-picture"].startswith("left out: it asks with pictures")
    assert verdicts["recalled"] == "left out: a recall card has nothing to grade"
    assert verdicts["looks"] == (
        "reduced: hints; the order of the options; pictures in the explanation are their alt texts"
    )
    assert verdicts["why"] == "reduced: points; key concepts for the grader"
    assert verdicts["twenty"] == verdicts["truth"] == "full"


def test_blackboard_marks_as_the_plan_says(torture: Torture) -> None:
    marks = blackboard.load(torture.blackboard, torture.rows)
    assert set(marks) == set(torture.kept("blackboard")) & set(torture.rows)
    assert {"gaps", "words", "loop", "pairs", "several", "gap-number"} <= set(marks)
    for key, mark in marks.items():
        row, verdict = torture.rows[key], torture.rows[key]["targets"]["blackboard"]
        for one in plan.tries(row):
            got = mark(one.given)
            if one.share in {0, 1} and not (one.kind == "cloze" and one.share == 1):
                assert got == one.share, (key, one)
            elif got != one.share:
                assert got == 0, (key, one)
                assert "a part of the answer" in verdict or "as shown" in verdict


def test_blackboard_reads_every_line(torture: Torture) -> None:
    questions = blackboard.read(torture.blackboard)
    assert len(questions) == len(torture.kept("blackboard"))
    kinds = [one.kind for one in questions]
    assert set(kinds) == {"MC", "MA", "NUM", "FIB", "FIB_PLUS", "ORD", "MAT", "ESS"}
    assert kinds.index("ESS") == len(kinds) - 1
    for one in questions:
        typed = one.kind in {"FIB", "FIB_PLUS"}
        assert one.text.isascii()
        assert typed or all(field.isascii() for field in one.fields)
    code = next(one for one in questions if "Ten kilobytes" in one.text)
    assert code.text.count("<br>values[") == 169
    [gapped] = [one for one in questions if "Gaps with marks" in one.text]
    assert gapped.fields == [
        "gap1", "0.05", "", "gap2", r'Step}LR{2:~=#"*/\x', "", "gap3", "<&>",
    ]  # fmt: skip
    [essay] = [one for one in questions if one.kind == "ESS"]
    assert "is <em>multiplied</em>" in essay.fields[0]


def test_blackboard_says_what_it_cannot_carry(torture: Torture) -> None:
    verdicts = {key: row["targets"]["blackboard"] for key, row in torture.all.items()}
    assert verdicts["shared-rights"].startswith("left out: Blackboard takes no right side")
    assert verdicts["drawing"].startswith("left out: it asks with pictures")
    assert verdicts["recalled"].startswith("left out")
    assert verdicts["plain"] == ("reduced: points; hints; tags; level; feedback; solution")
    assert "numbers in gaps must be typed as shown" in verdicts["gaps"]
    assert verdicts["large"] == "reduced: tags"
    assert "formulas are TeX" in verdicts["marks-in-code"]


def test_readers_refuse_what_is_broken() -> None:
    for block in ("::n::text {", "::n::a {=x} b {=y}", "::n::t {~a}", "no name {=a}"):
        with pytest.raises(ValueError, match=r"brace|places|few|name"):
            list(gift.read(block.encode()))
    for line in ("XX\tq", "MC\tq\ta\tcorrect\tb\tcorrect", "FIB_PLUS\t[a] q\tb\tx"):
        with pytest.raises(ValueError, match=r"kind|right|gaps"):
            blackboard.read(line.encode())


def test_they_are_built_where_someone_asks_for_them(course: CourseFolder) -> None:
    course.write("source/lesson.md", LESSON)
    assert course.run("build")[0] == 0
    assert not any(name.startswith(("gift/", "blackboard/")) for name in course.tree())
    assert course.run("build", "--to", "gift")[0] == 0
    assert "gift/demo.txt" in course.tree()
    assert "blackboard/demo.txt" not in course.tree()
    toml = 'uid = "demo"\ntitle = "Demo"\ntargets = ["html", "blackboard"]\n'
    course.write("lrcards.toml", toml)
    assert course.run("build")[0] == 0
    assert "html/files/lesson.blackboard.txt" in course.tree()
    course.write("lrcards.toml", toml.replace("blackboard", "blackbord"))
    code, _, err = course.run("build")
    assert code == 2
    assert "'blackboard'" in err


def test_an_item_that_names_its_targets_is_in_no_other(course: CourseFolder) -> None:
    names = {"a": "[anki]", "b": "[gift]", "c": "[anki, blackboard]"}
    items = "".join(
        f"\n## Item {name}\n\n```yaml card\nid: {name}\ntargets: {value}\nanswer: lr[3] -> 0.05\n"
        f"```\n\nHow much is {name}?\n"
        for name, value in names.items()
    )
    course.write("source/lesson.md", LESSON + items)
    code, out, err = course.run("build", "--to", "gift,blackboard,anki")
    assert code == 0, err
    asked = [one.key for one in gift.read(course.tree()["gift/demo.txt"])]
    assert asked == ["after-3", "b"]
    titles = [one.text[:40] for one in blackboard.read(course.tree()["blackboard/demo.txt"])]
    assert ["Item" in title for title in titles] == [False, True]
    assert "not asked for" not in out
