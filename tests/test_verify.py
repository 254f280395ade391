"""`lrcards verify`: what agrees agrees, and one wrong digit anywhere is named."""

from __future__ import annotations

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
from tests.conftest import SNIPPET, CourseFolder
from tests.kinds import TEXT
from tests.packages import COLLECTION, Edit, both, change, cut, member, note, sql, swap

Verify = Callable[[Path], tuple[int, str, str]]
MOODLE, QTI12, QTI21, QTI3 = "moodle/demo.xml", "qti12/demo.zip", "qti21/demo.zip", "qti3/demo.zip"
ANKI, PAGE = "anki/demo.apkg", "html/lesson.html"
IDS = ("c-one", "m-one", "n-one", "s-one", "z-one", "e-one", "o-one", "p-one")

# Kinds that tests/kinds.py has not: a row of a table goes with a place, a step with a position.
MORE = """
## Order

```yaml card
id: o-one
```

Which first?

### Order

1. First `a < b`
2. Second
3. Third

## Pairs

```yaml card
id: p-one
```

What goes with what?

### Match

| Left  | Right     |
|-------|-----------|
| `one` | $\\eta$   |
| two   | `= lr[2]` |
| three | `= lr[2]` |
"""
_TARGETS = "anki,moodle,qti12,qti21,qti3,html"


