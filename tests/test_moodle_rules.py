"""One test for each thing that a real Moodle was seen to do with a bank, on the torture course.

The file is read with lxml alone, as the importer reads it; what an item is comes from report.json.
"""

from __future__ import annotations

import base64
import json
import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from lxml import etree, html

PLAIN = re.compile(r"-?[0-9]+(\.[0-9]+)?", re.ASCII)
GRADES = {
    "100", "90", "83.33333", "80", "75", "70", "66.66667", "60", "50", "40", "33.33333", "30",
    "25", "20", "16.66667", "14.28571", "12.5", "11.11111", "10", "5", "0",
}  # fmt: skip
TYPES = {"multichoice", "numerical", "shortanswer", "essay", "cloze", "matching", "category"}
COMMON = {
    "name", "questiontext", "generalfeedback", "defaultgrade", "penalty", "hidden", "idnumber",
    "hint", "tags",
}  # fmt: skip
OWN = {
    "multichoice": {"single", "shuffleanswers", "answernumbering", "answer"},
    "numerical": {"answer", "unitgradingtype", "unitpenalty", "showunits", "unitsleft"},
    "shortanswer": {"usecase", "answer"},
    "cloze": set(),
    "matching": {"shuffleanswers", "shownumcorrect", "subquestion"},
    "essay": {
        "responseformat", "responserequired", "responsefieldlines", "attachments",
        "attachmentsrequired", "graderinfo", "responsetemplate",
    },
}  # fmt: skip


class Bank:
    def __init__(self, build: Path) -> None:
        self.data = (build / "moodle" / "torture.xml").read_bytes()
        self.quiz = etree.fromstring(self.data)
        self.questions = self.quiz.findall("question[idnumber]")
        self.by_id = {one.findtext("idnumber"): one for one in self.questions}
        self.categories = [one.findtext("category/text") for one in self.quiz.findall("question")]
        report = json.loads((build / "report.json").read_text(encoding="utf-8"))
        self.rows = {row["id"]: row for row in report["items"] if row["variant"] is None}

    def of(self, kind: str) -> list[Any]:
        return [one for one in self.questions if one.get("type") == kind]

    def kinds(self, *kinds: str) -> Iterator[tuple[dict[str, Any], Any]]:
        """Yield the rows of the report of some kinds, each with its question."""
        for name, row in self.rows.items():
            if row["kind"] in kinds and name in self.by_id:
                yield row, self.by_id[name]

    def texts(self) -> Iterator[Any]:
        """Yield what holds HTML: `text` and, beside it, its files."""
        return (one for one in self.quiz.iter() if one.get("format") == "html")


@cache
def read(build: Path) -> Bank:
    return Bank(build)


@pytest.fixture
def bank(torture: Path) -> Bank:
    return read(torture)


def shown(text: str) -> Any:
    return html.fragment_fromstring(text, create_parent="div")


def plain(text: str | None) -> str:
    return " ".join(shown(text).text_content().split()) if text else ""


def numbers(bank: Bank) -> Iterator[str]:
    """Yield every number that Moodle keeps."""
    for question in bank.of("numerical"):
        for answer in question.findall("answer"):
            yield answer.findtext("text")
            yield answer.findtext("tolerance")
    for question in bank.of("cloze"):
        for gap in re.finditer(r"\{\d*:NUMERICAL:=([^:}]*):([^}]*)\}", text_of(question)):
            yield from gap.groups()


def text_of(question: Any) -> str:
    return str(question.findtext("questiontext/text"))


# Numbers


def test_answers_have_at_most_14_significant_digits(bank: Bank) -> None:
    found = [*numbers(bank)]
    assert len(found) > 80
    for number in found:
        assert len(Decimal(number).normalize().as_tuple().digits) <= 14


def test_what_moodle_shows_with_an_exponent_stands_in_digits_in_general_feedback(
    bank: Bank,
) -> None:
    tiny = [one for one in bank.of("numerical")
            if 0 < abs(Decimal(one.findtext("answer/text"))) < Decimal("0.0001")]  # fmt: skip
    assert [one.findtext("idnumber") for one in tiny] == ["tiny"]
    for one in tiny:
        assert one.findtext("answer/text") in plain(one.findtext("generalfeedback/text"))
    assert "E-notation" in bank.rows["tiny"]["targets"]["moodle"]


def test_numbers_are_plain_decimals_which_alone_are_read_as_they_are(bank: Bank) -> None:
    assert [number for number in numbers(bank) if not PLAIN.fullmatch(number)] == []


def test_tolerance_is_absolute_inclusive_and_scaled_to_the_answer(bank: Bank) -> None:
    scaled = 0
    for row, question in bank.kinds("numeric"):
        answer = question.find("answer")
        centre, width = Decimal(answer.findtext("text")), Decimal(answer.findtext("tolerance"))
        low, high = Decimal(row["answer"]["low"]), Decimal(row["answer"]["high"])
        assert (centre - width, centre + width) == (low, high)
        scaled += row["answer"]["scale"] is not None
    assert scaled


