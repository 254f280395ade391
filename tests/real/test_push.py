"""`lrcards push anki`: the protocol on a real collection, studied before; and hostile servers."""

from __future__ import annotations

import base64
import importlib.util
import json
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

import lrcards.push.connect
from lrcards.push import Address, Anki, PushError, address
from lrcards.push.names import in_place, target
from tests.conftest import CourseFolder, Golden, require_real
from tests.real.ankiconnect import AnkiConnect, reply, serve, speak
from tests.real.test_anki import load

pytestmark = [
    pytest.mark.real,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]
_WRITES = {
    "changeDeck", "deleteNotes", "deleteDecks", "updateNoteFields", "setDeckConfigId",
    "importPackage", "updateNoteModel", "storeMediaFile",
}  # fmt: skip
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
_NOTHING = "Nothing to do"


def card(name: str, **settings: str) -> str:
    keys = "".join(f"{key}: {value}\n" for key, value in settings.items())
    return f"\n## About {name}\n\n```yaml card\nid: {name}\n{keys}```\n\nWhat is {name}?\n"


def lesson(title: str, *cards: str) -> str:
    answered = (one if "### " in one else f"{one}\n### Answer\n\nThat.\n" for one in cards)
    return f"---\ntitle: {title}\n---\n\n# {title}\n" + "".join(answered)


class Learner:
    """A collection behind AnkiConnect, and a course whose releases it gets."""

    def __init__(
        self, course: CourseFolder, collection: Any, url: str, spoken: AnkiConnect
    ) -> None:
        self.course, self.col, self.url, self.spoken = course, collection, url, spoken
        self.clock = 1_700_000_000

    def release(self, lessons: dict[str, str], about: str = "", imported: bool = True) -> None:
        """Build, and import as the dialog does."""
        for old in (self.course.root / "source").glob("*.md"):
            old.unlink()
        for name, text in lessons.items():
            self.course.write(f"source/{name}.md", text)
        if about:
            self.course.write("lrcards.toml", about)
        self.clock += 1000
        code, _, err = self.course.run("build", "--to", "anki")
        assert code == 0, err
        if imported:
            [package] = (self.course.root / "build" / "anki").glob("*.apkg")
            load(self.col, package)

    def push(self, *options: str) -> tuple[int, str, str]:
        self.spoken.seen.clear()
        return self.course.run("push", "anki", "--url", self.url, *options)

    def does(self, *options: str) -> str:
        """Push, and push again: the second time there is nothing to do."""
        code, out, err = self.push("--yes", *options)
        assert code == 0, err
        state = self.state()
        code, again, err = self.push("--yes", *(one for one in options if one != "--import"))
        assert code == 0, err
        assert _NOTHING in again
        assert not _WRITES & {*self.spoken.actions()}
        assert self.state() == state
        assert self.col.fix_integrity()[1]
        return out

    def note(self, key: str) -> Any:
        [found] = self.col.find_notes(f"Key:{key}")
        return self.col.get_note(found)

    def deck(self, key: str) -> str:
        [one] = {self.col.decks.name(card.did) for card in self.note(key).cards()}
        return str(one)

    def decks(self) -> set[str]:
        return {one.name for one in self.col.decks.all_names_and_ids()} - {"Default"}

    def study(self, key: str) -> tuple[Any, ...]:
        for one in self.note(key).cards():
            one.start_timer()
            self.col.sched.answerCard(one, 4)
        return self.history(key)

    def history(self, key: str) -> tuple[Any, ...]:
        rows = [
            (one.id, one.type, one.queue, one.due, one.ivl, one.factor, one.reps, one.lapses,
             one.left, one.flags, one.memory_state)
            for one in self.note(key).cards()
        ]  # fmt: skip
        marks = ",".join(str(row[0]) for row in rows)
        return (*rows, self.col.db.all(f"select * from revlog where cid in ({marks})"))

    def state(self) -> list[Any]:
        notes = self.col.db.all("select id, guid, mid, flds, tags from notes order by id")
        cards = self.col.db.all(
            "select id, nid, did, type, queue, due, reps from cards order by id"
        )
        return [notes, cards, sorted(self.decks())]


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Any]:
    require_real(importlib.util.find_spec("anki") is not None, "the anki package")
    from anki.collection import Collection

    opened = Collection(str(tmp_path / "collection.anki2"))
    yield opened
    opened.close()


