"""What authors see for each mistake: every case is a lesson, its golden file is the output."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import HERE, LESSON, CourseFolder, Golden

CASES = sorted((HERE / "cases" / "errors").glob("*.md"))
ONLY_WARN = {"missing-feedback", "figure-reveals", "unverified-number"}


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_author_sees(case: Path, course: CourseFolder, golden: Golden) -> None:
    course.write("source/fine.md", LESSON)
    assert course.run("build", "-q")[0] == 0
    before = course.tree()
    course.write("source/lesson.md", case.read_bytes())
    code, out, err = course.run("build", "-q", "--strict")
    golden(f"errors/{case.stem}.txt", f"exit {code}\n{out}{err}")
    assert code == 1
    assert "Traceback" not in err
    assert course.tree() == before, "the old output must stay as it was"
    if case.stem in ONLY_WARN:
        assert course.run("build", "-q")[0] == 0


def test_not_utf8_names_the_byte(course: CourseFolder, golden: Golden) -> None:
    course.write("source/lesson.md", b"---\ntitle: x\n---\n\n\xe9t\xff\n")
    code, out, err = course.run("build", "-q")
    golden("errors/not-utf8.txt", f"exit {code}\n{out}{err}")
    assert code == 1


def test_an_empty_source_folder_is_an_error(course: CourseFolder, golden: Golden) -> None:
    code, out, err = course.run("build", "-q")
    golden("errors/empty-source.txt", f"exit {code}\n{out}{err}")
    assert code == 1


def test_a_missing_source_folder_is_a_usage_error(course: CourseFolder) -> None:
    code, _, err = course.run("build", "--source", "nowhere")
    assert code == 2
    assert "there is no source folder nowhere/" in err
    assert course.run("build", "--source", "/etc")[0] == 2


def test_a_link_out_of_the_course_is_not_followed(course: CourseFolder, tmp_path: Path) -> None:
    secret = tmp_path.parent / "secret.md"
    secret.write_text("---\ntitle: secret\n---\n", encoding="utf-8")
    (course.root / "source" / "link.md").symlink_to(secret)
    code, _, err = course.run("build", "-q")
    assert code == 1
    assert "a link that leads out of the course" in err


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("uid = 3\ntitle = 'x'", "'uid' must be text"),
        ("title = 'x'", "'uid' is missing"),
        ("uid = 'A B'\ntitle = 'x'", "cannot be a uid"),
        ("uid = 'a'\ntitle = 'x'\ntitel = 'y'", "did you mean 'title'?"),
        ("uid = 'a'\ntitle = 'x'\ntargets = ['anky']", "unknown target 'anky'"),
        ("uid = 'a'\ntitle = 'x'\ntargets = 'anki'", "must be a list of texts"),
        ("uid = 'a'\ntitle = 'x'\nsnippet_timeout = 0", "seconds above 0"),
        ("uid = 'a'\ntitle = 'x'\nallow = ['x']", "codes to reasons"),
        ("uid = 'a'\ntitle = 'x'\nisolation = 'full'", "not built yet"),
        ("uid = x\n", "lrcards.toml:1:7"),
    ],
)
def test_configuration_mistakes(course: CourseFolder, toml: str, said: str) -> None:
    course.write("lrcards.toml", toml)
    code, _, err = course.run("build")
    assert code == 2
    assert said in err


def test_no_configuration(course: CourseFolder) -> None:
    (course.root / "lrcards.toml").unlink()
    code, _, err = course.run("check")
    assert code == 2
    assert "no lrcards.toml here or in a folder above" in err


def test_configuration_in_pyproject(course: CourseFolder) -> None:
    (course.root / "lrcards.toml").unlink()
    course.write("pyproject.toml", '[tool.lrcards]\nuid = "p"\ntitle = "P"\n')
    course.write("source/lesson.md", LESSON)
    assert course.run("check", "-q")[0] == 0


def test_accepted_warnings_are_silent(course: CourseFolder) -> None:
    case = (HERE / "cases" / "errors" / "unverified-number.md").read_text(encoding="utf-8")
    accepted = case.replace("id: one\n", 'id: one\nallow: {unverified-number: "an example"}\n')
    course.write("source/lesson.md", accepted)
    assert course.run("build", "-q", "--strict")[0] == 0
    course.write("source/lesson.md", case)
    course.write(
        "lrcards.toml",
        'uid = "demo"\ntitle = "Demo"\n[allow]\nunverified-number = "an example"\n',
    )
    assert course.run("build", "-q", "--strict")[0] == 0