def test_the_first_answer_that_fits_is_the_key_and_no_star_catches_the_rest(bank: Bank) -> None:
    for question in bank.of("numerical"):
        first, *rest = question.findall("answer")
        assert first.get("fraction") == "100"
        assert {one.get("fraction") for one in rest} <= {"0"}
        width = Decimal(first.findtext("tolerance"))
        for one in rest:
            assert one.findtext("text") != "*"
            apart = abs(Decimal(one.findtext("text")) - Decimal(first.findtext("text")))
            assert apart > width + Decimal(one.findtext("tolerance"))
    assert len(bank.by_id["plain"].findall("answer")) == 3


@pytest.mark.parametrize("typed", ["0.05", "5e-2", ".05", "0.0500", "0.050051"])
def test_spellings_that_moodle_takes_meet_the_key(bank: Bank, typed: str) -> None:
    key = bank.by_id["plain"].find("answer")
    apart = abs(Decimal(typed) - Decimal(key.findtext("text")))
    assert apart <= Decimal(key.findtext("tolerance"))


def test_no_question_asks_for_a_percent_sign_or_a_unit_which_moodle_calls_invalid(
    bank: Bank,
) -> None:
    for question in bank.of("numerical"):
        prompt = shown(text_of(question)).findall("p")[-1].text_content()
        assert prompt.startswith("Type a")
        assert "percent" not in prompt
        assert question.find("units") is None
        assert question.findtext("showunits") == "3"


# Marks and structure


def test_fractions_are_on_moodles_list(bank: Bank) -> None:
    found = {one.get("fraction").removeprefix("-") for one in bank.quiz.iter("answer")
             if one.get("fraction")}  # fmt: skip
    assert found <= GRADES
    assert {"33.33333", "50", "25"} <= found


def test_a_single_choice_has_one_answer_of_100(bank: Bank) -> None:
    single = [one for one in bank.of("multichoice") if one.findtext("single") == "true"]
    for question in single:
        assert Counter(one.get("fraction") for one in question.findall("answer"))["100"] == 1
    assert len(single) == 7


def test_grades_of_a_multiple_add_up(bank: Bank) -> None:
    several = [one for one in bank.of("multichoice") if one.findtext("single") == "false"]
    assert len(several) == 3
    for question in several:
        shares = [Decimal(one.get("fraction")) for one in question.findall("answer")]
        assert abs(sum(share for share in shares if share > 0) - 100) < Decimal("0.0001")
        assert abs(sum(share for share in shares if share < 0) + 100) < Decimal("0.0001")


def test_no_option_no_name_and_no_question_is_empty(bank: Bank) -> None:
    for question in bank.questions:
        assert question.findtext("name/text").strip()
        assert plain(text_of(question))
        for answer in question.findall("answer"):
            text = shown(answer.findtext("text"))
            assert text.text_content().strip() or text.find(".//img") is not None


def test_every_element_is_one_that_moodle_knows(bank: Bank) -> None:
    for question in bank.questions:
        known = COMMON | OWN[question.get("type")]
        assert {one.tag for one in question} <= known


def test_what_moodle_refuses_is_not_there(bank: Bank) -> None:
    assert {one.get("type") for one in bank.quiz.findall("question")} == TYPES
    for question in bank.of("multichoice"):
        assert len(question.findall("answer")) >= 2
    assert not [one for one in bank.quiz.iter("text") if len(one)], "raw HTML in a text"
    outside = re.sub(rb"<!\[CDATA\[.*?\]\]>", b"", bank.data, flags=re.DOTALL)
    assert {*re.findall(rb"&(\w+);", outside)} <= {b"amp", b"lt", b"gt"}
    assert bank.questions


def test_a_matching_has_three_rows_below_which_the_import_stops(bank: Bank) -> None:
    for question in bank.of("matching"):
        assert len(question.findall("subquestion")) >= 3
    two = bank.by_id["two-steps"].findall("subquestion")
    assert [one.findtext("answer/text") for one in two] == ["2", "1", "\u2013"]
    assert two[2].findtext("text") in {"", None}


def test_categories_have_a_format_a_text_and_fit_names(bank: Bank) -> None:
    found = [one for one in bank.quiz.findall("question") if one.get("type") == "category"]
    for one in found:
        assert one.find("info").get("format") == "html"
        path = one.findtext("category/text")
        names = re.split(r"(?<!/)/(?!/)", path)
        assert names[:2] == ["$course$", "top"]
        assert all(0 < len(name.replace("//", "/")) < 256 for name in names)
        assert not set("<>") & set(path)
    assert any(" // " in one.findtext("category/text") for one in found), "a slash is doubled"


def test_names_are_without_tags_and_not_cut(bank: Bank) -> None:
    for question in bank.questions:
        name = question.findtext("name/text")
        assert len(name) <= 250
        assert not set("<>") & set(name)


def test_idnumbers_are_unique_in_their_category_and_short(bank: Bank) -> None:
    names = [one.findtext("idnumber") for one in bank.questions]
    assert len(names) == len(set(names))
    assert max(map(len, names)) <= 100


