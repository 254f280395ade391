"""Reading: YAML by the core schema of 1.2, places, and sources that are broken on purpose."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lrcards.cli import run as run_cli
from lrcards.config import find_config
from lrcards.diagnostics import Diagnostic, Span, did_you_mean, full
from lrcards.model import Item, Marker, Match, Order, Prose
from lrcards.read import read
from lrcards.read.frontmatter import Mapping, Scalar, Sequence, parse_yaml
from lrcards.read.locate import Locator
from tests.conftest import HERE, ROOT, CourseFolder
from tests.kinds import TEXT
from tests.lms import card, lesson, moodle, rows


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e-3", 0.001), ("010", 10), ("no", "no"), ("yes", "yes"), ("true", True), ("~", None),
        ("0o17", 15), ("0xff", 255), ("-.5", -0.5), ("3.10", 3.1), ("1_000", "1_000"),
        ("2024-01-01", "2024-01-01"), (".inf", float("inf")), ("9" * 400, "9" * 400),
        ("12:30", "12:30"), ("'1'", "1"),
    ],
)  # fmt: skip
def test_scalars(text: str, value: object) -> None:
    node, found = parse_yaml(f"[{text}]", Span("x"))
    assert found == []
    assert isinstance(node, Sequence)
    scalar = node.items[0]
    assert isinstance(scalar, Scalar)
    assert scalar.value() == value


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a: &x 1", "yaml-anchor"),
        ("a: *x", "yaml-anchor"),
        ("a: !!python/object 1", "yaml-tag"),
        ("a: 1\na: 2", "duplicate-key"),
        ("[a]: 1", "bad-type"),
        ("[" * 40, "broken-yaml"),
        ("[" * 25 + "]" * 25, "broken-yaml"),
        ("a: b: c", "broken-yaml"),
        ("a: 1\n--- \nb: 1", "broken-yaml"),
    ],
)
def test_yaml_that_is_refused(text: str, code: str) -> None:
    _, found = parse_yaml(text, Span("x", 7, 3))
    assert code in {one.code for one in found}


def test_places_inside_quotes() -> None:
    node, _ = parse_yaml("a: 'x'\nb: y", Span("f.md", 10))
    assert isinstance(node, Mapping)
    quoted, plain = (value for _, value in node.entries)
    assert isinstance(quoted, Scalar)
    assert quoted.text_span == Span("f.md", 10, 5, 1)
    assert plain.span == Span("f.md", 11, 4, 1)
    assert parse_yaml("", Span("x"))[0] is None


def test_locating_pieces_in_order() -> None:
    locator = Locator("f", ["a b a", "  c | a"], 0, 2)
    assert locator.find("a") == Span("f", 1, 1, 1)
    assert locator.find("a") == Span("f", 1, 5, 1)
    assert locator.find("c |\nrest") == Span("f", 2, 3, 3)
    assert locator.find("gone") == Span("f", 2, 6, 2)


def test_excerpts_keep_tabs_and_survive_missing_lines() -> None:
    found = Diagnostic(Span("f", 1, 2, 50), "code", "message", "do this", ("a note",))
    text = full(found, {"f": "\tx = 1"})
    assert "1 | \tx = 1\n  | \t^^^^^" in text
    assert full(Diagnostic(Span("f", 9), "code", "m"), {"f": "x"}).endswith("--> f:9:1")
    assert did_you_mean("x", ["abc"]) == "expected one of: abc"
    assert did_you_mean("x", []) == ""


@pytest.mark.parametrize(
    ("row", "places"),
    [
        ("| a | b |", [(3, 1), (7, 1)]),
        ("a|bc", [(1, 1), (3, 2)]),
        ("|  | b |  ", [(2, 1), (6, 1)]),
        (r"| a\|b | c |", [(3, 4), (10, 1)]),
        ("> | a | b |", [(5, 1), (9, 1)]),
        ("12. | a | b |", [(7, 1), (11, 1)]),
        ("- a | b", [(3, 1), (7, 1)]),
        ("| a", [(3, 1), (3, 1)]),
    ],
)
def test_cells_have_places_of_their_own(row: str, places: list[tuple[int, int]]) -> None:
    locator = Locator("f", [row], 0, 1)
    cells = [locator.cell(number).here() for number in range(2)]
    assert [(span.column, span.width) for span in cells] == places
    assert locator.beyond(2) is None


def test_what_stands_behind_the_last_column_is_found() -> None:
    locator = Locator("f", ["| a | b | | lost | too |"], 0, 1)
    assert locator.beyond(2) == Span("f", 1, 13, 4)
    assert locator.beyond(4) == Span("f", 1, 20, 3)
    assert locator.beyond(5) is None


def one_item(course: CourseFolder, part: str, keys: str = "") -> Item:
    """Read a lesson of one item that must have no mistakes."""
    text = (
        f"---\ntitle: T\n---\n\n# T\n\n## Q\n\n```yaml card\nid: q\n{keys}```\n\nWhich?\n\n{part}"
    )
    course.write("source/lesson.md", text)
    made, found = read(find_config(course.root))
    assert found == []
    [item] = made.lessons[0].items
    return item


def said(prose: Prose) -> str:
    """Return text as it stands, values by their expression."""
    parts = (part for node in prose.walk() for part in node.parts)
    return "".join(part.text if isinstance(part, Marker) else part for part in parts)


def test_order_keeps_its_steps_as_they_stand(course: CourseFolder) -> None:
    part = "### Order\n\n3. load\n3. `= lr[0]` **now**\n\n   - with a list\n3. save\n"
    item = one_item(course, f"{part}\n### Hint\n\nThink.\n", "shuffle: false\n")
    assert isinstance(item, Order)
    assert [said(step) for step in item.steps] == ["load", "lr[0] nowwith a list", "save"]
    assert [step.span.line for step in item.steps] == [18, 19, 22]
    assert [node.tag for node in item.steps[1].nodes] == ["paragraph", "bullet_list"]
    assert said(item.body) == "Which?"
    assert len(item.parts.hints) == 1


def test_match_keeps_heads_and_pairs(course: CourseFolder) -> None:
    part = (
        "### Match\n\n| `= n` | *Rate* |\n|--:|:-:|\n| a \\| b | `= lr[0]` |\n| `c` | `= lr[0]` |\n"
    )
    item = one_item(course, part, "kind: match\n")
    assert isinstance(item, Match)
    assert [said(head) for head in item.heads] == ["n", "Rate"]
    assert [(said(one.left), said(one.right)) for one in item.pairs] == [
        ("a | b", "lr[0]"),
        ("c", "lr[0]"),
    ]
    spans = [cell.span for one in item.pairs for cell in (one.left, one.right)]
    assert [(span.line, span.column) for span in spans] == [(20, 3), (20, 12), (21, 3), (21, 9)]
    assert len({marker for one in item.pairs for marker in one.right.markers()}) == 2


def test_match_may_have_no_headings(course: CourseFolder) -> None:
    item = one_item(course, "### Match\n\n| | |\n|-|-|\n| a | b |\n| c | d |\n")
    assert isinstance(item, Match)
    assert [head.nodes[0].parts for head in item.heads if head.nodes] == []
    assert len(item.pairs) == 2


def test_a_single_item_may_be_an_order(course: CourseFolder) -> None:
    text = "---\nid: q\n---\n\n# Sort\n\nThese.\n\n## Order\n\n1. a\n2. b\n"
    course.write("source/lesson.md", text)
    made, found = read(find_config(course.root))
    assert found == []
    [item] = made.lessons[0].items
    assert isinstance(item, Order)
    assert [said(step) for step in item.steps] == ["a", "b"]


@pytest.mark.parametrize(
    "part",
    [
        "### Order\n\n1. epoch `= n`\n2. epoch `= n + 5`\n",
        "### Match\n\n| a | b |\n|-|-|\n| x | `= n` |\n| `= n + 5` | y |\n",
    ],
)
def test_variants_may_differ_in_steps_and_cells_alone(course: CourseFolder, part: str) -> None:
    keys = "params: {n: [1, 2, 3]}\n"
    item = one_item(course, part, keys)
    assert len(item.variants) == 3
    assert course.run("check", "-q", "--strict")[0] == 0
    wrong = part.replace("`= n`", "`= n -> 2`")
    one_item(course, wrong, keys)
    code, _, err = course.run("check", "-q")
    assert code == 1
    assert err.count("error[answer-mismatch]") == 1
    assert "2 is declared, but the snippet gives 1" in err
    assert "and in 1 more variant" in err


WORDS = [
    "`= ",
    "{{ ",
    " }}",
    "```",
    "yaml card",
    "- [x] ",
    "  > ",
    "#",
    "## ",
    "$",
    "$$",
    "---",
    "<b>",
    "![](",
    "plot:",
    ": ",
    "\u202e",
    "\ufeff",
    "|",
    "\\",
    "'",
    '"',
    "[",
    "&a ",
    "*a",
]


@pytest.mark.parametrize("seed", range(40))
def test_damaged_lessons_never_give_a_traceback(course: CourseFolder, seed: int) -> None:
    """Our own lesson with pieces cut out, doubled and put in: always findings, never a bug."""
    chance = random.Random(seed)
    text = TEXT if seed % 2 else (ROOT / "source" / "opening.md").read_text(encoding="utf-8")
    for _ in range(chance.randint(1, 12)):
        at = chance.randrange(len(text))
        end = at + chance.choice([0, 1, 3, 40])
        text = text[:at] + chance.choice([*WORDS, text[at:end] * 2]) + text[end:]
    for name in (ROOT / "source" / "snippets").glob("*.py"):
        course.write(f"source/snippets/{name.name}", name.read_bytes())
    course.write("source/lesson.md", text)
    code, _, err = course.run("build", "-q")
    assert code in {0, 1}, err
    assert "Traceback" not in err


@settings(
    max_examples=60, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(
    st.lists(
        st.sampled_from([*WORDS, "\n", "\n\n", "title: x", "id: a", "text", "answer: 1", "Hint"]),
        max_size=40,
    )
)
def test_heaps_of_marks_never_give_a_traceback(course: CourseFolder, parts: list[str]) -> None:
    course.write("source/lesson.md", "".join(parts))
    course.capsys.readouterr()
    assert run_cli(["check", "-q"]) in {0, 1}
    assert "Traceback" not in course.capsys.readouterr().err


@pytest.mark.parametrize(
    "data", [b"", b"\x00", b"\xff\xfe", b"---", b"---\n---", b"\xef\xbb\xbf# x"]
)
def test_odd_files(course: CourseFolder, data: bytes) -> None:
    course.write("source/lesson.md", data)
    code, _, err = course.run("build", "-q")
    assert code in {0, 1}
    assert "Traceback" not in err


def test_line_ends_do_not_matter(course: CourseFolder, tmp_path: Path) -> None:
    course.write("source/lesson.md", TEXT)
    assert course.run("build", "--strict")[0] == 0
    first = course.tree()
    course.write("source/lesson.md", TEXT.replace("\n", "\r\n"))
    assert course.run("build", "--strict")[0] == 0
    assert course.tree() == first


def test_an_option_may_be_a_block_of_code(course: CourseFolder) -> None:
    options = (
        "Which?\n\n- [x]\n  ```python\n  opt.step()\n  ```\n  > yes\n"
        "- [ ] This:\n\n  ```python\n  sched.step()\n  ```\n\n  > no\n"
    )
    course.write("source/lesson.md", lesson(card("code", options)))
    assert course.run("build", "-q", "--strict", "--to", "html,moodle")[0] == 0
    content = rows(course)["code"]["content"]["options"]
    assert [one["text"] for one in content] == ["opt.step()", "This: sched.step()"]
    answers = moodle(course)["code"].findall("answer")
    texts = [str(one.findtext("text")) for one in answers]
    assert all("<pre>" in text for text in texts)
    assert "<p></p>" not in "".join(texts)


def test_the_docs_list_the_warnings_that_may_be_allowed() -> None:
    told = {
        code
        for file in (HERE / "golden").rglob("*.txt")
        for code in re.findall(
            r"^warning\[([a-z-]+)\]", file.read_text(encoding="utf-8"), re.MULTILINE
        )
    }
    listed = (ROOT / "docs/format.md").read_text(encoding="utf-8").partition("### Accepted")[2]
    assert len(told) > 3
    assert [code for code in sorted(told) if f"`{code}`" not in listed] == []