@pytest.fixture
def learner(
    course: CourseFolder, collection: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Learner]:
    monkeypatch.delenv("LRCARDS_ANKI_KEY", raising=False)
    spoken = AnkiConnect(collection)
    with serve(speak(spoken)) as url:
        one = Learner(course, collection, url, spoken)
        monkeypatch.setattr("lrcards.cli.common.now", lambda: one.clock)
        monkeypatch.setattr("lrcards.cli.push.now", lambda: one.clock)
        yield one


ONE = {"a": lesson("One", card("r-a"), card("r-b"), card("r-c"))}
TWO = {
    "a": lesson("One", card("r-a")),
    "b": lesson("Two", card("r-b"), card("r-c")),
}


def test_a_moved_card_keeps_its_history(learner: Learner, golden: Golden) -> None:
    learner.release(ONE)
    before = {key: learner.study(key) for key in ("r-a", "r-b")}
    learner.release(TWO)
    assert learner.deck("r-b") == "Demo::One"  # an import moves nothing
    code, out, _ = learner.push("--dry-run")
    assert code == 0
    assert not _WRITES & {*learner.spoken.actions()}
    golden("push/move.txt", out)
    assert learner.does().endswith(
        "Done, and asked again: Anki has every card where the course has it.\n"
    )
    assert [learner.deck(key) for key in ("r-a", "r-b", "r-c")] == [
        "Demo::One", "Demo::Two", "Demo::Two",
    ]  # fmt: skip
    assert {key: learner.history(key) for key in before} == before


def test_a_renamed_course_keeps_options_and_leaves_no_empty_deck(
    learner: Learner, golden: Golden
) -> None:
    learner.release(TWO)
    before = learner.study("r-c")
    options = learner.col.decks.add_config_returning_id("Mine")
    learner.spoken.do_setDeckConfigId(["Demo::Two"], options)
    learner.release(TWO, 'uid = "demo"\ntitle = "Better"\n', imported=False)
    out = learner.does()
    golden("push/rename.txt", out)
    assert learner.decks() == {"Better", "Better::One", "Better::Two"}
    new = learner.col.decks.id("Better::Two")
    assert learner.col.decks.config_dict_for_deck_id(new)["id"] == options
    assert learner.history("r-c") == before


def test_a_name_that_differs_in_case_alone_is_the_same_deck(learner: Learner) -> None:
    learner.release(ONE)
    learner.release(ONE, 'uid = "demo"\ntitle = "DEMO"\n')
    assert _NOTHING in learner.push("--yes")[1]


def test_removed_items_are_deleted_only_when_asked(learner: Learner, golden: Golden) -> None:
    learner.release({**ONE, "b": lesson("Two", card("r-d"))})
    before = learner.study("r-a")
    learner.release({"a": lesson("One", card("r-a"), card("r-b"))})
    code, out, _ = learner.push("--yes")
    assert code == 0
    golden("push/kept.txt", out)
    assert not _WRITES & {*learner.spoken.actions()}
    out = learner.does("--prune")
    golden("push/pruned.txt", out)
    keys = {learner.col.get_note(one)["Key"] for one in learner.col.find_notes("")}
    assert keys == {"r-a", "r-b"}
    assert learner.decks() == {"Demo", "Demo::One"}
    assert learner.history("r-a") == before


def test_retired_and_left_out_items_are_removed_drafts_are_not(learner: Learner) -> None:
    learner.release({"a": lesson("One", *map(card, ("r-a", "r-b", "r-c", "r-d")))})
    learner.release(
        {"a": lesson("One", card("r-a"), card("r-c", draft="true"), card("r-d", targets="[html]"))},
        'uid = "demo"\ntitle = "Demo"\nretired = ["r-b"]\n',
    )
    assert "r-b" not in (learner.course.root / "lrcards.lock").read_text()
    out = learner.does("--prune")
    assert "delete  r-b (1 card)" in out
    assert "delete  r-d (1 card)" in out
    assert learner.note("r-c").cards()


