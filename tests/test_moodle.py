"""Moodle XML: every kind, and what its grades, gaps, names and versions make of an item."""

from __future__ import annotations

import base64
import re
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from lxml import etree, html

from lrcards.write.moodle.gaps import typed
from lrcards.write.moodle.grades import shares
from tests.conftest import CourseFolder
from tests.kinds import TEXT
from tests.lms import answers, card, lesson, moodle, rows


@pytest.fixture
def built(course: CourseFolder) -> CourseFolder:
    course.write("source/lesson.md", TEXT)
    code, _, err = course.run("build", "--strict", "--to", "moodle")
    assert code == 0, err
    return course


def build(course: CourseFolder, text: str, toml: str = "") -> dict[str, Any]:
    """Build one lesson for Moodle; return its questions by idnumber."""
    course.write("lrcards.toml", f'uid = "demo"\ntitle = "Demo"\n{toml}')
    course.write("source/lesson.md", text)
    code, _, err = course.run("build", "--to", "moodle")
    assert code == 0, err
    return moodle(course)


def said(course: CourseFolder) -> dict[str, str]:
    return {name: row["targets"]["moodle"] for name, row in rows(course).items()}


def test_every_kind(built: CourseFolder) -> None:
    types = {name: one.get("type") for name, one in moodle(built).items()}
    assert types == {
        "c-one": "multichoice", "m-one": "multichoice", "n-one": "numerical",
        "n-int": "numerical", "n-scaled": "numerical", "n-absolute": "numerical",
        "n-negative": "numerical", "s-one": "shortanswer", "z-one": "cloze", "e-one": "essay",
        "o-one": "matching", "p-one": "matching",
    }  # fmt: skip


def test_bounds_as_the_report_says(built: CourseFolder) -> None:
    found = moodle(built)
    for name, answer in answers(built).items():
        key = found[name].find("answer")
        centre, width = Decimal(key.findtext("text")), Decimal(key.findtext("tolerance"))
        assert key.get("fraction") == "100"
        assert (centre - width, centre + width) == (Decimal(answer["low"]), Decimal(answer["high"]))


def test_known_wrong_answers_come_behind_the_key(built: CourseFolder) -> None:
    rows_of = moodle(built)["n-one"].findall("answer")
    assert [row.get("fraction") for row in rows_of] == ["100", "0", "0"]
    assert "Never decays." in rows_of[1].findtext("feedback/text")


def test_choice_and_multiple(built: CourseFolder) -> None:
    choice, multiple = moodle(built)["c-one"], moodle(built)["m-one"]
    assert "Pick it: ]]&gt; &amp; &lt;." in choice.findtext("questiontext/text")
    assert [one.get("fraction") for one in choice.findall("answer")] == ["100", "0", "0"]
    assert choice.findtext("single") == "true"
    assert choice.findtext("shuffleanswers") == "false"
    assert choice.findtext("defaultgrade") == "2"
    assert len(choice.findall("hint")) == 2
    assert [one.get("fraction") for one in multiple.findall("answer")] == ["50", "50", "-100"]
    assert "Yes b." in multiple.findall("answer")[1].findtext("feedback/text")


def test_figures_travel_with_the_text_that_shows_them(built: CourseFolder) -> None:
    feedback = moodle(built)["n-one"].find("generalfeedback")
    file = feedback.find("file")
    assert f"@@PLUGINFILE@@/{file.get('name')}" in feedback.findtext("text")
    assert base64.b64decode(file.text).startswith(b"<svg")
    assert moodle(built)["n-one"].find("questiontext/file") is None


def test_categories_and_written_apart(built: CourseFolder) -> None:
    quiz = etree.fromstring(built.tree()["moodle/demo.xml"])
    paths = [one.findtext("category/text") for one in quiz.findall("question[@type='category']")]
    assert paths[0].startswith("$course$/top/Demo/Every kind: ")
    assert paths[1] == f"{paths[0]}: written"


# Match and order


def test_a_match_asks_for_plain_text_and_says_so(built: CourseFolder) -> None:
    question = moodle(built)["p-one"]
    assert "<p>Scheduler \u2192 What it does &lt;&amp;&gt;</p>" in question.findtext(
        "questiontext/text"
    )
    found = [
        (one.findtext("text"), unescape(one.findtext("answer/text")))
        for one in question.findall("subquestion")
    ]
    assert found[0] == ("<code>StepLR</code>", "every few epochs x]]>")
    assert [right for _, right in found[2:]] == ["along a line", "along a line"]
    assert said(built)["p-one"] == (
        "reduced: formulas on the right are TeX; code on the right is plain text"
    )


def test_an_order_asks_for_places_in_mixed_order(built: CourseFolder) -> None:
    question = moodle(built)["o-one"]
    assert "1 is the first" in question.findtext("questiontext/text")
    asked = question.findall("subquestion")
    places = [one.findtext("answer/text") for one in asked]
    assert sorted(places) == ["1", "2", "3", "4"] != places
    assert asked[places.index("4")].findtext("text") == "<code>scheduler.step()</code>"
    assert question.findtext("shuffleanswers") == "true"


