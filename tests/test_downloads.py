"""What the site offers for download: packages of the course, of its modules and its lessons."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import PurePosixPath
from urllib.parse import unquote, urljoin

import pytest
from lxml import etree

from lrcards.write.anki.unpack import unpack
from tests.conftest import LESSON, CourseFolder
from tests.kinds import TEXT
from tests.test_diff import MANY

ENDINGS = (".apkg", ".moodle.xml", ".qti12.zip", ".qti21.zip", ".qti3.zip")
READING = "---\ntitle: Reading\n---\n\n# Reading\n\nNo item.\n"
RECALL = "---\ntitle: Cards\n---\n\n# Cards\n\n## One\n\n```yaml card\nid: r\n```\n\nAnswer.\n"


def all_of(stem: str) -> set[str]:
    return {f"html/files/{stem}{ending}" for ending in ENDINGS}


def files(tree: dict[str, bytes]) -> dict[str, bytes]:
    return {name: data for name, data in tree.items() if name.startswith("html/files/")}


class Links(HTMLParser):
    """Reads the list of downloads of a page: address -> what stands beside the link."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self.href = ""
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.href = dict(attrs).get("href") or ""
        elif tag == "li":
            self.href = ""

    def handle_data(self, data: str) -> None:
        if "files/" in self.href:
            self.found[self.href] = self.found.get(self.href, "") + data.strip()


def offered(tree: dict[str, bytes], page: str) -> dict[str, str]:
    """Return what a page offers by where its links lead."""
    found = Links(tree[f"html/{page}"]).found
    return {unquote(urljoin(f"html/{page}", href)): said for href, said in found.items()}


@pytest.fixture
def modules(course: CourseFolder) -> CourseFolder:
    course.write("source/top.md", LESSON)
    course.write("source/a/index.md", READING)
    course.write("source/a/many.md", MANY)
    course.write("source/a/b/kinds.md", TEXT)
    course.write("source/a/b/cards.md", RECALL)
    course.write("source/a/b/read this.md", READING.replace("Reading", "More"))
    code, _, err = course.run("build", "--strict")
    assert code == 0, err
    return course


def test_each_part_of_the_course_that_has_items_has_packages(modules: CourseFolder) -> None:
    found = files(modules.tree())
    parts = ("demo", "top", "a/a", "a/many", "a/b/b", "a/b/kinds")
    assert set(found) == {"html/files/a/b/cards.apkg"}.union(*map(all_of, parts))


def test_they_hold_what_their_part_has(modules: CourseFolder) -> None:
    tree = modules.tree()
    assert tree["html/files/demo.apkg"] == tree["anki/demo.apkg"]
    assert tree["html/files/demo.moodle.xml"] == tree["moodle/demo.xml"]
    assert tree["html/files/demo.qti12.zip"] == tree["qti12/demo.zip"]
    whole = unpack(tree["anki/demo.apkg"])
    notes = {name: unpack(tree[f"html/files/{name}.apkg"]) for name in ("top", "a/many", "a/b/b")}
    assert set(notes["top"]) == {"after-3"}
    assert set(notes["a/b/b"]) == set(whole) - set(notes["top"]) - set(notes["a/many"])
    for part in notes.values():
        assert {key: one.guid for key, one in part.items()} == {
            key: whole[key].guid for key in part
        }
    quiz = etree.fromstring(tree["html/files/a/a.moodle.xml"])
    names = {(one.findtext("idnumber") or "").split(".")[0] for one in quiz}
    assert {"many", "n-one"} < names
    assert "after-3" not in names


def test_pages_lead_to_their_packages(modules: CourseFolder) -> None:
    tree = modules.tree()
    assert set(offered(tree, "index.html")) == all_of("demo")
    assert set(offered(tree, "top.html")) == all_of("top")
    assert set(offered(tree, "a/index.html")) == all_of("a/a")
    assert set(offered(tree, "a/b/kinds.html")) == all_of("a/b/kinds")
    assert set(offered(tree, "a/b/cards.html")) == {"html/files/a/b/cards.apkg"}
    assert not offered(tree, "a/b/read this.html")
    assert not offered(tree, "404.html")
    assert b"Downloads" not in tree["html/a/b/read this.html"]
    size = len(tree["html/files/a/many.apkg"]) // 1024 + 1
    said = offered(tree, "a/many.html")["html/files/a/many.apkg"]
    assert said == f"Anki deck, 1 item, {size} kB"


def test_the_list_costs_a_page_little(modules: CourseFolder) -> None:
    page = modules.tree()["html/a/b/kinds.html"].decode()
    [section] = re.findall(r"<section aria-label=\"Downloads\">.*?</section>", page, re.DOTALL)
    assert len(section) < 500
    assert page.index(section) > page.rindex("</form>")


def test_names_that_meet_are_set_apart(course: CourseFolder) -> None:
    lesson = LESSON
    for number, path in enumerate(("demo", "a/a", "A/a-lesson", "x.apkg/y", "x", "files/z.apkg/w")):
        text = lesson.replace("after-3", f"after-{number}").replace(
            "title: StepLR", f"title: L{number}"
        )
        course.write(f"source/{path}.md", text)
    code, _, err = course.run("build", "--to", "html")
    assert code == 0, err
    found = [name for name in files(course.tree()) if name.endswith(".apkg")]
    assert len({name.casefold() for name in found}) == len(found) == 6 + 5 + 1
    assert {"html/files/demo.apkg", "html/files/demo-lesson.apkg"} < set(found)
    for path in ("demo", "a/a", "A/a-lesson", "x.apkg/y", "x", "files/z.apkg/w"):
        [deck] = [name for name in offered(course.tree(), f"{path}.html") if name in found]
        assert len(unpack(course.tree()[deck])) == 1
    folders = {str(folder) for name in course.tree() for folder in PurePosixPath(name).parents}
    assert not folders & set(course.tree())


def test_what_is_configured_is_offered_and_what_is_asked_for(course: CourseFolder) -> None:
    course.write("source/lesson.md", LESSON)
    course.write("lrcards.toml", 'uid = "demo"\ntitle = "Demo"\ntargets = ["html", "anki"]\n')
    assert course.run("build")[0] == 0
    assert set(files(course.tree())) == {"html/files/demo.apkg", "html/files/lesson.apkg"}
    assert course.run("build", "--to", "html,moodle")[0] == 0
    assert "html/files/lesson.moodle.xml" in course.tree()
    assert "anki/demo.apkg" in course.tree()


def test_other_targets_leave_them_alone(modules: CourseFolder) -> None:
    before = modules.tree()
    assert "Nothing to do" in modules.run("build")[1]
    modules.write("source/top.md", LESSON.replace("rate after", "rate right after"))
    assert modules.run("build", "--to", "anki")[0] == 0
    after = modules.tree()
    assert files(after) == files(before)
    assert after["anki/demo.apkg"] != before["anki/demo.apkg"]
    modules.write("source/top.md", LESSON)
    (modules.root / "lrcards.lock").write_bytes(b"")
    assert modules.run("build", "--no-cache")[0] == 0
    assert set(modules.tree()) == set(before)


def test_the_same_bytes_again(modules: CourseFolder) -> None:
    before = modules.tree()
    for name in before.keys() - {"report.json"}:
        (modules.root / "build" / name).unlink()
    assert modules.run("build", "--no-cache")[0] == 0
    assert modules.tree() == before