@pytest.fixture(scope="module")
def lesson(tmp_path_factory: pytest.TempPathFactory, zygote: Zygote) -> Path:
    """Return the `build` folder of a course of one lesson with every kind, to be read only."""
    folder = tmp_path_factory.mktemp("verify")
    (folder / "source/snippets").mkdir(parents=True)
    (folder / "lrcards.toml").write_text('uid = "demo"\ntitle = "Demo"\n', encoding="utf-8")
    (folder / "source/snippets/step_lr.py").write_text(SNIPPET, encoding="utf-8")
    (folder / "source/lesson.md").write_text(TEXT + _more(), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr(lrcards.run, "execute_all", lambda jobs, _: zygote.execute(jobs))
        assert run_cli(["build", "--to", _TARGETS]) == 0
    return folder / "build"


def _more() -> str:
    return "" if "### Match" in TEXT else MORE


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
    assert {*rows} == {"report.json", ANKI, MOODLE, QTI12, QTI21, QTI3, "html/"}
    for target, line in rows.items():
        assert line.endswith("facts agree" if target != "report.json" else "files agree")
    report = json.loads((build / "report.json").read_text(encoding="utf-8"))
    asked = sum(not row["targets"]["qti3"].startswith("left out") for row in report["items"])
    assert rows[QTI3].startswith(f"{asked} items, ")


def test_the_torture_course_agrees(torture: Path, verify: Verify) -> None:
    code, out, err = verify(torture)
    assert (code, err) == (0, ""), err
    assert len(out.splitlines()) == 7


def test_the_folder_comes_from_the_configuration(course: CourseFolder) -> None:
    course.write("source/lesson.md", TEXT)
    assert course.run("build", "--out", "elsewhere")[0] == 0
    assert course.run("verify", "elsewhere")[0] == 0
    code, out, err = course.run("verify")
    assert (code, out) == (2, "")
    assert "there is no folder build/; run lrcards build first" in err


def at(key: str) -> str:
    return {"qti": f'ident="{key}"', "page": f'id="{key}"'}[key]


def xml(key: str, *steps: str) -> Edit:
    return member(f"items/{key}.xml", swap(*steps))


def in12(key: str, *steps: str, lesson: str = "/lesson.xml") -> Edit:
    return member(lesson, swap(f'ident="{key}"', *steps))


def page(key: str, *steps: str) -> Edit:
    return swap(f'id="{key}"', *steps)


def bank(key: str, *steps: str) -> Edit:
    return swap(f"<idnumber>{key}<", *steps)


CHANGES: tuple[tuple[str, Edit, str], ...] = (
    (MOODLE, bank("n-one", "0.000051", "0.000052"), "n-one: low: '0.049948'"),
    (MOODLE, bank("n-one", "<text>0.05<", "<text>0.06<"), "n-one: shown: '0.06'"),
    (MOODLE, bank("n-one", "0.1", "<tolerance>0.000051", "<tolerance>0.00006"), "n-one: wrong 1 high"),
    (MOODLE, bank("n-one", "Never", "Ever"), "n-one: wrong 1 feedback: 'Ever decays.'"),
    (MOODLE, bank("n-one", 'fraction="0"', 'fraction="100"'), "n-one: wrong 1 mark: '1'"),
    (MOODLE, bank("m-one", 'fraction="50"', 'fraction="40"'), "m-one: option 1 mark: '0.4'"),
    (MOODLE, bank("m-one", 'fraction="-100"', 'fraction="-50"'), "m-one: option 3 mark: '-0.5'"),
    (MOODLE, both(bank("c-one", 'fraction="100"', 'fraction="0"'),
                  bank("c-one", "0.05", 'fraction="0"', 'fraction="100"')), "c-one: option 1 key"),
    (MOODLE, bank("c-one", ">0.05<", ">0.06<"), "c-one: option 2: '0.06' in the package, '0.05'"),
    (MOODLE, bank("c-one", "Wrong.", "Wrung."), "c-one: option 2 feedback: 'Wrung.'"),
    (MOODLE, bank("c-one", "Second.", "Third."), "c-one: hint 2: 'Third.'"),
    (MOODLE, bank("c-one", "<text>easy<", "<text>hard<"), "c-one: tags"),
    (MOODLE, bank("c-one", "<single>true", "<single>false"), "c-one: kind: 'multiple'"),
    (MOODLE, swap("<text>Choice<", "<strong>Choice", "<strong>Chance"), "c-one: title: 'Chance'"),
    (MOODLE, swap("<text>Choice<", "<defaultgrade>2", "<defaultgrade>1"), "c-one: points: '1'"),
    (MOODLE, swap("<text>Numeric<", "So it is", "So is it"), "n-one: explanation"),
    (MOODLE, swap("<text>Numeric<", "</strong> 0.05", "</strong> 0.5"), "n-one: explanation"),
    (MOODLE, cut("<question ", "<idnumber>s-one<", "</question>"), "s-one: it is missing; the report"),
    (MOODLE, cut("<file ", 'name="lr-', "</file>"), "n-one: picture lr-"),
    (MOODLE, bank("s-one", r"\*", "*"), "s-one: accepted 3: '(anything)'"),
    (MOODLE, swap(":=0.05:0.000051}", ":=0.05:0.000052}"), "z-one: gap 1 high: '0.050052'"),
    (MOODLE, both(swap(":=0.05:0.000051}", ":=swap}"), swap("{1:SHORTANSWER:=Step", "{1:SHORTANSWER:=Stop")),
     "z-one: gap 2: 'Stop}}LR::x'"),
    (MOODLE, swap("{1:NUMERICAL", "{2:NUMERICAL"), "z-one: gap 1 mark: '0.5'"),
    (MOODLE, bank("e-one", "<li>One", "<li>None"), "e-one: concept 1: 'None'"),
    (MOODLE, swap("<idnumber>s-one<", "<idnumber>s-two<"), "s-two: it is in the package and not"),
    (QTI12, in12("n-one", "0.049949", "0.049948"), "n-one: low: '0.049948'"),
    (QTI12, in12("n-one", ">0.05<", ">0.06<"), "n-one: shown: '0.06'"),
    (QTI12, in12("n-one", "0.100051", "0.100052"), "n-one: wrong 1 high: '0.100052'"),
    (QTI12, in12("n-one", "Never", "Ever"), "n-one: wrong 1 feedback: 'Ever decays.'"),
    (QTI12, in12("n-one", 'linkrefid="wrong1_fb"', 'linkrefid="wrong9_fb"'), "n-one: feedback wrong1_fb"),
    (QTI12, in12("n-one", "SCORE\">100", "SCORE\">50"), "n-one: mark: '0.5'"),
    (QTI12, in12("c-one", 'continue="No"', ">option1<", ">option2<"), "c-one: option 1 key: 'wrong'"),
    (QTI12, in12("c-one", "0.05&lt;", "0.06&lt;"), "c-one: option 2: '0.06'"),
    (QTI12, in12("c-one", "Wrong.", "Wrung."), "c-one: option 2 feedback: 'Wrung.'"),
    (QTI12, in12("c-one", "<fieldentry>2<", "<fieldentry>1<"), "c-one: points: '1'"),
    (QTI12, in12("c-one", "One.", "Won."), "c-one: explanation"),
    (QTI12, in12("m-one", "<not>", 'ident="', 'response1">option3', 'response1">option2'), "m-one: option 3 key"),
    (QTI12, member("/lesson.xml", cut("<item ", 'ident="s-one"', "</item>")), "s-one: it is missing"),
    (QTI12, member(".svg", None), "media/lr-"),
    (QTI12, in12("n-one", "media/lr-", "media/lx-"), "n-one: picture %24IMS-CC-FILEBASE%24/media/lx-"),
    (QTI12, in12("s-one", ">StepLR<", ">StopLR<"), "s-one: accepted 1: 'StopLR'"),
    (QTI12, in12("z-one", ">Step}}LR", ">Stop}}LR"), "z-one: gap 2: 'Stop}}LR::x'"),
    (QTI12, in12("e-one", "&lt;li&gt;One", "&lt;li&gt;None", lesson="82fbf.xml"), "e-one: concept 1"),
    (QTI21, xml("n-one", "0.049949", "0.049948"), "n-one: low: '0.049948'"),
    (QTI21, xml("n-one", "<value>0.05", "<value>0.06"), "n-one: shown: '0.06'"),
    (QTI21, xml("n-one", "<gte>", "gte>", "0.100051", "0.10006"), "n-one: wrong 1 high: '0.10006'"),
    (QTI21, xml("n-one", "Never", "Ever"), "n-one: wrong 1 feedback: 'Ever decays.'"),
    (QTI21, xml("n-one", "<baseValue baseType=\"identifier\">WRONG1", "<baseValue baseType=\"identifier\">WRONG2"),
     "n-one: feedback WRONG1: 'is never shown'"),
    (QTI21, xml("n-one", "</lte>", 'float">1<', 'float">0.5<'), "n-one: mark: '0.5'"),
    (QTI21, xml("n-one", "<p>So it is", "<p>So is it"), "n-one: explanation"),
    (QTI21, xml("m-one", 'mappedValue="1"', 'mappedValue="2"'), "m-one: option 1 mark: '1'"),
    (QTI21, xml("m-one", "<mapResponse", "float\">2<", "float\">4<"), "m-one: option 1 mark: '0.25'"),
    (QTI21, xml("m-one", 'lowerBound="0"', 'lowerBound="-2"'), "m-one: lowest mark: '-2'"),
    (QTI21, xml("c-one", "<value>option1", "<value>option2"), "c-one: option 1 key: 'wrong'"),
    (QTI21, xml("c-one", ">0.05</span>", ">0.06</span>"), "c-one: option 2: '0.06'"),
    (QTI21, xml("c-one", '<feedbackBlock outcomeIdentifier="FEEDBACK" identifier="option2"',
                '<feedbackBlock outcomeIdentifier="FEEDBACK" identifier="option3"'),
     "c-one: option 2 feedback: '(never shown)'"),
    (QTI21, xml("c-one", "<p>Second", "<p>Third"), "c-one: hint 2: 'Third.'"),
    (QTI21, xml("c-one", 'normalMaximum="2"', 'normalMaximum="1"'), "c-one: points: '2 and 1'"),
    (QTI21, member("imsmanifest.xml", swap('identifier="c-one"', ">easy<", ">hard<")), "c-one: tags"),
    (QTI21, xml("s-one", "[Ll][Rr]", "[Ll][Aa]"), "s-one: accepted 1 mark: '0'"),
    (QTI21, xml("s-one", 'mapKey="StepLR"', 'mapKey="StopLR"'), "s-one: accepted 1: 'StopLR'"),
    (QTI21, both(xml("z-one", '<textEntryInteraction responseIdentifier="GAP1"', "<x"),
                 xml("z-one", '<textEntryInteraction responseIdentifier="GAP2"',
                     '<textEntryInteraction responseIdentifier="GAP1"'),
                 xml("z-one", "<x", '<textEntryInteraction responseIdentifier="GAP2"')),
     "z-one: gap 1: 'Step}}LR::x'"),
    (QTI21, xml("z-one", "0.050051", "0.050052"), "z-one: gap 1 high: '0.050052'"),
    (QTI21, member("items/s-one.xml", None), "items/s-one.xml is in the manifest and not in the zip"),
    (QTI21, member(".svg", None), "media/lr-"),
    (QTI21, member("test-lesson.xml", swap('href="../items/s-one.xml"', 'href="../items/n-one.xml"')),
     "items/s-one.xml is asked in 0 assessments"),
    (QTI21, xml("o-one", 'n="1"', 'n="2"'), "o-one:"),
    (QTI21, xml("p-one", 'mapKey="left1 right1"', 'mapKey="left1 right2"'), "p-one: right 1: '0.05'"),
    (QTI3, xml("n-one", "0.049949", "0.049948"), "n-one: low: '0.049948'"),
    (QTI3, xml("n-one", "0.100051", "0.100052"), "n-one: wrong 1 high: '0.100052'"),
    (QTI3, xml("m-one", 'mapped-value="-2"', 'mapped-value="-1"'), "m-one: option 3 mark: '-0.5'"),
    (QTI3, xml("c-one", "<qti-value>option1", "<qti-value>option3"), "c-one: option 1 key: 'wrong'"),
    (QTI3, xml("c-one", ">0.05</span>", ">0.06</span>"), "c-one: option 2: '0.06'"),
    (QTI3, xml("c-one", "Wrong.", "Wrung."), "c-one: option 2 feedback: 'Wrung.'"),
    (QTI3, xml("o-one", ">Second<", ">2nd<"), "o-one: step 2: '2nd'"),
    (QTI3, xml("p-one", "<qti-value>left1 right1", "<qti-value>left1 right2"), "p-one: right answer"),
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
    (ANKI, sql("delete from notes where instr(flds, 's-one')"), "s-one: it is missing"),
    (ANKI, sql("delete from cards where nid in (select id from notes where instr(flds, 's-one'))"),
     "s-one: cards: 'it has none'"),
    (PAGE, page("n-one", 'data-low="0.049949"', 'data-low="0.049948"'), "n-one: low: '0.049948'"),
    (PAGE, page("n-one", "0.100051", "0.100052"), "n-one: wrong 1 high: '0.100052'"),
    (PAGE, page("n-one", "never decays", "ever decays"), "n-one: wrong 1 entry"),
    (PAGE, page("n-one", "</b> 0.05<", "</b> 0.06<"), "n-one: shown: '0.06'"),
    (PAGE, page("c-one", " data-right", ""), "c-one: option 1 key: 'wrong'"),
    (PAGE, page("c-one", 'data-n="2"', ">0.05<", ">0.06<"), "c-one: option 2: '0.06'"),
    (PAGE, page("c-one", "feedbacks", "Wrong.", "Wrung."), "c-one: option 2 feedback: 'Wrung.'"),
    (PAGE, page("s-one", 'data-accepted="StepLR', 'data-accepted="StopLR'), "s-one: accepted 1: 'StopLR'"),
    (PAGE, page("z-one", "0.050051", "0.050052"), "z-one: gap 1 high: '0.050052'"),
    (PAGE, page("z-one", 'alttext="\\eta"', 'alttext="\\mu"'), "z-one: gap 3: '\\mu'"),
    (PAGE, page("r-one", 'class="answer"', "Back with", "Black with"), "r-one: answer"),
    (PAGE, cut("<article", 'id="s-one"', "</article>"), "s-one: it is missing"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("path", "edit", "said"),
    CHANGES,
    ids=[f"{path.split('/')[0]}-{said}" for path, _, said in CHANGES],
)
def test_one_changed_thing_is_named(
    build: Path, verify: Verify, path: str, edit: Edit, said: str
) -> None:
    change(build, path, edit)
    code, out, err = verify(build)
    assert code == 1
    place = "html/" if path == PAGE else path
    assert f"{place}: {said}" in err
    assert [line for line in out.splitlines() if "agree" not in line][0].startswith(place)
    assert all(line.startswith(place) for line in err.splitlines())
