"""QTI 2.1 and 3.0: what stands in the packages; tests/real/test_players.py plays them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from lxml import etree

from lrcards.markup import mathml_spelled
from lrcards.write.qti.logic import typed
from lrcards.write.qti.words import Tag
from tests.conftest import ROOT, CourseFolder, require_real
from tests.kinds import TEXT
from tests.lms import answers, card, lesson, package, rows, schema_errors, validator

__all__ = ["validator"]
TARGETS = ("qti21", "qti3")
SCHEMA = {"qti21": ("qti21", "imscp11"), "qti3": ("qti30", "qti30cp")}
MD = "{http://www.imsglobal.org/xsd/imsmd_v1p2}"
LOM = "{http://ltsc.ieee.org/xsd/LOM}"
_DASH = re.compile(r"-([a-z])")


def files(build: Path, target: str) -> dict[str, bytes]:
    [archive] = (build / target).glob("*.zip")
    return package(archive.read_bytes())


@pytest.fixture
def built(course: CourseFolder) -> CourseFolder:
    course.write("source/lesson.md", TEXT)
    code, _, err = course.run("build", "--strict", "--to", "qti21,qti3")
    assert code == 0, err
    return course


def made(course: CourseFolder, *cards: str) -> dict[str, Any]:
    course.write("source/lesson.md", lesson(*cards))
    code, _, err = course.run("build", "--to", "qti21,qti3")
    assert code == 0, err
    return items(course.root / "build", "qti3")


def items(build: Path, target: str) -> dict[str, Any]:
    """Return the items by identifier, with the names of QTI 2.1 and no namespace of QTI."""
    found = (data for name, data in files(build, target).items() if name.startswith("items/"))
    tops = [named(etree.fromstring(data)) for data in found]
    return {one.get("identifier"): one for one in tops}


def named(top: Any) -> Any:
    for one in top.iter(etree.Element):
        space, _, name = one.tag.rpartition("}")
        if "imsqti" not in space:
            continue
        one.tag = name
        if name.startswith("qti-"):
            one.tag = humped(name.removeprefix("qti-"))
            for key in [key for key in one.attrib if "-" in key]:
                one.set(humped(key), one.attrib.pop(key))
    return top


def humped(name: str) -> str:
    return _DASH.sub(lambda match: match[1].upper(), name)


def said(one: Any) -> str:
    return " ".join("".join(one.itertext()).split())


def invalid(checker: ModuleType, build: Path, target: str) -> list[str]:
    found: list[str] = []
    for name, data in files(build, target).items():
        if name.endswith(".xml"):
            key = SCHEMA[target][name == "imsmanifest.xml"]
            found += [f"{name} {one}" for one in schema_errors(checker, key, data)]
    return found


@pytest.mark.real
@pytest.mark.parametrize("target", TARGETS)
def test_every_file_is_valid(validator: ModuleType, torture: Path, target: str) -> None:
    assert len(files(torture, target)) > 70
    assert invalid(validator, torture, target) == []


@pytest.mark.real
@pytest.mark.parametrize("target", TARGETS)
def test_our_own_course_is_valid(validator: ModuleType, target: str) -> None:
    build = ROOT / "build"
    require_real(any((build / target).glob("*.zip")), "our own course, built by `make build`")
    assert invalid(validator, build, target) == []


@pytest.mark.real
def test_every_kind_and_all_markdown_is_valid(validator: ModuleType, course: CourseFolder) -> None:
    prose = (
        "~~old~~ [link](https://example.org 'T') ![dot](dot.svg 'T')\n\n> quoted\n\n"
        "3. three\n   - in it\n4. four\n\n***\n\n#### Deep\n\na\\\nb\n\n"
        "```nolang\n<plain>\n```\n\n| a | b |\n|---|--:|\n| `x` | ~~y~~ |\n\n"
        "$$\n\\sqrt[3]{\\frac{1}{2}}\n$$\n"
    )
    course.write("source/dot.svg", '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>')
    text = TEXT.replace("Pick it: ]]> &amp; <.", prose).replace("Front text.", prose)
    course.write("source/lesson.md", text)
    code, _, err = course.run("build", "--to", "qti21,qti3")
    assert code == 0, err
    for target in TARGETS:
        assert invalid(validator, course.root / "build", target) == []
    lost = "text is not struck out, titles of pictures and links, lists count from 1"
    assert rows(course)["c-one"]["targets"]["qti3"].startswith(f"reduced: {lost}, hints")
    body = items(course.root / "build", "qti21")["c-one"].find("itemBody")
    assert [one.get("class") for one in body.iter("span") if one.text == "old"] == ["struck"]


@pytest.mark.real
def test_the_validator_can_fail(validator: ModuleType) -> None:
    space = "http://www.imsglobal.org/xsd/imsqti_v2p1"
    item = f'<assessmentItem xmlns="{space}" identifier="1" title="" timeDependent="no"/>'
    assert schema_errors(validator, "qti21", item.encode())


def test_both_versions_are_one_tree(torture: Path) -> None:
    """Content bodies and who scores apart, an item of 3.0 is one of 2.1 in other words."""
    old, new = items(torture, "qti21"), items(torture, "qti3")
    assert len(old) > 60
    for name, item in new.items():
        bodies = [*item.iter("contentBody")]
        assert len(bodies) == sum(
            len([*item.iter(tag)]) for tag in ("modalFeedback", "feedbackBlock", "rubricBlock")
        )
        for one in item.iter("outcomeDeclaration"):
            one.attrib.pop("externalScored", None)
        etree.strip_tags(item, "contentBody")
        assert [*shape(item)] == [*shape(old[name])]


def shape(top: Any) -> Iterator[tuple[str, dict[str, str], str, str]]:
    for one in top.iter(etree.Element):
        yield one.tag, dict(one.attrib), (one.text or "").strip(), (one.tail or "").strip()


@pytest.mark.parametrize("target", TARGETS)
def test_names_are_xml_names_and_no_two_are_one(torture: Path, target: str) -> None:
    read = files(torture, target)
    manifest = etree.fromstring(read["imsmanifest.xml"])
    resources = list(manifest.iter("{*}resource"))
    names = [one.get("identifier") for one in resources]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.-]*", name) for name in names)
    assert {one.get("href") for one in resources} == set(read) - {"imsmanifest.xml"}
    assert all(one.find("{*}file").get("href") == one.get("href") for one in resources)
    needed = {one.get("identifierref") for one in manifest.iter("{*}dependency")}
    assert needed == {one.get("identifier") for one in resources if "tests/" not in one.get("href")}


def test_an_id_may_begin_with_a_digit(course: CourseFolder) -> None:
    body = "- [x] A\n  > y\n- [ ] B\n  > n\n"
    assert set(made(course, card("1-st", body), card("st", body))) == {"_1-st", "st"}


def test_bounds_as_the_report_says(built: CourseFolder) -> None:
    for target in TARGETS:
        found = items(built.root / "build", target)
        for name, answer in answers(built).items():
            [rule, *_] = found[name].iterfind(".//responseIf[and]")
            assert [one.tag for one in rule[0]] == ["gte", "lte"]
            low, high = (one.findtext("baseValue") for one in rule[0])
            assert (Decimal(low), Decimal(high)) == (
                Decimal(answer["low"]),
                Decimal(answer["high"]),
            )
            assert "E" not in (low + high).upper()
            assert rule.find("setOutcomeValue").get("identifier") == "SCORE"
            [declared] = found[name].iterfind("responseDeclaration")
            assert declared.get("baseType") == "float"
            assert declared.findtext("correctResponse/value") == answer["shown"]


@pytest.mark.parametrize("target", TARGETS)
def test_nothing_that_players_get_wrong(torture: Path, target: str) -> None:
    for item in items(torture, target).values():
        used = {one.tag for one in item.iter(etree.Element)}
        assert not used & {"equal", "equalRounded", "stringMatch", "product", "divide"}
        assert all(not one.get("n").isdigit() for one in item.iter("index"))
        for one in item.iterfind(".//setOutcomeValue[@identifier='SCORE']"):
            assert [inner.tag for inner in one] == ["baseValue"]
        for one in item.iter("mapResponse", "gte"):
            guards = [up.find("not/isNull") for up in one.iterancestors("responseIf")]
            counted = one.tag == "gte" and one.find("variable[@identifier='RIGHT']") is not None
            assert counted or any(guard is not None for guard in guards)
        assert not [*item.iterfind(".//{*}pre/{*}code")]


@pytest.mark.parametrize("target", TARGETS)
def test_every_feedback_is_shown_by_a_rule(torture: Path, target: str) -> None:
    told = 0
    for item in items(torture, target).values():
        declared = {one.get("identifier") for one in item.iter("outcomeDeclaration")}
        for one in item.iter("modalFeedback", "feedbackBlock"):
            name = one.get("outcomeIdentifier")
            assert name in declared
            rules = item.findall(f".//setOutcomeValue[@identifier='{name}']")
            values = {said(rule) or "RESPONSE" for rule in rules}
            assert values & {one.get("identifier"), "RESPONSE"}
            assert said(one) or one.find(".//{*}img") is not None
            told += 1
    assert told > 100


def test_points_and_shares(torture: Path) -> None:
    found = items(torture, "qti3")
    assert found["plain"].find("outcomeDeclaration").get("normalMaximum") == "2.5"
    assert shares(found["plain"]) == ["2.5"]
    assert shares(found["several"]) == ["3", "1.5"]
    assert shares(found["gaps"]) == ["1", "0.666666667", "0.333333333"]
    assert shares(found["pairs"]) == ["2", "1.5", "1", "0.5"]
    assert shares(found["three-of-seven"])[:4] == ["1", "0.75", "0.666666667", "0.5"]
    mapping = found["three-of-seven"].find("responseDeclaration/mapping")
    worth = [one.get("mappedValue") for one in mapping]
    assert worth == ["4"] * 3 + ["-3"] * 4
    assert mapping.get("lowerBound") == "0"


def shares(item: Any) -> list[str]:
    return [said(one) for one in item.iterfind(".//setOutcomeValue[@identifier='SCORE']")]


def test_written_items_stand_apart_with_what_a_scorer_needs(built: CourseFolder) -> None:
    for target in TARGETS:
        build = built.root / "build"
        read = files(build, target)
        tests = [
            named(etree.fromstring(data)) for name, data in read.items() if name[:6] == "tests/"
        ]
        [written] = [one for one in tests if one.get("title").endswith(": written")]
        refs = [one.get("href") for one in written.iter("assessmentItemRef")]
        assert refs == ["../items/e-one.xml"]
        item = items(build, target)["e-one"]
        [rubric] = item.iter("rubricBlock")
        assert rubric.get("view") == "scorer"
        assert [said(one) for one in rubric.iter("{*}li")] == ["One", "Two 0.1", "Three", "Four"]
        who = item.find("outcomeDeclaration").get("externalScored")
        assert who == ("human" if target == "qti3" else None)
        assert shares(item) == []


@pytest.mark.parametrize("target", TARGETS)
def test_a_learner_gets_one_variant(torture: Path, target: str) -> None:
    data = files(torture, target)["tests/test-numbers.xml"]
    test = named(etree.fromstring(data))
    [section] = test.findall("testPart/assessmentSection/assessmentSection")
    assert section.find("selection").get("select") == "1"
    assert len(section.findall("assessmentItemRef")) == 40
    assert test.find("testPart/itemSessionControl").get("showFeedback") == "true"
    totals = [said(one.find("defaultValue")) for one in test.iter("outcomeDeclaration")]
    assert totals == ["0", "0"]


def test_the_manifest_tells_what_an_item_is_about(torture: Path) -> None:
    old = etree.fromstring(files(torture, "qti21")["imsmanifest.xml"])
    new = etree.fromstring(files(torture, "qti3")["imsmanifest.xml"])
    [plain] = old.iterfind(".//{*}resource[@identifier='plain']")
    words = [one.text for one in plain.iterfind(f".//{MD}keyword/{MD}langstring")]
    assert words == ["numbers", "a & b", "easy", "numeric"]
    value = plain.find(f".//{MD}difficulty/{MD}value/{MD}langstring")
    assert value.text == "easy"
    [hard] = new.iterfind(".//{*}resource[@identifier='negative']")
    assert [one.text for one in hard.find(f".//{LOM}difficulty")] == ["LOMv1.0", "difficult"]
    assert [one.text for one in hard.iterfind(f".//{LOM}keyword/{LOM}string")][-1] == "numeric"
    title = new.findtext(f"{{*}}metadata/{LOM}lom/{LOM}general/{LOM}title/{LOM}string")
    assert title == "Torture <course> & co. שלום 1.0 <beta>"


@pytest.mark.parametrize("target", TARGETS)
def test_pictures_are_files_of_the_package(torture: Path, target: str) -> None:
    read = files(torture, target)
    found = items(torture, target)
    pictures = [one for name in ("three-pictures", "drawing") for one in found[name].iter("{*}img")]
    assert len(pictures) == 8
    for one in pictures:
        assert one.get("src").removeprefix("../") in read
        assert one.get("alt")
    alts = [one.get("alt") for one in found["three-pictures"].iter("{*}img")]
    assert 'third "quoted" <&>' in alts


def test_code_and_marks_come_back_as_they_were(torture: Path) -> None:
    for target in TARGETS:
        found = items(torture, target)
        code = found["marks-in-code"].find("itemBody//{*}pre")
        assert code.get("class") == "language-python"
        assert code.text.splitlines()[0] == "if a < b and b > c:  # <b>not bold</b> & ]]>"
        long = found["long-code"].find("itemBody//{*}pre").text
        assert len(long.encode()) > 10_000
        assert long.count("\n") == 169


def test_an_order_is_mixed_and_a_match_may_share_its_rights(torture: Path) -> None:
    found = items(torture, "qti3")
    names = [one.get("identifier") for one in found["loop"].iter("simpleChoice")]
    assert sorted(names) == ["step1", "step2", "step3", "step4"] != names
    assert found["two-steps"].find(".//orderInteraction").get("shuffle") == "true"
    sets = [*found["shared-rights"].iter("simpleMatchSet")]
    assert [len(one) for one in sets] == [4, 3]
    assert {one.get("matchMax") for one in sets[0]} == {"1"}
    assert {one.get("matchMax") for one in sets[1]} == {"4"}
    assert "Epoch \u2192 Rate" in said(found["shared-rights"].find("itemBody"))


def takes(test: Tag, text: str, whole: bool) -> bool:
    """Evaluate a test of a text as one player does: in the `whole` text, or anywhere in it."""
    match test.name:
        case "and":
            return all(takes(one, text, whole) for one in test.content if isinstance(one, Tag))
        case "or":
            return any(takes(one, text, whole) for one in test.content if isinstance(one, Tag))
        case "not":
            [inner] = test.content
            assert isinstance(inner, Tag)
            return not takes(inner, text, whole)
    assert test.name == "patternMatch"
    pattern = test.attribute("pattern") or ""
    return bool((re.fullmatch if whole else re.search)(pattern, text))


@pytest.mark.parametrize("whole", [True, False], ids=["whole", "anywhere"])
def test_typed_texts_are_compared_alike_by_every_reading_of_a_pattern(whole: bool) -> None:
    test = typed("R", ("Step LR", "a*b", "x", "$^{}[]\\/|.?+-()", "\u00e9t\u00e9", "\U0001f393"))
    for text in (
        "Step LR", "step lr", " STEP   lr\t", "a*b", "A*B", "x", " X ", "$^{}[]\\/|.?+-()",
        "\u00c9T\u00c9", "\U0001f393 ",
    ):  # fmt: skip
        assert takes(test, text, whole), text
    for text in ("StepLR", "Step LRx", "xStep LR", "Step LR Step LR", "aab", "", "x x", "xx", "."):
        assert not takes(test, text, whole), text


def test_formulas_can_be_read_without_mathml() -> None:
    def letters(tex: str) -> str:
        return "".join(etree.fromstring(mathml_spelled(tex, False)).itertext())

    assert letters(r"\frac{1}{2} < x^2") == "1/2<x^2"
    assert letters(r"\eta_{t+1}") == "\u03b7_(t+1)"
    assert letters(r"\frac{a+1}{b}") == "(a+1)/b"
    assert letters(r"\sqrt{a+b}") == "\u221a(a+b)"
    assert letters(r"\sum_{i=0}^{n} x_i^2") == "\u2211_(i=0)^nx_i^2"
    top = etree.fromstring(mathml_spelled(r"\frac{1}{2}", True))
    assert top.get("alttext") == r"\frac{1}{2}"
    boxes = [*top.iter("{*}mpadded")]
    assert boxes
    assert all(one[0].tag.endswith("mphantom") and one.get("width") == "0em" for one in boxes)
