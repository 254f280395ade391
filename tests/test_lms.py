"""Moodle and QTI 1.2 as an independent reader sees them, and as their engines would mark."""

from __future__ import annotations

import base64
import importlib.util
import io
import json
import warnings
import zipfile
from decimal import Decimal
from types import ModuleType
from typing import Any

import pytest
from lxml import etree

from tests.conftest import ROOT, SCHEMAS, CourseFolder, require_real
from tests.kinds import TEXT

QTI = "{http://www.imsglobal.org/xsd/ims_qtiasiv1p2}"


@pytest.fixture
def built(course: CourseFolder) -> CourseFolder:
    course.write("source/lesson.md", TEXT)
    code, _, err = course.run("build", "--strict")
    assert code == 0, err
    return course


def moodle(course: CourseFolder) -> dict[str, Any]:
    """Read the bank as Moodle would: questions by idnumber."""
    quiz = etree.fromstring(course.tree()["moodle/demo.xml"])
    return {
        one.findtext("idnumber"): one
        for one in quiz.findall("question")
        if one.find("idnumber") is not None
    }


def answers(course: CourseFolder) -> dict[str, dict[str, str]]:
    report = json.loads(course.tree()["report.json"])
    return {one["id"]: one["answer"] for one in report["items"] if one["answer"]}


def test_moodle_has_every_kind(built: CourseFolder) -> None:
    types = {name: one.get("type") for name, one in moodle(built).items()}
    assert types == {
        "c-one": "multichoice", "m-one": "multichoice", "n-one": "numerical",
        "n-int": "numerical", "n-scaled": "numerical", "n-absolute": "numerical",
        "n-negative": "numerical", "s-one": "shortanswer", "z-one": "cloze", "e-one": "essay",
    }  # fmt: skip


def test_moodle_marks_bounds_as_the_report_says(built: CourseFolder) -> None:
    found = moodle(built)
    for name, answer in answers(built).items():
        key = found[name].find("answer")
        centre, width = Decimal(key.findtext("text")), Decimal(key.findtext("tolerance"))
        assert key.get("fraction") == "100"
        assert (centre - width, centre + width) == (Decimal(answer["low"]), Decimal(answer["high"]))
        assert "E" not in key.findtext("text").upper()
        assert found[name].findtext("showunits") == "3"


def test_moodle_known_wrong_answers_come_behind_the_key(built: CourseFolder) -> None:
    rows = moodle(built)["n-one"].findall("answer")
    assert [row.get("fraction") for row in rows] == ["100", "0", "0"]
    assert "Never decays." in rows[1].findtext("feedback/text")


def test_moodle_text_is_html_that_parses_back(built: CourseFolder) -> None:
    question = moodle(built)["c-one"]
    text = question.findtext("questiontext/text")
    assert "Pick it: ]]&gt; &amp; &lt;." in text
    for banned in ("<svg", "<math", "data:", "<details", "<input"):
        assert banned not in built.tree()["moodle/demo.xml"].decode()


def test_moodle_choice_and_multiple(built: CourseFolder) -> None:
    choice, multiple = moodle(built)["c-one"], moodle(built)["m-one"]
    assert [one.get("fraction") for one in choice.findall("answer")] == ["100", "0", "0"]
    assert choice.findtext("single") == "true"
    assert choice.findtext("shuffleanswers") == "false"
    assert choice.findtext("defaultgrade") == "2"
    assert len(choice.findall("hint")) == 2
    assert [one.get("fraction") for one in multiple.findall("answer")] == ["50", "50", "-100"]
    assert "Yes b." in multiple.findall("answer")[1].findtext("feedback/text")


def test_moodle_figures_travel_with_the_text_that_shows_them(built: CourseFolder) -> None:
    feedback = moodle(built)["n-one"].find("generalfeedback")
    file = feedback.find("file")
    assert f"@@PLUGINFILE@@/{file.get('name')}" in feedback.findtext("text")
    assert base64.b64decode(file.text).startswith(b"<svg")
    assert moodle(built)["n-one"].find("questiontext/file") is None


def test_moodle_cloze_escapes(built: CourseFolder) -> None:
    text = moodle(built)["z-one"].findtext("questiontext/text")
    assert "{1:NUMERICAL:=0.05:0.000051}" in text
    assert r"{1:SHORTANSWER:=Step\}\}LR::x}" in text


def test_moodle_categories_and_written_apart(built: CourseFolder) -> None:
    quiz = etree.fromstring(built.tree()["moodle/demo.xml"])
    paths = [one.findtext("category/text") for one in quiz.findall("question[@type='category']")]
    assert paths[0].startswith("$course$/top/Demo/Every kind: ")
    assert paths[1] == f"{paths[0]}: written"
    assert not any("<" in path for path in paths)
    assert r"\*" in moodle(built)["s-one"].findall("answer")[2].findtext("text")


