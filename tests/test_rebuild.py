"""`lrcards lock --from`: a lost lock from the last deck, and decks that are none."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from collections.abc import Callable

import pytest

from lrcards.write.anki import unpack as unpacking
from lrcards.write.anki.unpack import UnpackError, unpack
from lrcards.write.archive import zip_bytes
from tests.conftest import CourseFolder
from tests.kinds import TEXT
from tests.test_diff import MANY, cut, edit, rows


@pytest.fixture
def released(course: CourseFolder, monkeypatch: pytest.MonkeyPatch) -> CourseFolder:
    """A course whose deck was released and whose lock is lost."""
    monkeypatch.setattr("lrcards.cli.common.now", lambda: 1_700_000_000)
    course.write("source/lesson.md", TEXT)
    course.write("source/many.md", MANY)
    code, _, err = course.run("build", "-q", "--strict")
    assert code == 0, err
    (course.root / "build/anki/demo.apkg").rename(course.root / "old.apkg")
    (course.root / "lrcards.lock").rename(course.root / "old.lock")
    monkeypatch.setattr("lrcards.cli.common.now", lambda: 1_700_000_900)
    return course


def rebuilt(course: CourseFolder) -> str:
    code, out, err = course.run("lock", "--from", "old.apkg")
    assert code == 0, err
    return out


def mods(course: CourseFolder) -> dict[str, int]:
    return {row["guid"]: int(row["mod"]) for row in rows(course)}


def test_the_lock_of_an_unchanged_course_comes_back(released: CourseFolder) -> None:
    out = rebuilt(released)
    # One of the two variants is in no deck, and so in nobody's collection.
    assert out.endswith("Wrote    lrcards.lock   14 notes, 0 not as the sources are now\n")
    old = (released.root / "old.lock").read_text("utf-8").splitlines()
    new = (released.root / "lrcards.lock").read_text("utf-8").splitlines()
    assert set(new) < set(old)
    assert len(new) == len(old) - 1
    before = (released.root / "old.apkg").read_bytes()
    assert released.run("build", "-q", "--strict")[0] == 0
    assert released.tree()["anki/demo.apkg"] == before


def test_only_what_changed_since_counts_as_changed(released: CourseFolder) -> None:
    text, _ = cut(TEXT, "s-one")
    text = text.replace("How many steps?", "How many steps does it wait?")
    text = text.replace("id: m-one\n", "id: m-two\naliases: [m-one]\n")
    released.write("source/lesson.md", text.replace("Roughly?", "Roughly?\n") + "\n")
    edit(released, "source/many.md", ('title: "Many: *numbers*"', "title: Few"))
    out = rebuilt(released)
    assert "14 notes, 4 not as the sources are now" in out
    code, _, err = released.run("build", "-q")
    assert code == 0
    assert "the item 's-one' is gone" in err
    assert "1 note of the deck 'Demo::Many: *numbers*' will be in 'Demo::Few'" in err
    kept = {json.loads(row)["guid"]: json.loads(row)
            for row in (released.root / "old.lock").read_text("utf-8").splitlines()}  # fmt: skip
    moved = {kept[guid]["id"] for guid, mod in mods(released).items()
             if guid in kept and mod != kept[guid]["mod"]}  # fmt: skip
    assert moved == {"m-one", "n-int", "many"}
    assert {row["id"] for row in rows(released)} >= {"m-two", "s-one", "n-int"}


def test_a_lock_that_is_there_is_not_replaced(released: CourseFolder) -> None:
    released.write("lrcards.lock", "")
    code, _, err = released.run("lock", "--from", "old.apkg")
    assert code == 2
    assert "there is a lrcards.lock; move it away" in err
    assert (released.root / "lrcards.lock").read_bytes() == b""


def test_sources_that_do_not_pass(released: CourseFolder) -> None:
    edit(released, "source/many.md", ("answer: lr[2]", "answer: nothing[2]"))
    code, _, err = released.run("lock", "--from", "old.apkg")
    assert code == 1
    assert "error[missing-name]" in err
    assert not (released.root / "lrcards.lock").exists()


def test_a_template_that_is_wrong(released: CourseFolder) -> None:
    (released.root / "templates/anki/card.css").mkdir(parents=True)
    code, _, err = released.run("lock", "--from", "old.apkg")
    assert code == 1
    assert "error[bad-template]" in err


# --- decks of strangers


def database(course: CourseFolder, *statements: str) -> bytes:
    """Return the collection of the old deck after some statements."""
    with zipfile.ZipFile(course.root / "old.apkg") as archive:
        data = archive.read("collection.anki2")
    connection = sqlite3.connect(":memory:")
    connection.deserialize(data)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    made = connection.serialize()
    connection.close()
    return made


def packed(data: bytes, name: str = "collection.anki2") -> bytes:
    return zip_bytes([(name, data)])


ENDLESS = """\
create view notes as with recursive
n(i) as (select 1 union all select i + 1 from n) select i as id from n"""


@pytest.mark.parametrize(
    ("statements", "said"),
    [
        (["update notes set guid = '../../x'"], "cannot be one of ours: cannot read this line"),
        (["update notes set mod = 99999999999"], "which is not in the past"),
        (["update notes set guid = 'AAAAAAAAAAAA'"], "have one guid"),
        (["update notes set flds = replace(flds, 'n-int', 'n\x1bint')"], "cannot read this line"),
        (["update notes set flds = x'00ff'"], "damaged"),
        (["update notes set flds = 'one'"], "damaged"),
        (["update notes set mid = 7"], "damaged"),
        (["update notes set guid = null"], "damaged"),
        (["update cards set did = 7"], "damaged"),
        (["update col set models = '['"], "damaged"),
        (["update col set models = '" + "[" * 50_000 + "'"], "damaged"),
        (["update col set models = '[]'"], "damaged"),
        (["delete from col"], "damaged"),
        (["delete from notes"], "holds no notes of lrcards"),
        (["drop table notes"], "it holds no notes"),
        (["drop table notes", ENDLESS], "it holds no notes"),
    ],
)
def test_a_deck_that_is_not_ours(released: CourseFolder, statements: list[str], said: str) -> None:
    try:
        data = database(released, *statements)
    except sqlite3.IntegrityError:  # null into guid: written past the schema
        data = database(released, "pragma writable_schema = on",
                        "update sqlite_schema set sql = replace(sql, 'not null', '')"
                        " where name = 'notes'").replace(b"n-int", b"n-\x00\x00t")  # fmt: skip
        said = "cannot"
    released.write("old.apkg", packed(data))
    code, _, err = released.run("lock", "--from", "old.apkg")
    assert code == 2
    assert said in err
    assert "Traceback" not in err
    assert not (released.root / "lrcards.lock").exists()


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda data: b"", "no package of Anki"),
        (lambda data: data[: len(data) // 2], "no package of Anki"),
        (lambda data: packed(b"SQLite format 3\x00" + b"\xff" * 4096), "damaged"),
        (lambda data: packed(b"no database"), "damaged"),
        (lambda data: packed(b"", "collection.anki21b"), "no collection of the layout"),
        (lambda data: packed(b"", "../collection.anki2"), "no collection of the layout"),
    ],
)
def test_a_file_that_is_no_deck(
    released: CourseFolder, make: Callable[[bytes], bytes], said: str
) -> None:
    released.write("old.apkg", make((released.root / "old.apkg").read_bytes()))
    code, _, err = released.run("lock", "--from", "old.apkg")
    assert code == 2
    assert said in err


def test_a_deck_that_is_not_there(released: CourseFolder) -> None:
    code, _, err = released.run("lock", "--from", "nowhere.apkg")
    assert code == 2
    assert "nowhere.apkg is not read: it cannot be opened" in err


def test_a_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "DATA", 1 << 20)
    with pytest.raises(UnpackError, match="larger than 1 MiB"):
        unpack(packed(bytes(5 << 20)))


def test_a_damaged_stream(released: CourseFolder) -> None:
    data = bytearray((released.root / "old.apkg").read_bytes())
    data[200:260] = bytes(60)
    with pytest.raises(UnpackError):
        unpack(bytes(data))


def test_work_without_end_is_stopped(
    released: CourseFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpacking, "_STEPS", 100)
    with pytest.raises(UnpackError, match="damaged"):
        unpack((released.root / "old.apkg").read_bytes())


def test_a_trigger_and_a_view_of_a_stranger_do_nothing(released: CourseFolder) -> None:
    data = database(
        released,
        "create view extra as select load_extension('x')",
        "create trigger t after update on notes begin delete from cards; end",
    )
    assert len(unpack(packed(data))) == 14
