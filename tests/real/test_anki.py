"""The deck in the real Anki: imported, studied, updated, rendered."""

from __future__ import annotations

import importlib.util
import json
import sqlite3
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, CourseFolder, require_real
from tests.kinds import TEXT

pytestmark = [
    pytest.mark.real,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Any]:
    require_real(importlib.util.find_spec("anki") is not None, "the anki package")
    from anki.collection import Collection

    opened = Collection(str(tmp_path / "collection.anki2"))
    yield opened
    opened.close()


def load(collection: Any, package: Path) -> dict[str, int]:
    """Import as the dialog does; return how many notes were new, updated and so on."""
    from anki import import_export_pb2 as ie
    from anki.collection import ImportAnkiPackageOptions, ImportAnkiPackageRequest

    newer = ie.IMPORT_ANKI_PACKAGE_UPDATE_CONDITION_IF_NEWER
    options = ImportAnkiPackageOptions(
        merge_notetypes=False, update_notes=newer, update_notetypes=newer,
        with_scheduling=True, with_deck_configs=False,
    )  # fmt: skip
    request = ImportAnkiPackageRequest(package_path=str(package), options=options)
    log = collection.import_anki_package(request).log
    kinds = ("new", "updated", "duplicate", "conflicting", "empty_first_field")
    return {kind: len(getattr(log, kind)) for kind in kinds}


def build(course: CourseFolder, text: str) -> Path:
    course.write("source/lesson.md", text)
    code, _, err = course.run("build", "--strict")
    assert code == 0, err
    return course.root / "build" / "anki" / "demo.apkg"


def check_cards(collection: Any) -> None:
    """Every side of every card renders, nothing is missing, nothing is left over."""
    for number in collection.find_cards(""):
        card = collection.get_card(number)
        output = card.render_output()
        for side in (output.question_text, output.answer_text):
            assert "has a problem" not in side
            assert "include:" not in side
            assert "{{= " not in side
            assert "`= " not in side
            assert "<h1>" in side
        assert output.question_text != output.answer_text
    assert not collection.get_empty_cards().notes
    assert not collection.media.check().missing


def test_our_own_course(collection: Any) -> None:
    package = ROOT / "build" / "anki" / "lr-schedulers.apkg"
    require_real(package.is_file(), "our own course, built by `make build`")
    report = json.loads((ROOT / "build" / "report.json").read_bytes())
    log = load(collection, package)
    assert log["new"] == len(report["items"]) == 20
    notes = [collection.get_note(one) for one in collection.find_notes("")]
    assert {note["Key"] for note in notes} == {one["id"] for one in report["items"]}
    # Two gaps make two cards; every other note has one.
    assert len(collection.find_cards("")) == 21
    check_cards(collection)
    assert load(collection, package)["duplicate"] == 20


def test_an_update_keeps_what_was_learnt(
    collection: Any, course: CourseFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lrcards.cli.common.now", lambda: 1_700_000_000)
    first = build(course, TEXT)
    notes = load(collection, first)["new"]
    check_cards(collection)
    for deck in collection.decks.all_names_and_ids():
        collection.decks.select(deck.id)
        card = collection.sched.getCard()
        if card:
            card.start_timer()
            collection.sched.answerCard(card, 4)
            break
    state = [
        (card.id, card.type, card.queue, card.due, card.ivl, card.reps)
        for card in map(collection.get_card, collection.find_cards(""))
    ]
    assert sum(row[-1] for row in state) == 1

    monkeypatch.setattr("lrcards.cli.common.now", lambda: 1_700_100_000)
    changed = TEXT.replace("How many steps?", "How many steps does it wait?")
    changed += "\n## One more\n\n```yaml card\nid: r-two\n```\n\nNew.\n"
    second = build(course, changed)
    log = load(collection, second)
    assert log == {
        "new": 1, "updated": 1, "duplicate": notes - 1, "conflicting": 0, "empty_first_field": 0,
    }  # fmt: skip
    after = {
        card.id: (card.id, card.type, card.queue, card.due, card.ivl, card.reps)
        for card in map(collection.get_card, collection.find_cards(""))
    }
    assert [after[row[0]] for row in state] == state
    again = load(collection, second)
    assert (again["new"], again["updated"]) == (0, 0)
    check_cards(collection)
    assert collection.fix_integrity()[1]


def test_new_cards_come_in_source_order(collection: Any, course: CourseFolder) -> None:
    load(collection, build(course, TEXT))
    report = json.loads(course.tree()["report.json"])
    due = {}
    for number in collection.find_cards(""):
        card = collection.get_card(number)
        due.setdefault(card.note()["Key"], card.due)
    order = [one["id"] for one in report["items"]]
    assert sorted(due, key=due.__getitem__) == order


def test_cloze_text_survives(collection: Any, course: CourseFolder) -> None:
    load(collection, build(course, TEXT))
    note = next(
        n for n in map(collection.get_note, collection.find_notes("")) if n["Key"] == "z-one"
    )
    texts = [card.render_output().answer_text for card in note.cards()]
    assert len(texts) == 3
    assert any("Step&#125;}LR:&#58;x" in text for text in texts)


def test_package_layout(course: CourseFolder, tmp_path: Path) -> None:
    package = build(course, TEXT)
    with zipfile.ZipFile(package) as archive:
        assert archive.namelist()[:2] == ["collection.anki2", "media"]
        (tmp_path / "db").write_bytes(archive.read("collection.anki2"))
    connection = sqlite3.connect(tmp_path / "db")
    rows = connection.execute("select guid, mod, tags from notes").fetchall()
    connection.close()
    lock = [json.loads(line) for line in (course.root / "lrcards.lock").read_text().splitlines()]
    assert {(guid, mod) for guid, mod, _ in rows} == {(one["guid"], one["mod"]) for one in lock}
    assert any("level::easy" in tags and "all-kinds" in tags for _, _, tags in rows)
