"""The executor `dask://HOST:PORT`: batches of runs on the workers of a cluster.

Each worker has a zygote of its own, so that runs there are as confined as here.
"""

from __future__ import annotations

import atexit
import threading
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import as_completed
from dataclasses import asdict
from pathlib import Path
from typing import Any

from lrcards.guards import digest_file
from lrcards.run.jobs import Code, Job, Ran, RunnerError
from lrcards.run.keys import environment
from lrcards.run.local import Zygote
from lrcards.run.plan import Plan, demand

# A task costs the scheduler about two milliseconds: more than a run takes.
_FEWEST_RUNS = 50
_CONNECT_SECONDS = 10
_RETRIES = 2
_LOCK = threading.Lock()
_ZYGOTES: list[Zygote] = []


def cluster(jobs: Sequence[Job], plan: Plan) -> Iterator[Ran]:
    """Run jobs on a cluster; a batch whose worker is lost runs again on another.

    Raises RunnerError where there is no cluster, or where a worker is not like this machine.
    """
    try:
        from distributed import Client  # noqa: PLC0415 - an extra, and slow to import
    except ImportError:
        raise RunnerError(
            "--executor dask:// needs the extra: pip install 'lrcards[dask]'"
        ) from None
    address = plan.executor.removeprefix("dask://")
    try:
        client = Client(f"tcp://{address}", timeout=_CONNECT_SECONDS, set_as_default=False)
    except OSError as error:
        raise RunnerError(f"no scheduler answers at {address}: {error}") from None
    with client, client.get_executor(pure=False, retries=_RETRIES) as pool:
        tasks = [pool.submit(run_batch, batch, plan) for batch in batches(jobs)]
        for done in as_completed(tasks):
            there, left = done.result()
            _compare(there, plan)
            yield from left


def batches(jobs: Iterable[Job]) -> Iterator[list[Job]]:
    """Gather jobs until a batch has enough runs to be worth sending."""
    batch: list[Job] = []
    for job in jobs:
        batch.append(job)
        if sum(len(one.runs) for one in batch) >= _FEWEST_RUNS:
            yield batch
            batch = []
    if batch:
        yield batch


def run_batch(jobs: Sequence[Job], plan: Plan) -> tuple[dict[str, str], list[Ran]]:
    """Run jobs on a worker; return the environment there and what the runs left.

    A worker with another environment runs nothing.
    """
    here = environment()
    there = {} if here is None else asdict(here)
    if here != plan.here:
        return there, []
    with _LOCK:  # a worker may have several threads, but one zygote
        zygote = _zygote(plan)
        same = [job for job in jobs if _has_inputs(job)]
        left = [_missing(run) for job in jobs if job not in same for run in job.runs]
        return there, [*left, *zygote.execute(same)]


def _zygote(plan: Plan) -> Zygote:
    """Return this worker's zygote, started with its first batch and kept for the next."""
    if not _ZYGOTES:
        zygote = Zygote(plan.jobs).__enter__()
        atexit.register(zygote.__exit__)
        _ZYGOTES.append(zygote)
    demand(plan, _ZYGOTES[0].hello)
    return _ZYGOTES[0]


def _has_inputs(job: Job) -> bool:
    return all(digest_file(Path(path)) == value for path, value in job.inputs)


def _missing(run: Code) -> Ran:
    failure: dict[str, Any] = {
        "kind": "sandbox",
        "message": "the worker does not have the same input files as this machine",
        "exception": "",
        "line": None,
        "stderr": "",
    }
    return Ran(run.number, {"names": {}, "failure": failure}, "process only")


def _compare(there: dict[str, str], plan: Plan) -> None:
    here = asdict(plan.here)
    for name, value in here.items():
        if there.get(name) != value:
            raise RunnerError(
                f"a worker has {name} {there.get(name, 'none')}, this machine {value}: its results"
                " are refused; install the same versions there"
            )