def test_the_top_category_carries_the_version_since_a_second_import_makes_copies(
    bank: Bank,
) -> None:
    tops = {path.split("/")[2] for path in bank.categories if path}
    assert len(tops) == 1
    assert "1.0" in tops.pop()


def test_the_penalty_is_the_third_that_moodle_makes_of_it(bank: Bank) -> None:
    assert {one.findtext("penalty") for one in bank.questions} == {"0.3333333"}


def test_tags_have_a_text_and_differ_in_more_than_case(bank: Bank) -> None:
    for question in bank.questions:
        tags = [one.findtext("text") for one in question.findall("tags/tag")]
        assert tags
        assert all(tags)
        assert len({tag.casefold() for tag in tags}) == len(tags)
    assert {"numbers", "a & b", "easy", "numeric"} == {
        one.text for one in bank.by_id["plain"].iterfind("tags/tag/text")
    }


def test_hints_are_there_and_the_how_to_says_when_they_show(bank: Bank) -> None:
    for name, row in bank.rows.items():
        if name in bank.by_id:
            hints = [plain(one.findtext("text")) for one in bank.by_id[name].findall("hint")]
            assert len(hints) == len(row["content"]["hints"])
    how_to = Path(__file__).parent.parent / "docs" / "howto-lms.md"
    assert "Interactive" in how_to.read_text(encoding="utf-8")


def test_a_star_in_a_short_answer_is_no_wildcard(bank: Bank) -> None:
    texts = [one.text for one in bank.by_id["short"].iterfind("answer/text")]
    assert texts[1] == r"Step\*LR"
    assert not [text for text in texts if re.search(r"(?<!\\)\*", text)]


def test_gaps_say_what_the_reader_of_a_cloze_undoes(bank: Bank) -> None:
    found: list[str] = []
    # An answer ends before a sign that is neither escaped nor part of an entity.
    for gap in re.finditer(r"\{\d*:SHORTANSWER:=(.+?)(?<!\\)(?<!&)(?<!&amp;)(?=[~#}])\}",
                           text_of(bank.by_id["gaps"])):  # fmt: skip
        answer = unescape(gap[1]).replace(r"\}", "}").replace(r"\#", "#")
        assert not re.search(r"(?<!\\)\*", answer)
        found.append(answer.replace(r"\*", "*"))
    wanted = [gap["text"] for gap in bank.rows["gaps"]["content"]["gaps"] if gap["low"] is None]
    assert found == wanted


# HTML and images


def test_nothing_is_there_that_moodle_takes_out_when_it_shows_a_text(bank: Bank) -> None:
    banned = {"details", "summary", "figure", "svg", "mark", "math", "input", "script", "style"}
    seen: set[str] = set()
    for one in bank.texts():
        for element in shown(one.findtext("text")).iter() if one.findtext("text") else ():
            seen.add(element.tag)
            assert not [name for name in element.attrib if re.match(r"id$|data-|on|style$", name)]
            assert not element.get("src", "").startswith("data:")
            assert "tabindex" not in element.attrib
    assert not seen & banned
    assert {"pre", "code", "table", "span", "img", "ol"} <= seen


def test_what_looks_like_a_tag_is_text(bank: Bank) -> None:
    question = shown(text_of(bank.by_id["marks-in-code"]))
    said = question.text_content()
    assert "a < b && c > d ]]>" in said
    assert 'Prose with < and > and & and ]]> and "quotes"' in said
    assert "# <b>not bold</b> & ]]>" in said
    assert len(shown(text_of(bank.by_id["long-code"])).find("pre").text_content()) > 10_000


def test_formulas_stand_between_the_signs_that_render(bank: Bank) -> None:
    for one in bank.texts():
        text = plain(one.findtext("text"))
        assert "$$" not in text
        assert not re.search(r"\$\\", text)
    solution = plain(bank.by_id["plain"].findtext("generalfeedback/text"))
    assert r"\(\eta_2 = 0.1 \cdot 0.5\)" in solution
    assert r"\[" in solution


def test_every_text_is_html_since_markdown_breaks_formulas(bank: Bank) -> None:
    formats = Counter(one.get("format") for one in bank.quiz.iter() if one.get("format"))
    assert set(formats) == {"html", "moodle_auto_format"}
    for one in bank.quiz.iter("answer"):
        if one.get("format") == "moodle_auto_format":
            assert one.getparent().get("type") in {"numerical", "shortanswer"}


def test_a_file_stands_beside_the_very_text_that_shows_it(bank: Bank) -> None:
    checked = 0
    for one in bank.texts():
        text = one.findtext("text")
        images = shown(text).iter("img") if text else ()
        used = {image.get("src").removeprefix("@@PLUGINFILE@@/") for image in images}
        files = {file.get("name"): file for file in one.findall("file")}
        assert used == set(files), "none missing, none unused"
        for name, file in files.items():
            assert "/" not in name
            assert base64.b64decode(file.text, validate=True)[:4] in {b"\x89PNG", b"<svg"}
            checked += 1
    assert checked > 6


def test_three_pictures_of_one_name_are_three_files(bank: Bank) -> None:
    files = bank.by_id["three-pictures"].findall("questiontext/file")
    assert len({file.get("name") for file in files}) == 3
