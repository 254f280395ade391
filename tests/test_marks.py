"""The models of how systems mark, on items written by hand: they see what is wrong, too."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from tests.browser import chromium
from tests.marks import moodle, page, plan, qti12, qti21, texts
from tests.marks.agreement import disagreements, table
from tests.marks.plan import Given, Try

NUMBER: dict[str, Any] = {
    "id": "n", "key": "n", "kind": "numeric", "variant": None,
    "answer": {"shown": "0.05", "low": "0.049", "high": "0.051"},
    "content": {"wrong": [{"shown": "0.1", "low": "0.09", "high": "0.11"}]},
}  # fmt: skip
PAIRS = [
    {"left": "one", "right": "x"},
    {"left": "two", "right": "y"},
    {"left": "three", "right": "x"},
]


def row(kind: str, **content: Any) -> dict[str, Any]:
    return {"id": "q", "key": "q", "kind": kind, "variant": None, "content": content}


def given(tries: list[Try]) -> dict[str, tuple[Any, Any]]:
    return {one.name: (one.given, one.share) for one in tries}


# The plan


def test_numbers_that_are_tried() -> None:
    found = given(plan.tries(NUMBER))
    assert found == {
        "exactly right": ("0.05", 1), "low bound": ("0.049", 1), "high bound": ("0.051", 1),
        "one step below": ("0.048", 0), "one step above": ("0.052", 0),
        "known wrong 1": ("0.1", 0), "5e-2 form": ("5e-2", 1), "comma": ("0,05", 0),
        "text": ("abc", 0), "empty": ("", 0),
    }  # fmt: skip
    assert [one.name for one in plan.few(NUMBER)] == [
        "exactly right", "one step above", "known wrong 1",
    ]  # fmt: skip


def test_a_variant_is_known_by_its_params() -> None:
    one = NUMBER | {"variant": {"step_size": 2, "gamma": 0.5}}
    assert plan.key(one) == plan.key(one | {"variant": {"gamma": 0.5, "step_size": 2}})
    assert plan.key(one) != plan.key(one | {"variant": {"gamma": 0.5, "step_size": 3}})


def test_options_that_are_picked() -> None:
    options = [{"right": right} for right in (True, False, True, False, False)]
    found = given(plan.tries(row("multiple", options=options)))
    assert found["all right"] == ((0, 2), 1)
    assert found["one wrong too"] == ((0, 1, 2), Fraction(2, 3))
    assert found["half right, one wrong"] == ((0, 1), Fraction(1, 6))
    assert found["all"] == ((0, 1, 2, 3, 4), 0)
    picked = given(plan.tries(row("choice", options=options[:2])))
    assert picked == {"option 1": ((0,), 1), "option 2": ((1,), 0), "empty": ((), 0)}


def test_orders_and_pairs_that_are_given() -> None:
    order = given(plan.tries(row("order", steps=["a", "b", "c"])))
    assert order["reversed"] == ((2, 1, 0), Fraction(1, 3))
    assert order["last first"] == ((2, 0, 1), 0)
    match = given(plan.tries(row("match", pairs=PAIRS)))
    assert match["all right"] == ((0, 1, 0), 1)
    assert match["one left open"] == ((0, 1, None), Fraction(2, 3))
    assert match["all the first"] == ((0, 0, 0), Fraction(2, 3))


def test_gaps_that_are_filled() -> None:
    gaps = [{"text": "0.05", "low": "0.049", "high": "0.051"}]
    gaps.append({"text": "Step", "low": None, "high": None})  # type: ignore[dict-item]
    found = given(plan.tries(row("cloze", gaps=gaps)))
    assert found["gap: 5e-2 form"] == (("5e-2", "Step"), 1)
    assert found["gap: one step above"] == (("0.052", "Step"), Fraction(1, 2))
    assert found["other case"] == (("0.05", "sTEP"), 1)


def test_texts_are_found_in_any_order() -> None:
    assert texts.places(["a < b", "c"], ["c.", "a<b"]) == [1, 0]
    with pytest.raises(LookupError):
        texts.places(["alpha", "beta"], ["alpha", "quite another"])


# Moodle


def bank(kind: str, inner: str, content: dict[str, Any] | None = None) -> Callable[[Given], float]:
    question = f'<question type="{kind}"><idnumber>q</idnumber>{inner}</question>'
    return moodle.load(f"<quiz>{question}</quiz>".encode(), {"q": content or row("numeric")})["q"]


def answer(text: str, share: str, tolerance: str = "") -> str:
    inner = f"<tolerance>{tolerance}</tolerance>" if tolerance else ""
    return f'<answer fraction="{share}"><text>{text}</text>{inner}</answer>'


@pytest.mark.parametrize(
    ("typed", "share"),
    [
        ("0.05", 1), ("0.049", 1), ("0.051", 1), (".05", 1), ("5e-2", 1), ("5x10^-2", 1),
        (" 0.05 ", 1), ("0.0489", 0), ("0.0511", 0), ("0,05", 0), ("5%", 0), ("10^-5", 0),
        ("abc", 0), ("", 0), ("-0.05", 0),
    ],
)  # fmt: skip
def test_moodle_numbers(typed: str, share: float) -> None:
    assert bank("numerical", answer("0.05", "100", "0.001"))(typed) == share


def test_moodle_takes_the_first_answer_that_matches() -> None:
    wide = answer("0.05", "0", "1") + answer("0.05", "100", "0.001")
    assert bank("numerical", wide)("0.05") == 0
    assert bank("numerical", answer("0.05", "100"))("0.0501") == 0  # no tolerance means none


@pytest.mark.parametrize("text", ["0,05", "1/20", "5%", "1_000", ""])
def test_moodle_reads_other_numbers_from_these(text: str) -> None:
    with pytest.raises(ValueError, match="no number"):
        bank("numerical", answer(text, "100", "0.1"))


def test_moodle_options() -> None:
    shares = "".join(answer("", share) for share in ("50", "50", "-33.33333", "-33.33333"))
    mark = bank("multichoice", f"<single>false</single>{shares}")
    assert (mark((0, 1)), mark((0,)), mark((2, 3)), mark(())) == (1, 0.5, 0, 0)
    assert mark((0, 1, 2)) == pytest.approx(2 / 3, abs=1e-4)
    one = bank("multichoice", f"<single>true</single>{answer('', '100')}{answer('', '0')}")
    assert (one((0,)), one((1,)), one(())) == (1, 0, 0)


def test_moodle_refuses_grades_that_it_does_not_have() -> None:
    with pytest.raises(ValueError, match="no grade"):
        bank("multichoice", f"<single>false</single>{answer('', '33')}")
    with pytest.raises(ValueError, match="100 %"):
        bank("multichoice", f"<single>true</single>{answer('', '50')}{answer('', '0')}")


def test_moodle_texts() -> None:
    mark = bank("shortanswer", "<usecase>0</usecase>" + answer(r"a\*b", "100"))
    assert [mark(text) for text in ("a*b", " A*B ", "axb", "")] == [1, 1, 0, 0]
    wild = bank("shortanswer", "<usecase>1</usecase>" + answer("a*b", "100"))
    assert [wild(text) for text in ("axb", "ab", "AxB")] == [1, 1, 0]


@pytest.mark.parametrize(
    ("gap", "typed", "share"),
    [
        ("{1:NUMERICAL:=0.05:0.001}", "0.051", 1),
        ("{1:NUMERICAL:=0.05:0.001}", "0.052", 0),
        ("{:NM:=0.05:0.001~%50%0.05:0.01}", "0.055", 0.5),
        ("{1:SHORTANSWER:=step}", "STEP", 1),
        ("{1:SHORTANSWER:=step}", "stop", 0),
        ("{1:SHORTANSWER_C:=step}", "STEP", 0),
        (r"{1:SHORTANSWER:=a\}b\#c\*d}", "a}b#c*d", 1),
        (r"{1:SHORTANSWER:=a\~b}", "a~b", 0),  # the sign is no end, but the stroke stays
        (r"{1:SHORTANSWER:=a\\b}", r"a\b", 0),
        (r"{1:SHORTANSWER:=a\/b}", "a/b", 0),
        (r"{1:SHORTANSWER:=a&#126;b}", "a~b", 1),
        ("{1:SHORTANSWER:=&lt;&amp;&gt;}", "<&>", 1),
    ],
)
def test_moodle_gaps(gap: str, typed: str, share: float) -> None:
    text = f"<questiontext><text><![CDATA[{gap}]]></text></questiontext>"
    assert bank("cloze", text)((typed,)) == share


def test_moodle_gaps_have_weights_and_stand_in_code_too() -> None:
    two = "{3:SHORTANSWER:=a} and {1:SHORTANSWER:=b}"
    mark = bank("cloze", f"<questiontext><text>{two}</text></questiontext>")
    assert (mark(("a", "x")), mark(("x", "b"))) == (0.75, 0.25)
    with pytest.raises(ValueError, match="finds 2 gaps"):
        mark(("a",))


def sub(left: str, right: str) -> str:
    return f"<subquestion><text>{left}</text><answer><text>{right}</text></answer></subquestion>"


def test_moodle_pairs() -> None:
    pairs = sub("two", "y") + sub("one", "x") + sub("three", "x")
    mark = bank("matching", pairs, row("match", pairs=PAIRS))
    assert (mark((0, 1, 0)), mark((None, None, None))) == (1, 0)
    assert mark((1, 1, 0)) == pytest.approx(2 / 3)
    swapped = bank("matching", sub("two", "x") + sub("one", "y") + sub("three", "x"),
                   row("match", pairs=PAIRS))  # fmt: skip
    assert swapped((0, 1, 0)) == pytest.approx(1 / 3)


def test_moodle_orders() -> None:
    steps = row("order", steps=["a", "b", "c"])
    mark = bank("matching", sub("c", "3") + sub("a", "1") + sub("b", "2"), steps)
    assert (mark((0, 1, 2)), mark((2, 0, 1))) == (1, 0)
    assert mark((1, 0, 2)) == pytest.approx(1 / 3)
    parts = "".join(answer(text, "1") for text in "abc")
    kind = "<gradingtype>ABSOLUTE_POSITION</gradingtype>"
    ordering = bank("ordering", kind + parts, steps)
    assert (ordering((0, 1, 2)), ordering((2, 0, 1))) == (1, 0)
    with pytest.raises(ValueError, match="otherwise"):
        bank("ordering", "<gradingtype>ALL_OR_NOTHING</gradingtype>" + parts, steps)


# QTI 1.2


def canvas(
    kind: str, presentation: str, conditions: str, content: dict[str, Any] | None = None
) -> Callable[[Given], float]:
    text = (
        '<questestinterop xmlns="http://www.imsglobal.org/xsd/ims_qtiasiv1p2"><item ident="q">'
        "<itemmetadata><qtimetadata><qtimetadatafield><fieldlabel>question_type</fieldlabel>"
        f"<fieldentry>{kind}_question</fieldentry></qtimetadatafield></qtimetadata></itemmetadata>"
        f"<presentation>{presentation}</presentation>"
        f"<resprocessing>{conditions}</resprocessing></item></questestinterop>"
    )
    return qti12.load(zipped({"a.xml": text}), {"q": content or row("numeric")})["q"]


def zipped(files: Mapping[str, str]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return data.getvalue()


STRING = '<response_str ident="r"/>'
SET = '<setvar action="Set" varname="SCORE">100</setvar>'


def equal(test: str, text: str, name: str = "r") -> str:
    return f'<{test} respident="{name}">{text}</{test}>'


def condition(inner: str, then: str = SET, go_on: str = "No") -> str:
    variables = f"<conditionvar>{inner}</conditionvar>"
    return f'<respcondition continue="{go_on}">{variables}{then}</respcondition>'


@pytest.mark.parametrize(
    ("typed", "share"),
    [("0.05", 1), ("5e-2", 1), ("0.049", 1), ("0.051", 1), ("0.0511", 0), ("abc", 0), ("", 0),
     ("0.04896", 1), ("0.04894", 0)],
)  # fmt: skip
def test_canvas_numbers_are_rounded(typed: str, share: float) -> None:
    between = f"<and>{equal('vargte', '0.049')}{equal('varlte', '0.051')}</and>"
    test = condition(f"<or>{equal('varequal', '0.05')}{between}</or>")
    assert canvas("numerical", STRING, test)(typed) == share


def test_canvas_stops_where_a_condition_says_so() -> None:
    first = condition("<other/>", "", go_on="{}") + condition(equal("varequal", "a"))
    assert canvas("short_answer", STRING, first.format("Yes"))("a") == 1
    assert canvas("short_answer", STRING, first.format("No"))("a") == 0


def test_canvas_texts() -> None:
    both = condition(equal("varequal", "Step LR") + equal("varequal", "x*"))
    mark = canvas("short_answer", STRING, both)
    assert [mark(text) for text in (" step lr ", "x*", "xy", "")] == [1, 1, 0, 0]


OPTIONS = '<response_lid ident="r"><render_choice>{}</render_choice></response_lid>'
THREE = OPTIONS.format("".join(f'<response_label ident="o{n}"/>' for n in "123"))


def test_canvas_options() -> None:
    one = canvas("multiple_choice", THREE, condition(equal("varequal", "o2")))
    assert [one((n,)) for n in range(3)] == [0, 1, 0]
    every = equal("varequal", "o1") + f"<not>{equal('varequal', 'o2')}</not>"
    mark = canvas("multiple_answers", THREE, condition(f"<and>{every}</and>"))
    assert [mark(picked) for picked in ((0,), (0, 2), (0, 1), ())] == [1, 1, 0, 0]


def lid(name: str, left: str, offers: str) -> str:
    labels = "".join(
        f'<response_label ident="{name}{offer}"><material><mattext>{offer}</mattext></material>'
        "</response_label>"
        for offer in offers
    )
    return (
        f'<response_lid ident="{name}"><material><mattext>{left}</mattext></material>'
        f"<render_choice>{labels}</render_choice></response_lid>"
    )


def adding(name: str, offer: str, share: str) -> str:
    add = f'<setvar action="Add" varname="SCORE">{share}</setvar>'
    return condition(equal("varequal", f"{name}{offer}", name), add, "Yes")


def test_canvas_blanks() -> None:
    blanks = lid("g1", "gap1", "a") + lid("g2", "gap2", "b")
    mark = canvas(
        "fill_in_multiple_blanks", blanks, adding("g1", "a", "50") + adding("g2", "b", "50")
    )
    assert [mark(typed) for typed in (("A ", "b"), ("a", "x"), ("b", "a"), ("", ""))] == [
        1, 0.5, 0, 0,
    ]  # fmt: skip


def test_canvas_pairs_and_orders() -> None:
    lefts = lid("l2", "two", "yx") + lid("l1", "one", "yx") + lid("l3", "three", "yx")
    key = adding("l1", "x", "33.33") + adding("l2", "y", "33.33") + adding("l3", "x", "33.34")
    mark = canvas("matching", lefts, key, row("match", pairs=PAIRS))
    assert mark((0, 1, 0)) == 1
    assert mark((0, 0, 0)) == pytest.approx(2 / 3, abs=1e-3)
    assert mark((1, 0, None)) == 0
    steps = lid("s2", "b", "12") + lid("s1", "a", "12")
    places = adding("s1", "1", "50") + adding("s2", "2", "50")
    order = canvas("matching", steps, places, row("order", steps=["a", "b"]))
    assert (order((0, 1)), order((1, 0))) == (1, 0)


# QTI 2.1 and 3.0


def standard(
    body: str, response: str, rules: str, content: dict[str, Any]
) -> Callable[[Given], float]:
    text = (
        '<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="q">'
        f'<responseDeclaration identifier="R" {response}</responseDeclaration>'
        '<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"'
        f' normalMaximum="2"/><itemBody>{body}</itemBody>'
        f"<responseProcessing>{rules}</responseProcessing></assessmentItem>"
    )
    return qti21.load(zipped({"q.xml": text}), {"q": content})["q"]


ENTRY = '<textEntryInteraction responseIdentifier="R"/>'
GIVEN = '<variable identifier="R"/>'


def score(expression: str) -> str:
    return f'<setOutcomeValue identifier="SCORE">{expression}</setOutcomeValue>'


def base(kind: str, text: str) -> str:
    return f'<baseValue baseType="{kind}">{text}</baseValue>'


def when(test: str, then: str, otherwise: str = "") -> str:
    last = f"<responseElse>{otherwise}</responseElse>" if otherwise else ""
    return f"<responseCondition><responseIf>{test}{then}</responseIf>{last}</responseCondition>"


LOW, HIGH = base("float", "0.049"), base("float", "0.051")
BETWEEN = f"<and><gte>{GIVEN}{LOW}</gte><lte>{GIVEN}{HIGH}</lte></and>"


@pytest.mark.parametrize(
    ("typed", "share"),
    [("0.05", 1), ("5e-2", 1), ("0.049", 1), ("0.051", 1), ("0.0511", 0), ("0,05", 0), ("abc", 0),
     ("", 0)],
)  # fmt: skip
def test_standard_numbers(typed: str, share: float) -> None:
    rules = when(BETWEEN, score(base("float", "2")))
    mark = standard(ENTRY, 'cardinality="single" baseType="float">', rules, row("numeric"))
    assert mark(typed) == share


def test_standard_null_is_neither_true_nor_false() -> None:
    rules = when(f"<not>{BETWEEN}</not>", score(base("float", "2")))
    mark = standard(ENTRY, 'cardinality="single" baseType="float">', rules, row("numeric"))
    assert [mark(text) for text in ("7", "0.05", "", "abc")] == [1, 0, 0, 0]
    otherwise = when(BETWEEN, score(base("float", "1")), score(base("float", "2")))
    other = standard(ENTRY, 'cardinality="single" baseType="float">', otherwise, row("numeric"))
    assert [other(text) for text in ("0.05", "7", "")] == [0.5, 1, 1]


CHOICES = '<choiceInteraction responseIdentifier="R">{}</choiceInteraction>'.format(
    "".join(f'<simpleChoice identifier="o{n}"/>' for n in "123")
)
MAPPED = (
    'cardinality="multiple" baseType="identifier"><mapping lowerBound="0" upperBound="2"'
    ' defaultValue="-2"><mapEntry mapKey="o1" mappedValue="1"/><mapEntry mapKey="o2"'
    ' mappedValue="1"/></mapping>'
)


def test_standard_mapping_is_bounded() -> None:
    mark = standard(CHOICES, MAPPED, score('<mapResponse identifier="R"/>'), row("multiple"))
    assert [mark(picked) for picked in ((0, 1), (1,), (0, 1, 2), (2,), ())] == [1, 0.5, 0, 0, 0]


def test_standard_texts_say_whether_case_matters() -> None:
    declared = (
        'cardinality="single" baseType="string"><mapping defaultValue="0">'
        '<mapEntry mapKey="Step" mappedValue="2"{}/></mapping>'
    )
    rules = score('<mapResponse identifier="R"/>')
    mark = standard(ENTRY, declared.format(' caseSensitive="false"'), rules, row("short"))
    assert [mark(text) for text in ("step", "steps", "")] == [1, 0, 0]
    cased = standard(ENTRY, declared.format(' caseSensitive="true"'), rules, row("short"))
    assert (cased("step"), cased("Step")) == (0, 1)
    with pytest.raises(ValueError, match="whether case matters"):
        standard(ENTRY, declared.format(""), rules, row("short"))("Step")


def test_standard_patterns_are_of_the_whole_text() -> None:
    rules = when(
        f'<patternMatch pattern="[Ss]tep">{GIVEN}</patternMatch>', score(base("float", "2"))
    )
    mark = standard(ENTRY, 'cardinality="single" baseType="string">', rules, row("short"))
    assert [mark(text) for text in ("step", "steps", "a step", "")] == [1, 0, 0, 0]


def test_standard_orders() -> None:
    body = '<orderInteraction responseIdentifier="R">{}</orderInteraction>'.format(
        "".join(f'<simpleChoice identifier="s{n}">{n}</simpleChoice>' for n in "ba")
    )
    rules = "".join(
        when(
            f'<match><index n="{place}">{GIVEN}</index>{base("identifier", name)}</match>',
            score(f'<sum><variable identifier="SCORE"/>{base("float", "1")}</sum>'),
        )
        for place, name in enumerate(("sa", "sb"), 1)
    )
    declared = 'cardinality="ordered" baseType="identifier">'
    mark = standard(body, declared, rules, row("order", steps=["a", "b"]))
    assert (mark((0, 1)), mark((1, 0))) == (1, 0)


def test_standard_places_may_be_named() -> None:
    body = '<orderInteraction responseIdentifier="R"><simpleChoice identifier="a">a</simpleChoice>'
    body += '<simpleChoice identifier="b">b</simpleChoice></orderInteraction>'
    place = f'<setOutcomeValue identifier="AT">{base("integer", "2")}</setOutcomeValue>'
    index = f'<index n="AT">{GIVEN}</index>'
    rules = place + when(
        f"<match>{index}{base('identifier', 'b')}</match>", score(base("float", "2"))
    )
    steps = row("order", steps=["a", "b"])
    mark = standard(body, 'cardinality="ordered" baseType="identifier">', rules, steps)
    assert (mark((0, 1)), mark((1, 0))) == (1, 0)
    unknown = standard(
        body, 'cardinality="ordered" baseType="identifier">', rules.removeprefix(place), steps
    )
    with pytest.raises(ValueError, match="neither a whole number"):
        unknown((0, 1))


def test_standard_pairs_and_how_often_a_right_can_be_used() -> None:
    def choices(names: str, most: int) -> str:
        found = "".join(
            f'<simpleAssociableChoice identifier="{name}" matchMax="{most}">{name}'
            "</simpleAssociableChoice>"
            for name in names.split()
        )
        return f"<simpleMatchSet>{found}</simpleMatchSet>"

    def item(most: int) -> Callable[[Given], float]:
        sets = choices("three one two", 1) + choices("y x", most)
        body = f'<matchInteraction responseIdentifier="R">{sets}</matchInteraction>'
        key = "".join(
            f'<mapEntry mapKey="{pair["left"]} {pair["right"]}" mappedValue="1"/>' for pair in PAIRS
        )
        declared = 'cardinality="multiple" baseType="directedPair"><mapping defaultValue="0">'
        rules = score(f'<product><mapResponse identifier="R"/>{base("float", "0.5")}</product>')
        return standard(body, declared + key + "</mapping>", rules, row("match", pairs=PAIRS))

    mark = item(3)
    assert [4 * mark(pairs) for pairs in ((0, 1, 0), (0, 0, 0), (1, 0, None))] == [3, 2, 0]
    with pytest.raises(ValueError, match="1 times only"):
        item(1)((0, 1, 0))


def test_standard_names_of_3_0_are_read() -> None:
    text = (
        '<qti-assessment-item xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="q">'
        '<qti-response-declaration identifier="R" cardinality="single" base-type="float"/>'
        '<qti-outcome-declaration identifier="SCORE" cardinality="single" base-type="float"/>'
        '<qti-item-body><qti-text-entry-interaction response-identifier="R"/></qti-item-body>'
        "<qti-response-processing><qti-response-condition><qti-response-if><qti-gte>"
        '<qti-variable identifier="R"/><qti-base-value base-type="float">1</qti-base-value>'
        '</qti-gte><qti-set-outcome-value identifier="SCORE"><qti-base-value base-type="float">1'
        "</qti-base-value></qti-set-outcome-value></qti-response-if></qti-response-condition>"
        "</qti-response-processing></qti-assessment-item>"
    )
    mark = qti21.load(zipped({"q.xml": text}), {"q": row("numeric")})["q"]
    assert (mark("1"), mark("0.9")) == (1, 0)


def test_standard_operators_that_are_not_modelled_are_said() -> None:
    rules = score(f"<power>{GIVEN}{GIVEN}</power>")
    mark = standard(ENTRY, 'cardinality="single" baseType="float">', rules, row("numeric"))
    with pytest.raises(ValueError, match="not modelled: power"):
        mark("1")


# Pages, and what is made of the marks


@pytest.mark.real
def test_a_page_that_marks_otherwise_is_seen(torture: Path, tmp_path: Path) -> None:
    report = json.loads((torture / "report.json").read_text(encoding="utf-8"))
    rows = {one["key"]: one for one in plan.items(report)}
    (source,) = [file for file in (torture / "html").rglob("*.html") if "numbers" in file.name]
    text = source.read_text(encoding="utf-8")
    (tmp_path / "x.html").write_text(text.replace('"0.050051"', '"0.060051"'), encoding="utf-8")
    for part in [*source.parent.glob("*.js"), *source.parent.glob("*.css")]:
        (tmp_path / part.name).write_bytes(part.read_bytes())
    with chromium() as browser:
        found = page.marks(browser.new_page(), tmp_path, rows, plan.tries(rows["plain"]))
    wrong = list(disagreements("html", rows, found))
    assert len(wrong) == 1
    assert "one step above '0.050052': 1 and not 0" in wrong[0]


def test_a_loss_must_be_said() -> None:
    options = [{"right": True}, {"right": True}, {"right": False}]
    lossy = row("multiple", options=options) | {"targets": {"qti12": "full"}}
    found = {one: float(one.share == 1) for one in plan.tries(lossy)}
    unsaid = list(disagreements("qti12", {"q": lossy}, found))
    assert len(unsaid) == 1
    assert "does not say 'all right options or no mark'" in unsaid[0]
    said = lossy | {"targets": {"qti12": "reduced: all right options or no mark"}}
    assert list(disagreements("qti12", {"q": said}, found)) == []


def test_the_table_has_a_row_for_an_answer() -> None:
    found = {one: float(one.share) for one in plan.tries(NUMBER)}
    text = table({"moodle": found, "qti12": {}})
    assert "numeric  one step above  0      0       -" in text.splitlines()
