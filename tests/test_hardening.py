"""A stranger's pull request: every file of the course is hostile, the compiler stays whole."""

from __future__ import annotations

import base64
import itertools
import json
import os
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest

from lrcards.check.lock import guid_of, parse_lock
from lrcards.config import find_config
from lrcards.diagnostics import Diagnostic, Span, printable
from lrcards.guards import (
    DATA,
    PICTURE,
    TEXT,
    RefusedError,
    TooMuchError,
    bounded,
    digest_file,
    inside,
    read_file,
    visible,
)
from lrcards.markup import highlight, math_problem, mathml, plain_code, svg_problem
from lrcards.model import sound_result
from lrcards.noop import _load
from lrcards.read import read
from lrcards.read.frontmatter import parse_yaml
from lrcards.values import Exactness, Problem, Value, evaluate, literal_agrees, parse, show
from lrcards.write.files import read_files, replace_file
from lrcards.write.theme import Theme, ThemeError
from tests.conftest import LESSON, SNIPPET, CourseFolder

SECRET = "TOP-SECRET-TEXT"
ESC = "\x1b"
NOW = 1_800_000_000
LINE = {
    "id": "a",
    "guid": "abcdefghijkl",
    "hash": "0" * 16,
    "mod": 5,
    "deck": "D",
    "page": "a.html",
}
HEAD = "---\ntitle: T\n---\n\n"


