"""A build of a stranger's course: what it may read, what its results may do, how confined it is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

import lrcards.run
from lrcards.cli import ENVIRONMENT, OK, WRONG_SOURCES
from lrcards.model import sound_result
from lrcards.run import executors
from lrcards.run.executors import execute_all
from lrcards.run.isolation import FULL, LAYERS
from lrcards.run.jobs import Job, Ran
from lrcards.run.local import Zygote
from lrcards.run.plan import Plan
from tests.conftest import LESSON, CourseFolder

SECRET = "the-token-of-" + "ci"
HEAD = "---\ntitle: x\nsnippets:\n  s: {%s}\nuse: s\n---\n\n# x\n\nProse.\n\n"
FENCE = "```python snippet=s\n%s\n```\n"
CARD = "\n## A card\n\n```yaml card\nid: a\nanswer: x -> 0.5\n```\n\nHow much is it?\n"
# Reads all that it was given and says it in every way that there is.
READS = (
    "import os\ntext = ''\nfor name in {names!r}:\n    try: text += open(name).read()\n"
    "    except OSError: pass\nprint(text)\nx = 0.5\nwarn = text\nraise ValueError(text)"
)


def everything(course: CourseFolder, *said: str) -> str:
    """Return all that a build left or said."""
    texts = [*said]
    for folder in (".lrcards", "build"):
        texts += [
            file.read_bytes().decode("utf-8", "replace")
            for file in (course.root / folder).rglob("*")
            if file.is_file()
        ]
    return "\n".join(texts)


@pytest.mark.parametrize(
    "given",
    ["../secret/token", "{secret}", "link", "folder/token", "../.git/config", "hidden", ".", "..",
     "../secret", "dots/../../secret/token"],
)  # fmt: skip
def test_an_input_gives_away_nothing_outside_the_course(
    course: CourseFolder, tmp_path_factory: pytest.TempPathFactory, given: str
) -> None:
    """Also while the build goes on to find further mistakes."""
    outside = tmp_path_factory.mktemp("outside")
    (outside / "token").write_text(SECRET, encoding="utf-8")
    course.write(".git/config", SECRET)
    (course.root / "secret").symlink_to(outside)
    (course.root / "source" / "link").symlink_to(outside / "token")
    (course.root / "source" / "folder").symlink_to(outside)
    (course.root / "source" / "hidden").symlink_to(course.root / ".git" / "config")
    (course.root / "source" / "dots").mkdir()
    given = given.format(secret=outside / "token")
    names = [given, "../.git/config", str(outside / "token"), "link", "hidden", "folder/token"]
    snippet = FENCE % READS.format(names=names)
    course.write("source/a.md", HEAD % f'inputs: ["{given}"]' + snippet + CARD)
    code, out, err = course.run("build")
    assert code == WRONG_SOURCES
    assert "snippet 's'" in err, "it ran"
    assert SECRET not in everything(course, out, err)


@pytest.mark.parametrize("given", ["link.py", "../.git/config", "hidden.py"])
def test_no_snippet_is_read_from_outside_the_course(
    course: CourseFolder, tmp_path_factory: pytest.TempPathFactory, given: str
) -> None:
    outside = tmp_path_factory.mktemp("outside") / "x.py"
    outside.write_text(f"{SECRET} = ", encoding="utf-8")
    course.write(".git/config", f"[{SECRET}")
    (course.root / "source" / "link.py").symlink_to(outside)
    (course.root / "source" / "hidden.py").symlink_to(course.root / ".git" / "config")
    course.write("source/a.md", HEAD % f"file: {given}" + CARD)
    code, out, err = course.run("build")
    assert code == WRONG_SOURCES
    assert "outside-course" in err
    assert SECRET not in everything(course, out, err)


HOSTILE = (
    "\x1b]0;title\x07\x1b[2J\x9b31m\n::error file=x::y\n::add-mask::z\r::stop-commands::q\u202e"
)
_FORGE = (
    "import os, json, sys\n"
    "words = json.loads({words!r})\n"
    "def number():\n"
    "    frame = sys._getframe()\n"
    "    while 'run' not in frame.f_locals: frame = frame.f_back\n"
    "    return frame.f_locals['run']['id']\n"
    "def send(result):\n"
    "    data = json.dumps(result).encode()\n"
    "    os.write(3, len(data).to_bytes(4, 'big') + number().to_bytes(4, 'big') + data)\n"
    "    os._exit(0)\n"
)
RESULTS = {
    "raises": "raise ValueError(words)",
    "raises a strange class": "raise type(words, (Exception,), {})(words)",
    "warns": "import warnings\nwarnings.warn(words)\nx = 1",
    "warns with a class": "import warnings as w\nw.warn(type(words, (Warning,), {})(words))",
    "prints": "print(words)\nraise ValueError",
    "leaves texts": "x = words",
    "leaves half characters": "x = '\\ud800'",
    "leaves strange names": "globals()[words] = 1\nx = 1",
    "leaves strange types": "x = type(words, (), {})()",
    "forged failure": "send({'names': {}, 'failure': {'kind': 'exception', 'message': words, "
    "'exception': words, 'line': -5, 'stderr': words}})",
    "forged line": "send({'names': {}, 'failure': {'kind': 'exception', 'message': '', "
    "'line': 10 ** 300}})",
    "forged kind": "send({'names': {}, 'failure': {'kind': words, 'message': words}})",
    "forged warnings": "send({'names': {'x': 1}, 'warnings': [{'category': words, 'message': words,"
    " 'line': -10 ** 9}]})",
    "forged names": "send({'names': {words: 1, 'x': {words: words}}, 'unusable': {words: words}})",
    "forged depth": "x = 1\nfor _ in range(500): x = [x]\nsend({'names': {'x': x}})",
    "forged numbers": "send({'names': {'x': float('nan')}, 'optimizer_steps': float('inf')})",
    "forged size": "send({'names': {'x': 10 ** 4000}})",
    "forged list": "send({'names': [[1, 2]], 'warnings': {'a': 1}})",
}


@pytest.mark.parametrize("format_", ["full", "github", "concise", "json"])
def test_results_do_nothing_to_who_reads_them(
    course: CourseFolder, monkeypatch: pytest.MonkeyPatch, format_: str
) -> None:
    """No terminal obeys them, no runner takes them for a command, and none of them ends a build."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    forge = _FORGE.format(words=json.dumps(HOSTILE))
    for n, code in enumerate(RESULTS.values()):
        lesson = HEAD % "timeout: 5" + FENCE % (forge + code) + CARD.replace("id: a", f"id: a{n}")
        course.write(f"source/l{n:02}.md", lesson + "\nThe value is `= x`.\n")
    code, out, err = course.run("build", "--format", format_)
    assert code == WRONG_SOURCES
    assert "Traceback" not in err
    for n in range(len(RESULTS)):
        assert f"source/l{n:02}.md" in err, list(RESULTS)[n]
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff]", out + err)
    commands = [line for line in (out + err).splitlines() if line.lstrip().startswith("::")]
    assert all(line.startswith(("::error file=source/", "::warning file=source/"))
               for line in commands)  # fmt: skip
    assert bool(commands) == (format_ == "github")