def test_two_courses_side_by_side(
    learner: Learner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other course has the same ids and the same note types."""
    other = CourseFolder(tmp_path / "other", learner.course.capsys)
    other.write("lrcards.toml", 'uid = "other"\ntitle = "Other"\n')
    other.write("source/a.md", ONE["a"])
    monkeypatch.chdir(other.root)
    assert other.run("build", "--to", "anki")[0] == 0
    assert load(learner.col, other.root / "build/anki/other.apkg")["new"] == 3
    monkeypatch.chdir(learner.course.root)
    foreign = learner.state()
    learner.release(ONE)
    learner.release({"b": lesson("Two", card("r-b"))})
    out = learner.does("--prune")
    assert "move    1 card: Demo::One -> Demo::Two" in out
    notes, cards, decks = learner.state()
    assert all(row in notes for row in foreign[0])
    assert all(row in cards for row in foreign[1])
    assert len(notes) == 4
    assert {"Other", "Other::One", "Demo", "Demo::Two"} == {*decks}
    assert "without proof" not in out


def test_a_learner_s_own_deck_and_own_copy_are_left_alone(learner: Learner, golden: Golden) -> None:
    learner.release(ONE)
    own = learner.col.new_note(learner.col.models.by_name("Basic"))
    own["Front"] = "mine"
    learner.col.add_note(own, learner.col.decks.id("Mine"))
    learner.spoken.do_changeDeck([learner.note("r-a").cards()[0].id], "Mine")
    copy = learner.col.new_note(learner.note("r-b").note_type())
    copy.fields = learner.note("r-b").fields
    learner.col.add_note(copy, learner.col.decks.id("Demo::One"))
    code, out, _ = learner.push("--yes")
    assert code == 0
    golden("push/own.txt", out)
    assert learner.deck("r-a") == "Mine"
    assert "move    1 card: Mine -> Demo::One" in learner.does("--from", "Mine")
    assert learner.deck("r-a") == "Demo::One"
    assert "Mine" in learner.decks()


def test_a_course_below_a_learner_s_deck_stays_there(learner: Learner) -> None:
    learner.release(ONE)
    demo = learner.col.decks.by_name("Demo")
    learner.col.decks.rename(demo["id"], "Study::Demo")
    assert _NOTHING in learner.push("--yes")[1]
    learner.release(TWO, imported=False)
    learner.does()
    assert learner.deck("r-b") == "Study::Demo::Two"
    # A new title gives no hint where it should go; the learner's own deck above stays.
    learner.release(TWO, 'uid = "demo"\ntitle = "Better"\n', imported=False)
    learner.does()
    assert learner.decks() == {"Study", "Better", "Better::One", "Better::Two"}


def test_cards_in_a_filtered_deck_wait(learner: Learner) -> None:
    learner.release(ONE)
    cram = learner.col.sched.get_or_create_filtered_deck(0)
    cram.name, cram.config.search_terms[0].search = "Cram", "Key:r-b or Key:r-a"
    made = learner.col.sched.add_or_update_filtered_deck(cram).id
    learner.release({"a": lesson("One", card("r-a"), card("r-c")), "b": lesson("Two", card("r-b"))})
    out = learner.does()
    assert "left    cards in filtered decks: r-b; empty those decks, then push again" in out
    assert learner.deck("r-b") == "Cram"
    learner.col.sched.empty_filtered_deck(made)
    learner.does()
    assert learner.deck("r-b") == "Demo::Two"
    assert "Cram" in learner.decks()


def test_a_renamed_item_gets_its_new_key(learner: Learner) -> None:
    """The learner's own edit is later than our release, so that the import leaves the note."""
    learner.release(ONE)
    note = learner.note("r-a")
    note["Body"] = "my words"
    learner.col.update_note(note)
    before = learner.study("r-a")
    learner.release({"a": lesson("One", card("r-z", aliases="[r-a]"), card("r-b"), card("r-c"))})
    learner.spoken.old = True
    code, out, _ = learner.push("--yes")
    assert code == 0
    assert "left    1 note of renamed items: r-a; import the deck first" in out
    learner.spoken.old = False
    assert "rename  r-a -> r-z" in learner.does()
    assert learner.note("r-z")["Body"] == "my words"
    assert learner.history("r-z") == before


def test_a_rename_waits_for_the_import(learner: Learner) -> None:
    """A note touched by us first would be newer than the release, and never get it."""
    learner.release(ONE)
    learner.col.db.execute("update notes set mod = 1600000000")
    learner.release(
        {"a": lesson("One", card("r-z", aliases="[r-a]"), card("r-b"), card("r-c"))},
        imported=False,
    )
    code, out, _ = learner.push("--yes")
    assert code == 0
    assert "left    1 note of renamed items: r-a" in out
    assert not _WRITES & {*learner.spoken.actions()}


def concepts(name: str) -> str:
    text = card(name, kind="explain").replace("What is", "![A picture](p.png) What is")
    return f"{text}\n### Key concepts\n\n- [ ] One\n- [ ] Two\n- [ ] Six\n"


def gaps(name: str, text: str) -> str:
    return card(name, kind="cloze").replace(f"What is {name}?", text) + "\n### Solution\n\nSo.\n"


def test_a_changed_kind_keeps_history_and_brings_its_media(
    learner: Learner, golden: Golden
) -> None:
    learner.course.write("source/p.png", PNG)
    learner.release(ONE)
    before = learner.study("r-b")
    note = learner.note("r-b")
    note.tags = ["mine"]
    learner.col.update_note(note)
    learner.release({"a": lesson("One", card("r-a"), concepts("r-b"), card("r-c"))}, imported=False)
    code, out, _ = learner.push("--yes")
    assert code == 0
    assert "left    1 note whose kind changed: r-b; import the deck first" in out
    learner.release({"a": lesson("One", card("r-a"), concepts("r-b"), card("r-c"))})
    assert learner.note("r-b").note_type()["name"] == "lrcards recall"
    code, _, err = learner.push("--yes", "--import")
    assert code == 3
    assert "an import by AnkiConnect would mix their note types" in err
    assert not _WRITES & {*learner.spoken.actions()}
    golden("push/kind.txt", learner.does())
    note = learner.note("r-b")
    assert note.note_type()["name"] == "lrcards explain"
    assert "Six" in note["Concepts"]
    assert "mine" in note.tags
    assert learner.history("r-b") == before
    media = learner.col.media.check()
    assert (list(media.missing), list(media.unused)) == ([], [])
    output = note.cards()[0].render_output()
    assert "has a problem" not in output.question_text + output.answer_text


def test_a_cloze_note_of_several_cards_keeps_its_kind(learner: Learner) -> None:
    """All its cards but one would have no side to show."""
    first = lesson("One", gaps("z-a", "**one** **two**"), gaps("z-b", "**one**"), card("r-a"))
    learner.release({"a": first})
    before = {key: learner.study(key) for key in ("z-a", "z-b", "r-a")}
    second = lesson("One", card("z-a"), card("z-b"), gaps("r-a", "**one**"))
    learner.release({"a": second})
    out = learner.does()
    assert "retype  r-a: recall -> cloze" in out
    assert "retype  z-b: cloze -> recall" in out
    assert "left    1 note whose kind changed: z-a" in out
    assert {key: learner.history(key) for key in before} == before


def test_an_import_and_a_push_in_one(learner: Learner) -> None:
    learner.release(ONE)
    before = learner.study("r-b")
    learner.release({**TWO, "c": lesson("Three", card("r-d"))}, imported=False)
    code, out, _ = learner.push("--dry-run", "--import")
    assert (code, "import  demo.apkg: 4 notes" in out) == (0, True)
    assert not _WRITES & {*learner.spoken.actions()}
    assert "Imported demo.apkg." in learner.does("--import")
    assert [learner.deck(key) for key in ("r-b", "r-d")] == ["Demo::Two", "Demo::Three"]
    assert learner.history("r-b") == before


def test_an_import_that_would_wipe_a_learner_s_field_is_refused(learner: Learner) -> None:
    learner.release(ONE)
    model = learner.note("r-a").note_type()
    learner.col.models.add_field(model, learner.col.models.new_field("My notes"))
    learner.col.models.update_dict(model)
    code, _, err = learner.push("--yes", "--import")
    assert code == 3
    assert "lrcards recall: My notes" in err
    assert "importPackage" not in learner.spoken.actions()


def test_it_asks_and_takes_no_for_an_answer(
    learner: Learner, monkeypatch: pytest.MonkeyPatch
) -> None:
    learner.release(ONE)
    learner.release(TWO)
    code, _, err = learner.push()
    assert code == 2
    assert "there is no one to ask here; add --yes, or --dry-run" in err
    monkeypatch.setattr("lrcards.cli.push._someone_is_there", lambda: True)
    answers = [False, True]
    monkeypatch.setattr("click.confirm", lambda _: answers.pop(0))
    code, out, _ = learner.push()
    assert (code, out.splitlines()[-1]) == (0, "Not done.")
    assert learner.deck("r-b") == "Demo::One"
    code, out, _ = learner.push()
    assert code == 0
    assert learner.deck("r-b") == "Demo::Two"


def test_an_empty_collection_and_absent_notes(learner: Learner) -> None:
    learner.release(ONE, imported=False)
    code, out, _ = learner.push("--yes")
    assert code == 0
    assert "absent  3 notes: r-a, r-b, r-c; import the deck" in out


def test_a_deck_that_fills_meanwhile_is_not_deleted(learner: Learner) -> None:
    learner.release(ONE)
    learner.release({"b": lesson("Two", *map(card, ("r-a", "r-b", "r-c")))})

    def meanwhile(action: str) -> None:
        if action == "changeDeck":
            learner.spoken.before = lambda _: None
            own = learner.col.new_note(learner.col.models.by_name("Basic"))
            own["Front"] = "mine"
            learner.col.add_note(own, learner.col.decks.id("Demo::One"))

    learner.spoken.before = meanwhile
    learner.does()
    assert "Demo::One" in learner.decks()
    assert len(learner.col.find_notes("mine")) == 1


def test_a_deck_that_gets_one_below_it_meanwhile_is_not_deleted(learner: Learner) -> None:
    learner.release(ONE)
    learner.release({"b": lesson("Two", *map(card, ("r-a", "r-b", "r-c")))})

    def meanwhile(action: str) -> None:
        if action == "changeDeck":
            learner.col.decks.id("Demo::One::Mine")

    learner.spoken.before = meanwhile
    learner.does()
    assert "Demo::One::Mine" in learner.decks()


def test_notes_of_a_type_that_anki_could_not_merge_count(learner: Learner) -> None:
    learner.release(ONE)
    note = learner.note("r-b")
    copy = learner.col.models.copy(note.note_type(), add=False)
    copy["name"] = "lrcards recall+"
    learner.col.models.add_dict(copy)
    fields = dict(note.items())
    change = {"id": note.id, "modelName": copy["name"], "fields": fields, "tags": []}
    learner.spoken.do_updateNoteModel(change)
    learner.release(TWO)
    learner.does()
    assert learner.note("r-b").note_type()["name"] == "lrcards recall+"
    assert learner.deck("r-b") == "Demo::Two"


def test_an_output_folder_with_a_link_is_refused(learner: Learner) -> None:
    learner.release(ONE)
    (learner.course.root / "build" / "link").symlink_to(learner.course.root)
    code, _, err = learner.push("--yes")
    assert code == 2
    assert "build/ holds a link, link; remove it" in err


def test_what_anki_does_not_do_is_said(learner: Learner) -> None:
    learner.release(ONE)
    learner.release(TWO)
    learner.spoken.do_changeDeck = lambda cards, deck: None  # type: ignore[method-assign]
    code, out, err = learner.push("--yes")
    assert code == 3
    assert "Anki has not done all of it" in err
    assert out.count("move    2 cards: Demo::One -> Demo::Two") == 2


def test_nothing_is_pushed_from_a_build_that_is_out_of_date(learner: Learner) -> None:
    learner.course.write("source/a.md", ONE["a"])
    code, _, err = learner.push("--yes")
    assert (code, err) == (2, (
        "error: build/ does not hold the deck as the course is now;"
        " run lrcards build, then push again\n"
    ))  # fmt: skip
    learner.release(ONE)
    assert learner.push("--dry-run")[0] == 0
    learner.course.write("source/a.md", TWO["a"])
    assert learner.push("--dry-run")[0] == 2
    assert learner.course.run("build", "--to", "html")[0] == 0
    assert learner.push("--dry-run")[0] == 2
    assert not learner.spoken.seen[1:]


def test_the_key_is_used_and_never_shown(learner: Learner, monkeypatch: pytest.MonkeyPatch) -> None:
    learner.release(ONE)
    learner.spoken.key = "s3cret"
    code, _, err = learner.push("--yes")
    assert code == 3
    assert "wants its apiKey; put it in the variable LRCARDS_ANKI_KEY" in err
    monkeypatch.setenv("LRCARDS_ANKI_KEY", "wrong")
    code, _, err = learner.push("--yes")
    assert code == 3
    assert "valid api key must be provided; put the right one" in err
    monkeypatch.setenv("LRCARDS_ANKI_KEY", "s3cret")
    assert _NOTHING in learner.push("--yes")[1]
    monkeypatch.setattr(learner.spoken, "do_version", lambda: "s3cret" * 100)
    code, out, err = learner.push("--yes")
    assert code == 3
    assert "s3cret" not in out + err
    assert "speaks version ***" in err


def test_an_old_add_on_and_one_that_refuses(learner: Learner) -> None:
    learner.release(ONE)
    learner.spoken.without = {"requestPermission"}
    assert learner.push("--yes")[0] == 0
    learner.spoken.without = {"getDecks"}
    code, _, err = learner.push("--yes")
    assert (code, err) == (3, "error: this AnkiConnect has no `getDecks`; update the add-on\n")
    learner.spoken.without = set()
    learner.spoken.level = 5
    assert "speaks version 5, not 6; update the add-on" in learner.push("--yes")[2]
    learner.spoken.permission = "denied"
    assert "does not let us in" in learner.push("--yes")[2]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--url", "http://example.org:8765"], "example.org is not this machine"),
        (["--url", "http://127.0.0.1.example.org"], "is not this machine"),
        (["--url", "http://10.0.0.1", "--remote", "--import"], "--import works on this machine"),
        (["--url", "ftp://127.0.0.1"], "must be like http://127.0.0.1:8765"),
        (["--url", "http://me:word@127.0.0.1"], "a key goes into LRCARDS_ANKI_KEY"),
        (["--url", "http://127.0.0.1/?key=word"], "a key goes into LRCARDS_ANKI_KEY"),
        (["--url", "http://127.0.0.1:99999"], "--url cannot be used"),
        (["--url", "http://[::1"], "--url cannot be used"),
    ],
)
def test_urls_that_are_refused(course: CourseFolder, options: list[str], said: str) -> None:
    code, _, err = course.run("push", "anki", *options)
    assert code == 2
    assert said in err
    assert "word" not in err