ORDER = lesson(
    card("sorted", "Which first?\n\n### Order\n\n1. One\n2. Two\n", "shuffle: false\npoints: 3\n")
)


@pytest.mark.parametrize("version", ["4.4", "4.10.2", "5.0"])
def test_a_moodle_that_knows_ordering_gets_it(course: CourseFolder, version: str) -> None:
    question = build(course, ORDER, f'moodle = "{version}"\n')["sorted"]
    assert question.get("type") == "ordering"
    assert question.findtext("gradingtype") == "ABSOLUTE_POSITION"
    assert question.findtext("selecttype") == "ALL"
    assert question.find("shownumcorrect") is not None
    assert [one.findtext("text") for one in question.findall("answer")] == ["One", "Two"]
    assert question.findtext("defaultgrade") == "3"
    assert "first" not in question.findtext("questiontext/text").replace("Which first?", "")


@pytest.mark.parametrize("version", ["3.11", "4.3.9"])
def test_an_older_moodle_gets_a_matching(course: CourseFolder, version: str) -> None:
    question = build(course, ORDER, f'moodle = "{version}"\n')["sorted"]
    assert question.get("type") == "matching"
    assert question.findtext("shuffleanswers") == "true"  # whatever `shuffle` says


@pytest.mark.parametrize("wrong", ["4.4", '"4"', '"four"', '""', '"4.4 LTS"'])
def test_a_version_is_a_version(course: CourseFolder, wrong: str) -> None:
    course.write("lrcards.toml", f'uid = "demo"\ntitle = "Demo"\nmoodle = {wrong}\n')
    code, _, err = course.run("check")
    assert code == 2
    assert "lrcards.toml:3:1" in err
    assert "'moodle' must be" in err


# Grades


@pytest.mark.parametrize("count", range(1, 21))
def test_grades_add_up_to_a_whole_mark(count: int) -> None:
    assert abs(sum(map(Decimal, shares(count))) - 100) < Decimal("0.0001")
    assert len(shares(count)) == count
    equal = len(set(shares(count))) == 1
    assert equal == (count <= 10 or count == 20)


def many(name: str, right: int, wrong: int) -> str:
    rows_of = [f"- [x] Right {n}\n  > yes" for n in range(right)]
    rows_of += [f"- [ ] Wrong {n}\n  > no" for n in range(wrong)]
    return card(name, "Which?\n\n" + "\n".join(rows_of))


def test_more_options_than_the_list_has_grades_for(course: CourseFolder) -> None:
    cards = (("r11", 11, 1), ("r21", 21, 1), ("w11", 2, 11), ("w25", 2, 25), ("all", 3, 0),
             ("r20", 20, 2))  # fmt: skip
    found = build(course, lesson(*(many(*one) for one in cards)))
    assert said(course) == {
        "r11": "reduced: Moodle has no grade for one of 11 right options, so they count a tenth "
        "or a twentieth",
        "r21": "left out: Moodle has no grade for so many right options",
        "w11": "reduced: Moodle has no grade for one of 11 wrong options, so they count a tenth "
        "or a twentieth",
        "w25": "reduced: Moodle has no grade for one of 25 wrong options, so they count "
        "a twentieth",
        "all": "full",
        "r20": "full",
    }
    graded = {name: [one.get("fraction") for one in question.findall("answer")]
              for name, question in found.items()}  # fmt: skip
    assert graded["r11"] == ["10"] * 9 + ["5"] * 2 + ["-100"]
    assert graded["w11"] == ["50"] * 2 + ["-10"] * 9 + ["-5"] * 2
    assert graded["w25"] == ["50"] * 2 + ["-5"] * 25
    assert graded["all"] == ["33.33333"] * 3
    assert graded["r20"] == ["5"] * 20 + ["-50"] * 2


# Gaps


@pytest.mark.parametrize(
    "text",
    ["step", "a&", "&amp;", "}", "a}b#c~d=e", '"q" \'q\' /\\', "\\}", "\\#", "\\\\}", "*", "\\*",
     "%50%x", "<b>", "a\\", "\u05e9\u05dc\u05d1 \u4e2d", "{1:SA:=x}"],
)  # fmt: skip
def test_a_gap_holds_any_sign(text: str) -> None:
    # The reader's own pattern of an answer: up to a sign that is neither escaped nor in an entity.
    gap = re.match(r"\{1:SHORTANSWER:=(.+?)(?<!\\)(?<!&)(?<!&amp;)(?=[~#}])(.*)",
                   f"{{1:SHORTANSWER:={typed(text)}}}")  # fmt: skip
    assert gap
    assert gap[2] == "}"
    kept = unescape(gap[1]).replace(r"\}", "}").replace(r"\#", "#")
    assert not re.search(r"(?<!\\)\*", kept), "no wildcard"
    assert kept.replace(r"\*", "*") == text