@pytest.fixture
def validator() -> ModuleType:
    file = SCHEMAS / "validate.py"
    require_real(file.is_file(), f"the schema checker {file.name}")
    spec = importlib.util.spec_from_file_location("validate", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def package(data: bytes) -> dict[str, bytes]:
    archive = zipfile.ZipFile(io.BytesIO(data))
    return {name: archive.read(name) for name in archive.namelist()}


def invalid(validator: ModuleType, files: dict[str, bytes]) -> list[str]:
    found: list[str] = []
    for name, data in files.items():
        keys = ["imscp11"] if name == "imsmanifest.xml" else ["qti12", "qti12dtd"]
        for key in keys if name.endswith(".xml") else []:
            with warnings.catch_warnings():  # the checker leaves its schema file open
                warnings.simplefilter("ignore", ResourceWarning)
                errors = validator.check(key, etree.parse(io.BytesIO(data)))
            found += [f"{name} {key} {line}: {message}" for line, message in errors]
    return found


@pytest.mark.real
def test_qti12_is_valid(built: CourseFolder, validator: ModuleType) -> None:
    assert invalid(validator, package(built.tree()["qti12/demo.zip"])) == []


@pytest.mark.real
def test_our_own_course_is_valid(validator: ModuleType) -> None:
    zips = list((ROOT / "build" / "qti12").glob("*.zip"))
    require_real(bool(zips), "our own course, built by `make build`")
    assert invalid(validator, package(zips[0].read_bytes())) == []


@pytest.mark.real
def test_the_validator_can_fail(validator: ModuleType) -> None:
    assert invalid(validator, {"x.xml": b"<questestinterop xmlns='%s'/>" % QTI[1:-1].encode()})


def items(course: CourseFolder) -> dict[str, Any]:
    files = package(course.tree()["qti12/demo.zip"])
    found: dict[str, Any] = {}
    for name, data in files.items():
        if "lesson" in name:
            found |= {one.get("ident"): one for one in etree.fromstring(data).iter(f"{QTI}item")}
    return found


def test_qti12_bounds_as_the_report_says(built: CourseFolder) -> None:
    found = items(built)
    for name, answer in answers(built).items():
        condition = found[name].find(f".//{QTI}respcondition[{QTI}setvar]")
        assert Decimal(condition.findtext(f".//{QTI}vargte")) == Decimal(answer["low"])
        assert Decimal(condition.findtext(f".//{QTI}varlte")) == Decimal(answer["high"])
        assert condition.findtext(f".//{QTI}varequal") == answer["shown"]
        assert condition.find(f".//{QTI}vargt") is None


def test_qti12_every_feedback_is_shown_by_a_condition(built: CourseFolder) -> None:
    for item in items(built).values():
        linked = {one.get("linkrefid") for one in item.iter(f"{QTI}displayfeedback")}
        defined = {one.get("ident") for one in item.iter(f"{QTI}itemfeedback")}
        assert linked == defined


def test_qti12_choice_key_and_types(built: CourseFolder) -> None:
    found = items(built)
    condition = found["c-one"].find(f".//{QTI}respcondition[{QTI}setvar]")
    assert condition.findtext(f".//{QTI}varequal") == "option1"
    types = {name: item.find(f".//{QTI}fieldentry").text for name, item in found.items()}
    assert types["e-one"] == "essay_question"
    assert types["z-one"] == "fill_in_multiple_blanks_question"
    assert types["m-one"] == "multiple_answers_question"
    assert "r-one" not in found


def test_packages_have_fixed_dates(built: CourseFolder) -> None:
    archive = zipfile.ZipFile(io.BytesIO(built.tree()["qti12/demo.zip"]))
    assert {one.date_time for one in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_what_moodle_cannot_grade(course: CourseFolder) -> None:
    many = "\n".join(f"- [x] Right {n}\n  > yes" for n in range(11))
    wrong = "\n".join(f"- [ ] Wrong {n}\n  > no" for n in range(11))
    course.write(
        "source/lesson.md",
        "---\ntitle: Many\nsnippets: {halve: {file: snippets/step_lr.py}}\nuse: halve\n---\n\n"
        f"## Eleven right\n\n```yaml card\nid: many\n```\n\n{many}\n- [ ] No\n  > no\n\n"
        f"## Eleven wrong\n\n```yaml card\nid: wrong\n```\n\n"
        f"- [x] A\n  > y\n- [x] B\n  > y\n{wrong}\n\n"
        "## Long\n\n```yaml card\nid: long\ntol: 1%\nanswer: lr[0] / 3:.16f\n```\n\nx\n\n"
        "## Tiny\n\n```yaml card\nid: tiny\ntol: 1\nanswer: lr[0] / 10000\n```\n\nx\n",
    )
    code, _, err = course.run("build")
    assert code == 0, err
    report = json.loads(course.tree()["report.json"])
    targets = {one["id"]: one["targets"]["moodle"] for one in report["items"]}
    assert targets["many"].startswith("left out: Moodle has no grade")
    assert targets["wrong"].startswith("reduced: a wrong option costs a tenth")
    assert targets["long"].startswith("left out: Moodle keeps 14")
    assert targets["tiny"].startswith("reduced: Moodle shows the key in E-notation")
