"""`lrcards verify`: what agrees agrees, and one wrong digit anywhere is named."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

import lrcards.run
from lrcards.cli import run as run_cli
from lrcards.run.local import Zygote
from lrcards.verify import _FORMATS
from tests.conftest import SNIPPET, CourseFolder
from tests.kinds import TEXT
from tests.packages import (
    COLLECTION,
    Edit,
    bank,
    both,
    change,
    cut,
    in12,
    member,
    note,
    page,
    sql,
    swap,
    xml,
)

Verify = Callable[[Path], tuple[int, str, str]]
MOODLE, QTI12, QTI21, QTI3 = "moodle/demo.xml", "qti12/demo.zip", "qti21/demo.zip", "qti3/demo.zip"
ANKI, PAGE = "anki/demo.apkg", "html/lesson.html"

_TARGETS = "anki,moodle,qti12,qti21,qti3,html"


@pytest.fixture(scope="module")
def lesson(tmp_path_factory: pytest.TempPathFactory, zygote: Zygote) -> Path:
    """Return the `build` folder of a course of one lesson with every kind, to be read only."""
    folder = tmp_path_factory.mktemp("verify")
    (folder / "source/snippets").mkdir(parents=True)
    (folder / "lrcards.toml").write_text('uid = "demo"\ntitle = "Demo"\n', encoding="utf-8")
    (folder / "source/snippets/step_lr.py").write_text(SNIPPET, encoding="utf-8")
    (folder / "source/lesson.md").write_text(TEXT, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr(lrcards.run, "execute_all", lambda jobs, _: zygote.execute(jobs))
        assert run_cli(["build", "--to", _TARGETS]) == 0
    return folder / "build"


@pytest.fixture
def build(lesson: Path, tmp_path: Path) -> Path:
    return shutil.copytree(lesson, tmp_path / "build")


@pytest.fixture
def verify(capsys: pytest.CaptureFixture[str]) -> Verify:
    def run(folder: Path) -> tuple[int, str, str]:
        capsys.readouterr()
        code = run_cli(["verify", str(folder)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def test_a_lesson_of_every_kind_agrees(build: Path, verify: Verify) -> None:
    code, out, err = verify(build)
    assert (code, err) == (0, "")
    rows = dict(line.split(maxsplit=1) for line in out.splitlines())
    whole = {path for path in rows if not path.startswith("html/files/")}
    assert whole == {"report.json", ANKI, MOODLE, QTI12, QTI21, QTI3, "html/"}
    assert len(rows) - len(whole) == 2 * len((ANKI, MOODLE, QTI12, QTI21, QTI3))
    for target, line in rows.items():
        assert line.endswith("facts agree" if target != "report.json" else "files agree")
    report = json.loads((build / "report.json").read_text(encoding="utf-8"))
    asked = sum(not row["targets"]["qti3"].startswith("left out") for row in report["items"])
    assert rows[QTI3].startswith(f"{asked} items, ")


def test_the_torture_course_agrees(torture: Path, verify: Verify) -> None:
    code, out, err = verify(torture)
    assert (code, err) == (0, ""), err
    packages = json.loads((torture / "report.json").read_text(encoding="utf-8"))["files"]
    read = [one for one in packages if one["path"].endswith((".apkg", ".xml", ".zip"))]
    assert len(out.splitlines()) == len(read) + len(("report.json", "html/"))


def test_the_folder_comes_from_the_configuration(course: CourseFolder) -> None:
    course.write("source/lesson.md", TEXT)
    assert course.run("build", "--out", "elsewhere")[0] == 0
    assert course.run("verify", "elsewhere")[0] == 0
    code, out, err = course.run("verify")
    assert (code, out) == (2, "")
    assert "there is no folder build/; run lrcards build first" in err


CHANGES: tuple[tuple[str, Edit, str], ...] = (
    (MOODLE, bank("n-one", "0.000051", "0.000052"), "n-one: low: '0.049948'"),
    (MOODLE, bank("n-one", "<text>0.05<", "<text>0.06<"), "n-one: shown: '0.06'"),
    (
        MOODLE,
        bank("n-one", "0.1", "<tolerance>0.000051", "<tolerance>0.00006"),
        "n-one: wrong 1 high",
    ),
    (MOODLE, bank("n-one", "Never", "Ever"), "n-one: wrong 1 feedback: 'Ever decays.'"),
    (MOODLE, bank("n-one", 'fraction="0"', 'fraction="100"'), "n-one: wrong 1 mark: '1'"),
    (MOODLE, bank("m-one", 'fraction="50"', 'fraction="40"'), "m-one: option 1 mark: '0.4'"),
    (MOODLE, bank("m-one", 'fraction="-100"', 'fraction="-50"'), "m-one: option 3 mark: '-0.5'"),
    (
        MOODLE,
        both(
            bank("c-one", 'fraction="100"', 'fraction="0"'),
            bank("c-one", "0.05", 'fraction="0"', 'fraction="100"'),
        ),
        "c-one: option 1 key",
    ),
    (MOODLE, bank("c-one", ">0.05<", ">0.06<"), "c-one: option 2: '0.06' in the package, '0.05'"),
    (MOODLE, bank("c-one", "Wrong.", "Wrung."), "c-one: option 2 feedback: 'Wrung.'"),
    (MOODLE, bank("c-one", "Second.", "Third."), "c-one: hint 2: 'Third.'"),
    (MOODLE, bank("c-one", "<text>easy<", "<text>hard<"), "c-one: tags"),
    (MOODLE, bank("c-one", "<single>true", "<single>false"), "c-one: kind: 'multiple'"),
    (MOODLE, swap("<text>Choice<", "<strong>Choice", "<strong>Chance"), "c-one: title: 'Chance'"),
    (MOODLE, swap("<text>Choice<", "<defaultgrade>2", "<defaultgrade>1"), "c-one: points: '1'"),
    (MOODLE, swap("<text>Numeric<", "So it is", "So is it"), "n-one: explanation"),
    (MOODLE, swap("<text>Numeric<", "</strong> 0.05", "</strong> 0.5"), "n-one: explanation"),
    (
        MOODLE,
        cut("<question ", "<idnumber>s-one<", "</question>"),
        "s-one: it is missing; the report",
    ),
    (MOODLE, cut("<file ", 'name="lr-', "</file>"), "n-one: picture lr-"),
    (MOODLE, bank("s-one", r"\*", "*"), "s-one: accepted 3: '(anything)'"),
    (MOODLE, swap(":=0.05:0.000051}", ":=0.05:0.000052}"), "z-one: gap 1 high: '0.050052'"),
    (
        MOODLE,
        both(
            swap(":=0.05:0.000051}", ":=swap}"),
            swap("{1:SHORTANSWER:=Step", "{1:SHORTANSWER:=Stop"),
        ),
        "z-one: gap 2: 'Stop}}LR::x'",
    ),
    (MOODLE, swap("{1:NUMERICAL", "{2:NUMERICAL"), "z-one: gap 1 mark: '0.5'"),
    (MOODLE, bank("e-one", "<li>One", "<li>None"), "e-one: concept 1: 'None'"),
    (MOODLE, bank("o-one", "<text>2<", "<text>5<"), "o-one:"),
    (MOODLE, bank("p-one", "along a line", "along a curve"), "p-one: right 3: 'along a curve'"),
    (MOODLE, bank("p-one", "<code>StepLR", "<code>StopLR"), "p-one: left 1: 'StopLR'"),
    (MOODLE, swap("<idnumber>s-one<", "<idnumber>s-two<"), "s-two: it is in the package and not"),
    (QTI12, in12("n-one", "0.049949", "0.049948"), "n-one: low: '0.049948'"),
    (QTI12, in12("n-one", ">0.05<", ">0.06<"), "n-one: shown: '0.06'"),
    (QTI12, in12("n-one", ">0.1<", ">0.2<"), "n-one: wrong 1 shown: '0.2'"),
    (QTI12, in12("n-one", "Never", "Ever"), "n-one: wrong 1 feedback: 'Ever decays.'"),
    (
        QTI12,
        in12("n-one", 'linkrefid="wrong1_fb"', 'linkrefid="wrong9_fb"'),
        "n-one: feedback wrong1_fb",
    ),
    (QTI12, in12("n-one", 'SCORE">100', 'SCORE">50'), "n-one: mark: '0.5'"),
    (
        QTI12,
        in12("c-one", 'continue="No"', ">option1<", ">option2<"),
        "c-one: option 1 key: 'wrong'",
    ),
    (QTI12, in12("c-one", "0.05&lt;", "0.06&lt;"), "c-one: option 2: '0.06'"),
    (QTI12, in12("c-one", "Wrong.", "Wrung."), "c-one: option 2 feedback: 'Wrung.'"),
    (QTI12, in12("c-one", "<fieldentry>2<", "<fieldentry>1<"), "c-one: points: '1'"),
    (QTI12, in12("c-one", "One.", "Won."), "c-one: explanation"),
    (
        QTI12,
        in12("m-one", "<not>", 'ident="', 'response1">option3', 'response1">option2'),
        "m-one: option 3 key",
    ),
    (
        QTI12,
        member("/lesson.xml", cut("<item ", 'ident="s-one"', "</item>")),
        "s-one: it is missing",
    ),
    (QTI12, member(".svg", None), "media/lr-"),
    (
        QTI12,
        in12("n-one", "media/lr-", "media/lx-"),
        "n-one: picture %24IMS-CC-FILEBASE%24/media/lx-",
    ),
    (QTI12, in12("s-one", ">StepLR<", ">StopLR<"), "s-one: accepted 1: 'StopLR'"),
    (QTI12, in12("z-one", ">Step}}LR", ">Stop}}LR"), "z-one: gap 2: 'Stop}}LR::x'"),
    (QTI12, in12("z-one", ">5e-2<", ">5e-3<"), "z-one: gap 1 also: '5e-3'"),
    (QTI12, in12("o-one", 'left1">right', 'left1">right5'), "o-one:"),
    (QTI12, in12("p-one", 'left1">right1', 'left1">right2'), "p-one: right 1: "),
    (QTI12, in12("p-one", 'left2">right2', 'Add">25', 'Add">20'), "p-one: left 2 mark: '0.2'"),
    (QTI12, in12("c-one", "<fieldentry>easy", "<fieldentry>hard"), "c-one: tags"),
    (
        QTI12,
        in12("e-one", "&lt;li&gt;One", "&lt;li&gt;None", lesson="83fbf.xml"),
        "e-one: concept 1",
    ),
    (QTI21, xml("n-one", "0.049949", "0.049948"), "n-one: low: '0.049948'"),
    (QTI21, xml("n-one", "<value>0.05", "<value>0.06"), "n-one: shown: '0.06'"),
    (QTI21, xml("n-one", "<gte>", "gte>", "0.100051", "0.10006"), "n-one: wrong 1 high: '0.10006'"),
    (QTI21, xml("n-one", "Never", "Ever"), "n-one: wrong 1 feedback: 'Ever decays.'"),
    (
        QTI21,
        xml(
            "n-one",
            '<baseValue baseType="identifier">WRONG1',
            '<baseValue baseType="identifier">WRONG2',
        ),
        "n-one: feedback WRONG1: 'is never shown'",
    ),
    (QTI21, xml("n-one", "</lte>", 'float">1<', 'float">0.5<'), "n-one: mark: '0.5'"),
    (QTI21, xml("n-one", "<p>So it is", "<p>So is it"), "n-one: explanation"),
    (QTI21, xml("m-one", 'mappedValue="1"', 'mappedValue="2"'), "m-one: option 1 mark: '1'"),
    (QTI21, xml("m-one", "<mapResponse", 'float">2<', 'float">4<'), "m-one: option 1 mark: '0'"),
    (QTI21, xml("m-one", 'lowerBound="0"', 'lowerBound="-2"'), "m-one: lowest mark: '-2'"),
    (QTI21, xml("c-one", "<value>option1", "<value>option2"), "c-one: option 1 key: 'wrong'"),
    (QTI21, xml("c-one", ">0.05</span>", ">0.06</span>"), "c-one: option 2: '0.06'"),
    (
        QTI21,
        xml(
            "c-one",
            '<feedbackBlock outcomeIdentifier="FEEDBACK" identifier="option2"',
            '<feedbackBlock outcomeIdentifier="FEEDBACK" identifier="option3"',
        ),
        "c-one: option 2 feedback: '(never shown)'",
    ),
    (QTI21, xml("c-one", "<p>Second", "<p>Third"), "c-one: hint 2: 'Third.'"),
    (QTI21, xml("c-one", 'normalMaximum="2"', 'normalMaximum="1"'), "c-one: points: '2 and 1'"),
    (
        QTI21,
        member("imsmanifest.xml", swap('identifier="c-one"', ">easy<", ">hard<")),
        "c-one: tags",
    ),
    (QTI21, xml("s-one", "[Ll][Rr]", "[Ll][Aa]"), "s-one: accepted 1 mark: '0'"),
    (QTI21, xml("s-one", 'mapKey="StepLR"', 'mapKey="StopLR"'), "s-one: accepted 1: 'StopLR'"),
    (
        QTI21,
        both(
            xml("z-one", '<textEntryInteraction responseIdentifier="GAP1"', "<x"),
            xml(
                "z-one",
                '<textEntryInteraction responseIdentifier="GAP2"',
                '<textEntryInteraction responseIdentifier="GAP1"',
            ),
            xml("z-one", "<x", '<textEntryInteraction responseIdentifier="GAP2"'),
        ),
        "z-one: gap 1: 'Step}}LR::x'",
    ),
    (QTI21, xml("z-one", "0.050051", "0.050052"), "z-one: gap 1 high: '0.050052'"),
    (
        QTI21,
        member("items/s-one.xml", None),
        "items/s-one.xml is in the manifest and not in the zip",
    ),
    (QTI21, member(".svg", None), "media/lr-"),
    (
        QTI21,
        member("test-lesson.xml", swap('href="../items/s-one.xml"', 'href="../items/n-one.xml"')),
        "items/s-one.xml is asked in 0 assessments",
    ),
    (QTI21, xml("o-one", 'integer">1<', 'integer">2<'), "o-one: step 1: nothing in the package"),
    (QTI21, xml("p-one", 'mapKey="left1 right1"', 'mapKey="left1 right2"'), "p-one: right 1"),
    (QTI3, xml("n-one", "0.049949", "0.049948"), "n-one: low: '0.049948'"),
    (QTI3, xml("n-one", "0.100051", "0.100052"), "n-one: wrong 1 high: '0.100052'"),
    (QTI3, xml("m-one", 'mapped-value="-2"', 'mapped-value="-1"'), "m-one: option 3 mark: '-0.5'"),
    (
        QTI3,
        xml("c-one", "<qti-value>option1", "<qti-value>option3"),
        "c-one: option 1 key: 'wrong'",
    ),
    (QTI3, xml("c-one", ">0.05</span>", ">0.06</span>"), "c-one: option 2: '0.06'"),
    (QTI3, xml("c-one", "Wrong.", "Wrung."), "c-one: option 2 feedback: 'Wrung.'"),
    (QTI3, xml("o-one", ">Optimizer<", ">Scheduler<"), "o-one: step 2: 'Scheduler at"),
    (
        QTI3,
        xml("p-one", "<qti-value>left1 right1", "<qti-value>left1 right2"),
        "p-one: right answer",
    ),
    (QTI3, xml("e-one", "<li>One", "<li>None"), "e-one: concept 1: 'None'"),
    (ANKI, note("n-one", "0.049949", "0.049948"), "n-one: low: '0.049948'"),
    (ANKI, note("n-one", "0.100051", "0.100052"), "n-one: wrong 1 high: '0.100052'"),
    (ANKI, note("n-one", "Never", "Ever"), "n-one: wrong 1 feedback: 'Ever decays.'"),
    (ANKI, note("n-one", "\x1f0.05\x1f", "\x1f0.06\x1f"), "n-one: shown: '0.06'"),
    (ANKI, note("c-one", 'class="right"', 'class="other"'), "c-one: option 1 key: 'wrong'"),
    (ANKI, note("c-one", "0.05</span></div>", "0.06</span></div>"), "c-one: option 2: '0.06'"),
    (ANKI, note("c-one", "Wrong.", "Wrung."), "c-one: option 2 feedback: 'Wrung.'"),
    (ANKI, note("c-one", "Second.", "Third."), "c-one: hint 2: 'Third.'"),
    (ANKI, note("m-one", "options many", "options"), "m-one: kind: 'choice'"),
    (ANKI, note("s-one", "*", "+"), "s-one: accepted 3: '+'"),
    (ANKI, note("z-one", "{{c1::", "{{c2::"), "z-one: gap 1: nothing in the package"),
    (ANKI, note("e-one", ">One<", ">None<"), "e-one: concept 1: 'None'"),
    (ANKI, note("r-one", "Back with", "Black with"), "r-one: answer: 'Black with"),
    (ANKI, sql("update notes set tags = ' '"), "c-one: tags"),
    (ANKI, note("o-one", 'data-place="2"', 'data-place="5"'), "o-one: step 5: 'Optimizer at"),
    (
        ANKI,
        note("p-one", '<td data-right="1">', '<td data-right="0">'),
        "p-one: right 2 on the front",
    ),
    (ANKI, note("p-one", "<td><code>StepLR", "<td><code>StopLR"), "p-one: lefts on the back"),
    (ANKI, sql("delete from notes where instr(flds, 's-one')"), "s-one: it is missing"),
    (
        ANKI,
        sql("delete from cards where nid in (select id from notes where instr(flds, 's-one'))"),
        "s-one: cards: 'it has none'",
    ),
    (PAGE, page("n-one", 'data-low="0.049949"', 'data-low="0.049948"'), "n-one: low: '0.049948'"),
    (PAGE, page("n-one", "0.100051", "0.100052"), "n-one: wrong 1 high: '0.100052'"),
    (PAGE, page("n-one", "never decays", "ever decays"), "n-one: wrong 1 entry"),
    (PAGE, page("n-one", "</b> 0.05<", "</b> 0.06<"), "n-one: shown: '0.06'"),
    (PAGE, page("c-one", " data-right", ""), "c-one: option 1 key: 'wrong'"),
    (PAGE, page("c-one", 'data-n="2"', ">0.05<", ">0.06<"), "c-one: option 2: '0.06'"),
    (PAGE, page("c-one", "feedbacks", "Wrong.", "Wrung."), "c-one: option 2 feedback: 'Wrung.'"),
    (
        PAGE,
        page("s-one", 'data-accepted="StepLR', 'data-accepted="StopLR'),
        "s-one: accepted 1: 'StopLR'",
    ),
    (PAGE, page("z-one", "0.050051", "0.050052"), "z-one: gap 1 high: '0.050052'"),
    (PAGE, page("z-one", 'alttext="\\eta"', 'alttext="\\mu"'), "z-one: gap 3: '\\mu'"),
    (PAGE, page("r-one", 'class="answer"', "Back with", "Black with"), "r-one: answer"),
    (PAGE, cut("<article", 'id="s-one"', "</article>"), "s-one: it is missing"),
    (PAGE, page("o-one", 'data-place="2"', 'data-place="5"'), "o-one: step 2: nothing"),
    (PAGE, page("p-one", 'data-right="1"', 'data-right="0"'), "p-one: right 2: 'every few epochs"),
    (PAGE, page("p-one", "The names", "The game"), "p-one: solution: 'The game say it.'"),
    (
        PAGE,
        page("c-one", "<summary>Hint 2</summary>", "Second.", "Third."),
        "c-one: hint 2: 'Third.'",
    ),
)


@pytest.mark.parametrize(
    "case", CHANGES, ids=[f"{path.split('/')[0]}-{said}" for path, _, said in CHANGES]
)
def test_one_changed_thing_is_named(
    build: Path, verify: Verify, monkeypatch: pytest.MonkeyPatch, case: tuple[str, Edit, str]
) -> None:
    path, edit, said = case
    target = path.split("/")[0]
    # The others are read in other tests: this one is run a hundred times.
    monkeypatch.setattr("lrcards.verify._FORMATS", {target: _FORMATS[target]})
    change(build, path, edit)
    code, out, err = verify(build)
    assert code == 1
    place = "html/" if path == PAGE else path
    assert f"{place}: {said}" in err
    assert all(line.startswith(place) for line in err.splitlines())
    assert next(line for line in out.splitlines() if "difference" in line).startswith(place)


UNEVEN = """\
---
title: Many
snippets: {halve: {file: snippets/step_lr.py}}
use: halve
---