def test_addresses() -> None:
    assert address("http://localhost").loopback
    assert address("http://[::1]:8765/x/") == Address("::1", 8765, False, "/x/", True)
    assert str(address("http://[::1]:8765/x/")) == "http://[::1]:8765/x"
    assert str(address("https://anki.example")) == "https://anki.example:443"
    with serve(said(b"")) as url, pytest.raises(PushError, match="cannot talk to Anki"):
        Anki(address(url.replace("http:", "https:"))).greet()


def test_no_server_says_what_to_do(learner: Learner, golden: Golden) -> None:
    learner.release(ONE)
    with serve(lambda *_: None) as url:
        gone = url
    code, out, err = learner.course.run("push", "anki", "--url", gone, "--yes")
    assert (code, out) == (3, "")
    golden("push/no-anki.txt", err.replace(gone, "http://127.0.0.1:8765"))


def drip(handler: BaseHTTPRequestHandler, _: bytes) -> None:
    for _ in range(200):
        handler.wfile.write(b"H")
        time.sleep(0.02)


def drip_body(handler: BaseHTTPRequestHandler, _: bytes) -> None:
    handler.send_response(200)
    handler.end_headers()
    for _ in range(200):
        handler.wfile.write(b" ")
        time.sleep(0.02)


def endless(handler: BaseHTTPRequestHandler, _: bytes) -> None:
    handler.send_response(200)
    handler.end_headers()
    for _ in range(200):
        handler.wfile.write(b" " * 1000)


