"""Note types as released: what may never change, what may, and a course's own looks."""

from __future__ import annotations

import hashlib
import itertools
import json
import sqlite3
import zipfile
from pathlib import Path
from typing import Any

import pytest

from lrcards.config import find_config
from lrcards.write.anki.types import FIELDS, IDS, MODIFIED, Look, look_of
from lrcards.write.theme import Theme, ThemeError
from tests.conftest import HERE, LESSON, ROOT, CourseFolder

BUNDLED = ROOT / "templates"
# The texts of templates and style sheet by the time of their change. A row is added, with MODIFIED
# raised, when they change: clients take a note type only when it is newer than theirs.
LOOKS = {
    1_795_674_000: "d9892b0af11016c8",
    1_795_682_400: "5da00ebde0c34893",
}


def stock() -> Look:
    return look_of(Theme(BUNDLED), "any", 2_000_000_000)


def as_json(look: Look) -> list[dict[str, Any]]:
    return [kind.to_json(0, 1) for kind in look.types.values()]


def test_the_schema_is_frozen() -> None:
    """Learners' cards hang on it. Not a golden file: nothing writes it again by itself."""
    schema = [
        {
            "name": one["name"],
            "id": one["id"],
            "type": one["type"],
            "sorted by": one["flds"][one["sortf"]]["name"],
            "fields": {field["name"]: field["id"] for field in one["flds"]},
            "templates": {template["name"]: template["id"] for template in one["tmpls"]},
        }
        for one in as_json(stock())
    ]
    frozen = (HERE / "frozen" / "anki-note-types.json").read_text(encoding="utf-8")
    assert json.dumps(schema, indent=1) + "\n" == frozen, (
        "the fields, templates or ids of a note type have changed: learners' notes would be "
        "frozen or doubled. Read lrcards/write/anki/types.py for what may change."
    )


def test_a_change_of_looks_raises_the_time() -> None:
    texts = [
        (one["name"], one["css"], [(side["qfmt"], side["afmt"]) for side in one["tmpls"]])
        for one in as_json(stock())
    ]
    digest = hashlib.sha256(json.dumps(texts).encode()).hexdigest()[:16]
    assert max(LOOKS) == MODIFIED
    assert LOOKS[MODIFIED] == digest, (
        "templates, scripts, words or CSS of the cards have changed: set MODIFIED in "
        f"lrcards/write/anki/types.py to now and add it to LOOKS with '{digest}'"
    )
    assert {one["mod"] for one in as_json(stock())} == {MODIFIED}


def test_ids_do_not_meet() -> None:
    assert list(IDS) == list(FIELDS)
    starts = sorted(IDS.values())
    assert all(after - before >= 100 for before, after in itertools.pairwise(starts))
    assert all(len(names) < 50 for names in FIELDS.values())
    for names in FIELDS.values():
        assert len(set(names)) == len(names)
        assert {"Key", "Spare 1", "Spare 2", "Spare 3"} <= set(names)


def own_look(folder: Path, uid: str, newest: int) -> Look:
    return look_of(Theme(folder, BUNDLED), uid, newest)


def every_id(look: Look) -> set[int]:
    return {
        number
        for one in as_json(look)
        for number in (one["id"], *(part["id"] for part in (*one["flds"], *one["tmpls"])))
    }


def test_own_templates_have_own_ids(tmp_path: Path) -> None:
    css = tmp_path / "anki" / "card.css"
    css.parent.mkdir()
    css.write_text(".card { color: red }", encoding="utf-8")
    one, same, other = (own_look(tmp_path, uid, 7) for uid in ("one", "one", "other"))
    assert as_json(one) == as_json(same)
    assert not every_id(one) & every_id(other)
    assert not every_id(one) & every_id(stock())
    assert len(every_id(one)) == len(every_id(stock()))
    assert one.types["recall"].css.startswith(".card { color: red }")
    assert {kind.name for kind in one.types.values()} == {f"lrcards {kind} (one)" for kind in IDS}
    for kind, made in one.types.items():
        assert [field["name"] for field in made.fields] == list(FIELDS[kind])
    assert {made["mod"] for made in as_json(one)} == {MODIFIED}
    later = own_look(tmp_path, "one", MODIFIED + 5)
    assert {made["mod"] for made in as_json(later)} == {MODIFIED + 5}


