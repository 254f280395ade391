"""QTI 1.2: what stands in a package, and what Canvas reads of it."""

from __future__ import annotations

import io
import json
import re
import zipfile
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from lxml import etree, html

from lrcards.write.qti12.numbers import shares, spellings
from tests.conftest import ROOT, CourseFolder, require_real
from tests.kinds import TEXT
from tests.lms import QTI, answers, card, invalid, items, lesson, package, rows, validator

__all__ = ["validator"]
CP = "{http://www.imsglobal.org/xsd/imscp_v1p1}"
MD = "{http://www.imsglobal.org/xsd/imsmd_v1p2}"


@cache
def read(build: Path) -> dict[str, bytes]:
    return package((build / "qti12" / "torture.zip").read_bytes())


@pytest.fixture
def built(course: CourseFolder) -> CourseFolder:
    course.write("source/lesson.md", TEXT)
    code, _, err = course.run("build", "--strict", "--to", "qti12")
    assert code == 0, err
    return course


def of(course: CourseFolder) -> dict[str, Any]:
    return items(package(course.tree()["qti12/demo.zip"]))


def build(course: CourseFolder, text: str) -> dict[str, Any]:
    course.write("source/lesson.md", text)
    code, _, err = course.run("build", "--to", "qti12")
    assert code == 0, err
    return of(course)


def fields(item: Any) -> list[tuple[str, str]]:
    found = item.iter(f"{QTI}qtimetadatafield")
    return [(one.findtext(f"{QTI}fieldlabel"), one.findtext(f"{QTI}fieldentry")) for one in found]


def marks(item: Any) -> list[tuple[str, str, str]]:
    """Return what adds to the score: the response, the offer, the share."""
    return [
        (test.get("respident"), test.text, condition.findtext(f"{QTI}setvar"))
        for condition in item.iter(f"{QTI}respcondition")
        if condition.find(f"{QTI}setvar") is not None
        for test in condition.iter(f"{QTI}varequal")
    ]


def text_of(element: Any) -> str:
    return str(element.findtext(f"{QTI}material/{QTI}mattext"))


# Validity


@pytest.mark.real
def test_it_is_valid(built: CourseFolder, validator: ModuleType) -> None:
    assert invalid(validator, package(built.tree()["qti12/demo.zip"])) == []


@pytest.mark.real
def test_the_torture_course_is_valid(torture: Path, validator: ModuleType) -> None:
    files = read(torture)
    assert sum(name.endswith(".xml") for name in files) == 6
    assert invalid(validator, files) == []


@pytest.mark.real
def test_our_own_course_is_valid(validator: ModuleType) -> None:
    zips = list((ROOT / "build" / "qti12").glob("*.zip"))
    require_real(bool(zips), "our own course, built by `make build`")
    assert invalid(validator, package(zips[0].read_bytes())) == []


@pytest.mark.real
def test_the_validator_can_fail(validator: ModuleType) -> None:
    assert invalid(validator, {"x.xml": b"<questestinterop xmlns='%s'/>" % QTI[1:-1].encode()})


