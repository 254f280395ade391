"""Releases of a deck in the real Anki: what learners keep, what they get, and nothing else."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lrcards.write.anki import notes as notes_module
from lrcards.write.anki.unpack import unpack
from tests.conftest import ROOT, CourseFolder, require_real
from tests.kinds import TEXT
from tests.test_diff import MANY, cut, rows
from tests.test_records import git

pytestmark = [
    pytest.mark.real,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]
# Each item of the lesson with every kind, its cards, and an edit that its learners see.
KINDS = {
    "r-one": (1, "Front text.", "Front text, mended."),
    "c-one": (1, "Pick it:", "Pick one:"),
    "m-one": (1, "- [ ] C\n", "- [ ] D\n"),
    "n-one": (1, "How much?", "How much is it?"),
    "s-one": (1, "Which class?", "Which class is it?"),
    "z-one": (3, "It is **", "It was **"),
    "e-one": (1, "Say why.", "Say why it is so."),
    "o-one": (1, "4. `scheduler.step()`", "4. `scheduler.step()`, once"),
    "p-one": (1, "| `LinearLR` ", "| `PolynomialLR` "),
}
OTHERS = {"n-int", "n-scaled", "n-absolute", "n-negative"}
NOTES, CARDS = 13, 15
NEW_ITEM = "\n## One more\n\n```yaml card\nid: r-two\n```\n\nNew.\n"
FIRST, SECOND = 1_700_000_000, 1_700_100_000
State = tuple[int, ...]


class Learner:
    """A collection, and what someone does with it."""

    def __init__(self, folder: Path) -> None:
        from anki.collection import Collection

        self.col: Any = Collection(str(folder / "collection.anki2"))

    def take(self, package: bytes | Path, presets: bool = False) -> dict[str, int]:
        """Import as the dialog does; return how many notes were new, updated and so on."""
        from anki import import_export_pb2 as ie
        from anki.collection import ImportAnkiPackageOptions, ImportAnkiPackageRequest

        newer = ie.IMPORT_ANKI_PACKAGE_UPDATE_CONDITION_IF_NEWER
        options = ImportAnkiPackageOptions(
            merge_notetypes=False, update_notes=newer, update_notetypes=newer,
            with_scheduling=True, with_deck_configs=presets,
        )  # fmt: skip
        request = ImportAnkiPackageRequest(package_path=str(package), options=options)
        log = self.col.import_anki_package(request).log
        self.col.models._clear_cache()
        assert not log.empty_first_field
        kinds = ("new", "updated", "duplicate", "conflicting")
        return {kind: len(getattr(log, kind)) for kind in kinds if len(getattr(log, kind))}

    def notes(self) -> dict[str, Any]:
        found = map(self.col.get_note, self.col.find_notes(""))
        return {note["Key"]: note for note in found}

    def study(self, key: str) -> None:
        """Answer every card of a note once, as easy."""
        for card in self.notes()[key].cards():
            card.start_timer()
            self.col.sched.answerCard(card, 4)

    def states(self) -> dict[int, State]:
        cards = map(self.col.get_card, self.col.find_cards(""))
        return {
            card.id: (card.did, card.type, card.queue, card.due, card.ivl, card.reps, card.flags)
            for card in cards
        }

    def deck_of(self, key: str) -> str:
        [name] = {self.col.decks.name(card.did) for card in self.notes()[key].cards()}
        return str(name)

    def check(self, package: Path) -> None:
        """All is as the package has it, every side of every card can be shown, all is sound."""
        there = self.notes()
        for key, packed in unpack(package.read_bytes()).items():
            assert dict(there[key].items()) == packed.fields
            assert set(there[key].tags) == packed.tags
        for number in self.col.find_cards(""):
            output = self.col.get_card(number).render_output()
            for side in (output.question_text, output.answer_text):
                assert "has a problem" not in side
                assert "problem:" not in side
        assert not self.col.get_empty_cards().notes
        assert not self.col.media.check().missing
        assert self.col.fix_integrity()[1]


@pytest.fixture
def learner(tmp_path: Path) -> Iterator[Learner]:
    require_real(importlib.util.find_spec("anki") is not None, "the anki package")
    (tmp_path / "profile").mkdir()
    one = Learner(tmp_path / "profile")
    yield one
    one.col.close()


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    def set_clock(now: int) -> None:
        monkeypatch.setattr("lrcards.cli.common.now", lambda: now)

    return set_clock


def release(course: CourseFolder, name: str, text: str | None = None) -> Path:
    """Build the deck and keep it under a name of its own."""
    if text is not None:
        course.write("source/lesson.md", text)
    code, _, err = course.run("build", "-q", "--to", "anki", "--no-cache", "--frozen")
    if "value-missing" in err:
        code, _, err = course.run("build", "-q", "--to", "anki")
    assert code == 0, err
    kept = course.root / f"{name}.apkg"
    shutil.copy(course.root / "build" / "anki" / "demo.apkg", kept)
    return kept


def both(
    course: CourseFolder, learner: Learner, at: Callable[[int], None], *texts: str
) -> dict[str, int]:
    """Let a learner take a release, study all of it, and take the next one."""
    at(FIRST)
    learner.take(release(course, "first", texts[0]))
    for key in learner.notes():
        learner.study(key)
    before = learner.states()
    at(SECOND)
    log = learner.take(release(course, "second", texts[1]))
    after = learner.states()
    assert {number: after[number] for number in before} == before
    return log


# --- the loop, kind by kind


@pytest.mark.parametrize("key", list(KINDS))
def test_an_update_of_each_kind(
    learner: Learner, course: CourseFolder, at: Callable[[int], None], key: str
) -> None:
    cards, old, new = KINDS[key]
    at(FIRST)
    first = release(course, "first", TEXT)
    assert learner.take(first) == {"new": NOTES}
    assert learner.notes().keys() == KINDS.keys() | OTHERS
    assert len(learner.notes()[key].cards()) == cards
    assert len(learner.col.find_cards("")) == CARDS
    learner.check(first)
    learner.study(key)
    before = learner.states()
    assert sum(state[5] for state in before.values()) == cards

    assert TEXT.count(old) == 1
    at(SECOND)
    second = release(course, "second", TEXT.replace(old, new) + NEW_ITEM)
    assert learner.take(second) == {"new": 1, "updated": 1, "duplicate": NOTES - 1}
    after = learner.states()
    assert {number: after[number] for number in before} == before
    assert len(after) == len(before) + 1
    learner.check(second)
    assert learner.take(second) == {"duplicate": NOTES + 1}
    assert learner.take(first) == {"duplicate": NOTES}, "an older release changes nothing"
    learner.check(second)


def test_an_edited_answer(
    learner: Learner, course: CourseFolder, at: Callable[[int], None]
) -> None:
    changed = TEXT.replace("answer: lr[3] -> 0.05", "answer: lr[5] -> 0.025")
    assert both(course, learner, at, TEXT, changed) == {"updated": 1, "duplicate": NOTES - 1}
    assert learner.notes()["n-one"]["Value"] == "0.025"
    learner.check(course.root / "second.apkg")


def test_an_id_renamed_by_alias(
    learner: Learner, course: CourseFolder, at: Callable[[int], None]
) -> None:
    changed = TEXT.replace("id: n-one\n", "id: n-first\naliases: [n-one]\n")
    assert both(course, learner, at, TEXT, changed) == {"updated": 1, "duplicate": NOTES - 1}
    assert learner.notes().keys() == KINDS.keys() - {"n-one"} | OTHERS | {"n-first"}
    # And a lost lock makes no difference to who it is.
    (course.root / "lrcards.lock").unlink()
    again = release(course, "again")
    assert unpack(again.read_bytes())["n-first"].guid == learner.notes()["n-first"].guid


def test_an_item_moved_to_another_lesson(
    learner: Learner, course: CourseFolder, at: Callable[[int], None]
) -> None:
    """Its card stays in its old deck, where Anki keeps it until `push` moves it."""
    text, moved = cut(TEXT, "r-one")
    course.write("source/other.md", f"---\ntitle: Other\n---\n{NEW_ITEM}")
    at(FIRST)
    learner.take(release(course, "first", TEXT))
    learner.study("r-one")
    before, deck = learner.states(), learner.deck_of("r-one")
    head = TEXT[TEXT.index("snippets:") : TEXT.index("# Every kind")]
    course.write("source/other.md", f"---\ntitle: Other\n{head}{NEW_ITEM}\n## {moved}")
    at(SECOND)
    log = learner.take(release(course, "second", text))
    assert log == {"updated": 2, "duplicate": NOTES - 1}  # r-two has the lesson's tags now
    assert learner.states() == before
    assert learner.deck_of("r-one") == deck
    assert learner.notes()["r-one"]["Lesson"] == "Other"
    assert {row["id"]: row["deck"] for row in rows(course)}["r-one"] == "Demo::Other"


def test_a_removed_item_is_reported_and_stays(
    learner: Learner, course: CourseFolder, at: Callable[[int], None]
) -> None:
    text, _ = cut(TEXT, "s-one")
    assert both(course, learner, at, TEXT, text) == {"duplicate": NOTES - 1}
    assert "s-one" in learner.notes()
    _code, _, err = course.run("build", "-q", "--no-cache")
    assert "warning[id-removed]: the item 's-one' (lesson.html) is gone" in err
    # It may come back, and is the same note.
    assert learner.take(release(course, "third", TEXT)) == {"duplicate": NOTES}


def test_a_cloze_that_gains_and_loses_a_deletion(
    learner: Learner, course: CourseFolder, at: Callable[[int], None]
) -> None:
    more = TEXT.replace("or **$\\eta$**.", "or **$\\eta$**, **always**.")
    assert both(course, learner, at, TEXT, more) == {"updated": 1, "duplicate": NOTES - 1}
    assert len(learner.notes()["z-one"].cards()) == 4
    learner.check(course.root / "second.apkg")
    before = learner.states()
    at(SECOND + 1)
    fewer = TEXT.replace("or **$\\eta$**.", "or $\\eta$.")
    log = learner.take(release(course, "third", fewer))
    assert log == {"updated": 1, "duplicate": NOTES - 1}
    assert learner.states() == before
    # Their cards are empty now: Tools > Empty Cards takes them away when the learner says so.
    [empty] = learner.col.get_empty_cards().notes
    assert len(empty.card_ids) == 2
    assert not empty.will_delete_note


def test_two_lessons_with_equal_fronts(
    learner: Learner, course: CourseFolder, at: Callable[[int], None]
) -> None:
    twin = TEXT.replace("id: ", "id: twin-").replace("Every kind: <&>", "Twin")
    course.write("source/twin.md", twin)
    assert both(course, learner, at, TEXT, TEXT) == {"duplicate": 2 * NOTES}
    assert len(learner.notes()) == 2 * NOTES
    assert learner.deck_of("twin-r-one") != learner.deck_of("r-one")


# --- learners who edit


def learner_edits(learner: Learner, key: str) -> None:
    note = learner.notes()[key]
    note["Hints"] = "my own hint"
    note.tags = [*note.tags, "mine"]
    learner.col.update_note(note)


def test_edits_before_our_release_give_way_to_what_diff_named(
    learner: Learner, course: CourseFolder, at: Callable[[int], None]
) -> None:
    at(FIRST)
    learner.take(release(course, "first", TEXT))
    shutil.copy(course.root / "lrcards.lock", course.root / "old.lock")
    for key in ("n-int", "r-one"):
        learner_edits(learner, key)
    at(int(time.time()) + 5)
    course.write("source/lesson.md", TEXT.replace("How many steps?", "How many steps exactly?"))
    said = course.run("diff", "old.lock")[1]
    assert said.endswith("are lost:\n  n-int\n")
    log = learner.take(release(course, "second"))
    assert log == {"updated": 1, "duplicate": NOTES - 1}
    notes = learner.notes()
    assert (notes["n-int"]["Hints"], "mine" in notes["n-int"].tags) == ("", False)
    assert notes["r-one"]["Hints"] == "my own hint"
    assert "mine" in notes["r-one"].tags


def test_edits_after_our_release_stay_until_the_next_one(
    learner: Learner, course: CourseFolder, at: Callable[[int], None]
) -> None:
    at(FIRST)
    learner.take(release(course, "first", TEXT))
    at(SECOND)
    second = release(course, "second", TEXT.replace("How many steps?", "How many of them?"))
    learner_edits(learner, "n-int")
    assert learner.take(second) == {"duplicate": NOTES}
    assert learner.notes()["n-int"]["Hints"] == "my own hint"
    at(int(time.time()) + 5)
    third = release(course, "third", TEXT.replace("How many steps?", "How many, then?"))
    assert learner.take(third) == {"updated": 1, "duplicate": NOTES - 1}
    learner.check(third)


# --- time, machines, libraries


def test_a_clock_set_back_hides_no_change(
    learner: Learner, course: CourseFolder, at: Callable[[int], None]
) -> None:
    at(SECOND)
    learner.take(release(course, "first", TEXT))
    before = {row["guid"]: int(row["mod"]) for row in rows(course)}
    at(SECOND - 3600)
    changed = TEXT.replace("How many steps?", "How many of them?") + NEW_ITEM
    log = learner.take(release(course, "second", changed))
    assert log == {"new": 1, "updated": 1, "duplicate": NOTES - 1}
    after = {row["guid"]: int(row["mod"]) for row in rows(course)}
    assert all(after[guid] in {mod, mod + 1} for guid, mod in before.items())
    assert max(after.values()) == SECOND + 1
    # Set back by days it is wrong for sure, and a build says so before it writes anything.
    at(SECOND - 10 * 86_400)
    code, _, err = course.run("build", "--no-cache")
    assert code == 1
    assert "which is not in the past" in err


def test_a_release_from_a_fresh_clone(
    learner: Learner,
    course: CourseFolder,
    at: Callable[[int], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    at(FIRST)
    first = release(course, "first", TEXT)
    course.write(".gitignore", "/build/\n/.lrcards/\n/*.apkg\n")
    git(course.root, "init")
    git(course.root, "add", "-A")
    git(course.root, "commit", "-m", "one")
    git(course.root, "clone", ".", "clone")
    lock = (course.root / "lrcards.lock").read_bytes()
    monkeypatch.chdir(course.root / "clone")
    monkeypatch.setattr(course, "root", course.root / "clone")
    at(SECOND)
    again = release(course, "again")
    assert again.read_bytes() == first.read_bytes()
    assert (course.root / "lrcards.lock").read_bytes() == lock


def test_a_library_that_renders_otherwise_touches_no_note(
    learner: Learner,
    course: CourseFolder,
    at: Callable[[int], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    at(FIRST)
    first = release(course, "first", TEXT)
    learner.take(first)
    lock = (course.root / "lrcards.lock").read_bytes()
    render = notes_module.to_html
    monkeypatch.setattr(notes_module, "to_html", lambda *a: render(*a).replace("<p>", "<p >"))
    at(SECOND)
    second = release(course, "second", TEXT)
    assert second.read_bytes() != first.read_bytes()
    assert (course.root / "lrcards.lock").read_bytes() == lock
    assert learner.take(second) == {"duplicate": NOTES}
    learner.check(first)


def test_equal_bytes_from_two_folders_hash_seeds_and_time_zones(
    course: CourseFolder, tmp_path: Path
) -> None:
    course.write("source/many.md", MANY)
    course.write("source/a.png", b"\x89PNG\r\n\x1a\n" + bytes(20))
    course.write("source/b.png", b"\x89PNG\r\n\x1a\n" + bytes(30))
    course.write("lrcards.toml", 'uid = "demo"\ntitle = "Demo"\nanki_presets = true\n')
    pictures = "Front text. ![one](a.png) ![other](b.png)"
    first = release(course, "first", TEXT.replace("Front text.", pictures))
    made = {first.read_bytes(), release(course, "second").read_bytes()}
    listings = {course.tree()["anki/demo.md"]}
    for seed, zone in ((0, "UTC"), (1, "Pacific/Auckland"), (77, "America/Lima")):
        folder = tmp_path / f"copy-{seed}"
        folder.mkdir()
        for name in ("lrcards.toml", "lrcards.lock", "lrcards.values"):
            shutil.copy(course.root / name, folder)
        shutil.copytree(course.root / "source", folder / "source")
        environment = {**os.environ, "PYTHONHASHSEED": str(seed), "TZ": zone,
                       "PYTHONPATH": str(ROOT)}  # fmt: skip
        call = [sys.executable, "-m", "lrcards", "build", "--frozen", "--to", "anki", "-q"]
        subprocess.run(call, cwd=folder, env=environment, check=True, capture_output=True)
        made.add((folder / "build/anki/demo.apkg").read_bytes())
        listings.add((folder / "build/anki/demo.md").read_bytes())
    assert (len(made), len(listings)) == (1, 1)


# --- decks


def test_two_courses_side_by_side(
    learner: Learner, course: CourseFolder, at: Callable[[int], None]
) -> None:
    at(FIRST)
    learner.take(release(course, "first", TEXT))
    course.write("lrcards.toml", 'uid = "other"\ntitle = "Other"\n')
    (course.root / "lrcards.lock").unlink()
    assert course.run("build", "-q", "--to", "anki")[0] == 0
    other = course.root / "build" / "anki" / "other.apkg"
    assert learner.take(other) == {"new": NOTES}
    assert len(learner.col.find_notes("")) == 2 * NOTES
    assert len(learner.col.find_cards("deck:Demo::*")) == CARDS
    assert len(learner.col.find_cards("deck:Other::*")) == CARDS
    assert learner.take(other) == {"duplicate": NOTES}
    assert learner.col.fix_integrity()[1]


def test_more_variants_bring_new_cards_and_change_none(
    learner: Learner, course: CourseFolder, at: Callable[[int], None]
) -> None:
    many = MANY.replace("[0.5, 0.25]", "[0.5, 0.25, 0.125]")
    course.write("source/many.md", many)
    at(FIRST)
    assert learner.take(release(course, "first", TEXT)) == {"new": NOTES + 1}
    before = learner.states()
    lock = (course.root / "lrcards.lock").read_bytes()
    course.write("lrcards.toml", 'uid = "demo"\ntitle = "Demo"\nanki_variants = 2\n')
    at(SECOND)
    second = release(course, "second")
    assert (course.root / "lrcards.lock").read_bytes() == lock
    assert learner.take(second) == {"new": 1, "duplicate": NOTES + 1}
    after = learner.states()
    assert {number: after[number] for number in before} == before
    variants = [key for key in learner.notes() if key.startswith("many.")]
    assert len(variants) == 2
    assert len({learner.deck_of(key) for key in variants}) == 1
    learner.check(second)
    report = json.loads(course.tree()["report.json"])
    said = [one["targets"]["anki"] for one in report["items"] if one["id"] == "many"]
    assert said == ["reduced: 2 of 3 variants"] * 2 + ["left out: the deck has 2 of 3 variants"]


def test_the_deck_says_what_it_is(
    learner: Learner, course: CourseFolder, at: Callable[[int], None]
) -> None:
    lesson = TEXT.replace("description: All of them", "description: All <b> of them")
    learner.take(release(course, "first", lesson))
    deck = learner.col.decks.by_name(learner.deck_of("r-one"))
    assert deck["desc"].startswith("All &lt;b&gt; of them Demo. Every number was computed by torch")
    above = learner.col.decks.by_name("Demo")
    assert above["desc"].startswith("Demo. Every number was computed by torch")


def test_presets_come_only_where_both_sides_ask(
    learner: Learner, course: CourseFolder, at: Callable[[int], None]
) -> None:
    """Without them Anki takes decks by name; with them, lessons in the order of the course."""
    course.write("lrcards.toml", 'uid = "demo"\ntitle = "Demo"\nanki_presets = true\n')
    course.write("source/zz.md", TEXT.replace("id: ", "id: z-").replace("Every kind", "A last"))
    at(FIRST)
    first = release(course, "first", TEXT)
    learner.take(first)
    assert {one["name"] for one in learner.col.decks.all_config()} == {"Default"}
    learner.take(first, presets=True)
    [preset] = [one for one in learner.col.decks.all_config() if one["name"] == "Demo"]
    assert (preset["newGatherPriority"], preset["newSortOrder"]) == (1, 1)
    preset["new"]["perDay"] = 3
    learner.col.decks.update_config(preset)
    at(SECOND)
    second = release(course, "second", TEXT + NEW_ITEM)
    learner.take(second)
    learner.take(second, presets=True)
    [preset] = [one for one in learner.col.decks.all_config() if one["name"] == "Demo"]
    assert preset["new"]["perDay"] == 3, "a learner's own setting is nobody else's to change"
    # A collection that takes them at once studies the course in its order.
    folder = course.root / "second-profile"
    folder.mkdir()
    other = Learner(folder)
    other.take(second, presets=True)
    other.col.decks.select(other.col.decks.id("Demo"))
    queue = other.col.sched.get_queued_cards(fetch_limit=10).cards
    keys = [other.col.get_note(one.card.note_id)["Key"] for one in queue]
    other.col.close()
    report = json.loads(course.tree()["report.json"])
    assert keys == [one["id"] for one in report["items"]][: len(keys)]
    assert len(keys) > 5
