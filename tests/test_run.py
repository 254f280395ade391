"""The runner: what snippets leave, how they fail, what is remembered."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import lrcards.run
from lrcards import snippet as prelude
from lrcards.diagnostics import Span
from lrcards.model import Result, Run, Snippet, SnippetId
from lrcards.params import assigned, fill
from lrcards.run import RunOptions, run, store
from lrcards.run.child import execute
from lrcards.run.executors import execute_all
from lrcards.run.jobs import Code, Job, Ran, RunnerError
from lrcards.run.keys import environment
from lrcards.run.local import Zygote
from lrcards.run.plan import Plan
from lrcards.run.protocol import FrameError, decode, encode, frame, receive, take_frames
from tests.conftest import ROOT

HERE = environment()
assert HERE is not None
PLAN = Plan("local", 2, "auto", HERE)


def code_of(code: str, number: int = 0, wall: float = 5.0, **more: object) -> Code:
    values = {"path": "case.py", "first_line": 1, "wall": wall, **more}
    return Code(number, code, **values)  # type: ignore[arg-type]


def job(
    code: str, number: int = 0, folder: str = "/", files: tuple[str, ...] = (), **more: object
) -> Job:
    return Job((code_of(code, number, **more),), folder, files)  # type: ignore[arg-type]


def in_child(zygote: Zygote, code: str, **more: object) -> dict[str, object]:
    [ran] = zygote.execute([job(code, **more)])  # type: ignore[arg-type]
    return dict(ran.result)


def execute_here(code: str, **more: object) -> dict[str, object]:
    return execute(code_of(code, **more).message())  # type: ignore[arg-type]


def kind(result: dict[str, object]) -> str:
    return str(result["failure"]["kind"])  # type: ignore[index]


CODES = {
    "names": "a = 1\nb = (1, [2.5, None], {'k': True})\n_private = 3\nimport math\nc = math.pi",
    "tensor": "import torch\nt = torch.tensor([0.5, 0.25])\ns = torch.tensor(3)",
    "raises": "x = 1\nraise ValueError('bad')",
    "syntax": "x = (",
    "warns": "import warnings\nwarnings.warn('careful')\nwarnings.warn('b', DeprecationWarning)",
    "exit": "x = 1\nraise SystemExit(2)",
    "memory": "x = 1\nraise MemoryError",
    "unprintable": "class E(Exception):\n    def __str__(self): raise RuntimeError\nraise E",
    "unusable": "f = print\nbig = 1 << 5000\nbad = {1: 2}\nd = []\nfor _ in range(40): d = [d]",
    "subclass": "class F(float): pass\nclass S(str): pass\nf = F(0.5)\ns = S('x')",
    "large": "x = [0.125] * 300_000",
    "steps": "from lrcards.snippet import optimizer, trace\n"
    "from torch.optim.lr_scheduler import *\nopt = optimizer()\n"
    "s = SequentialLR(opt, [ConstantLR(opt), ExponentialLR(opt, 0.9)], [2])\nlr = trace(opt, s, 4)",
}  # fmt: skip


@pytest.fixture(scope="module")
def shared(zygote: Zygote) -> Zygote:
    prelude.warm()  # the same code runs in this process too
    return zygote


@pytest.mark.parametrize("name", CODES)
def test_in_a_child_and_here_alike(name: str, shared: Zygote) -> None:
    """The same code, confined to a child and in this process, gives the same result."""
    there = in_child(shared, CODES[name])
    here = execute_here(CODES[name])
    if there["failure"]:
        there["failure"]["stderr"] = ""  # type: ignore[index]
    assert json.loads(json.dumps(here)) == there


def test_what_is_left(shared: Zygote) -> None:
    left = in_child(shared, CODES["names"])
    assert left["names"] == {"a": 1, "b": [1, [2.5, None], {"k": True}], "c": 3.141592653589793}
    assert left["unusable"] == {"math": "module"}
    assert in_child(shared, CODES["tensor"])["names"] == {"t": [0.5, 0.25], "s": 3}
    raised = in_child(shared, CODES["raises"])
    assert raised["names"] == {"x": 1}
    assert raised["failure"]["line"] == 2  # type: ignore[index]
    assert kind(in_child(shared, CODES["large"])) == "output-limit"
    assert kind(in_child(shared, CODES["memory"])) == "memory"
    steps = in_child(shared, CODES["steps"])
    assert (steps["optimizer_steps"], steps["scheduler_steps"]) == (4, 4)
    warned = in_child(shared, CODES["warns"])["warnings"]
    assert [(one["category"], one["line"]) for one in warned] == [  # type: ignore[attr-defined]
        ("UserWarning", 2), ("DeprecationWarning", 3),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("while True: pass", "wall-limit"),
        ("import time\ntime.sleep(60)", "wall-limit"),
        ("import signal\nsignal.pthread_sigmask(0, {14})\nwhile True: pass", "wall-limit"),
        (
            "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
            "wall-limit",
        ),
        ("x = bytearray(3 << 30)", "memory"),
        ("import os\nos._exit(7)", "died"),
        ("import os\nos.kill(os.getpid(), 11)", "died"),
        ("import os\nos.write(3, b'x' * 2_000_000)", "output-limit"),
        ("import os\nos.write(3, b'\\0\\0\\0\\2{}')", "died"),
    ],
)
def test_hostile_snippets_end(shared: Zygote, code: str, expected: str) -> None:
    result = in_child(shared, code, wall=0.5)
    assert kind(result) == expected
    assert in_child(shared, "x = 1")["names"] == {"x": 1}, "the next run is not disturbed"


def test_nothing_can_be_written(shared: Zygote, tmp_path: Path) -> None:
    file = tmp_path / "file"
    result = in_child(shared, f"x = 1\nf = open({str(file)!r}, 'w')")
    assert kind(result) == "denied"
    assert result["failure"]["line"] == 2  # type: ignore[index]
    assert not file.exists()


def test_cpu_limit() -> None:
    result = execute_here("x = 0\nwhile True:\n    x += 1", cpu=0.2)
    assert kind(result) == "cpu-limit"
    assert result["failure"]["line"] in {2, 3}


def test_output_of_a_failing_snippet_is_kept(shared: Zygote) -> None:
    result = in_child(shared, "print('before')\nraise ValueError")
    assert "before" in result["failure"]["stderr"]  # type: ignore[index]


def test_lines_count_in_the_file_that_holds_the_code(shared: Zygote) -> None:
    result = in_child(shared, "x = 1\nx.y", path="lesson.md", first_line=41)
    assert result["failure"]["line"] == 42  # type: ignore[index]


def test_the_zygote_has_one_thread_and_children_know_nothing(
    shared: Zygote, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LRCARDS_SECRET", "x")
    code = (
        "import os\nnames = sorted(os.environ)\nfolder = os.getcwd()\nfds = []\n"
        "for n in range(2000):\n"
        "    try:\n        fds.append(os.fstat(n).st_ino and n)\n"
        "    except OSError:\n        pass"
    )
    left = in_child(shared, code, folder=str(ROOT))["names"]
    tasks = Path(f"/proc/{shared._process.pid}/task")
    assert len(list(tasks.iterdir())) == 1
    assert "LRCARDS_SECRET" not in left["names"]  # type: ignore[index]
    assert left["folder"] == str(ROOT)  # type: ignore[index]
    assert left["fds"] == [0, 1, 2, 3]  # type: ignore[index]


def test_many_jobs_in_order_of_completion() -> None:
    done = {
        one.number: one.result for one in execute_all([job(f"x = {n}", n) for n in range(23)], PLAN)
    }
    assert {n: one["names"]["x"] for n, one in done.items()} == {n: n for n in range(23)}


def test_no_orphan_survives_a_killed_compiler(tmp_path: Path) -> None:
    code = (
        "from lrcards.run.jobs import Code, Job\n"
        "from lrcards.run.local import Zygote\n"
        "sleep = 'import time\\ntime.sleep(50)'\n"
        "jobs = [Job((Code(n, sleep, 'x.py', 1, 60.0),), '/') for n in range(9)]\n"
        "with Zygote(1) as zygote:\n    list(zygote.execute(jobs))"
    )
    compiler = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT)
    family: set[int] = set()
    deadline = time.monotonic() + 20
    while len(family) < 2 and time.monotonic() < deadline:
        time.sleep(0.2)
        family = descendants(compiler.pid)
    assert len(family) == 2, "a zygote and its child"
    compiler.send_signal(signal.SIGKILL)
    compiler.wait()
    while any(alive(pid) for pid in family) and time.monotonic() < deadline + 10:
        time.sleep(0.1)
    assert not any(alive(pid) for pid in family)


def descendants(pid: int) -> set[int]:
    found: set[int] = set()
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text(encoding="ascii", errors="replace").rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            child = int(status.parent.name)
            found |= {child} | descendants(child)
    return found


def alive(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return False
    return stat.rsplit(")", 1)[1].split()[0] != "Z"


def test_a_zygote_that_cannot_start_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lrcards.run.local.START", "raise SystemExit('no torch here')")
    with pytest.raises(RunnerError, match="no torch here"):
        list(execute_all([job("x = 1")], PLAN))


def test_a_zygote_that_goes_away_says_so() -> None:
    with Zygote(1) as one:
        one._process.kill()
        one._process.wait()
        with pytest.raises(RunnerError, match="exit code -9"):
            list(one.execute([job("x = 1")]))


# --- store


_RESULT = '{"key": "k", "isolation": "x", "result": {"names": {}, %s}}'


class Everything:
    def __contains__(self, key: object) -> bool:
        return bool(key)


ALL = Everything()


def a_run(key: str = "k", **values: object) -> Run:
    return Run(key, Result(names={"x": 1}, **values), hit=False, isolation="process only")  # type: ignore[arg-type]


def test_the_store_gives_back_what_was_put_in(tmp_path: Path) -> None:
    store.append(tmp_path, [a_run("a"), a_run("b")])
    loaded = store.load(tmp_path, ALL)
    assert set(loaded) == {"a", "b"}
    assert loaded["a"].result.names == {"x": 1}
    assert loaded["a"].hit


def test_a_torn_line_is_dropped_and_does_not_eat_the_next(tmp_path: Path) -> None:
    store.append(tmp_path, [a_run("a")])
    file = tmp_path / "store.jsonl"
    file.write_bytes(file.read_bytes() + b'{"key": "b", "res')
    store.append(tmp_path, [a_run("c")])
    assert set(store.load(tmp_path, ALL)) == {"a", "c"}


def test_only_what_is_wanted_is_read(tmp_path: Path) -> None:
    store.append(tmp_path, [a_run("a"), a_run("b")])
    assert set(store.load(tmp_path, {"b", "c"})) == {"b"}


def test_a_store_with_more_dead_lines_than_live_ones_is_written_anew(tmp_path: Path) -> None:
    file = tmp_path / "store.jsonl"
    for _ in range(3):
        store.append(tmp_path, [a_run("a"), a_run("b")])
    assert file.read_bytes().count(b"\n") == 2
    store.append(tmp_path, [a_run("a")])
    assert file.read_bytes().count(b"\n") == 3, "one dead line of three is no reason"
    assert set(store.load(tmp_path, ALL)) == {"a", "b"}


def test_a_store_that_grew_too_large_forgets_the_oldest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "_LARGEST", 4000)
    for number in range(30):
        store.append(tmp_path, [a_run(f"k{number}")])
    assert (tmp_path / "store.jsonl").stat().st_size <= 4000
    left = set(store.load(tmp_path, ALL))
    assert "k29" in left
    assert "k0" not in left


@pytest.mark.parametrize(
    "line",
    [
        "nonsense", "[]", "{}", '{"key": 1, "isolation": "x", "result": {"names": {}}}',
        '{"key": "k", "isolation": "x", "result": {"names": 3}}',
        '{"key": "k", "isolation": "x", "result": {"names": {}, "evil": 1}}',
        '{"key": "k", "isolation": "x", "result": {"names": {}, "warnings": [{"a": 1}]}}',
        _RESULT % '"warnings": [{"category": 1, "message": "m", "line": null}]',
        _RESULT % '"failure": {"kind": "exception", "message": "m", "line": "x"}',
        '{"key": "k", "isolation": "x", "result": null}',
    ],
)  # fmt: skip
def test_lines_that_are_not_ours_count_as_missing(tmp_path: Path, line: str) -> None:
    (tmp_path / "store.jsonl").write_text(line + "\n", encoding="utf-8")
    assert store.load(tmp_path, ALL) == {}


def test_builds_that_share_a_store(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from lrcards.run import store\n"
        "from lrcards.model import Result, Run\n"
        "for n in range(40): store.append(Path(sys.argv[1]), "
        "[Run(f'{sys.argv[2]}-{n}', Result(names={'x': [n] * 500}), False, 'p')])"
    )
    both = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path), name], cwd=ROOT)
        for name in "ab"
    ]
    assert [one.wait() for one in both] == [0, 0]
    assert len(store.load(tmp_path, ALL)) == 80


def snippets(*codes: str, **more: object) -> list[dict[SnippetId, Snippet]]:
    """Make groups of one snippet each."""
    made = [
        Snippet(f"s{n}", code, "lesson.md", Span("lesson.md"), **more)  # type: ignore[arg-type]
        for n, code in enumerate(codes)
    ]
    return [{SnippetId(one.path, one.name): one} for one in made]


def test_equal_snippets_run_once_and_results_are_remembered(
    tmp_path: Path, warm: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = RunOptions(tmp_path / "state", tmp_path, "")
    real = lrcards.run.execute_all
    batches: list[int] = []

    def counting(jobs: list[Job], plan: Plan) -> object:
        batches.append(len(jobs))
        return real(jobs, plan)

    monkeypatch.setattr(lrcards.run, "execute_all", counting)
    wanted = snippets("x = 1", "x = 1", "raise ValueError('y')", "import os; os._exit(1)")
    first = run(wanted, options)
    assert batches == [3]
    assert not any(one.hit for one in first.by_snippet.values())
    second = run(wanted, options)
    assert batches == [3, 1], "only the one that died is run again"
    assert second.by_snippet[SnippetId("lesson.md", "s2")].hit
    assert second.by_snippet[SnippetId("lesson.md", "s2")].result.failure.exception == "ValueError"  # type: ignore[union-attr]
    run(
        wanted,
        RunOptions(tmp_path / "state", tmp_path, force=frozenset({SnippetId("lesson.md", "s0")})),
    )
    run(wanted, RunOptions(tmp_path / "state", tmp_path, use_store=False))
    assert batches == [3, 1, 2, 3]


def test_inputs_are_part_of_the_key(tmp_path: Path, warm: None) -> None:
    options = RunOptions(tmp_path / "state", tmp_path, "")
    (tmp_path / "data.txt").write_text("1", encoding="utf-8")
    wanted = snippets("x = int(open('data.txt').read())", inputs=("data.txt",))
    assert run(wanted, options).by_snippet[SnippetId("lesson.md", "s0")].result.names == {"x": 1}
    (tmp_path / "data.txt").write_text("2", encoding="utf-8")
    assert run(wanted, options).by_snippet[SnippetId("lesson.md", "s0")].result.names == {"x": 2}
    (tmp_path / "data.txt").unlink()
    failure = run(wanted, options).by_snippet[SnippetId("lesson.md", "s0")].result.failure
    assert failure is not None
    assert failure.exception == "FileNotFoundError"


def test_a_moved_snippet_is_a_hit_with_new_lines(tmp_path: Path, warm: None) -> None:
    code = "import warnings\nwarnings.warn('x')\n1 / 0"
    options = RunOptions(tmp_path / "state", tmp_path)
    run(snippets(code, first_line=10), options)
    moved = run(snippets(code, first_line=50), options).by_snippet[SnippetId("lesson.md", "s0")]
    assert moved.hit
    assert moved.result.failure.line == 52  # type: ignore[union-attr]
    assert moved.result.warnings[0].line == 51


UNREADABLE = Ran(0, {"names": 3}, "full")


def test_a_result_that_cannot_be_read_is_our_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lrcards.run, "execute_all", lambda *_: [UNREADABLE])
    made = run(snippets("x = 1"), RunOptions(tmp_path / "state", tmp_path))
    assert made.by_snippet[SnippetId("lesson.md", "s0")].result.failure.kind == "sandbox"  # type: ignore[union-attr]


def test_versions_come_from_metadata() -> None:
    here = environment()
    assert here is not None
    assert here.torch.count(".") == 2
    assert len(here.git) == 40


def test_frames() -> None:
    assert decode(encode({"a": 1})) == {"a": 1}
    for content in (b"", b"x", b"[]", b"[" * 100_000):
        with pytest.raises(FrameError):
            decode(content)
    buffer = bytearray(frame(1, b"one") + frame(2, b"") + frame(3, b"three")[:-1])
    assert list(take_frames(buffer, 10)) == [(1, b"one"), (2, b"")]
    with pytest.raises(FrameError, match="over the limit"):
        list(take_frames(buffer, 4))
    reading, writing = os.pipe()
    os.write(writing, (1 << 30).to_bytes(4, "big") + bytes(4))
    with pytest.raises(FrameError, match="over the limit"):
        receive(reading)
    os.write(writing, frame(7, b"cut off")[:-1])
    os.close(writing)
    assert receive(reading) is None
    assert receive(reading) is None
    os.close(reading)


# --- params


@pytest.mark.parametrize(
    ("code", "params", "filled"),
    [
        ("a = 1\nb = 2\na = 3", {"a": 9}, "a = 9\nb = 2\na = 3"),
        ("a: float = 1", {"a": 0.5}, "a: float = 0.5"),
        ("a = [\n1,\n2]\nb = 1", {"a": [3]}, "a = ([3]\n\n)\nb = 1"),
        ("a = 1; b = 2", {"a": 5, "b": 6}, "a = 5; b = 6"),
        ("\u00e4 = 'x'; a = 1", {"a": 2}, "\u00e4 = 'x'; a = 2"),
        ("def f():\n    a = 1", {"a": 2}, "def f():\n    a = 1"),
        ("a, b = 1, 2", {"a": 3}, "a, b = 1, 2"),
        ("a = (", {"a": 3}, "a = ("),
    ],
)
def test_params(code: str, params: dict[str, object], filled: str) -> None:
    assert fill(code, params) == filled  # type: ignore[arg-type]
    assert filled.count("\n") == code.count("\n")


def test_assigned_names() -> None:
    assert assigned("a = 1\nb: int = 2\nc: int\nd, e = 1, 2\nf.g = 1") == {"a", "b"}
    assert assigned("a = ") == frozenset()