def test_packages_have_fixed_dates(built: CourseFolder) -> None:
    archive = zipfile.ZipFile(io.BytesIO(built.tree()["qti12/demo.zip"]))
    assert {one.date_time for one in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_the_manifest_lists_every_file_and_says_what_it_is(torture: Path) -> None:
    files = read(torture)
    top = etree.fromstring(files["imsmanifest.xml"])
    listed = [one.get("href") for one in top.iter(f"{CP}file")]
    assert sorted([*listed, "imsmanifest.xml"]) == sorted(files)
    known = {one.get("identifier") for one in top.iter(f"{CP}resource")}
    assert {one.get("identifierref") for one in top.iter(f"{CP}dependency")} <= known
    general = top.find(f".//{MD}general")
    words = {one.tag.removeprefix(MD): one.findtext(f"{MD}langstring") for one in general}
    assert words["title"] == "Torture <course> & co. \u05e9\u05dc\u05d5\u05dd 1.0 <beta>"
    assert general.findtext(f"{MD}language") == "en"
    assert "Texts, gaps, orders: written" in words["description"]
    keywords = {one.findtext(f"{MD}langstring") for one in general.findall(f"{MD}keyword")}
    assert {"a & b", "easy", "match", "order"} <= keywords


def test_every_picture_of_a_file_is_in_the_package(torture: Path) -> None:
    files = read(torture)
    shown = {
        src
        for name, data in files.items()
        if name.endswith(".xml") and name != "imsmanifest.xml"
        for text in etree.fromstring(data).iter(f"{QTI}mattext")
        if text.get("texttype") == "text/html" and text.text
        for src in html.fragment_fromstring(text.text, create_parent="div").xpath("//img/@src")
    }
    assert {src.removeprefix("%24IMS-CC-FILEBASE%24/") for src in shown} == {
        name for name in files if name.startswith("media/")
    }


def test_assessments_have_titles_and_essays_stand_apart(torture: Path) -> None:
    files = read(torture)
    titles = {
        name: etree.fromstring(data).find(f"{QTI}assessment").get("title")
        for name, data in files.items()
        if name.endswith(".xml") and name != "imsmanifest.xml"
    }
    assert titles["texts/texts.xml"] == "Texts, gaps, orders"
    assert "Texts, gaps, orders: written" in titles.values()


def test_names_are_stable_and_each_stands_once(torture: Path) -> None:
    files = read(torture)
    found = [
        one.get("ident")
        for name, data in files.items()
        if name.endswith(".xml") and name != "imsmanifest.xml"
        for one in etree.fromstring(data).iter(f"{QTI}item")
    ]
    assert len(found) == len(set(found)) == 66
    assert {"pairs", "loop", "gaps", "why"} <= set(found)


# Every kind


def test_bounds_as_the_report_says(built: CourseFolder) -> None:
    found = of(built)
    for name, answer in answers(built).items():
        condition = found[name].find(f".//{QTI}respcondition[{QTI}setvar]")
        assert Decimal(condition.findtext(f".//{QTI}vargte")) == Decimal(answer["low"])
        assert Decimal(condition.findtext(f".//{QTI}varlte")) == Decimal(answer["high"])
        assert condition.findtext(f".//{QTI}varequal") == answer["shown"]
        assert condition.find(f".//{QTI}vargt") is None


def test_a_known_wrong_number_is_never_a_range_which_canvas_takes_as_right(torture: Path) -> None:
    found = items(read(torture))
    several = 0
    for item in found.values():
        ranges = [one for one in item.iter(f"{QTI}respcondition")
                  if one.find(f".//{QTI}vargte") is not None]  # fmt: skip
        assert all(one.find(f"{QTI}setvar") is not None for one in ranges)
        several += len(ranges)
    assert several > 40
    wrong = [one for one in found["plain"].iter(f"{QTI}respcondition")
             if "wrong" in one.xpath("string(.//@linkrefid)")]  # fmt: skip
    assert [one.findtext(f".//{QTI}varequal") for one in wrong] == ["0.1", "0.025"]


def test_every_feedback_is_shown_by_a_condition(built: CourseFolder) -> None:
    for item in of(built).values():
        linked = {one.get("linkrefid") for one in item.iter(f"{QTI}displayfeedback")}
        defined = {one.get("ident") for one in item.iter(f"{QTI}itemfeedback")}
        assert linked == defined


def test_types_points_level_and_tags(built: CourseFolder) -> None:
    found = of(built)
    types = {name: dict(fields(item))["question_type"] for name, item in found.items()}
    assert types == {
        "c-one": "multiple_choice_question", "m-one": "multiple_answers_question",
        "n-one": "numerical_question", "n-int": "numerical_question",
        "n-scaled": "numerical_question", "n-absolute": "numerical_question",
        "n-negative": "numerical_question", "s-one": "short_answer_question",
        "z-one": "fill_in_multiple_blanks_question", "e-one": "essay_question",
        "o-one": "matching_question", "p-one": "matching_question",
    }  # fmt: skip
    assert fields(found["c-one"])[1:] == [
        ("points_possible", "2"),
        ("level", "easy"),
        ("tag", "all kinds"),
    ]


def test_the_key_of_a_choice(built: CourseFolder) -> None:
    condition = of(built)["c-one"].find(f".//{QTI}respcondition[{QTI}setvar]")
    assert condition.findtext(f".//{QTI}varequal") == "option1"


@pytest.mark.parametrize("name", ["pairs", "shared-rights", "loop", "two-steps", "gaps", "words"])
def test_shares_of_parts_are_exactly_a_whole_mark(torture: Path, name: str) -> None:
    found = {response: share for response, _, share in marks(items(read(torture))[name])}
    assert sum(map(Decimal, found.values())) == 100
    assert max(map(Decimal, found.values())) - min(map(Decimal, found.values())) < Decimal("0.0001")


def test_a_match_has_a_response_a_left_and_all_offers_in_each(torture: Path) -> None:
    item = items(read(torture))["shared-rights"]
    responses = item.findall(f".//{QTI}response_lid")
    labels = [
        {one.get("ident"): text_of(one) for one in response.iter(f"{QTI}response_label")}
        for response in responses
    ]
    assert all(one == labels[0] for one in labels)
    assert sorted(labels[0].values()) == ["0.025", "0.05", "0.1"], "a shared one stands once"
    numbers = [re.sub(r"\D", "", name) for name in labels[0]]
    assert len(set(numbers)) == len(numbers), "Canvas knows offers by the number in their names"
    left = {one.get("ident"): text_of(one) for one in responses}
    key = {left[response]: labels[0][offer] for response, offer, _ in marks(item)}
    assert key == {"Epoch 0": "0.1", "Epoch 1": "0.1", "Epoch 2": "0.05",
                   "\u4e2d\u6587 &lt;4&gt;": "0.025"}  # fmt: skip
    assert {one.get("action") for one in item.iter(f"{QTI}setvar")} == {"Add"}


def test_an_order_is_a_match_with_places_in_mixed_order(torture: Path) -> None:
    item = items(read(torture))["loop"]
    asked = [text_of(one) for one in item.findall(f".//{QTI}response_lid")]
    places = [offer.removeprefix("right") for _, offer, _ in marks(item)]
    assert sorted(places) == ["1", "2", "3", "4"] != places
    assert asked[places.index("4")] == "<code>scheduler.step()</code>"
    assert "1 is the first" in text_of(item.find(f"{QTI}presentation"))


def test_a_gap_that_is_a_number_takes_its_spellings(torture: Path) -> None:
    item = items(read(torture))["gaps"]
    [first, second, third] = item.findall(f".//{QTI}response_lid")
    typed = [text_of(one) for one in first.iter(f"{QTI}response_label")]
    assert typed == ["0.05", "0.0500", ".05", ".0500", "5e-2"]
    assert [text_of(one) for one in second.iter(f"{QTI}response_label")] == ['Step}LR{2:~=#"*/\\x']
    assert [text_of(one) for one in third.iter(f"{QTI}response_label")] == ["<&>"]
    asked = text_of(item.find(f"{QTI}presentation"))
    for one in (first, second, third):
        assert asked.count(f"[{one.get('ident').removeprefix('response_')}]") == 1


def test_what_looks_like_a_gap_takes_no_gap_away(course: CourseFolder) -> None:
    body = "Type **step** in `x[gap1]` and [gap_1].\n"
    item = build(course, lesson(card("gap", body, "kind: cloze\n")))["gap"]
    asked = text_of(item.find(f"{QTI}presentation"))
    [name] = [one.get("ident").removeprefix("response_") for one in item.iter(f"{QTI}response_lid")]
    assert asked.count(f"[{name}]") == 1
    assert f"<p>Type [{name}] in <code>x[gap1]</code> and [gap_1].</p>" in asked


@pytest.mark.parametrize(
    ("number", "digits", "found"),
    [
        ("0.05", 1, ["0.05", ".05", "5e-2"]),
        ("0.050", 3, ["0.050", "0.05", "0.0500", ".05", ".0500", "5e-2"]),
        ("-0.5", 2, ["-0.5", "-0.50", "-.5", "-.50", "-5e-1"]),
        ("16", 3, ["16", "16.0", "1.6e1"]),
        ("0", 3, ["0"]),
        ("0.0166667", 3, ["0.0166667", ".0166667", "1.66667e-2"]),
        ("1000000", 2, ["1000000", "1e6"]),
    ],
)
def test_spellings_are_the_same_number(number: str, digits: int, found: list[str]) -> None:
    assert spellings(number, digits) == found
    assert {Decimal(one) for one in found} == {Decimal(number)}


@pytest.mark.parametrize("count", [1, 2, 3, 7, 11, 13, 97])
def test_shares_add_up(count: int) -> None:
    assert sum(map(Decimal, shares(count))) == 100
    assert len(shares(count)) == count


# Losses


def test_losses_are_said(torture: Path) -> None:
    report = json.loads((torture / "report.json").read_text(encoding="utf-8"))
    said = {one["id"]: one["targets"]["qti12"] for one in report["items"]}
    assert said["several"] == "reduced: all right options or no mark, hints"
    assert said["tiny"] == "left out: Canvas rounds the answer out of its own bounds"
    assert said["whole"] == "reduced: feedback to known wrong answers"
    assert said["zero"] == said["large"] == said["pairs"] == said["why"] == "full"
    assert "four decimals" in said["drawing"]
    assert "numbers in gaps must be typed as shown" in said["gaps"]


def test_an_item_may_accept_that_canvas_rounds(course: CourseFolder) -> None:
    keys = "answer: lr[0] / 10000\n"
    allow = 'allow: {canvas-rounds: "on purpose"}\n'
    text = lesson(card("one", "x\n", keys + allow), card("two", "x\n", keys))
    course.write("source/lesson.md", text)
    code, _, err = course.run("build")
    assert code == 0
    assert err.count("warning[canvas-rounds]") == 1
    assert "id: two" in err
    course.write("source/lesson.md", text.replace(f"id: two\n{keys}", f"id: two\n{keys}{allow}"))
    assert course.run("build", "--strict")[0] == 0


def test_plain_text_on_the_right_is_a_loss(built: CourseFolder) -> None:
    said = {name: row["targets"]["qti12"] for name, row in rows(built).items()}
    assert said["p-one"] == (
        "reduced: formulas on the right are TeX, code on the right is plain text"
    )
    assert said["z-one"].endswith("formulas in gaps are TeX")