def test_what_only_looks_like_a_gap_is_none(course: CourseFolder) -> None:
    body = "Type **step** for `{1:SA:=no}`, {#1}, { 2 :MC:=x} and $\\frac{1}{2}$ {3}.\n"
    question = build(course, lesson(card("gap", body, "kind: cloze\n")))["gap"]
    text = question.findtext("questiontext/text")
    assert re.findall(r"\{[\d\s]*[:#][^}]*\}", text) == ["{1:SHORTANSWER:=step}"]
    shown = html.fragment_fromstring(text, create_parent="div").text_content()
    assert "for {1:SA:=no}, {#1}, { 2 :MC:=x} and \\(\\frac{1}{2}\\) {3}." in shown


@pytest.mark.parametrize(
    ("points", "weight", "lost"),
    [
        ("4", "2", "full"),
        ("2", "1", "full"),
        ("1", "1", "reduced: its default mark is 2, not 1: each gap counts a whole one"),
        ("5", "1", "reduced: its default mark is 2, not 5: each gap counts a whole one"),
    ],
)
def test_gaps_count_whole_marks(course: CourseFolder, points: str, weight: str, lost: str) -> None:
    keys = f"kind: cloze\npoints: {points}\n"
    question = build(course, lesson(card("gap", "It is **`= lr[2]`** by **step**.\n", keys)))["gap"]
    text = question.findtext("questiontext/text")
    assert re.findall(r"\{(\d+):[A-Z]+:=", text) == [weight, weight]
    assert said(course)["gap"] == lost
    assert "0.05; step" in question.findtext("generalfeedback/text")


def test_a_formula_in_a_gap_is_a_loss(built: CourseFolder) -> None:
    assert said(built)["z-one"].endswith("formulas in gaps are TeX")


# Limits


def test_numbers_that_moodle_cannot_hold(course: CourseFolder) -> None:
    build(
        course,
        lesson(
            card("long", "x\n", "tol: 1%\nanswer: lr[0] / 3:.16f\n"),
            card("tiny", "x\n", "tol: 1\nanswer: lr[0] / 10000\n"),
            card("zeros", "x\n", "answer: step_size * 10 ** 14\n"),
            card("wrong", "x\n\n### Common mistakes\n\n- `= lr[0] / 3:.16f`: no.\n",
                 "answer: lr[2]\n"),
        ),
    )  # fmt: skip
    found = said(course)
    assert found["long"] == "left out: Moodle keeps 14 significant digits"
    assert found["tiny"].startswith("reduced: Moodle shows the key in E-notation")
    assert found["zeros"] == "full"
    assert found["wrong"].startswith("reduced: Moodle keeps 14 significant digits: no feedback")


def test_signs_of_filters_are_apart_but_read_the_same(course: CourseFolder) -> None:
    body = (
        "Costs $$5$$, \\\\(x\\\\) and @@PLUGINFILE@@/a.png, `%24IMS-CC-FILEBASE%24`.\n\n"
        "![a $$ \\\\(sign\\\\)](plot:lr)\n\n```\n\\(y\\) $$\n```\n\n"
        "- [x] A\n  > y\n- [ ] B\n  > n\n"
    ).replace("$$5$$", "\\$\\$5\\$\\$")
    text = build(course, lesson(card("signs", body)))["signs"].findtext("questiontext/text")
    for sign in ("$$", r"\(", r"\)", "%24IMS", "@@PLUGINFILE@@/a"):
        assert sign not in text
    shown = html.fragment_fromstring(text, create_parent="div")
    said_ = shown.text_content()
    assert r"Costs $$5$$, \(x\) and @@PLUGINFILE@@/a.png, %24IMS-CC-FILEBASE%24." in said_
    assert "\\(y\\) $$" in said_
    assert shown.find(".//img").get("alt") == r"a $$ \(sign\)"


def test_names_of_categories_fit(course: CourseFolder) -> None:
    title = "/a/" + "b" * 300
    text = lesson(card("one", "x\n", "answer: lr[2]\n"),
                  card("two", "Why?\n\n### Key concepts\n\n- [ ] a\n"))  # fmt: skip
    build(course, text.replace("title: Case", f"title: {title}"))
    quiz = etree.fromstring(course.tree()["moodle/demo.xml"])
    paths = [one.findtext("category/text") for one in quiz.findall("question[@type='category']")]
    names = [re.split(r"(?<!/)/(?!/)", path) for path in paths]
    assert [len(one) for one in names] == [4, 4]
    assert names[0][-1].startswith(" //a//bbb")
    assert names[1][-1].endswith("bb: written")
    assert {len(one[-1].strip().replace("//", "/")) for one in names} == {250}


def test_a_slash_at_an_end_stays_one(course: CourseFolder) -> None:
    text = lesson(card("one", "x\n", "answer: lr[2]\n")).replace("title: Case", "title: and/or/")
    build(course, text)
    assert b"<text>$course$/top/Demo/and//or// </text>" in course.tree()["moodle/demo.xml"]
