"""Keys of the configuration that the deck alone has, the listing, and the bench's own deck."""

from __future__ import annotations

import pytest

from bench.deck import course_text, decks_of, plain, rival_text, rows_of
from lrcards.model import About, Lesson
from lrcards.write.anki.listing import DESCRIPTION, SUPPORT, TAGS, TITLE, Content, listing
from lrcards.write.anki.package import package_bytes
from lrcards.write.anki.unpack import unpack
from tests.conftest import LESSON, CourseFolder, Golden

HEAD = 'uid = "demo"\ntitle = "Demo"\n'


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("anki_variants = 0", "'anki_variants' must be a whole number from 1 to 100"),
        ("anki_variants = 101", "'anki_variants' must be a whole number from 1 to 100"),
        ("anki_variants = true", "'anki_variants' must be a whole number from 1 to 100"),
        ("anki_variants = 2.0", "'anki_variants' must be a whole number from 1 to 100"),
        ('anki_presets = "yes"', "'anki_presets' must be true or false"),
        ("anki_variant = 2", "did you mean 'anki_variants'?"),
    ],
)
def test_wrong_keys(course: CourseFolder, line: str, said: str) -> None:
    course.write("lrcards.toml", f"{HEAD}{line}\n")
    code, _, err = course.run("check")
    assert code == 2
    assert said in err
    assert "lrcards.toml:3:1" in err


def test_the_listing(course: CourseFolder, golden: Golden) -> None:
    about = 'version = "2.1"\nauthor = "A *B*"\nlicense = "MIT"\nsite_url = "https://example.org"\n'
    course.write("lrcards.toml", HEAD + about)
    course.write("source/lesson.md", LESSON.replace("title: StepLR", "title: Step_LR <x>"))
    code, _, err = course.run("build", "-q", "--to", "anki")
    assert code == 0, err
    golden("formats/listing.md", course.tree()["anki/demo.md"].decode())


def lesson(number: int, description: str) -> Lesson:
    return Lesson(f"{number}.md", f"{number}.html", f"Lesson {number}", (), (), (), {},
                  description=description)  # fmt: skip


def test_the_listing_stays_within_what_the_form_takes() -> None:
    content = Content()
    for number in range(300):
        tags = [f"tag::number-{number % 40}", "often"]
        content.add(lesson(number, "long " * 100), tags, 2)
    about = About("x", "A title " * 20, issues_url="https://example.org/" + "x" * 200,
                  site_url="https://example.org")  # fmt: skip
    text = listing(about, content, "2.0")
    boxes = dict(part.split("\n\n", 1) for part in text[3:].split("\n## "))
    assert boxes.keys() == {"Title", "Tags", "Support page", "Description"}
    assert len(boxes["Title"].strip()) <= TITLE
    assert boxes["Title"].strip().endswith("\u2026")
    assert boxes["Tags"].startswith("often number-0 ")
    assert len(boxes["Tags"].strip()) <= TAGS
    assert len(boxes["Support page"].strip()) <= SUPPORT
    assert DESCRIPTION - 1000 < len(boxes["Description"]) <= DESCRIPTION
    assert "more lessons\n" in boxes["Description"]
    assert "300 notes, 600 cards." in boxes["Description"]


def test_the_bench_packs_the_same_notes_in_both_ways(course: CourseFolder) -> None:
    course.write("source/lesson.md", course_text(range(3, 8)))
    code, _, err = course.run("build", "-q", "--strict", "--to", "anki")
    assert code == 0, err
    package = course.tree()["anki/demo.apkg"]
    rows = rows_of(package)
    assert len(rows.rows["notes"]) == 5
    assert rows_of(plain(rows)).rows == rows.rows
    assert unpack(package_bytes(decks_of(rows), {})) == unpack(package)
    assert rival_text(range(3, 8)).count("[^uid]: qa0000000") == 5
