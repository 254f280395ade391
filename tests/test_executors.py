"""Where runs are made makes no difference to what they leave."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import threading
import time
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lrcards.cli import run as run_cli
from lrcards.run import cluster
from lrcards.run.executors import execute_all
from lrcards.run.jobs import Job, Ran, RunnerError
from lrcards.run.local import Zygote
from lrcards.run.plan import Plan
from tests.conftest import ROOT, require_real
from tests.test_run import CODES, HERE, code_of, job

STUBBORN = "x = 1\nwhile True:\n    try:\n        while True: pass\n    except BaseException: pass"
DEATHS = {
    "exit": ("import os\nos._exit(7)", "died"),
    "crash": ("import os\nos.kill(os.getpid(), 11)", "died"),
    "endless": (STUBBORN, "wall-limit"),
    "sleep": ("import time\ntime.sleep(60)", "wall-limit"),
    "big": ("x = 1\ny = bytearray(3 << 30)", "memory"),
}


def in_order(ran: Iterator[Ran] | Sequence[Ran]) -> list[dict[str, Any]]:
    return [dict(one.result) for one in sorted(ran, key=lambda one: one.number)]


def without_output(results: list[dict[str, Any]]) -> list[dict[str, Any]]:
    for one in results:
        if one["failure"]:
            one["failure"]["stderr"] = ""
    return results


def test_spawned_workers_give_what_children_give(zygote: Zygote) -> None:
    jobs = [replace(job(code, n), lesson=f"{n % 2}.md") for n, code in enumerate(CODES.values())]
    spawned = [*execute_all(jobs, Plan("spawn", 2, "auto", HERE))]
    assert {one.isolation for one in spawned} == {"process only"}
    assert without_output(in_order(spawned)) == without_output(in_order(zygote.execute(jobs)))


def test_a_spawned_worker_that_dies_is_replaced() -> None:
    codes = [code for death, _ in DEATHS.values() for code in (death, "y = 2")]
    jobs = [job(code, n, wall=0.5) for n, code in enumerate(codes)]
    left = in_order(execute_all(jobs, Plan("spawn", 1, "auto", HERE)))
    kinds = [one["failure"] and one["failure"]["kind"] for one in left]
    assert kinds == [kind for _, kind in DEATHS.values() for kind in (kind, None)]
    assert all(one["names"] == {"y": 2} for one in left[1::2])
    assert left[4]["failure"]["line"] == 4, "the line that it had reached"


def test_what_a_spawned_snippet_printed_is_kept_with_its_failure() -> None:
    jobs = [job("print('one')", 0), job("print('two')\n1 / 0", 1)]
    left = in_order(execute_all(jobs, Plan("spawn", 1, "auto", HERE)))
    assert left[1]["failure"]["stderr"].strip() == "two"


def test_what_is_not_confined_is_refused_when_it_has_to_be() -> None:
    with pytest.raises(RunnerError, match="cannot be had here: process only"):
        list(execute_all([job("x = 1")], Plan("spawn", 1, "full", HERE)))


def test_another_torch_is_refused() -> None:
    other = Plan("local", 1, "auto", replace(HERE, torch="1.0.0"))
    with pytest.raises(RunnerError, match=r"but 1\.0\.0 is installed here"):
        list(execute_all([job("x = 1")], other))


# --- a real cluster


@pytest.fixture(scope="module")
def scheduler() -> Iterator[Any]:
    """A cluster of two real workers on this machine."""
    require_real(importlib.util.find_spec("distributed") is not None, "distributed (dask)")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its own deprecations
        from distributed import LocalCluster

        with LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50
        ) as running:
            yield running


def dask(scheduler: Any) -> Plan:
    return Plan(scheduler.scheduler_address.replace("tcp://", "dask://"), 2, "auto", HERE)


@pytest.mark.real
def test_a_cluster_gives_the_same_bytes(
    scheduler: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trees = []
    for executor in ("local", dask(scheduler).executor):
        folder = tmp_path / str(len(trees))
        folder.mkdir()
        for name in ("lrcards.toml", "lrcards.lock"):
            shutil.copy(ROOT / name, folder)
        shutil.copytree(ROOT / "source", folder / "source")
        monkeypatch.chdir(folder)
        assert run_cli(["build", "-q", "--executor", executor]) == 0
        built = folder / "build"
        trees.append({p.relative_to(built): p.read_bytes() for p in built.rglob("*.*")})
    assert trees[0] == trees[1]
    assert Path("report.json") in trees[0]


@pytest.mark.real
def test_a_lost_worker_is_survived(scheduler: Any) -> None:
    wanted = [job(f"import time\ntime.sleep(0.05)\nx = {n}", n) for n in range(200)]
    lost = next(iter(scheduler.workers.values())).pid

    def kill() -> None:
        time.sleep(2.5)
        os.kill(lost, signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    left = in_order(execute_all(wanted, dask(scheduler)))
    killer.join()
    assert [one["names"]["x"] for one in left] == list(range(200))


@pytest.mark.real
def test_a_worker_of_another_version_is_refused(scheduler: Any) -> None:
    other = replace(dask(scheduler), here=replace(HERE, torch="2.6.0"))
    with pytest.raises(RunnerError, match=r"a worker has torch .*, this machine 2\.6\.0"):
        list(execute_all([job("x = 1")], other))


@pytest.mark.real
def test_a_worker_needs_the_same_inputs(scheduler: Any, tmp_path: Path) -> None:
    file = tmp_path / "data.txt"
    file.write_text("1", encoding="utf-8")
    one = replace(job("x = 1"), inputs=((str(file), "0" * 64),))
    [left] = execute_all([one], dask(scheduler))
    assert left.result["failure"]["kind"] == "sandbox"


def test_no_scheduler_is_an_environment_error(monkeypatch: pytest.MonkeyPatch) -> None:
    require_real(importlib.util.find_spec("distributed") is not None, "distributed (dask)")
    monkeypatch.setattr(cluster, "_CONNECT_SECONDS", 0.3)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(RunnerError, match="no scheduler answers"):
            list(execute_all([job("x = 1")], Plan("dask://127.0.0.1:9", 1, "auto", HERE)))


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    with pytest.raises(RunnerError, match=r"lrcards\[dask\]"):
        list(execute_all([job("x = 1")], Plan("dask://127.0.0.1:9", 1, "auto", HERE)))


def test_batches_are_large_enough_to_be_worth_sending(zygote: Zygote) -> None:
    jobs = [Job(tuple(code_of("x = 1", 30 * n + k) for k in range(30)), "/") for n in range(5)]
    made = list(cluster.batches(jobs))
    assert [sum(len(one.runs) for one in batch) for batch in made] == [60, 60, 30]


def test_a_batch_here_as_on_a_worker(zygote: Zygote, monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker's side, in this process: kept zygote, environment, refusal."""
    monkeypatch.setattr(cluster, "_ZYGOTES", [zygote])
    plan = Plan("dask://127.0.0.1:9", 1, "auto", HERE)
    there, left = cluster.run_batch([job("x = 3")], plan)
    assert left[0].result["names"] == {"x": 3}
    assert there["torch"] == HERE.torch
    assert cluster.run_batch([job("x = 3")], replace(plan, here=replace(HERE, git="")))[1] == []
