"""Reading: YAML by the core schema of 1.2, places, and sources that are broken on purpose."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lrcards.cli import run as run_cli
from lrcards.diagnostics import Diagnostic, Span, did_you_mean, full
from lrcards.read.frontmatter import Mapping, Scalar, Sequence, parse_yaml
from lrcards.read.locate import Locator
from tests.conftest import ROOT, CourseFolder
from tests.kinds import TEXT


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