def flood(handler: BaseHTTPRequestHandler, _: bytes) -> None:
    handler.send_response(200)
    for number in range(300):
        handler.send_header(f"X-{number}", "x")
    handler.end_headers()


def said(data: object, status: int = 200, **more: str) -> Callable[..., None]:
    text = data if isinstance(data, bytes) else json.dumps(data).encode()
    return lambda handler, _: reply(handler, text, status, **more)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (said(b"AnkiConnect"), "is no AnkiConnect"),
        (said(b""), "is no AnkiConnect"),
        (said(b"\xff\xfe"), "is no AnkiConnect"),
        (said(b"[" * 100_000), "is no AnkiConnect"),
        (said([1]), "is no AnkiConnect"),
        (said({"result": 6}), "is no AnkiConnect"),
        (said({"result": "6", "error": None}), "does not let us in"),
        (said({"result": None, "error": "a\x1b[31m\n\nb" + "c" * 5000}), "a\u241b[31m b"),
        (said(b"", 302, Location="http://127.0.0.1:1/"), "answers with status 302"),
        (said(b"", 500), "answers with status 500"),
        (said(b"{", Content_Length="10"), "is no AnkiConnect"),
        (drip, "took more than 1 s"),
        (drip_body, "took more than 1 s"),
        (lambda *_: time.sleep(2), "took more than 1 s"),
        (endless, "more than 0 MiB"),
        (flood, "cannot talk to Anki"),
        (lambda handler, _: handler.wfile.write(b"garbage\r\n\r\n"), "cannot talk to Anki"),
        (lambda *_: None, "cannot talk to Anki"),
    ],
)
def test_an_untrusted_server(
    learner: Learner, monkeypatch: pytest.MonkeyPatch, answer: Any, expected: str
) -> None:
    learner.release(ONE)
    monkeypatch.setattr(lrcards.push.connect, "SECONDS", 1.0)
    monkeypatch.setattr(lrcards.push.connect, "_MOST", 100_000)
    with serve(answer) as url:
        start = time.monotonic()
        code, out, err = learner.course.run("push", "anki", "--url", url, "--yes")
    assert (code, out) == (3, "")
    assert time.monotonic() - start < 5
    assert expected in err
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert len(err) < 700