@pytest.mark.parametrize(
    ("name", "own"),
    [
        ("anki/words.toml", True),
        ("shared/dark.css", True),
        ("html/site.css", False),
        ("anki/notes.txt", False),
    ],
)
def test_only_what_cards_are_made_of_counts(tmp_path: Path, name: str, own: bool) -> None:
    copy = tmp_path / name
    copy.parent.mkdir()
    bundled = BUNDLED / name
    copy.write_text(bundled.read_text("utf-8") if bundled.is_file() else "x", encoding="utf-8")
    assert (own_look(tmp_path, "one", 0).types["recall"].model_id != IDS["recall"]) == own


def test_cards_can_speak_another_language(tmp_path: Path) -> None:
    words = (BUNDLED / "anki" / "words.toml").read_text(encoding="utf-8")
    own = tmp_path / "anki" / "words.toml"
    own.parent.mkdir()
    words = words.replace('"Solution"', '"L\u00f6sung & <mehr>"')
    own.write_text(words.replace('"Not right."', "\"Es ist '</script>'\""), encoding="utf-8")
    back = own_look(tmp_path, "one", 0).types["numeric"].templates[0]["afmt"]
    assert "<summary>L\u00f6sung &amp; &lt;mehr&gt;</summary>" in back
    assert "\"Es ist '\\u003c/script>'\"" in back


@pytest.mark.parametrize(
    ("name", "text", "said", "line"),
    [
        ("words.toml", "hint = 1", "'hint' must be text in quotes", 1),
        ("words.toml", "hint =", "not TOML", 1),
        ("words.toml", 'hint = "x"', "the word 'hint_n' is missing", 1),
        ("recall.back.html", "x\n[[nothing]]", "there is no word 'nothing'", 2),
        ("recall.back.html", "<!-- include: anki/none.js -->", "there is no such template", 1),
        ("recall.back.html", "<!-- include: ../x -->", "is named by its path", 1),
        ("recall.back.html", "<!-- include: anki/loop.css -->", "includes no other", 1),
        ("recall.back.html", "<!-- include: anki/big.css -->" * 20, "larger than 1 MiB", 1),
    ],
)
def test_mistakes_in_own_templates(
    tmp_path: Path, name: str, text: str, said: str, line: int
) -> None:
    folder = tmp_path / "anki"
    folder.mkdir()
    (folder / "big.css").write_text("x" * 100_000, encoding="utf-8")
    (folder / "loop.css").write_text("/* include: anki/loop.css */", encoding="utf-8")
    (folder / name).write_text(text, encoding="utf-8")
    with pytest.raises(ThemeError) as caught:
        own_look(tmp_path, "one", 0)
    assert said in caught.value.diagnostic.message
    assert caught.value.diagnostic.span.line == line


def test_the_package_holds_the_course_s_own_look(course: CourseFolder, tmp_path: Path) -> None:
    course.write("templates/anki/card.css", ".card { color: red }")
    course.write("source/lesson.md", LESSON)
    code, _, err = course.run("build", "--to", "anki")
    assert code == 0, err
    with zipfile.ZipFile(course.root / "build" / "anki" / "demo.apkg") as archive:
        (tmp_path / "db").write_bytes(archive.read("collection.anki2"))
    connection = sqlite3.connect(tmp_path / "db")
    (models,) = connection.execute("select models from col").fetchone()
    ((mid, mod),) = connection.execute("select mid, mod from notes").fetchall()
    connection.close()
    model = json.loads(models)[str(mid)]
    theme = Theme(*find_config(course.root).template_folders)
    assert model["id"] == str(look_of(theme, "demo", 0).types["numeric"].model_id)
    assert mid not in IDS.values()
    assert model["mod"] == max(MODIFIED, mod)