# Many
"""


def test_where_a_format_marks_otherwise_it_marks_as_the_report_says(course: CourseFolder) -> None:
    many = "\n".join(f"- [x] Right {n}\n  > yes" for n in range(13))
    wrong = "\n".join(f"- [ ] Wrong {n}\n  > no" for n in range(25))
    course.write("lrcards.toml", 'uid = "demo"\ntitle = "Demo"\nmoodle = "4.4"\n')
    course.write(
        "source/lesson.md",
        UNEVEN
        + f"\n## Right\n\n```yaml card\nid: right\n```\n\n{many}\n- [ ] No\n  > no\n"
        + f"\n## Wrong\n\n```yaml card\nid: wrong\n```\n\n- [x] A\n- [x] B\n{wrong}\n"
        + "\n## Long\n\n```yaml card\nid: long\nanswer: lr[0]\n```\n\nx\n\n### Common mistakes\n\n"
        + "- `= lr[0] / 3:.16f`: a third\n- `= lr[2]`: a half\n"
        + "\n## Gaps\n\n```yaml card\nid: gaps\nkind: cloze\npoints: 6\n```\n\n**One**, **two**.\n"
        + "\n## Steps\n\n```yaml card\nid: 2nd\n```\n\nx\n\n### Order\n\n1. a\n2. b\n3. c\n",
    )
    code, _, err = course.run("build")
    assert code == 0, err
    assert b'type="ordering"' in course.tree()["moodle/demo.xml"]
    code, _, err = course.run("verify")
    assert (code, err) == (0, "")
    change(course.root / "build", MOODLE, swap("<idnumber>right<", 'fraction="5"', 'fraction="10"'))
    assert f"{MOODLE}: right: option 8 mark: '0.1'" in course.run("verify")[2]


def without_report(build: Path, path: str, edit: Edit) -> None:
    (build / path).write_bytes(edit((build / path).read_bytes()))


def test_a_digest_gives_a_change_away(build: Path, verify: Verify) -> None:
    without_report(build, "html/index.html", lambda data: data + b" ")
    code, out, err = verify(build)
    assert code == 1
    size = (build / "html/index.html").stat().st_size
    assert f"html/index.html: bytes: {size} in the folder, {size - 1} in the report" in err
    assert "html/index.html: sha256: " in err
    files = len(json.loads((build / "report.json").read_text(encoding="utf-8"))["files"])
    assert f"report.json                   {files} files, 2 differences" in out


def test_files_that_are_missing_or_too_many(build: Path, verify: Verify) -> None:
    (build / "anki/demo.md").unlink()
    (build / "moodle/notes.txt").write_text("mine", encoding="utf-8")
    code, _, err = verify(build)
    assert code == 1
    assert err.splitlines() == [
        "moodle/notes.txt: is in the folder and not in the report",
        "anki/demo.md: is in the report and not in the folder",
    ]


def test_a_package_that_is_gone(build: Path, verify: Verify) -> None:
    shutil.rmtree(build / "qti21")
    code, _, err = verify(build)
    assert code == 1
    assert "qti21/: there is no package; the report has 12 items in it" in err


def test_what_was_left_out_must_not_be_there(build: Path, verify: Verify) -> None:
    edit_report(build, "c-one", "targets", {"qti3": "left out: not asked for", "html": "full"})
    code, _, err = verify(build)
    assert code == 1
    said = "c-one: it is in the package; the report says"
    assert f"{QTI3}: {said} 'left out: not asked for'" in err
    assert f"{MOODLE}: {said} 'nothing of this target'" in err
    assert "html/:" not in err


def edit_report(build: Path, key: str, what: str, value: object) -> None:
    report = json.loads((build / "report.json").read_text(encoding="utf-8"))
    next(row for row in report["items"] if row["id"] == key)[what] = value
    (build / "report.json").write_text(json.dumps(report), encoding="utf-8")


def test_downloads_hold_whole_lessons(build: Path, verify: Verify) -> None:
    copies = {MOODLE: "x.moodle.xml", QTI12: "m/x.qti12.zip", QTI3: "x.qti3.zip", ANKI: "x.apkg"}
    for path, name in copies.items():
        add(build, f"html/files/{name}", (build / path).read_bytes())
    add(build, "html/files/x.gift.txt", b"::a::b {}")
    code, out, err = verify(build)
    assert (code, err) == (0, "")
    lines = dict(line.split(maxsplit=1) for line in out.splitlines())
    assert lines["html/files/x.moodle.xml"].startswith("12 items, ")
    said = "bytes as in the report; lrcards has no reader for it"
    assert lines["html/files/x.gift.txt"] == said
    change(build, "html/files/x.qti3.zip", xml("n-one", "0.049949", "0.049948"))
    change(build, "html/files/x.moodle.xml", cut("<question ", "<idnumber>s-one<", "</question>"))
    code, _, err = verify(build)
    assert code == 1
    assert [line.split(" in the")[0] for line in err.splitlines()] == [
        "html/files/x.moodle.xml: s-one: it is missing; the report says 'full'",
        "html/files/x.qti3.zip: n-one: low: '0.049948'",
    ]


def test_downloads_are_whole_where_a_target_holds_what_is_new(build: Path, verify: Verify) -> None:
    add(build, "html/files/x.qti3.zip", (build / QTI3).read_bytes())
    change(build, QTI3, member("test-lesson.xml", cut("<qti-assessment-item-ref", "n-one", "/>")))
    change(build, QTI3, member("items/n-one.xml", None))
    gone = cut("<resource ", 'identifier="n-one"', "</resource>")
    unused = cut("<resource ", 'identifier="lr-', "</resource>")
    left = swap('<dependency identifierref="n-one"/>', "")
    change(build, QTI3, member("imsmanifest.xml", both(gone, unused, left)))
    change(build, QTI3, member(".svg", None))
    edit_report(build, "n-one", "targets", {
        "anki": "full", "moodle": "full", "html": "full", "qti12": "reduced: feedback",
        "qti21": "full", "qti3": "left out: unchanged since v1",
    })  # fmt: skip
    code, _, err = verify(build)
    assert (code, err) == (0, "")
    change(build, "html/files/x.qti3.zip", xml("n-one", "0.049949", "0.049948"))
    assert "html/files/x.qti3.zip: n-one: low: '0.049948'" in verify(build)[2]


def add(build: Path, path: str, data: bytes) -> None:
    file = build / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    report = json.loads((build / "report.json").read_text(encoding="utf-8"))
    row = {"path": path, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    report["files"].append(row)
    (build / "report.json").write_text(json.dumps(report), encoding="utf-8")


# --- packages and reports that anyone may have made


def zipped(**names: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in names.items():
            archive.writestr(name, data)
    return made.getvalue()


def twice(data: bytes) -> bytes:
    made = io.BytesIO(data)
    with zipfile.ZipFile(made, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("imsmanifest.xml", b"<manifest/>")
    return made.getvalue()


def packed_by_lzma(_: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("imsmanifest.xml", b"<manifest/>")
    return made.getvalue()


ENTITY = b'<!DOCTYPE quiz [<!ENTITY a "b">]><quiz>&a;</quiz>'
DEEP = b"<quiz>" + b"<a>" * 500 + b"</a>" * 500 + b"</quiz>"
HOSTILE: tuple[tuple[str, Edit, str], ...] = (
    (MOODLE, lambda _: ENTITY, "it declares a document type, which lrcards never writes"),
    (MOODLE, lambda _: ENTITY.decode().encode("utf-16"), "it declares a document type"),
    (MOODLE, lambda data: data[:-20], "it is no XML: "),
    (MOODLE, lambda _: b"", "it is no XML: "),
    (MOODLE, lambda _: DEEP, "its elements are nested more than 400 deep"),
    (MOODLE, lambda _: b'<?xml version="1.0" encoding="x"?><quiz/>', "it is no XML: "),
    (QTI12, lambda data: data[: len(data) // 2], "it is no zip, or damaged"),
    (QTI12, lambda data: data.replace(b"lesson", b"lesion", 1), "it is no zip, or damaged"),
    (QTI12, twice, "it holds imsmanifest.xml 2 times"),
    (QTI12, packed_by_lzma, "it is packed in a way that lrcards never uses"),
    (
        QTI12,
        lambda _: zipped(**{"../up.xml": b""}),
        "it holds a file outside its folder, ../up.xml",
    ),
    (QTI21, lambda _: zipped(x=b""), "there is no imsmanifest.xml in it"),
    (QTI21, lambda _: zipped(x=bytes(1 << 20)), "unpacked, it is larger than"),
    (QTI3, lambda _: zipped(**{f"{n}.xml": b"" for n in range(60)}), "it holds more than 50 files"),
    (QTI3, member("imsmanifest.xml", lambda _: ENTITY), "it declares a document type"),
    (ANKI, lambda _: b"PK", "it is no zip, or damaged"),
    (ANKI, lambda _: zipped(x=b""), "it holds no collection of the layout that lrcards writes"),
    (ANKI, member(COLLECTION, lambda _: b"SQLite format 3"), "its collection is damaged"),
    (ANKI, member(COLLECTION, lambda data: data[:5000]), "its collection is damaged"),
    (ANKI, sql("drop table notes"), "its collection holds no notes"),
    (ANKI, sql("alter table notes rename to notes2"), "its collection holds no notes"),
    (ANKI, sql("update col set models = '[]'"), "its collection is damaged"),
    (ANKI, sql("update notes set flds = 'one'"), "its collection is damaged"),
    (ANKI, member("media", lambda _: b"[" * 9999), "its list of pictures is no JSON"),
    (PAGE, lambda _: b"<p>" * 500, "its elements are nested more than 400 deep"),
)


@pytest.mark.parametrize("case", HOSTILE, ids=[f"{path}-{said}" for path, _, said in HOSTILE])
def test_a_hostile_package_is_refused(
    build: Path, verify: Verify, monkeypatch: pytest.MonkeyPatch, case: tuple[str, Edit, str]
) -> None:
    path, edit, said = case
    monkeypatch.setattr("lrcards.verify.archive.DATA", 900_000)
    monkeypatch.setattr("lrcards.verify.archive._MOST", 50)
    change(build, path, edit)
    code, _, err = verify(build)
    assert code == 1
    assert f"{'html/' if path == PAGE else path}: {said}" in err
    assert "Traceback" not in err


def test_what_takes_for_ever_is_stopped(
    build: Path, verify: Verify, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lrcards.verify.package._SECONDS", 0.5)
    slow = both(xml("s-one", 'mapKey="StepLR"', f'mapKey="{"a" * 60}!"'),
                xml("s-one", r'pattern="\s*', 'pattern="(a+)+'))  # fmt: skip
    change(build, QTI21, slow)
    code, _, err = verify(build)
    assert code == 1
    assert f"{QTI21}: it takes more than 0.5 s" in err


def test_a_view_is_no_table(build: Path, verify: Verify) -> None:
    endless = "create view notes as with recursive a(x) as (select 1 union all select 1 from a) "
    change(build, ANKI, both(sql("drop table notes"), sql(endless + "select x id, x mid from a")))
    code, _, err = verify(build)
    assert code == 1
    assert f"{ANKI}: its collection holds no notes" in err


def test_keys_cannot_steer_the_terminal(build: Path, verify: Verify) -> None:
    change(build, PAGE, page("s-one", "s-one", "\x1b[31m\r::error::"))
    code, _, err = verify(build)
    assert code == 1
    assert "\x1b" not in err
    assert "\r" not in err


REPORTS: tuple[tuple[bytes, str], ...] = (
    (b"", "report.json is no JSON; run lrcards build again"),
    (b"{", "report.json is no JSON; run lrcards build again"),
    (b"[" * 100_000, "report.json is no JSON; run lrcards build again"),
    (b"[]", "report.json does not say 'the report' as this version of lrcards does"),
    (b"{}", "report.json does not say 'items' as this version"),
    (b'{"items": [3], "files": []}', "report.json does not say 'items'"),
    (b'{"items": [{"id": "a"}], "files": []}', "report.json does not say 'kind'"),
    (b'{"items": [], "files": [{"path": "a"}]}', "report.json does not say 'bytes'"),
)


@pytest.mark.parametrize(("data", "said"), REPORTS)
def test_a_report_that_says_nothing(tmp_path: Path, verify: Verify, data: bytes, said: str) -> None:
    (tmp_path / "report.json").write_bytes(data)
    code, out, err = verify(tmp_path)
    assert (code, out) == (2, "")
    assert said in err
    assert "run lrcards build" in err


ROWS: tuple[tuple[str, str, object, str], ...] = (
    ("c-one", "level", 3, "'level'"),
    ("c-one", "content", {"title": "x"}, "'solution'"),
    ("c-one", "targets", {"html": 3}, "'targets'"),
    ("c-one", "kind", "riddle", "c-one is of the kind 'riddle', which this lrcards cannot check"),
    ("n-one", "answer", None, "'shown'"),
    ("n-one", "id", "c-one", "report.json has two rows for c-one"),
)


@pytest.mark.parametrize("case", ROWS, ids=[said for *_, said in ROWS])
def test_a_row_that_says_nothing(
    build: Path, verify: Verify, case: tuple[str, str, object, str]
) -> None:
    key, what, value, said = case
    edit_report(build, key, what, value)
    code, _, err = verify(build)
    assert code == 2
    assert said in err
    assert "Traceback" not in err


def test_no_build_at_all(tmp_path: Path, verify: Verify) -> None:
    code, _, err = verify(tmp_path / "nowhere")
    assert (code, err.splitlines()[-1]) == (
        2, "Error: there is no folder nowhere/; run lrcards build first",
    )  # fmt: skip
    code, _, err = verify(tmp_path)
    assert code == 2
    assert "report.json: it cannot be opened: No such file or directory; run lrcards build" in err


def test_nothing_outside_the_folder_is_read(build: Path, verify: Verify) -> None:
    outside = build.parent / "secret.xml"
    outside.write_text("<quiz/>", encoding="utf-8")
    add(build, "moodle/../../secret.xml", b"")
    (build / "moodle/link.xml").symlink_to(outside)
    report = json.loads((build / "report.json").read_text(encoding="utf-8"))
    report["files"].append({"path": "moodle/link.xml", "bytes": 7, "sha256": ""})
    (build / "report.json").write_text(json.dumps(report), encoding="utf-8")
    outside.write_text("<quiz/>", encoding="utf-8")
    code, _, err = verify(build)
    assert code == 1
    assert err.splitlines() == [
        "moodle/../../secret.xml: is in the report and not in the folder",
        "moodle/link.xml: is a link, which lrcards never makes",
    ]