@pytest.mark.parametrize(
    ("action", "result"),
    [
        ("deckNamesAndIds", {"Demo": "1"}),
        ("modelNamesAndIds", [1]),
        ("findNotes", [True]),
        ("notesInfo", {}),
        ("notesInfo", [{}]),
        ("notesInfo", [{"noteId": 1, "fields": {"Key": {"value": 1}}, "cards": []}]),
        ("notesInfo", [{"noteId": "1", "fields": {"Key": {"value": "r-a"}}, "cards": [],
                        "modelName": "lrcards recall", "tags": []}]),
        ("getDecks", []),
        ("getDecks", {"Nowhere": [1]}),
        ("multi", [1]),
        ("multi", {}),
        ("findCards", None),
    ],
)  # fmt: skip
def test_answers_of_another_form(
    learner: Learner, monkeypatch: pytest.MonkeyPatch, action: str, result: object
) -> None:
    learner.release(ONE)
    learner.release(TWO)
    monkeypatch.setattr(learner.spoken, f"do_{action}", lambda **_: result)
    code, _, err = learner.push("--yes")
    assert code == 3
    assert "is no AnkiConnect: its answer to" in err
    assert not _WRITES & {*learner.spoken.actions()}


@pytest.mark.parametrize(
    ("action", "result", "expected"),
    [
        ("modelFieldNames", 1, "is no AnkiConnect"),
        ("importPackage", False, "did not import"),
        ("getDeckConfig", False, "is no AnkiConnect"),
        ("setDeckConfigId", False, "did not do `setDeckConfigId`"),
    ],
)
def test_actions_that_fail(
    learner: Learner, monkeypatch: pytest.MonkeyPatch, action: str, result: object, expected: str
) -> None:
    learner.release(ONE)
    learner.release(TWO, imported=False)
    monkeypatch.setattr(learner.spoken, f"do_{action}", lambda **_: result)
    more = ["--import"] if action in {"modelFieldNames", "importPackage"} else []
    code, _, err = learner.push("--yes", *more)
    assert code == 3
    assert expected in err


def test_where_a_card_belongs() -> None:
    assert target("Old::A", "New::B") == "New::B"
    assert target("Study::new::A", "New::B") == "Study::New::B"
    assert in_place("My::C::L", "C::L")
    assert in_place("c:: l", "C::L")
    assert not in_place("C::L::More", "C::L")
