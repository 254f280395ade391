"""The table of what targets could not carry."""

from __future__ import annotations

from lrcards.cli.losses import loss_table, width
from lrcards.story import Loss
from tests.conftest import LESSON, CourseFolder
from tests.lms import card, lesson, rows
from tests.test_diff import MANY

TARGETS = ("anki", "moodle", "qti12", "qti21", "qti3", "html", "gift", "blackboard")
HINTS = "reduced: hints"
NO_GRADE = "left out: a recall card has nothing to grade"


def test_rows_columns_and_reasons() -> None:
    found = [
        Loss("a", "a", "moodle", NO_GRADE),
        Loss("a", "a", "qti12", NO_GRADE),
        Loss("second", "second", "qti12", HINTS),
    ]
    assert loss_table(found, TARGETS, verbose=False).splitlines() == [
        "Lost     (facts about targets, not warnings)",
        "  item    moodle        qti12",
        "  a       left out [1]  left out [1]",
        "  second  -             reduced [2]",
        "  [1] left out: a recall card has nothing to grade",
        "  [2] reduced: hints",
    ]


def test_variants_that_lost_the_same_share_a_row() -> None:
    found = [Loss("many", f"many.{n}", "qti12", HINTS) for n in range(40)]
    found += [Loss("many", "many.7", "moodle", NO_GRADE)]
    rows = loss_table(found, TARGETS, verbose=False).splitlines()
    assert rows[2:4] == [
        "  many x 39  -             reduced [1]",
        "  many       left out [2]  reduced [1]",
    ]


def test_twenty_rows_and_then_a_count() -> None:
    found = [Loss(f"item-{n}", f"item-{n}", "moodle", f"reduced: {n}") for n in range(51)]
    short = loss_table(found, TARGETS, verbose=False).splitlines()
    assert "  and 31 more items: -v, or report.json" in short
    assert "  [20] reduced: 19" in short
    assert not any("[21]" in row for row in short)
    assert len(loss_table(found, TARGETS, verbose=True).splitlines()) == 2 + 51 + 51
    assert "and 1 more item:" in loss_table(found[:21], TARGETS, verbose=False)


def test_it_fits_a_hundred_columns_and_is_aligned() -> None:
    long = "reduced: " + "what is lost, at length, " * 8
    for names in (["x" * 64, "\u4e2d\u6587" * 20, "e\u0301" * 30], ["a"]):
        for many in range(1, len(TARGETS) + 1):
            found = [Loss(name, name, one, long) for name in names for one in TARGETS[:many]]
            table = loss_table([*found, *found], TARGETS, verbose=False).splitlines()
            assert max(map(width, table)) <= 100
            grid = table[2 : 2 + len(names)]
            assert len({width(row.rpartition("[")[0]) for row in grid}) == 1


def test_losses_of_a_build(course: CourseFolder) -> None:
    recall = "\n## Recall this\n\n```yaml card\nid: r\n```\n\nThe answer.\n"
    only = "\n## Anki alone\n\n```yaml card\nid: only\ntargets: [anki]\n```\n\nThe answer.\n"
    course.write("source/lesson.md", LESSON + recall + only)
    course.write("source/many.md", MANY)
    code, out, _ = course.run("build", "--strict", "--to", "anki,moodle")
    assert code == 0
    table = out[out.index("Lost") :].splitlines()
    assert table == [
        "Lost     (facts about targets, not warnings)",
        "  item  anki          moodle",
        "  r     -             left out [1]",
        "  many  reduced [2]   -",
        "  many  left out [3]  -",
        "  [1] left out: a recall card has nothing to grade",
        "  [2] reduced: 1 of 2 variants",
        "  [3] left out: the deck has 1 of 2 variants",
    ]
    assert "Lost" not in course.run("build", "-q", "--no-cache")[1]


PAIRS = """\
Pair them.

### Match

| call | what it does      |
|------|-------------------|
| a    | {right}           |
| b    | ends              |
| c    | waits             |
"""


def test_the_look_of_what_is_picked_is_lost_where_it_is_plain_text(course: CourseFolder) -> None:
    looks = {"plain": "steps", "looks": "*steps* `opt` [far](https://example.org)"}
    cards = [card(name, PAIRS.format(right=right)) for name, right in looks.items()]
    course.write("source/lesson.md", lesson(*cards))
    assert course.run("build", "-q", "--to", "moodle,qti12,qti3,gift,blackboard")[0] == 0
    lost = [
        "code on the right is plain text",
        "emphasis on the right is plain text",
        "links on the right are plain text",
    ]
    said = {name: row["targets"] for name, row in rows(course).items()}
    assert said["looks"]["moodle"] == said["looks"]["gift"] == f"reduced: {'; '.join(lost)}"
    assert said["looks"]["qti12"] == f"reduced: {', '.join(lost)}"
    assert said["looks"]["qti3"] == "full"
    assert "on the right" not in said["looks"]["blackboard"]
    assert {said["plain"][one] for one in ("moodle", "qti12", "gift")} == {"full"}


def test_a_title_that_lists_cut_is_said(course: CourseFolder) -> None:
    question = "answer: lr[3]\n"
    cards = [card("fits", "Which?\n", question), card("long", "Which?\n", question)]
    text = lesson(*cards).replace("Title of fits", "x" * 250).replace("Title of long", "x" * 251)
    course.write("source/lesson.md", text)
    assert course.run("build", "-q", "--to", "moodle,qti12,qti21,qti3,gift")[0] == 0
    said = {name: row["targets"] for name, row in rows(course).items()}
    for target in ("moodle", "qti12", "qti21", "qti3", "gift"):
        assert "cut the title" not in said["fits"][target]
        assert "lists of questions cut the title at 250 letters" in said["long"][target]


def test_blackboard_has_no_place_for_labels(course: CourseFolder) -> None:
    picks = "Pick.\n\n- [x] A\n- [ ] B\n"
    course.write(
        "source/lesson.md",
        lesson(card("bare", picks), card("all", picks, "tags: [t]\nlevel: easy\n")),
    )
    assert course.run("build", "-q", "--to", "blackboard")[0] == 0
    said = {name: row["targets"]["blackboard"] for name, row in rows(course).items()}
    assert said == {"bare": "full", "all": "reduced: tags; level"}
