"""The whole pipeline through the command line: what is built, when nothing is, and what is safe."""

from __future__ import annotations

import hashlib
import io
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import lrcards.run
from lrcards.cli.common import BUILT
from lrcards.model import TARGETS
from lrcards.run.local import RunnerError
from lrcards.write import WRITERS
from lrcards.write.files import exchange, recover
from tests.conftest import LESSON, ROOT, SNIPPET, CourseFolder, Golden

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010804000000b51c0c020000000b4944415478da6364"
    "6000000006000230816ed00000000049454e44ae426082"
)


def report(course: CourseFolder) -> dict[str, object]:
    made: dict[str, object] = json.loads((course.root / "build" / "report.json").read_bytes())
    return made


def test_builds_every_target(course: CourseFolder) -> None:
    course.write("source/lesson.md", LESSON)
    code, out, err = course.run("build")
    assert code == 0, err
    assert set(course.tree()) == {
        "anki/demo.apkg", "anki/demo.md", "html/.nojekyll", "html/404.html", "html/index.html",
        "html/lesson.html", "moodle/demo.xml", "qti12/demo.zip", "report.json",
        "qti21/demo.zip", "qti3/demo.zip",
        *(f"html/files/{name}{ending}" for name in ("demo", "lesson")
          for ending in (".apkg", ".moodle.xml", ".qti12.zip", ".qti21.zip", ".qti3.zip")),
    }  # fmt: skip
    assert "isolation: full" in out
    assert "all agree" in out
    assert err.splitlines()[-1] == "0 errors, 0 warnings in 2 files"


def test_report_says_what_was_computed(course: CourseFolder) -> None:
    course.write("source/lesson.md", LESSON)
    course.run("build")
    made = report(course)
    item = made["items"][0]  # type: ignore[index]
    assert item["answer"] == {
        "shown": "0.05", "computed": "0.05", "low": "0.049949", "high": "0.050051", "scale": None,
    }  # fmt: skip
    assert item["values"][0]["expression"] == "lr[3]"
    assert len(item["values"][0]["key"]) == 64
    assert item["steps"] == {"optimizer": 8, "scheduler": 8}
    assert item["targets"] == {**dict.fromkeys(TARGETS, "full"), "qti12": item["targets"]["qti12"]}
    assert {row["path"] for row in made["files"]} == set(course.tree()) - {"report.json"}  # type: ignore[attr-defined]
    assert made["torch"] == "2.13.0"