def test_values_of_a_store_are_validated_as_well(course: CourseFolder) -> None:
    course.write("source/a.md", LESSON)
    assert course.run("build")[0] == OK
    store = course.root / ".lrcards" / "store.jsonl"
    row = json.loads(store.read_text(encoding="utf-8"))
    row["result"]["optimizer_steps"] = float("inf")
    store.write_text(json.dumps(row) + "\n" + "[" * 100_000 + "\n", encoding="utf-8")
    code, out, _ = course.run("build", "--force", "halve")
    assert code == OK
    assert sound_result(row["result"]) is None
    assert "Ran      1 snippet, 0 from the store" in out


class Shared:
    """Gives out one zygote that runs already."""

    def __init__(self, zygote: Zygote) -> None:
        self.zygote = zygote

    def __enter__(self) -> Zygote:
        return self.zygote

    def __exit__(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def partial() -> Iterator[Zygote]:
    with Zygote(2, [layer for layer in LAYERS if layer != "landlock"]) as one:
        yield one


def test_full_isolation_is_demanded(
    course: CourseFolder, partial: Zygote, zygote: Zygote, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lrcards.run, "execute_all", execute_all)
    monkeypatch.setattr(executors, "Zygote", lambda _: Shared(partial))
    course.write("source/a.md", LESSON)
    code, _, err = course.run("build", "--isolation", "full")
    assert code == ENVIRONMENT
    assert "partial, missing: filesystem" in err
    assert not (course.root / "build").exists()

    code, out, _ = course.run("build")
    assert code == OK
    assert "isolation: partial, missing: filesystem" in out
    report = json.loads((course.root / "build" / "report.json").read_bytes())
    assert report["isolation"] == "partial, missing: filesystem"
    [row] = (course.root / ".lrcards" / "store.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(row)["isolation"] == "partial, missing: filesystem"
    page = (course.root / "build" / "html" / "a.html").read_text(encoding="utf-8")
    assert "isolation partial, missing: filesystem" in page

    assert course.run("build", "--isolation", "full")[0] == ENVIRONMENT, "nor from the store"
    monkeypatch.setattr(executors, "Zygote", lambda _: Shared(zygote))
    code, out, _ = course.run("build", "--isolation", "full")
    assert code == OK
    assert "Ran      1 snippet, 0 from the store" in out
    assert f"isolation: {FULL}" in out


def test_a_working_folder_is_on_no_path(
    course: CourseFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A json.py that lies in the course is not taken for Python's when a zygote starts there."""
    mark = course.root / "ran"
    for name in ("json", "torch", "sitecustomize", "numpy", "lrcards/__init__"):
        course.write(f"{name}.py", f"open({str(mark)!r}, 'w')")
    for name in ("PYTHONPATH", "PYTHONSTARTUP", "PYTHONUSERBASE"):
        monkeypatch.setenv(name, str(course.root))
    monkeypatch.setenv("TORCH_LOGS", "+all")
    with Zygote(1) as one:
        assert one.hello.isolation == FULL
    assert not Path(mark).exists()


def test_sources_do_nothing_to_who_reads_them(course: CourseFolder) -> None:
    """Neither a source line nor the name of a file is more than text to a terminal or a runner."""
    course.write("source/a.md", f"# x\n\nProse {HOSTILE.replace(chr(10), ' ')}\n")
    course.write("source/\n::set-env name=x::y\x1b[2J,a:b.md", LESSON.replace("0.05", "0.06"))
    for format_ in ("full", "github", "concise", "json"):
        code, out, err = course.run("build", "--format", format_)
        assert code == WRONG_SOURCES
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", out + err)
        commands = [line for line in err.splitlines() if line.lstrip().startswith("::")]
        assert all("file=source/" in line for line in commands)


def test_a_snippet_does_not_see_what_is_expected_of_it(
    course: CourseFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    real = lrcards.run.execute_all

    def listening(jobs: Sequence[Job], plan: Plan) -> Iterator[Ran]:
        told.extend(json.dumps(job.message()) for job in jobs)
        return real(jobs, plan)

    monkeypatch.setattr(lrcards.run, "execute_all", listening)
    search = (
        "import gc\nmark = ''.join(('0.42', '4242'))\nseen = []\n"
        "for one in gc.get_objects():\n    if type(one) in (dict, list, tuple, set):\n"
        "        values = one.values() if type(one) is dict else one\n"
        "        seen += [v for v in values if type(v) is str and v != mark]\n"
        "x = 0.5\nfound = sum(mark in one for one in seen)\n"
    )
    card = CARD.replace("x -> 0.5", "found -> 0").replace("much is it", "much is 0.424242")
    course.write("source/a.md", HEAD % "timeout: 5" + FENCE % search + card)
    course.write("source/b.md", (HEAD % "timeout: 5").replace("title: x", "title: y")
        + FENCE % "x = 0.5"
        + card.replace("id: a", "id: b").replace("found -> 0", "x -> 0.424242"))  # fmt: skip
    code, _, err = course.run("build")
    assert code == WRONG_SOURCES
    assert "0.424242" in err, "the answer of b is wrong"
    assert "source/a.md" not in err, "and a did not find it"
    assert len(told) == 2
    assert not any("0.424242" in one for one in told), "it never left the compiler"
