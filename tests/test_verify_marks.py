"""`lrcards verify` on what a mark, or what a learner may answer, hangs on beside the key itself."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path

import pytest

import lrcards.run
from lrcards.cli import run as run_cli
from lrcards.run.local import Zygote
from lrcards.verify import _FORMATS, verify
from lrcards.verify.conditions import condition, graded
from lrcards.verify.difference import differs
from lrcards.verify.facts import Fact, number
from lrcards.verify.tree import parse_xml
from tests.conftest import SNIPPET, CourseFolder
from tests.kinds import TEXT
from tests.packages import Edit, bank, both, change, in12, member, swap, xml

MOODLE, QTI12, QTI21, QTI3 = "moodle/demo.xml", "qti12/demo.zip", "qti21/demo.zip", "qti3/demo.zip"
VARIANTS = """
## Variants

```yaml card
id: v-one
answer: lr[4]
params:
  step_size: [2, 4]
```

With `= step_size`?
"""


@pytest.fixture(scope="module")
def lesson(tmp_path_factory: pytest.TempPathFactory, zygote: Zygote) -> Path:
    """Return the `build` folder of a course of one lesson with every kind, to be read only."""
    folder = tmp_path_factory.mktemp("verify")
    (folder / "source/snippets").mkdir(parents=True)
    (folder / "lrcards.toml").write_text('uid = "demo"\ntitle = "Demo"\n', encoding="utf-8")
    (folder / "source/snippets/step_lr.py").write_text(SNIPPET, encoding="utf-8")
    (folder / "source/lesson.md").write_text(TEXT + VARIANTS, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr(lrcards.run, "execute_all", lambda jobs, _: zygote.execute(jobs))
        assert run_cli(["build", "--to", "moodle,qti12,qti21,qti3"]) == 0
    return folder / "build"


@pytest.fixture
def build(lesson: Path, tmp_path: Path) -> Path:
    return shutil.copytree(lesson, tmp_path / "build")


def stopped(key: str) -> Edit:
    """Let the condition that fits every answer be the last one."""
    lines = '">\n            <conditionvar>\n              <other/>'
    return in12(key, f'continue="Yes{lines}', f'continue="No{lines}')


def quiz12(*steps: str) -> Edit:
    return member("/lesson.xml", swap(*steps))


def assessed(*steps: str) -> Edit:
    return member("/test-lesson.xml", swap(*steps))


RIGHT = 'action="Set" varname="SCORE">100<'
HALF = 'action="Set" varname="SCORE">50<'
ADDS, SETS = 'varname="SCORE" action="Add"', 'varname="SCORE" action="Set"'
CHANGES: tuple[tuple[str, Edit, str], ...] = (
    (QTI12, in12("c-one", RIGHT, HALF), "c-one: option 1 mark: '0.5' in the package, '1'"),
    (QTI12, in12("m-one", RIGHT, HALF), "m-one: mark of a full answer: '0.5'"),
    (QTI12, in12("n-one", RIGHT, HALF), "n-one: mark: '0.5'"),
    (QTI12, in12("s-one", RIGHT, HALF), "s-one: accepted 1 mark: '0.5'"),
    (QTI12, in12("z-one", ADDS, SETS), "z-one: gap 1 mark: 'set, not added'"),
    (
        QTI12,
        in12("p-one", 'respident="response_left3">', ADDS, SETS),
        "p-one: mark of a full answer: '0.5'",
    ),
    (
        QTI12,
        in12("o-one", 'respident="response_left4">', ADDS, SETS),
        "o-one: mark of a full answer: '0.25'",
    ),
    (QTI12, in12("z-one", "33.333333<", "33.333<"), "z-one: mark of a full answer: '0.99999667'"),
    (QTI12, stopped("c-one"), "c-one: option 1 mark: '0'"),
    (QTI12, stopped("c-one"), "c-one: option 2 feedback: nothing in the package"),
    (QTI12, stopped("m-one"), "m-one: mark of a full answer: '0'"),
    (QTI12, stopped("n-one"), "n-one: mark: '0'"),
    (QTI12, stopped("n-one"), "n-one: wrong 1 feedback: nothing in the package"),
    (QTI12, stopped("p-one"), "p-one: mark of a full answer: '0'"),
    (
        QTI12,
        in12("c-one", "<other/>", 'continue="Yes"', 'continue="No"'),
        "c-one: option 1 mark: '0'",
    ),
    (QTI12, in12("s-one", "<varequal", "<other/><varequal"), "s-one: mark of a wrong answer: '1'"),
    (
        QTI12,
        quiz12("<selection_number>1", "<selection_number>2"),
        "of the variants of v-one it asks 2, not 1",
    ),
    (
        QTI12,
        quiz12("<selection_number>1</selection_number>", ""),
        "of the variants of v-one it asks all, not 1",
    ),
    (QTI12, in12("m-one", 'shuffle="Yes"', 'shuffle="No"'), "m-one: shuffle: 'no'"),
    (QTI21, xml("m-one", ' lowerBound="0"', ""), "m-one: lowest mark: '(no limit)'"),
    (QTI21, xml("m-one", ' upperBound="2"', ""), "m-one: highest mark: '(no limit)'"),
    (QTI21, xml("m-one", 'upperBound="2"', 'upperBound="1"'), "m-one: highest mark: '1'"),
    (QTI21, xml("m-one", 'upperBound="2"', 'upperBound="3"'), "m-one: highest mark: '3'"),
    (QTI21, xml("m-one", 'defaultValue="0"', 'defaultValue="1"'), "m-one: default mark: '1'"),
    (QTI21, xml("p-one", ' lowerBound="0"', ""), "p-one: lowest mark: '(no limit)'"),
    (QTI21, xml("p-one", 'upperBound="4"', 'upperBound="2"'), "p-one: highest mark: '2'"),
    (QTI3, xml("m-one", ' lower-bound="0"', ""), "m-one: lowest mark: '(no limit)'"),
    (QTI3, xml("m-one", 'upper-bound="2"', 'upper-bound="1"'), "m-one: highest mark: '1'"),
    (QTI21, xml("m-one", 'maxChoices="0"', 'maxChoices="1"'), "m-one: choices allowed: '1'"),
    (QTI21, xml("c-one", 'maxChoices="1"', 'maxChoices="0"'), "c-one: choices allowed: '0'"),
    (QTI3, xml("m-one", 'max-choices="0"', 'max-choices="1"'), "m-one: choices allowed: '1'"),
    (
        QTI21,
        xml("p-one", '"right3" matchMax="4"', '"right3" matchMax="1"'),
        "p-one: matches allowed of right3: '1'",
    ),
    (
        QTI21,
        xml("p-one", '"left1" matchMax="1"', '"left1" matchMax="0"'),
        "p-one: matches allowed of left1: '0'",
    ),
    (
        QTI21,
        xml("p-one", 'maxAssociations="4"', 'maxAssociations="3"'),
        "p-one: matches allowed: '3'",
    ),
    (
        QTI3,
        xml("p-one", '"right3" match-max="4"', '"right3" match-max="1"'),
        "p-one: matches allowed of right3: '1'",
    ),
    (QTI21, xml("m-one", 'shuffle="true"', 'shuffle="false"'), "m-one: shuffle: 'no'"),
    (QTI21, xml("c-one", 'shuffle="false"', 'shuffle="true"'), "c-one: shuffle: 'yes'"),
    (QTI21, xml("o-one", 'shuffle="true"', 'shuffle="false"'), "o-one: shuffle: 'no'"),
    (QTI3, xml("p-one", 'shuffle="true"', 'shuffle="false"'), "p-one: shuffle: 'no'"),
    (
        QTI21,
        xml(
            "c-one", 'identifier="option2" showHide="show"', 'identifier="option2" showHide="hide"'
        ),
        "c-one: option 2 feedback: '(never shown)'",
    ),
    (
        QTI3,
        xml(
            "n-one", 'identifier="WRONG1" show-hide="show"', 'identifier="WRONG1" show-hide="hide"'
        ),
        "n-one: feedback WRONG1: 'is never shown'",
    ),
    (
        QTI21,
        assessed('select="1"', 'select="2"'),
        "tests/test-lesson.xml: of the variants of v-one it asks 2, not 1",
    ),
    (
        QTI3,
        assessed('<qti-selection select="1"/>', ""),
        "tests/test-lesson.xml: of the variants of v-one it asks all, not 1",
    ),
    (
        QTI21,
        both(assessed("<outcomeProcessing>", "<x>"), assessed("</outcomeProcessing>", "</x>")),
        "tests/test-lesson.xml: its SCORE is not the sum of the items' own",
    ),
    (
        QTI3,
        assessed('variable-identifier="MAXSCORE"', 'variable-identifier="SCORE"'),
        "tests/test-lesson.xml: its MAXSCORE is not the sum",
    ),
    (MOODLE, bank("s-one", "<usecase>0", "<usecase>1"), "s-one: usecase: '1'"),
    (MOODLE, swap("{1:SHORTANSWER:", "{1:SHORTANSWER_C:"), "z-one: gap 2 type: 'SHORTANSWER_C'"),
    (MOODLE, swap("<hidden>0", "<hidden>1"), "c-one: hidden: '1'"),
    (
        MOODLE,
        bank("m-one", "<shuffleanswers>true", "<shuffleanswers>false"),
        "m-one: shuffle: 'no'",
    ),
    (
        MOODLE,
        bank("c-one", "<shuffleanswers>false", "<shuffleanswers>true"),
        "c-one: shuffle: 'yes'",
    ),
    (
        MOODLE,
        bank("o-one", "<shuffleanswers>true", "<shuffleanswers>false"),
        "o-one: shuffle: 'no'",
    ),
    (
        MOODLE,
        bank("e-one", "<responserequired>1", "<responserequired>0"),
        "e-one: responserequired",
    ),
    (MOODLE, bank("n-one", "<showunits>3", "<showunits>0"), "n-one: showunits: '0'"),
    (
        MOODLE,
        bank("n-one", "<unitgradingtype>0", "<unitgradingtype>1"),
        "n-one: unitgradingtype: '1'",
    ),
)


@pytest.mark.parametrize(
    "case", CHANGES, ids=[f"{path.split('/')[0]}-{said}" for path, _, said in CHANGES]
)
def test_what_changes_a_mark_is_named(
    build: Path, monkeypatch: pytest.MonkeyPatch, case: tuple[str, Edit, str]
) -> None:
    path, edit, said = case
    target = path.split("/")[0]
    monkeypatch.setattr("lrcards.verify._FORMATS", {target: _FORMATS[target]})
    change(build, path, edit)
    named = [str(one) for result in verify(build) for one in result.found]
    assert any(one.startswith(f"{path}: {said}") for one in named), named


def test_as_many_facts_are_compared_in_a_wrong_package(build: Path) -> None:
    clean = {one.path: one.facts for one in verify(build)}
    assert clean[QTI12] > 0
    change(build, QTI12, in12("c-one", RIGHT, HALF))
    change(build, MOODLE, bank("s-one", "<usecase>0", "<usecase>1"))
    assert {one.path: one.facts for one in verify(build)} == clean


def test_a_flood_is_cut(build: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = json.loads((build / "report.json").read_text(encoding="utf-8"))
    for row in report["items"]:
        row["content"]["title"] += " of another course"
        row["tags"] += ["another"]
        row["content"]["hints"] += ["One more hint."]
        row["content"]["solution"] += " Or else."
    (build / "report.json").write_text(json.dumps(report), encoding="utf-8")
    capsys.readouterr()
    assert run_cli(["verify", str(build)]) == 1
    lines = capsys.readouterr().err.splitlines()
    count = sum(len(one.found) for one in verify(build))
    assert count > 100
    assert lines[100:] == [f"... and {count - 100} more"]


def test_conditions_run_in_order_until_one_stops() -> None:
    top = parse_xml(b"""<resprocessing>
        <respcondition continue="Yes"><conditionvar><other/></conditionvar>
          <displayfeedback linkrefid="all"/></respcondition>
        <respcondition continue="Yes"><conditionvar><varequal respident="a">x</varequal>
          </conditionvar><setvar varname="SCORE" action="Add">40</setvar></respcondition>
        <respcondition continue="No"><conditionvar><and><varequal respident="a">x</varequal>
          <not><varequal respident="b">y</varequal></not></and></conditionvar>
          <setvar varname="SCORE" action="Add">10</setvar></respcondition>
        <respcondition continue="No"><conditionvar><or><and><vargte respident="b">2</vargte>
          <varlte respident="b">3</varlte></and><varequal respident="b">y</varequal></or>
          </conditionvar><setvar varname="SCORE" action="Set">100</setvar>
          <setvar varname="OTHER" action="Set">7</setvar></respcondition>
    </resprocessing>""")  # fmt: skip
    rules = [condition(one) for one in top]

    def score(**given: str) -> str:
        after = graded(rules, {place: frozenset((text,)) for place, text in given.items()})
        assert after.shows == {"all"}
        return str(after.score)

    assert score() == "0"
    assert score(a="x") == "0.5"
    assert score(a="x", b="y") == "1"
    assert [score(b=one) for one in ("2", "3.0", "1.9", "3.1", "no")] == ["1", "1", "0", "0", "0"]


def test_numbers_are_compared_and_shown_to_the_last_digit() -> None:
    long = "0." + "1" * 60
    assert str(number(long)) == long
    assert differs("high", number(long + "2"), number(long + "1")).endswith("in the report")
    assert number(long + "2") != number(long + "1")
    assert number("9" * 400) == Fact("9" * 400), "too long for a number, so a text"


def test_points_of_thousands_of_digits_are_refused(
    build: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = json.loads((build / "report.json").read_text(encoding="utf-8"))
    next(row for row in report["items"] if row["id"] == "c-one")["content"]["points"] = "9" * 5000
    (build / "report.json").write_text(json.dumps(report), encoding="utf-8")
    assert run_cli(["verify", str(build)]) == 2
    said = capsys.readouterr().err
    assert "c-one has no points that can be compared: it takes a number of less than 400" in said


def test_a_message_has_no_stray_space(build: Path) -> None:
    change(build, MOODLE, swap("<text>Absolute<", "</strong> 0.0062", "</strong> 0.0063"))
    named = [str(one) for result in verify(build) for one in result.found]
    assert [one for one in named if "explanation: 'Final answer: 0.0063" in one], named
    assert "'Final answer: 0.0062" in named[0].partition(" in the package")[2]


def test_many_texts_and_many_gaps_take_about_as_long_as_they_are_many(
    course: CourseFolder,
) -> None:
    texts = ", ".join(f'"some text number {n}"' for n in range(500))
    gaps = "\n\n".join(f"Word **gap{n}** here." for n in range(2500))
    course.write(
        "source/lesson.md",
        "---\ntitle: Many\n---\n\n# Many\n\n"
        f"## Short\n\n```yaml card\nid: s\nanswer: [{texts}]\n```\n\nWhich?\n\n"
        f"## Gaps\n\n```yaml card\nid: z\nkind: cloze\n```\n\n{gaps}\n",
    )
    assert course.run("build", "--to", "moodle,qti12,qti21,qti3")[0] == 0
    start = time.process_time()
    assert [one.found for one in verify(course.root / "build") if one.found] == []
    assert time.process_time() - start < 30, "all against all took minutes"