def test_the_second_build_does_nothing_and_starts_no_torch(
    course: CourseFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    course.write("source/lesson.md", LESSON.replace("answer: lr[3]", "answer: lr[4]"))
    course.write("source/lesson.md", LESSON)
    assert course.run("build")[0] == 0

    def never(*_: object) -> None:
        raise AssertionError("the runner was started")

    monkeypatch.setattr(lrcards.run, "execute_all", never)
    before = course.tree()
    code, out, _ = course.run("build")
    assert code == 0
    assert out.startswith("Nothing to do")
    assert course.tree() == before


def test_a_no_op_loads_none_of_the_heavy_libraries(course: CourseFolder) -> None:
    course.write("source/lesson.md", LESSON)
    assert course.run("build")[0] == 0
    code = (
        "import sys; from lrcards.cli import run; code = run(['build']); "
        "print(code, sorted({'torch', 'genanki', 'jinja2', 'lxml', 'markdown_it'} "
        "& set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=course.root, env={"PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "Nothing to do" in done.stdout
    assert done.stdout.splitlines()[-1] == "0 []"


def test_importing_the_command_line_is_cheap() -> None:
    code = (
        "import sys, lrcards.cli, lrcards.cli.build, lrcards.cli.check; "
        "print(sorted({'torch', 'genanki', 'jinja2', 'lxml', 'yaml'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("source/lesson.md", LESSON + "\nMore.\n"),
        ("source/snippets/step_lr.py", SNIPPET + "\n# a comment\n"),
        ("lrcards.toml", 'uid = "demo"\ntitle = "Other"\n'),
        ("build/html/index.html", "edited"),
        ("lrcards.lock", ""),
        ("templates/html/404.html", "gone"),
    ],
)
def test_every_input_and_output_counts(course: CourseFolder, name: str, text: str) -> None:
    course.write("source/lesson.md", LESSON)
    assert course.run("build")[0] == 0
    course.write(name, text)
    code, out, err = course.run("build")
    assert code == 0, err
    assert "Nothing to do" not in out


def test_a_no_op_shows_its_warnings_again(course: CourseFolder) -> None:
    course.write("source/lesson.md", LESSON + "\n### Solution\n\nAbout 0.07.\n")
    assert course.run("build")[0] == 0
    code, out, err = course.run("build")
    assert (code, "Nothing to do" in out) == (0, True)
    assert "warning[unverified-number]" in err
    assert "About 0.07." in err
    assert course.run("build", "--strict")[0] == 1


def test_editing_prose_checks_again_but_runs_nothing(course: CourseFolder) -> None:
    course.write("source/lesson.md", LESSON)
    course.run("build")
    course.write("source/lesson.md", LESSON.replace("What is the rate", "Which rate is used"))
    _, out, _ = course.run("build")
    assert "Ran      0 snippets, 1 from the store" in out


def test_mod_moves_only_with_the_content(
    course: CourseFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lrcards.cli.common.now", lambda: 1000)
    course.write("source/lesson.md", LESSON)
    course.run("build")
    first = (course.root / "lrcards.lock").read_text(encoding="utf-8")
    monkeypatch.setattr("lrcards.cli.common.now", lambda: 2000)
    course.write("source/lesson.md", LESSON.replace("Prose with", "Words and"))
    course.run("build", "--no-cache")
    assert (course.root / "lrcards.lock").read_text(encoding="utf-8") == first
    assert json.loads(first)["mod"] == 1000
    course.write("source/lesson.md", LESSON.replace("What is", "Which is"))
    course.run("build")
    line = json.loads((course.root / "lrcards.lock").read_text(encoding="utf-8"))
    assert (line["guid"], line["mod"]) == (json.loads(first)["guid"], 2000)
    monkeypatch.setattr("lrcards.cli.common.now", lambda: 5)
    course.write("source/lesson.md", LESSON)
    course.run("build")
    assert json.loads((course.root / "lrcards.lock").read_text(encoding="utf-8"))["mod"] == 2001


def test_a_renamed_item_keeps_its_guid_and_a_removed_one_is_named(course: CourseFolder) -> None:
    course.write("source/lesson.md", LESSON)
    course.run("build")
    old = json.loads((course.root / "lrcards.lock").read_text(encoding="utf-8"))
    renamed = LESSON.replace("id: after-3", "id: after-three\naliases: [after-3]")
    course.write("source/lesson.md", renamed)
    assert course.run("build", "--strict")[0] == 0
    new = json.loads((course.root / "lrcards.lock").read_text(encoding="utf-8"))
    assert (new["id"], new["guid"]) == ("after-three", old["guid"])
    course.write("source/lesson.md", LESSON.split("## After")[0])
    code, _, err = course.run("build")
    assert code == 0
    assert "warning[id-removed]: the item 'after-three'" in err
    course.write("lrcards.toml", 'uid = "demo"\ntitle = "Demo"\nretired = ["after-three"]\n')
    assert course.run("build", "--strict")[0] == 0


def test_a_broken_lock_is_an_error(course: CourseFolder) -> None:
    course.write("source/lesson.md", LESSON)
    course.write("lrcards.lock", '{"id": 3}\n\nnonsense\n')
    code, _, err = course.run("build", "-q")
    assert code == 1
    assert err.count("error[broken-lock]") == 2
    assert re.search(r"lrcards\.lock:1\b", err)
    assert "expected the key 'guid'" in err
    assert re.search(r"lrcards\.lock:3\b", err)
    assert "expected a JSON object" in err


def test_two_checkouts_give_the_same_bytes(
    course: CourseFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    course.write("source/lesson.md", LESSON)
    course.run("build")
    first = course.tree()
    other = tmp_path / "elsewhere" / "deep"
    for name in ("lrcards.toml", "lrcards.lock", "source/lesson.md", "source/snippets/step_lr.py"):
        target = other / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((course.root / name).read_bytes())
    environment = {"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo"}
    subprocess.run(
        [sys.executable, "-m", "lrcards", "build"], cwd=other, env=environment, check=True,
        capture_output=True,
    )  # fmt: skip
    second = {
        str(file.relative_to(other / "build")): file.read_bytes()
        for file in (other / "build").rglob("*")
        if file.is_file()
    }
    assert second == first


def test_a_partial_build_replaces_only_its_own_files(course: CourseFolder) -> None:
    course.write("source/lesson.md", LESSON)
    course.run("build")
    before = course.tree()
    course.write("source/lesson.md", LESSON.replace("What is", "Which is"))
    code, _, err = course.run("build", "--to", "html")
    assert code == 0, err
    after = course.tree()
    assert set(after) == set(before)
    changed = {name for name in after if after[name] != before[name]}
    assert {name for name in changed if not name.startswith("html/files/")} == {
        "html/lesson.html", "report.json",
    }  # fmt: skip
    assert report(course)["items"][0]["targets"]["anki"] == "full"  # type: ignore[index]


def test_a_partial_build_says_what_it_keeps(course: CourseFolder) -> None:
    course.write("source/lesson.md", LESSON)
    assert "Kept" not in course.run("build", "--to", "anki")[1]
    _, out, _ = course.run("build", "--to", "blackboard,gift")
    assert "\nKept     anki as an earlier build left them\n" in out
    before = course.tree()
    _, out, _ = course.run("build", "--to", "moodle")
    assert "\nKept     anki, gift, blackboard as an earlier build left them\n" in out
    after = course.tree()
    assert {name: after[name] for name in before if name != "report.json"} == {
        name: data for name, data in before.items() if name != "report.json"
    }
    digests = {row["path"]: row["sha256"] for row in report(course)["files"]}  # type: ignore[attr-defined]
    assert digests["gift/demo.txt"] == hashlib.sha256(before["gift/demo.txt"]).hexdigest()


@pytest.mark.parametrize("call", [("build",), ("build", "--to", "anki,html")])
def test_a_build_of_the_whole_course_leaves_nothing_stale(
    course: CourseFolder, call: tuple[str, ...]
) -> None:
    course.write("source/lesson.md", LESSON)
    course.write("lrcards.toml", 'uid = "demo"\ntitle = "Demo"\ntargets = ["html", "anki"]\n')
    _, out, _ = course.run(*call)
    whole = course.tree()
    assert "Removed" not in out
    assert "Kept" not in out
    assert course.run("build", "--to", "gift,blackboard,moodle")[0] == 0
    course.write("build/gift/notes.txt", "mine")
    (course.root / "build/moodle/demo.xml").unlink()
    code, out, err = course.run(*call)
    assert code == 0, err
    assert out.endswith("\nRemoved  gift, blackboard: not targets of this course\n")
    assert course.tree() == whole | {"gift/notes.txt": b"mine"}
    assert set(report(course)["items"][0]["targets"]) == {"anki", "html"}  # type: ignore[index]
    assert "Nothing to do" in course.run(*call)[1]


def test_targets_of_an_item(course: CourseFolder) -> None:
    course.write("source/lesson.md", LESSON.replace("id: after-3", "id: after-3\ntargets: [anki]"))
    course.run("build")
    targets = report(course)["items"][0]["targets"]  # type: ignore[index]
    assert targets["anki"] == "full"
    assert set(targets.values()) == {"full", "left out: not asked for"}


def test_usage_mistakes(course: CourseFolder) -> None:
    course.write("source/lesson.md", LESSON)
    code, _, err = course.run("build", "--to", "moodel")
    assert (code, "did you mean 'moodle'?" in err) == (2, True)
    assert course.run("build", "--to", ",")[0] == 2
    code, _, err = course.run("buidl")
    assert (code, "did you mean 'build'?" in err) == (2, True)
    assert course.run("check", "nowhere.md")[0] == 2
    assert course.run("--help")[0] == 0
    assert course.run("--version")[1].startswith("lrcards")


def test_an_output_folder_that_is_not_ours_is_refused(course: CourseFolder, golden: Golden) -> None:
    course.write("source/lesson.md", LESSON)
    course.write("build/thesis.tex", "years of work")
    code, out, err = course.run("build")
    golden("errors/output-not-ours.txt", f"exit {code}\n{out}{err}")
    assert code == 2
    assert course.tree() == {"thesis.tex": b"years of work"}
    course.write("out", "a file")
    assert course.run("build", "--out", "out")[0] == 2


@pytest.mark.parametrize("name", ["file", "folder", "to-file", "to-folder", "with-link"])
def test_what_is_not_ours_is_never_to_be_removed(course: CourseFolder, name: str) -> None:
    course.write("source/lesson.md", LESSON)
    course.write("file", "mine")
    course.write("folder/report.json", '{"made by": "another tool"}')
    course.write("with-link/file", "mine")
    for link, aim in (("to-file", "file"), ("to-folder", "folder"), ("with-link/link", "../file")):
        (course.root / link).symlink_to(aim)
    code, out, err = course.run("build", "--out", name)
    assert code == 2
    assert not out
    last = err.splitlines()[-1]
    assert name in last
    assert last.endswith("; choose another --out")
    assert not re.search("remove|delete|move it", err)
    folders = {"folder", "with-link"}
    assert ("lrcards did not make this folder" in err) == (name in folders)


def test_an_output_folder_that_cannot_be_written(course: CourseFolder, golden: Golden) -> None:
    course.write("source/lesson.md", LESSON)
    code, out, err = course.run("build", "--out", "/proc/nowhere/build")
    golden("errors/output-unwritable.txt", f"exit {code}\n{out}{err}")
    assert code == 3


def test_files_of_others_in_our_folder_stay(course: CourseFolder) -> None:
    course.write("source/lesson.md", LESSON)
    course.run("build")
    course.write("build/notes.txt", "mine")
    course.write("source/lesson.md", LESSON.replace("What is", "Which is"))
    assert course.run("build")[0] == 0
    assert course.tree()["notes.txt"] == b"mine"


def test_two_renames_and_a_journal_where_exchange_is_missing(
    course: CourseFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lrcards.write.files.sys.platform", "plan9")
    course.write("source/lesson.md", LESSON)
    course.run("build")
    course.write("source/lesson.md", LESSON.replace("What is", "Which is"))
    assert course.run("build")[0] == 0
    assert b"Which is" in course.tree()["html/lesson.html"]
    left = [file.name for file in (course.root / ".lrcards").glob("stage*")]
    assert left == ["stage.lock"]


def test_a_build_killed_between_two_renames_is_mended(tmp_path: Path) -> None:
    state, out = tmp_path / ".lrcards", tmp_path / "build"
    (state / "stage.old").mkdir(parents=True)
    (state / "stage.old" / "page").write_text("old", encoding="utf-8")
    (state / "stage.exchange.json").write_text("{}", encoding="utf-8")
    recover(out, state)
    assert (out / "page").read_text(encoding="utf-8") == "old"
    assert list(state.iterdir()) == []


def test_exchange_swaps_folders(tmp_path: Path) -> None:
    stage, out = tmp_path / "stage", tmp_path / "out"
    for folder, text in ((stage, "new"), (out, "old")):
        folder.mkdir()
        (folder / "page").write_text(text, encoding="utf-8")
    exchange(stage, out)
    assert (out / "page").read_text(encoding="utf-8") == "new"
    assert (stage / "page").read_text(encoding="utf-8") == "old"


def test_without_torch_the_exit_code_is_3(
    course: CourseFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lrcards.run.environment", lambda: None)
    course.write("source/lesson.md", LESSON)
    for command in ("build", "check"):
        code, _, err = course.run(command)
        assert code == 3
        assert "torch is not installed" in err


def test_a_bug_shows_a_traceback_and_says_so(
    course: CourseFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("lrcards.pipeline.read", broken)
    course.write("source/lesson.md", LESSON)
    code, _, err = course.run("check")
    assert code == 70
    assert "Traceback" in err
    assert "this is a bug in lrcards" in err


def test_an_interrupt_leaves_the_old_output(
    course: CourseFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    course.write("source/lesson.md", LESSON)
    course.run("build")
    before = course.tree()
    monkeypatch.setattr("lrcards.pipeline.read", interrupted)
    course.write("source/lesson.md", LESSON + "\n")
    assert course.run("build")[0] == 130
    assert course.tree() == before


def test_check_writes_nothing_and_filters_by_path(course: CourseFolder) -> None:
    course.write("source/good.md", LESSON)
    course.write("source/more/bad.md", "---\ntitle: Bad\nlevel: hrad\n---\n")
    code, _, err = course.run("check")
    assert code == 1
    assert not (course.root / "build").exists()
    assert err.splitlines()[-1] == "1 error, 0 warnings in 3 files"
    assert course.run("check", "source/good.md")[0] == 0
    assert course.run("check", "source/more")[0] == 1
    assert course.run("check", "--source", "source/snippets")[0] == 1


@pytest.mark.parametrize("form", ["concise", "json", "github", "full"])
def test_findings_in_each_format(course: CourseFolder, golden: Golden, form: str) -> None:
    course.write("source/bad.md", "---\ntitle: Bad\nlevel: hrad\n---\n")
    code, out, err = course.run("check", "-q", "--format", form)
    golden(f"formats/{form}.txt", f"exit {code}\n{out}{err}")


def test_colour_and_the_environment(course: CourseFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    course.write("source/bad.md", "---\ntitle: Bad\nlevel: hrad\n---\n\ntext\n")
    assert "\x1b[" not in course.run("check")[2]
    assert "\x1b[" in course.run("check", "--color", "always")[2]
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[" in course.run("check")[2]
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in course.run("check")[2]
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert "::error file=source/bad.md,line=3,col=8" in course.run("check")[2]


def test_progress_is_for_terminals_and_slow_runs(
    course: CourseFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lrcards.cli.common.sys.stderr.isatty", lambda: True, raising=False)
    monkeypatch.setattr("lrcards.cli.common._AFTER", -1.0)
    course.write("source/lesson.md", LESSON)
    _, _, err = course.run("build", "--color", "never")
    assert "Running  1 of 1 snippets" in err


def test_losses_are_shown_but_do_not_fail(course: CourseFolder) -> None:
    lesson = LESSON + "\n## Recall this\n\n```yaml card\nid: r\n```\n\nThe answer.\n"
    course.write("source/lesson.md", lesson)
    code, out, _ = course.run("build", "--strict")
    assert code == 0
    assert re.search(r"  r +left out \[(\d)\]  left out \[\1\]", out)


def test_an_answer_that_canvas_rounds_away(course: CourseFolder) -> None:
    tiny = LESSON.replace("answer: lr[3] -> 0.05", "answer: lr[3] / 1000 -> 0.00005")
    course.write("source/lesson.md", tiny)
    code, _, err = course.run("build")
    assert code == 0
    assert "warning[canvas-rounds]" in err
    assert "scale: 1e-5" in err
    assert course.run("build", "--strict")[0] == 1
    course.write("source/lesson.md", tiny.replace("id: after-3", "id: after-3\nscale: 1e-5"))
    assert course.run("build", "--strict")[0] == 0
    answer = report(course)["items"][0]["answer"]  # type: ignore[index]
    assert answer == {
        "shown": "5", "computed": "5e-5", "low": "4.9949", "high": "5.0051", "scale": "0.00001",
    }  # fmt: skip


def test_a_zygote_that_does_not_start(
    course: CourseFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise RunnerError("the snippet runner did not work")

    monkeypatch.setattr(lrcards.run, "execute_all", fails)
    course.write("source/lesson.md", LESSON)
    assert course.run("build", "--no-cache")[0] == 3


def test_modules_order_and_decks(course: CourseFolder) -> None:
    course.write("source/lesson.md", LESSON)
    course.write("source/_skipped.md", "---\nnot: read\n---\n")
    course.write("source/b/index.md", "---\ntitle: Second\norder: 2\n---\n\nAbout.\n")
    course.write(
        "source/b/one.md", "---\ntitle: One\ndeck: Own::Deck\nlanguage: de\n---\n\nText.\n"
    )
    course.write(
        "source/a/late.md", "---\ntitle: Late\n---\n\n## Empty group\n\n### Under\n\nText.\n"
    )
    course.write("source/a/early.md", "---\ntitle: Early\norder: 1\n---\n\n## Empty\n")
    course.write("source/d.md", "---\ntitle: Draft\ndraft: true\n---\n\n`= x`\n")
    code, _, err = course.run("build")
    assert code == 0, err
    pages = [name for name in course.tree() if name.endswith(".html")]
    assert "html/b/index.html" in pages
    assert "html/d.html" not in pages
    index = course.tree()["html/index.html"].decode()
    found = [index.index(f">{title}<") for title in ("One", "Early", "Late", "StepLR")]
    assert found == sorted(found)
    assert 'lang="de"' in course.tree()["html/b/one.html"].decode()
    assert "Empty group" in course.tree()["html/a/late.html"].decode()


def test_items_on_a_module_page_and_odd_file_names(course: CourseFolder) -> None:
    course.write("source/index.md", LESSON)
    for name, key in (("a b#1", "other"), ("a_b_1", "third")):
        text = LESSON.replace("after-3", key).replace("title: StepLR", f"title: {key}")
        course.write(f"source/{name}.md", text)
    course.write("source/404.md", "---\ntitle: Own\n---\n\nOur own page.\n")
    code, _, err = course.run("build", "--strict")
    assert code == 0, err
    tree = course.tree()
    assert b'id="after-3"' in tree["html/index.html"]
    assert b'href="a%20b%231.html"' in tree["html/index.html"]
    assert b"Our own page." in tree["html/404.html"]
    with zipfile.ZipFile(io.BytesIO(tree["qti12/demo.zip"])) as archive:
        assert len(archive.namelist()) == len(set(archive.namelist())) == 4


def test_a_file_that_is_one_item(course: CourseFolder) -> None:
    course.write(
        "source/single.md",
        "---\nid: single\ntitle: Alone\nlevel: easy\ntags: [a, b]\n"
        "snippets: {own: {file: snippets/step_lr.py}}\nuse: own\nanswer: lr[2] -> 0.05\n---\n\n"
        "# Which rate?\n\nAfter two steps.\n\n## Hint\n\nCount.\n",
    )
    code, _, err = course.run("build", "--strict")
    assert code == 0, err
    assert report(course)["items"][0]["tags"] == ["a", "b"]  # type: ignore[index]


def test_registry_and_command_line_agree() -> None:
    assert tuple(WRITERS) == BUILT


def test_images_reach_every_target(course: CourseFolder) -> None:
    course.write("img/dot.png", PNG)
    body = 'What is the rate?\n\n![A dot](../img/dot.png "Title")\n'
    course.write("source/lesson.md", LESSON.replace("What is the rate after three steps?", body))
    code, _, err = course.run("build", "--strict")
    assert code == 0, err
    tree = course.tree()
    assert b"data:image/png;base64," in tree["html/lesson.html"]
    assert b"@@PLUGINFILE@@/lr-" in tree["moodle/demo.xml"]
    course.write("img/dot.png", PNG + b"\0")
    assert "Nothing to do" not in course.run("build")[1]
    course.write("img/dot.txt", "x")
    course.write("source/lesson.md", LESSON + "\n![x](../img/dot.txt)\n")
    assert "is no image that every target shows" in course.run("build")[2]


def test_inputs_of_a_snippet_are_watched(course: CourseFolder) -> None:
    course.write("source/data.txt", "0.5")
    course.write("source/snippets/step_lr.py", "lr = [float(open('data.txt').read())]\n")
    text = LESSON.replace("step_lr.py}", "step_lr.py, inputs: [data.txt]}")
    course.write("source/lesson.md", text.replace("lr[3] -> 0.05", "lr[0] -> 0.5"))
    code, _, err = course.run("build")
    assert code == 0, err
    assert "Nothing to do" in course.run("build")[1]
    course.write("source/data.txt", "0.25")
    assert "0.5 is declared, but the snippet gives 0.25" in course.run("build")[2]