@pytest.fixture
def secret(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file outside the course that must turn up nowhere."""
    file = tmp_path_factory.mktemp("outside") / "secret.md"
    file.write_text(f"---\ntitle: {SECRET}\n---\n\n{SECRET}\n", encoding="utf-8")
    return file


def fails(course: CourseFolder, code: str, exit_code: int = 1, *options: str) -> str:
    """Build; it must fail cleanly, at once, with this diagnostic; return what it said."""
    before = course.tree() if (course.root / "build").is_dir() else {}
    start = time.monotonic()
    got, out, err = course.run("build", "-q", *options)
    assert time.monotonic() - start < 60
    assert got == exit_code, out + err
    assert f"[{code}]" in err
    assert "Traceback" not in err
    assert SECRET not in out + err
    assert ESC not in out + err
    if (course.root / "build").is_dir() and not (course.root / "build").is_symlink():
        assert course.tree() == before
    return err


def everything(course: CourseFolder) -> bytes:
    """All bytes that a build left, packages unpacked."""
    data = b"".join(course.tree().values())
    for name, one in course.tree().items():
        if name.endswith((".apkg", ".zip")):
            with zipfile.ZipFile(BytesIO(one)) as archive:
                data += b"".join(archive.read(inner) for inner in archive.namelist())
    return data


# --- 1. templates

SSTI = [
    "{{ ''.__class__ }}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ cycler.__init__.__globals__ }}",
    "{{ cycler|attr('__init__') }}",
    "{{ course|attr('__class__') }}",
    "{{ '{0.__class__.__mro__}'.format(course) }}",
    "{{ '{0.__class__}'|format(course) if 0 else ('{0.__class__}'|attr('format'))(course) }}",
    "{{ [course]|map(attribute='__class__')|join }}",
    "{{ self.__init__.__globals__ }}",
    "{{ lipsum.__globals__['os'].popen('id').read() }}",
    "{{ course.__dict__ }}",
    "{{ provenance.course.sources.update({'a': 'b'}) }}",
    "{{ nothing }}",
    "{{ course.nothing.at.all }}",
    "{% if %}",
    "{% include '../../secret.md' %}",
    "{% include 'html/../../../secret.md' %}",
    "{% include '/etc/passwd' %}",
    "{% import '/etc/passwd' as x %}",
    "{% extends 'html/no-such.html' %}",
    "{% include 'html/own.html' %}",
    "{% for a in range(10**9) %}{% endfor %}",
    "{{ 10**10**10 }}",
    "{{ 3|round(precision=10**9) }}",
    "{{ 'a' * 10**12 }}",
    "{{ '%1000000000000d'|format(1) }}",
    "{{ '%1000000000000d' % 1 }}",
    "{{ 'a'.ljust(10**12) }}",
    "{% set n = namespace(x='a') %}{% for a in range(60) %}{% set n.x = n.x ~ n.x %}{% endfor %}",
    "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "{{ (1).from_bytes('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'.encode(), 'big') * 2 }}",
]


@pytest.mark.parametrize("attack", SSTI)
def test_templates_stay_in_the_sandbox(course: CourseFolder, secret: Path, attack: str) -> None:
    course.write("templates/html/lesson.html", f"fine\n\n{attack}\n")
    course.write("source/lesson.md", LESSON)
    err = fails(course, "bad-template")
    own = "own.html" in attack or "no-such" in attack or "secret" in attack or "passwd" in attack
    assert own or "templates/html/lesson.html:3:1" in err or "html/own" in err


def test_a_format_string_of_a_template_reaches_nothing(course: CourseFolder) -> None:
    course.write("templates/html/lesson.html", "{{ '{0}'.format('plain') }} {{ 2 * 3 }}")
    course.write("source/lesson.md", LESSON)
    assert course.run("build")[0] == 0
    assert course.tree()["html/lesson.html"] == b"plain 6"


def test_a_template_cannot_loop_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lrcards.write.theme._SECONDS", 0.5)
    loops = "".join("{% for a in range(99999) %}" for _ in range(4)) + "{% endfor %}" * 4
    (tmp_path / "a.html").write_text(f"\n{loops}")
    with pytest.raises(ThemeError) as caught:
        Theme(tmp_path).render("a.html")
    assert caught.value.diagnostic.span == Span("templates/a.html", 2)
    assert "more than 0.5 s" in caught.value.diagnostic.message


def test_links_in_templates_do_not_lead_out(course: CourseFolder, secret: Path) -> None:
    course.write("source/lesson.md", LESSON)
    for name in ("html/lesson.html", "html/site.css", "anki/card.css"):
        file = course.root / "templates" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.symlink_to(secret)
        assert "leads out of templates/" in fails(course, "bad-template")
        file.unlink()
    (course.root / "templates" / "html").rmdir()
    (course.root / "templates" / "html").symlink_to(secret.parent)
    course.write("templates/anki/card.css", "x")
    (secret.parent / "site.css").write_text(SECRET)
    fails(course, "bad-template")


def test_template_files_that_are_none(course: CourseFolder) -> None:
    course.write("source/lesson.md", LESSON)
    course.write("templates/html/site.css", b"\xff")
    fails(course, "bad-template")
    course.write("templates/html/site.css", b"x" * (TEXT + 1))
    fails(course, "bad-template")
    (course.root / "templates/html/site.css").unlink()
    os.mkfifo(course.root / "templates/html/site.css")
    fails(course, "bad-template")
    (course.root / "templates/html/site.css").unlink()
    course.write("templates/anki/recall.front.html", "<!-- include: ... -->")
    fails(course, "bad-template")


def test_hidden_folders_are_no_templates(course: CourseFolder) -> None:
    course.write("source/lesson.md", LESSON)
    course.write(".git/config", SECRET)
    course.write("lrcards.toml", 'uid = "demo"\ntitle = "D"\ntemplates = "."\n')
    course.write("html/lesson.html", "{% include '.git/config' %}")
    fails(course, "bad-template")


# --- 2. paths

PATHS = ["../../secret.md", "/etc/passwd", "..", "a\\0b", "a\\nb", "a\\e[31m", "x" * 300]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("key", ["file: ", "file: snippets/step_lr.py, inputs: "])
def test_paths_of_snippets_stay_in_the_course(course: CourseFolder, key: str, path: str) -> None:
    course.write("source/lesson.md", LESSON.replace("file: snippets/step_lr.py", f'{key}"{path}"'))
    got, _, err = course.run("build", "-q")
    assert got == 1
    assert any(f"[{code}]" in err for code in ("outside-course", "bad-path", "missing-file"))
    assert "Traceback" not in err
    assert ESC not in err


@pytest.mark.parametrize(
    "path", ["../../secret.png", "/etc/x.png", "a%00.png", "a%0A.png", "%1b[31m.png"]
)
def test_paths_of_images_stay_in_the_course(course: CourseFolder, path: str) -> None:
    course.write("source/lesson.md", f"{LESSON}\n![x]({path})\n")
    got, _, err = course.run("build", "-q")
    assert got == 1
    assert any(f"[{code}]" in err for code in ("outside-course", "bad-path", "missing-media"))
    assert "Traceback" not in err
    assert ESC not in err


@pytest.mark.parametrize("key", ["source", "out", "templates"])
@pytest.mark.parametrize(
    "path",
    ["..", "../x", "/etc", "a\\u0000b", "a\\nb", "a\\u001b", "", ".git", "link", "loop", "x" * 300],
)
def test_paths_of_the_configuration(
    course: CourseFolder, secret: Path, key: str, path: str
) -> None:
    course.write("source/lesson.md", LESSON)
    (course.root / "link").symlink_to(secret.parent)
    (course.root / "loop").symlink_to(course.root / "loop")
    course.write("lrcards.toml", f'uid = "demo"\ntitle = "D"\n{key} = "{path}"\n')
    fails(course, "bad-config", 2)
    assert [file.name for file in secret.parent.iterdir()] == ["secret.md"]


@pytest.mark.parametrize("out", [".", "source", "./source/..", "templates"])
def test_the_output_never_replaces_the_course(course: CourseFolder, out: str) -> None:
    course.write("source/lesson.md", LESSON)
    course.write(f"{out}/report.json", '{"lrcards": "1", "files": []}')
    course.write("lrcards.toml", f'uid = "demo"\ntitle = "D"\nout = "{out}"\n')
    fails(course, "bad-config", 2)
    assert (course.root / "source/lesson.md").is_file()


def test_what_is_no_plain_file_is_not_read(course: CourseFolder) -> None:
    course.write("source/fine.md", LESSON)
    os.mkfifo(course.root / "source/pipe.md")
    (course.root / "source/folder.md").mkdir()
    with (course.root / "source/sparse.md").open("wb") as stream:
        stream.truncate(2 << 30)
    (course.root / "source/loop.md").symlink_to(course.root / "source/loop.md")
    (course.root / "source/round").symlink_to(course.root / "source")
    err = fails(course, "unreadable-file")
    assert "pipe.md is not read: it is no regular file" in err
    assert "sparse.md is not read: it is larger than 1 MiB" in err
    assert "[outside-course]" in err


@pytest.mark.parametrize("what", ["pipe", "huge", "device"])
def test_other_files_that_are_none(course: CourseFolder, what: str) -> None:
    course.write("source/lesson.md", f"{LESSON}\n![x](a.png)\n")
    for name in ("source/a.png", "source/snippets/step_lr.py"):
        file = course.root / name
        file.unlink(missing_ok=True)
        if what == "pipe":
            os.mkfifo(file)
        elif what == "device":
            file.symlink_to("/dev/zero")
        else:
            with file.open("wb") as stream:
                stream.truncate(PICTURE + 1)
    got, _, err = course.run("build", "-q")
    assert got == 1
    assert "Traceback" not in err
    with pytest.raises(RefusedError):
        read_file(Path("/dev/zero"))
    assert digest_file(Path("/dev/zero")) == "missing"


def test_a_huge_file_beside_the_lessons_is_not_loaded(course: CourseFolder) -> None:
    course.write("source/lesson.md", LESSON)
    with (course.root / "source/data.bin").open("wb") as stream:
        stream.truncate(1 << 40)
    start = time.monotonic()
    assert course.run("build", "-q")[0] == 0
    assert "Nothing to do" in course.run("build")[1]
    os.utime(course.root / "source/data.bin", (1, 1))
    assert "Nothing to do" not in course.run("build")[1]
    assert time.monotonic() - start < 30
    assert digest_file(course.root / "source/data.bin").startswith(str(1 << 40))


@pytest.mark.parametrize(
    ("one", "other"),
    [("a.md", "A.md"), ("index.md", "INDEX.md"), ("a.md", "a.html/b.md"), ("é.md", "e\u0301.md")],
)
def test_pages_do_not_collide(course: CourseFolder, one: str, other: str) -> None:
    course.write(f"source/{one}", LESSON)
    course.write(f"source/{other}", LESSON.replace("after-3", "other"))
    fails(course, "page-collision")


@pytest.mark.parametrize("name", ["a\nb.md", "a\x1b[31m.md", "a\\..\\b.md", "a\u202eb.md"])
def test_names_of_lessons(course: CourseFolder, name: str) -> None:
    course.write(f"source/{name}", LESSON)
    fails(course, "bad-path")


@pytest.mark.skipif(sys.platform == "darwin", reason="its file system takes UTF-8 names only")
def test_a_name_that_is_not_utf8(course: CourseFolder) -> None:
    name = os.fsencode(course.root) + b"/source/a\xff.md"
    Path(os.fsdecode(name)).write_text(LESSON)
    fails(course, "bad-path")


def test_hidden_and_dotted_names_are_no_lessons(course: CourseFolder) -> None:
    course.write("source/lesson.md", LESSON)
    course.write("source/..md", SECRET)
    course.write("source/...md", SECRET)
    course.write("source/.hidden/x.md", SECRET)
    assert course.run("build", "-q")[0] == 0
    assert SECRET.encode() not in everything(course)


def test_a_very_deep_folder(course: CourseFolder) -> None:
    course.write("source/lesson.md", LESSON)
    os.chdir(course.root / "source")
    for _ in range(1500):  # longer than any path may be, so step by step
        Path("d").mkdir()
        os.chdir("d")
    os.chdir(course.root)
    try:
        code, _, err = course.run("build", "-q")
    finally:  # nor can pytest remove it
        subprocess.run(["rm", "-rf", "source/d"], check=True)
    assert code == 0, err


def test_inputs_that_may_not_be_read_are_not_handed_on(course: CourseFolder) -> None:
    names = "[../../secret.md, /etc/passwd, data.csv, none.csv]"
    course.write("source/data.csv", "1")
    course.write(
        "source/lesson.md", LESSON.replace("step_lr.py}", f"step_lr.py, inputs: {names}}}")
    )
    read_course, found = read(find_config(course.root))
    assert read_course.lessons[0].snippets["halve"].inputs == ("data.csv",)
    assert [one.code for one in found] == ["outside-course", "outside-course", "missing-file"]


# --- 3. links


@pytest.mark.parametrize(
    ("name", "code", "exit_code"),
    [
        ("source/link.md", "outside-course", 1),
        ("source/snippets/step_lr.py", "outside-course", 1),
        ("source/a.png", "outside-course", 1),
        ("source/data.csv", "outside-course", 1),
        ("lrcards.lock", "bad-config", 2),
        ("lrcards.toml", "broken-config", 2),
        (".lrcards/store.jsonl", "bad-config", 2),
        (".lrcards/stage.lock", "bad-config", 2),
        (".lrcards/last-build.json", "bad-config", 2),
    ],
)
def test_links_do_not_lead_out(
    course: CourseFolder, secret: Path, name: str, code: str, exit_code: int
) -> None:
    text = LESSON.replace("step_lr.py}", "step_lr.py, inputs: [data.csv]}")
    course.write("source/data.csv", "1")
    course.write("source/a.png", "x")
    course.write("source/lesson.md", f"{text}\n![x](a.png)\n")
    file = course.root / name
    file.parent.mkdir(exist_ok=True)
    file.unlink(missing_ok=True)
    file.symlink_to(secret)
    before = secret.read_bytes()
    fails(course, code, exit_code)
    assert secret.read_bytes() == before


@pytest.mark.parametrize("name", ["source/link.md", "source/snippets/step_lr.py", "source/a.png"])
def test_links_do_not_lead_into_hidden_folders(course: CourseFolder, name: str) -> None:
    course.write("source/lesson.md", f"{LESSON}\n![x](a.png)\n")
    target = course.write(".git/config", SECRET)
    (course.root / name).unlink(missing_ok=True)
    (course.root / name).symlink_to(target)
    fails(course, "outside-course")


@pytest.mark.parametrize("name", ["build", ".lrcards", "source", "templates"])
def test_folders_that_are_links(course: CourseFolder, secret: Path, name: str) -> None:
    if name != "source":
        course.write("source/lesson.md", LESSON)
    else:
        course.write("source/x", "").unlink()
        (course.root / "source/snippets/step_lr.py").unlink()
        (course.root / "source/snippets").rmdir()
        (course.root / "source").rmdir()
    (course.root / name).symlink_to(secret.parent)
    fails(course, "bad-config", 2)
    assert [file.name for file in secret.parent.iterdir()] == ["secret.md"]


def test_links_inside_the_output_are_not_followed(course: CourseFolder, secret: Path) -> None:
    course.write("source/lesson.md", LESSON)
    assert course.run("build", "-q")[0] == 0
    (course.root / "build" / "x.txt").symlink_to(secret)
    course.write("source/lesson.md", LESSON.replace("Prose", "Other prose"))
    code, _, err = course.run("build", "-q")
    assert code == 2
    assert "build/ holds a link, x.txt" in err
    (course.root / "other").symlink_to(course.root / "build")
    assert "other is a link" in course.run("build", "-q", "--out", "other")[2]


def test_files_are_not_written_through_links(tmp_path: Path, secret: Path) -> None:
    before = secret.read_bytes()
    (tmp_path / "lrcards.lock.new").symlink_to(secret)
    replace_file(tmp_path / "lrcards.lock", b"new")
    assert (tmp_path / "lrcards.lock").read_bytes() == b"new"
    assert secret.read_bytes() == before


def test_a_planted_report_carries_nothing_in(course: CourseFolder, secret: Path) -> None:
    course.write("source/lesson.md", LESSON)
    outside = os.path.relpath(secret, course.root / "build")
    rows = [{"path": outside}, {"path": str(secret)}, {"path": 3}, "x", {}]
    items = [{"id": "after-3", "targets": 3}, "x", {"targets": {"anki": "full"}}]
    for files in (rows, "x", {"a": 1}):
        planted = {"lrcards": "1", "files": files, "items": items}
        course.write("build/report.json", json.dumps(planted))
        code, _, err = course.run("build", "-q", "--to", "moodle")
        assert code == 0, err
        assert set(course.tree()) == {"moodle/demo.xml", "report.json"}
        assert SECRET.encode() not in everything(course)
    assert read_files(course.root / "build", iter([outside, str(secret)])) == {}


# --- 4. characters

HIDDEN = [
    "\x1b[31m",
    "\x07",
    "\u202e",
    "\u2066",
    "\u2069",
    "\x9b",
    "\ufeff",
    "\ue0000\ue001",
    "\x00",
]


@pytest.mark.parametrize("char", HIDDEN)
@pytest.mark.parametrize("place", ["lesson", "snippet"])
def test_control_characters_are_errors(course: CourseFolder, char: str, place: str) -> None:
    course.write("source/lesson.md", LESSON + (char if place == "lesson" else ""))
    if place == "snippet":
        course.write("source/snippets/step_lr.py", f"{SNIPPET}# {char}\n")
    err = fails(course, "control-character")
    assert char not in err


@pytest.mark.parametrize(
    "text",
    [
        LESSON.replace("title: StepLR", 'title: "\\e[31m"'),
        LESSON.replace("title: StepLR", 'title: "\\u202e"'),
        LESSON + "\n&#12; and &#x202e;\n",
        LESSON + '\n[a](b "&#x2066;")\n',
    ],
)
def test_escapes_do_not_hide_control_characters(course: CourseFolder, text: str) -> None:
    course.write("source/lesson.md", text)
    fails(course, "control-character")


@pytest.mark.parametrize(
    "value", ["'\\x1b[31m'", "'\\u202e'", "'\\ud800'", "'\\x0c'", "'\\ue0000\\ue001'"]
)
def test_values_of_snippets_hold_none(course: CourseFolder, value: str) -> None:
    course.write("source/snippets/step_lr.py", f"{SNIPPET}text = {value}\n")
    course.write("source/lesson.md", LESSON.replace("Prose with", "Prose `= text` with"))
    got, _, err = course.run("build", "-q")
    assert got == 1
    assert "Traceback" not in err
    assert ESC not in err


def test_messages_of_snippets_do_not_reach_the_terminal_raw(course: CourseFolder) -> None:
    code = (
        "import sys, warnings\nwarnings.warn('w\\x1b[2J\\x9b')\n"
        "print('\\x1b]0;title\\x07\\r\\u202e', file=sys.stderr)\n"
        "raise ValueError('\\x1b[31mred\\n::error file=x::forged')\n"
    )
    course.write("source/snippets/step_lr.py", code)
    course.write("source/lesson.md", LESSON)
    for look in ("full", "concise", "json", "github"):
        exit_code, out, err = course.run("build", "-q", "--format", look)
        assert exit_code == 1
        assert "snippet-exception" in err
        assert not {ESC, "\x9b", "\x07", "\r", "\u202e"} & set(out + err)
        assert "\n::error file=x" not in err


def test_github_annotations_cannot_be_forged() -> None:
    from lrcards.cli.render import FORMATS

    found = Diagnostic(Span("a:b,c%\n::warning::x"), "code", "text\n::error::y", "help\r::z")
    text = FORMATS["github"]([printable(found)], {})
    assert "\n" not in text
    assert "file=a%3Ab%2Cc%25\u240a%3A%3Awarning" in text


def test_printed_texts() -> None:
    assert visible("a\x1bb\x7fc\x9bd\u202ee\rf\ud800\tg\n") == "a␛b␡c�d�e␍f�\tg\n"
    found = printable(Diagnostic(Span("x"), "c", "m" * 5000, notes=("a\nb",)))
    assert len(found.message) < 1100
    assert found.notes == ("a␊b",)
    letters = "\u05e9\u05dc\u05d5\u05dd \u200f\u200e \u4e2d \u200d"
    assert visible(letters) == letters


def test_arguments_do_not_reach_the_terminal_raw(course: CourseFolder) -> None:
    course.write("source/lesson.md", LESSON)
    for arguments in (("build", "--to", ESC), ("check", ESC), (ESC,), ("build", "--source", ESC)):
        code, out, err = course.run(*arguments)
        assert code == 2
        assert ESC not in out + err


def test_right_to_left_letters_are_fine(course: CourseFolder) -> None:
    course.write("source/lesson.md", LESSON.replace("Prose", "שלום \u200f العربية"))
    assert course.run("build", "-q", "--strict")[0] == 0


def test_findings_without_end_are_cut(course: CourseFolder) -> None:
    course.write("source/lesson.md", LESSON + "\n<b>\n" * 3000 + "x" * 100_000 + "<u>\n")
    start = time.monotonic()
    code, _, err = course.run("build", "-q")
    assert code == 1
    assert "2001 findings more, not shown" in err or "findings more, not shown" in err
    assert max(map(len, err.split("\n"))) < 2000
    assert time.monotonic() - start < 30


# --- 5. expressions

BOMBS = [
    "9**9**9", "2**-9**9**9", "'a'*10**9", "10**9*'a'", "[0]*10**9", "[[0]*90000]*90000",
    "[[[0]*300]*300]*300", "sorted([[0]*90000]*90000)", "([0]*90000)*90000", "'a'*90000*90000",
    "sum([[0]*50000]*50000, [])", "sum(['a'], '')", "['a'*90000]*90000", "{'a': [0]*99999}['b']",
    "(" * 200 + "1" + ")" * 200, "-" * 990 + "1", "(" + "-" * 900 + "x)()", "[" * 60 + "]" * 60,
    "1" * 5000, "0x" + "f" * 900, "9" * 990, "x" * 2000, "1<" * 400 + "1" + ">2",
    "round(1, -10**9)",
    "round(1.5, 10**9)", "round('a', 'b')", "round(1, None)", "1e999", "1e308*10", "2.0**5000",
    "[1][0:10**400]", "[1][::0]", "[1][10**400]", "'%s' % 1", "1%0", "1//0", "0**-1", "(-1)**0.5",
    "{[1]: 2}", "max([])", "max(1)", "abs('a')", "len(1)", "close('a', 1)", "close(2**1000, 1e400)",
    "not x.__class__", "[x for x in [1]]", "lambda: 1", "f'{1}'", "b'a'", "(yield)", "1j", "...",
    "x := 1", "*[1]", "__import__('os')", "close(*[1,2])", "max(key=len)", "2**2000", "a b",
]  # fmt: skip


@pytest.mark.parametrize("text", BOMBS)
def test_expression_bombs(text: str) -> None:
    start = time.monotonic()
    value = parse(text)
    if isinstance(value, Value):
        made = evaluate(value.expression, {"x": 1})
        if not isinstance(made, Problem):
            made = show(made, value.format)
        assert isinstance(made, Problem) or len(made) <= 2000, text
    assert time.monotonic() - start < 2


@pytest.mark.parametrize(
    "text",
    ["1:1000000000.5f", "1:.999999f", "1:999999999999999999999d", "27:c", "55296:c", "1:\x1b>5"],
)
def test_format_bombs(text: str) -> None:
    value = parse(text)
    made = show(int(text.partition(":")[0]), value.format) if isinstance(value, Value) else value
    assert isinstance(made, Problem)


def test_huge_numbers_are_no_bug(course: CourseFolder) -> None:
    names = {"big": 10**400, "nested": [[10**400]], "deep": json.loads("[" * 200 + "]" * 200)}
    for text in ("big", "nested[0][0]", "deep", "[big]*5", "sum([big, big])", "max(nested)"):
        made = evaluate(text, names)
        assert isinstance(made, Problem) or isinstance(show(made, None), str | Problem)
    assert literal_agrees("5", 2**900, Exactness()) is False
    assert literal_agrees("1e300", 10**300, Exactness()) is True
    course.write("source/snippets/step_lr.py", f"{SNIPPET}big = 10**400\n")
    for answer in ("2**999 -> 5", "big", "lr[0]*1e300*1e300", "-2**999"):
        course.write("source/lesson.md", LESSON.replace("lr[3] -> 0.05", answer))
        code, _, err = course.run("build", "-q")
        assert code == 1
        assert "Traceback" not in err


def test_very_many_values_are_bounded(
    course: CourseFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lrcards.check._SECONDS", 0.2)
    course.write("source/lesson.md", LESSON + "`= len([0]*90000)`\n" * 3000)
    fails(course, "too-complex")


# --- 6. YAML

LAUGHS = "a: &a [x, x]\n" + "".join(
    f"{b}: &{b} [*{a}, *{a}]\n" for a, b in itertools.pairwise("abcdefghi")
)
YAML = [
    LAUGHS, "a: &a [*a]", "a: !!python/object/apply:os.system ['true']", "a: !!binary aGk=",
    "base: &b {a: 1}\nc:\n  <<: *b", "a: " + "[" * 5000, "a: " + "{b: " * 3000, "- " * 3000,
    "a: " + "x" * 60_000, "a: 1\na: 2", "x: 1\n" * 10_000, "? [a]\n: b", "a: " + "9" * 50_000,
    "a: 1e999999", "\x00",  "%YAML 9.9\n---\na: 1", "--- a\n--- b", "'" * 999, "a: |\n" * 99,
    "a: 0x" + "f" * 40_000, "a" * 60_000 + ": 1", "x: 1\n" * 250_000,
]  # fmt: skip


@pytest.mark.parametrize("text", YAML, ids=range(len(YAML)))
def test_yaml_bombs(text: str) -> None:
    start = time.monotonic()
    node, found = parse_yaml(text, Span("x.md"))
    assert time.monotonic() - start < 3
    assert node is None or found or len(text) > 1000 or "e999" in text


@pytest.mark.parametrize("text", YAML, ids=range(len(YAML)))
def test_front_matter_bombs(course: CourseFolder, text: str) -> None:
    course.write("source/lesson.md", f"---\n{text}\n---\n\nText.\n".encode("utf-8", "replace"))
    code, _, err = course.run("check", "-q")
    assert code == 1
    assert "Traceback" not in err


# --- 7. formulas


@pytest.mark.parametrize(
    "tex",
    [
        r"\text{<script>alert(1)</script>}", r"\text{<img src=x onerror=alert(1)>}",
        r"\text{<mtext onclick='x'>a</mtext>}", r"\text{</mtext></math><script>}",
        r"\href{javascript:alert(1)}{x}", r"\class{a}{b}", r"\style{color:red}{x}",
        r"\require{html}", r"\unicode{1}", r"\def\x{y}", r"\input{/etc/passwd}",
        r"\text{<!DOCTYPE x>}", r"\text{<a xmlns='http://www.w3.org/1999/xhtml'>x</a>}",
        r"\text{&nosuch;}", "x" * 2001, r"\frac" * 300, r"\left(" * 200,
        r"\text{<semantics><annotation-xml>x</annotation-xml></semantics>}",
    ],
)  # fmt: skip
def test_hostile_formulas_are_refused(tex: str) -> None:
    start = time.monotonic()
    assert math_problem(tex)
    assert time.monotonic() - start < 5


@pytest.mark.parametrize(
    "tex",
    [
        r"\text{&lt;script&gt;}",
        r"\text{&#60;b&#62;}",
        r"\text{<![CDATA[<b>]]>}",
        r"\text{a <!--<b>--> b}",
        "a<b",
        "a&b",
    ],
)
def test_only_listed_mathml_comes_out(tex: str) -> None:
    if math_problem(tex):
        return
    made = mathml(tex, display=False)
    assert "<script" not in made
    assert "<b" not in made
    assert "<!" not in made


# --- 8. Markdown

LINKS = [
    "[a](javascript:alert(1))", "[a](JaVaScRiPt:alert(1))", "[a](&#106;avascript:alert(1))",
    "[a](data:text/html,x)", "[a](vbscript:x)", "[a](file:///etc/passwd)", "[a](foo:bar)",
    "<javascript:alert(1)>", "<foo:bar>", '[a](x "\\" onmouseover=alert(1) b=\\"")',
    "[a]: javascript:x\n\n[a]", "[a](\tjavascript:x)", "[a](java&#10;script:x)", "[a](blob:x)",
]  # fmt: skip


@pytest.mark.parametrize("link", LINKS)
def test_links_run_nothing(course: CourseFolder, link: str) -> None:
    course.write("source/lesson.md", f"{LESSON.replace('What is', link + ' what is')}\n{link}\n")
    code, _, err = course.run("build", "-q")
    assert code == 0, err
    page = course.tree()["html/lesson.html"].decode().lower()
    for bad in ("javascript:", "data:", "vbscript:", "file:", "foo:", "blob:"):
        assert f'href="{bad}' not in page
    assert '" onmouseover' not in page


@pytest.mark.parametrize(
    "html",
    [
        "<script>x</script>", "<img src=x onerror=y>", "<!-- a --!><script>x</script>",
        "<svg onload=x>", "<!-- a --> <script>x</script>", "<?php x ?>", "<!DOCTYPE x>",
        "<![CDATA[x]]>", "a <b onclick=x>",
    ],
)  # fmt: skip
def test_raw_html_is_an_error(course: CourseFolder, html: str) -> None:
    course.write("source/lesson.md", f"{LESSON}\n{html}\n")
    fails(course, "raw-html")


def test_comments_leave_nothing(course: CourseFolder) -> None:
    course.write("source/lesson.md", f"{LESSON}\n<!-- {SECRET} --!><script>{SECRET}</script> -->\n")
    assert course.run("build", "-q")[0] == 0
    assert SECRET.encode() not in everything(course).partition(b"after-3")[0]
    assert f"<script>{SECRET}".encode() not in everything(course)


SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"{}>{}</svg>'
)
ACTIVE = [
    SVG.format("", "<script>x</script>"), SVG.format(' onload="x"', ""), SVG.format("", "<a/>"),
    SVG.format("", '<image href="https://example.org/x.png"/>'),
    SVG.format("", '<use xlink:href="other.svg#x"/>'), SVG.format("", "<foreignObject/>"),
    SVG.format("", "<style>@import 'x';</style>"), SVG.format("", "<style>a{b:url(//x)}</style>"),
    SVG.format("", '<g style="fill:url( \'http://x\')"/>'), SVG.format("", '<g fill="u\\72l(x)"/>'),
    SVG.format("", '<set attributeName="href" to="javascript:x"/>'),
    SVG.format("", '<image href="data:image/svg+xml;base64,x"/>'),
    '<!DOCTYPE svg [<!ENTITY a "b">]>' + SVG.format("", "&a;"),
    '<?xml-stylesheet href="x"?>' + SVG.format("", ""), "<svg", "", "<html/>x",
]  # fmt: skip
PLAIN = [
    '<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/x.dtd">'
    + SVG.format("", "<style>*{stroke-linejoin: round}</style>"),
    SVG.format("", '<g clip-path="url(#p)"><use xlink:href="#m"/></g><title>on a</title>'),
    SVG.format("", '<image href="data:image/png;base64,AAAA"/>'),
]


@pytest.mark.parametrize("svg", ACTIVE)
def test_active_svg_is_refused(course: CourseFolder, svg: str) -> None:
    assert svg_problem(svg.encode())
    course.write("source/a.svg", svg)
    course.write("source/lesson.md", f"{LESSON}\n![x](a.svg)\n")
    fails(course, "active-svg")


@pytest.mark.parametrize("svg", PLAIN)
def test_a_plain_svg_is_embedded_as_an_image(course: CourseFolder, svg: str) -> None:
    course.write("source/a.svg", svg)
    course.write("source/lesson.md", f"{LESSON}\n![x](a.svg '\"><script>')\n")
    code, _, err = course.run("build", "-q")
    assert code == 0, err
    data = base64.b64encode(svg.encode()).decode()
    page = course.tree()["html/lesson.html"].decode()
    assert f'<img src="data:image/svg+xml;base64,{data}" alt="x"' in page
    assert '"><script>' not in page


def test_svg_that_is_no_utf8_or_endless() -> None:
    assert svg_problem(SVG.format("", "<script/>").encode("utf-16"))
    deep = SVG.format("", "<g>" * 200_000 + "</g>" * 200_000)
    start = time.monotonic()
    svg_problem(deep.encode())
    assert time.monotonic() - start < 10


N = 300_000
HEAPS = {
    "quotes": ">" * 10_000, "brackets": "[" * 10_000, "stars": "*" * 1_000_000,
    "backticks": "`" * 1_000_000, "growing backticks": "".join("`" * n + "a" for n in range(700)),
    "emphasis": "*a_ " * (N // 4), "images": "![" * 20_000, "links": "[](" * 20_000,
    "angles": "<" * N, "comments": "<!--" * (N // 4), "closed": "<!--a--> " * 40 + "x",
    "braces": "{{ " * (N // 3), "code braces": "`" + "{{ " * (N // 3) + "`",
    "dollars": "$a " * 50_000,
    "tables": "|a" * 20_000 + "\n" + "|-" * 20_000 + "\n", "headings": "### a\n\nb\n\n" * 5000,
    "lists": "".join("  " * n + "- a\n" for n in range(400)), "entities": "&#12;" * 20_000,
    "tags": "<b>" * 20_000, "references": "".join(f"[a{n}]: /x\n" for n in range(20_000)),
    "cards": "## a\n\n```yaml card\nid: a\n```\n\n" * 3000, "boxes": "- [x] a\n" * 20_000,
}  # fmt: skip


@pytest.mark.parametrize("heap", HEAPS)
def test_heaps_of_marks_are_bounded(course: CourseFolder, heap: str) -> None:
    course.write("source/lesson.md", HEAD + HEAPS[heap])
    start = time.monotonic()
    code, _, err = course.run("check", "-q", "--format", "concise")
    assert code in {0, 1}
    assert "Traceback" not in err
    assert time.monotonic() - start < 60


def test_a_slow_lesson_is_an_error(course: CourseFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lrcards.read._SECONDS", 0.2)
    course.write("source/lesson.md", HEAD + "a *b* `c`\n" * 50_000)
    assert "it takes more than 0.2 s" in fails(course, "too-complex")


def test_code_is_highlighted_in_known_languages_only() -> None:
    for lang in ("erb", "no-such", "../../x", "<b>"):
        assert highlight("a = 1", lang) == plain_code("a = 1", lang)
    long = "a = 1\n" * 20_000
    assert highlight(long, "python") == plain_code(long, "python")
    start = time.monotonic()
    for lang in ("python", "yaml", "css", "html", "js", "toml", "cpp", "sql", "bash", "console"):
        for text in ("(" * 5000, '"' * 5000, "a" * 5000, "/*" * 2500, "\\" * 5000, " " * 5000):
            highlight(text, lang)
    assert time.monotonic() - start < 30


# --- bounds


def endless() -> None:
    while True:
        pass


def test_bounds_of_time_and_memory() -> None:
    with pytest.raises(TooMuchError, match=r"more than 0\.2 s"), bounded(0.2):
        endless()
    with bounded(5):
        pass
    if sys.platform == "linux":
        with pytest.raises(TooMuchError, match="1 GiB"), bounded(5):
            bytearray(3 << 30)
        assert len(bytearray(1 << 20)) == 1 << 20


def test_inside(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    assert inside(tmp_path / "a" / "b", tmp_path)
    for name in ("..", "loop", "a\0b", ".git/config", "a/.env"):
        assert not inside(tmp_path / name, tmp_path)


# --- 9. store, lock, last build


def planted(course: CourseFolder, **result: object) -> None:
    """Put a line with the right key into the store, and no trace of the honest one."""
    store = course.root / ".lrcards" / "store.jsonl"
    row = json.loads(store.read_text().split("\n")[0])
    row["result"] |= result
    store.write_text(json.dumps(row) + "\n")
    (course.root / ".lrcards" / "last-build.json").unlink(missing_ok=True)


DEEP: object = []
for _ in range(300):
    DEEP = [DEEP]
FAILED = {"kind": "exception", "message": "m", "exception": "E", "line": 1, "stderr": ""}
RESULTS = {
    "nan": {"names": {"lr": [float("nan")] * 8}},
    "infinite": {"names": {"lr": [float("inf")] * 8}},
    "deep": {"names": {"lr": DEEP}},
    "long": {"names": {"lr": [[0.05] * 300] * 300}},
    "html": {"names": {"lr": ["<script>alert(1)</script>", ESC, "\u202e", 1]}},
    "dict": {"names": {"lr": {"3": 1, "__class__": 2}}},
    "no identifier": {"names": {"a b": 1, "lr": [0.1]}},
    "no mapping": {"names": [1]},
    "negative steps": {"scheduler_steps": -5},
    "infinite steps": {"optimizer_steps": float("inf")},
    "text steps": {"optimizer_steps": "x"},
    "other schema": {"more": 1},
    "failure": {"failure": {**FAILED, "message": f"{ESC}[31m<b>", "stderr": f"{ESC}[2J"}},
    "failure line": {"failure": {**FAILED, "line": -(10**6)}},
    "far failure line": {"failure": {**FAILED, "line": 10**30}},
    "failure kind": {"failure": {**FAILED, "kind": f"{ESC}]0;x"}},
    "failure type": {"failure": {**FAILED, "message": [1]}},
    "failure list": {"failure": [1]},
    "warning": {"warnings": [{"category": f"<b>{ESC}", "message": f"{ESC}", "line": -(10**9)}]},
    "warnings": {"warnings": "abc"},
}


@pytest.mark.parametrize("result", RESULTS)
def test_a_planted_store(course: CourseFolder, result: str) -> None:
    course.write("source/lesson.md", LESSON.replace("Prose with", "`= lr` ![x](plot:lr) with"))
    assert course.run("build", "-q")[0] == 0
    honest = course.tree()
    planted(course, **RESULTS[result])
    code, out, err = course.run("build")
    assert code in {0, 1}
    assert "Traceback" not in err
    assert ESC not in out + err
    assert b"<script>alert" not in course.tree()["html/lesson.html"]
    code, out, err = course.run("build", "--no-cache")
    assert code == 0, err
    assert "0 from the store" in out
    assert course.tree() == honest


def test_no_cache_believes_no_planted_number(course: CourseFolder) -> None:
    course.write("source/lesson.md", LESSON.replace("lr[3] -> 0.05", "lr[3]"))
    assert course.run("build", "-q")[0] == 0
    honest = course.tree()["html/lesson.html"]
    planted(course, names={"lr": [7.0] * 8})
    assert course.run("build", "-q")[0] == 0
    assert course.tree()["html/lesson.html"] != honest
    assert course.run("build", "-q", "--no-cache")[0] == 0
    assert course.tree()["html/lesson.html"] == honest


def test_results_are_checked() -> None:
    good = {"names": {"a": 1}}
    assert sound_result(good)
    for bad in (None, [], "x", 1, {}, {"names": {"a-b": 1}}, {"names": {"": 1}}):
        assert sound_result(bad) is None
    assert sound_result({**good, "optimizer_steps": float("inf")}) is None
    assert sound_result({**good, "scheduler_steps": -1}) is None


def test_a_store_that_is_no_file(course: CourseFolder) -> None:
    course.write("source/lesson.md", LESSON)
    (course.root / ".lrcards").mkdir()
    with (course.root / ".lrcards/store.jsonl").open("wb") as stream:
        stream.truncate(DATA + 1)
    assert course.run("check", "-q")[0] in {0, 3}
    (course.root / ".lrcards/store.jsonl").unlink()
    os.mkfifo(course.root / ".lrcards/store.jsonl")
    code, _, err = course.run("check", "-q")
    assert code in {2, 3}
    assert "Traceback" not in err


LOCKS = {
    "guid": {"guid": "x' or 1=1"}, "short guid": {"guid": "abc"}, "html": {"guid": "<b>abcdefghi"},
    "guid line": {"guid": "abcdefghijkl\n"}, "guid type": {"guid": 5}, "negative": {"mod": -1},
    "float": {"mod": 1.5}, "true": {"mod": True}, "huge": {"mod": 10**30},
    "future": {"mod": NOW + 86_401}, "deck": {"deck": f"a{ESC}[31m"}, "bidi": {"deck": "a\u202eb"},
    "id": {"id": "a\x00"}, "more": {"more": 1}, "nan": {"mod": float("nan")},
}  # fmt: skip


@pytest.mark.parametrize("change", LOCKS)
def test_a_planted_lock(change: str) -> None:
    lines, found = parse_lock(json.dumps(LINE | LOCKS[change]) + "\n", NOW)
    assert lines == {}
    assert [one.code for one in found] == ["broken-lock"]
    assert found[0].help
    [name] = LOCKS[change]
    said = (f" in '{name}'", "expected no other keys than id, guid", "not in the past")
    assert any(text in found[0].message for text in said)


def test_a_sound_lock() -> None:
    guids = [guid_of("demo", f"item-{n}") for n in range(500)]
    rows = [LINE | {"id": f"i{n}", "guid": guid} for n, guid in enumerate(guids)]
    text = "".join(json.dumps(row) + "\n" for row in [*rows, rows[0] | {"mod": NOW + 86_400}])
    lines, found = parse_lock(text, NOW)
    assert not found
    assert len(lines) == 500
    assert lines["i0", ""].mod == NOW + 86_400
    twice = json.dumps(LINE) + "\n" + json.dumps(LINE | {"id": "b"}) + "\n"
    _, found = parse_lock(twice, NOW)
    assert "have one guid" in found[0].message


@pytest.mark.parametrize("data", [b"\xff", b"[" * 100_000, b"{}", b"\x00", b'{"id": 1}'])
def test_a_lock_that_is_none(course: CourseFolder, data: bytes) -> None:
    course.write("source/lesson.md", LESSON)
    course.write("lrcards.lock", data)
    fails(course, "broken-lock")


@pytest.mark.parametrize("what", ["pipe", "sparse", "folder"])
def test_a_lock_that_is_no_file(course: CourseFolder, what: str) -> None:
    course.write("source/lesson.md", LESSON)
    lock = course.root / "lrcards.lock"
    if what == "pipe":
        os.mkfifo(lock)
    elif what == "folder":
        lock.mkdir()
    else:
        with lock.open("wb") as stream:
            stream.truncate(2 << 30)
    fails(course, "broken-lock")


def test_a_planted_last_build_says_nothing_raw(course: CourseFolder, secret: Path) -> None:
    course.write("source/lesson.md", LESSON)
    assert course.run("build", "-q")[0] == 0
    file = course.root / ".lrcards" / "last-build.json"
    last = json.loads(file.read_text())
    outside = os.path.relpath(secret, course.root)
    for path in (outside, str(secret), f"{ESC}x", "source/lesson.md"):
        span = {"path": path, "line": 2, "column": 1, "width": 1}
        one = {
            "span": span, "code": f"c{ESC}", "message": f"{ESC}[2J\n::error::x", "help": ESC,
            "notes": [ESC], "also": [[span, ESC]], "severity": "warning",
        }  # fmt: skip
        file.write_text(json.dumps(last | {"diagnostics": [one]}))
        code, out, err = course.run("build")
        assert code == 0
        assert "Nothing to do" in out
        assert ESC not in out + err
        assert "\n::error" not in err
        assert SECRET not in out + err


def broken_records(last: dict[str, object]) -> Iterator[object]:
    yield from ([], "x", 3, None, {}, {"inputs": 1})
    for key in last:
        for value in (
            None,
            3,
            "x",
            [3],
            [[3]],
            {"a": [1]},
            float("inf"),
            [{"span": {"line": "x"}}],
        ):
            yield last | {key: value}
    yield last | {"inputs": {"file ../../x": "missing", "file /dev/zero": "missing"}}
    yield last | {"outputs": {"../../x": "missing", "/dev/zero": "missing", "a\0": "missing"}}


def test_a_broken_last_build_only_costs_a_build(course: CourseFolder) -> None:
    course.write("source/lesson.md", LESSON)
    assert course.run("build", "-q")[0] == 0
    file = course.root / ".lrcards" / "last-build.json"
    for broken in broken_records(json.loads(file.read_text())):
        file.write_text(json.dumps(broken))
        _load(file)
        if isinstance(broken, dict) and set(broken) > {"inputs"}:
            continue
        code, _, err = course.run("build", "-q")
        assert code == 0, err
    file.write_bytes(b"[" * 100_000)
    assert _load(file) is None


# --- 10. configuration

KEYS = (
    "uid", "title", "version", "author", "license", "language", "site_url", "issues_url", "source",
    "out", "templates", "isolation", "targets", "snippet_timeout", "retired", "allow",
)  # fmt: skip
WRONG = [
    "3",
    "-1",
    "1.5",
    "nan",
    "inf",
    "true",
    "[]",
    "[1]",
    "[[1]]",
    "{}",
    "{a = 1}",
    "{a = {}}",
    "1979-05-27",
    '""',
    '"\\u001b"',
]


@pytest.mark.parametrize("key", KEYS)
def test_wrong_types_in_the_configuration(course: CourseFolder, key: str) -> None:
    course.write("source/lesson.md", LESSON)
    base = {"uid": '"demo"', "title": '"D"'}
    for value in WRONG:
        rows = "".join(f"{k} = {v}\n" for k, v in (base | {key: value}).items())
        for name, text in (("lrcards.toml", rows), ("pyproject.toml", f"[tool.lrcards]\n{rows}")):
            (course.root / "lrcards.toml").unlink(missing_ok=True)
            course.write(name, text)
            code, out, err = course.run("check", "-q")
            assert code in {0, 1, 2}
            assert "Traceback" not in err
            assert ESC not in out + err


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xfe", b"a = " + b"[" * 100_000, b"uid = " + b"9" * 5000, b"#" * (TEXT + 1), b"\x00",
        b"a." * 5000 + b"b = 1", b"a = " + b"{b = " * 3000, b'uid = "\\ud800"',
    ],
    ids=range(8),
)  # fmt: skip
def test_configurations_that_are_none(course: CourseFolder, data: bytes) -> None:
    course.write("lrcards.toml", data)
    code, _, err = course.run("build")
    assert code == 2
    assert "Traceback" not in err


@pytest.mark.parametrize(
    "text", ["tool = 3", "[tool]\nlrcards = 3", "[[tool]]\na = 1", "[project]"]
)
def test_a_pyproject_without_a_course(course: CourseFolder, text: str) -> None:
    (course.root / "lrcards.toml").unlink()
    course.write("pyproject.toml", text)
    assert "[no-config]" in course.run("build")[2]


def test_a_configuration_that_is_no_file(course: CourseFolder) -> None:
    (course.root / "lrcards.toml").unlink()
    os.mkfifo(course.root / "lrcards.toml")
    fails(course, "broken-config", 2)


def test_numbers_of_keys_without_end(course: CourseFolder) -> None:
    for key in ("points: 1e999", "scale: 1e-999", "scale: 1e999", "tol: 1e999", "tol: 1e-999%"):
        course.write("source/lesson.md", LESSON.replace("level: easy", key))
        code, _, err = course.run("build", "-q")
        assert code in {0, 1}, key
        assert "Traceback" not in err, key
    assert Decimal("1e999").is_finite()
