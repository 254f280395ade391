"""Where runs are made: a zygote here, spawned workers, or a cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from lrcards.run.isolation import FULL
from lrcards.run.jobs import Job, Ran, RunnerError
from lrcards.run.keys import Environment
from lrcards.run.local import Zygote


@dataclass(frozen=True, slots=True)
class Plan:
    """How to run: executor as the command line names it, runs at a time, demands."""

    executor: str
    jobs: int
    isolation: str
    here: Environment


def execute_all(jobs: Sequence[Job], plan: Plan) -> Iterator[Ran]:
    """Run jobs and yield what each run left, as they end.

    Raises RunnerError where they cannot be run, or not as confined as is asked for.
    """
    return _EXECUTORS[plan.executor](jobs, plan)


def _local(jobs: Sequence[Job], plan: Plan) -> Iterator[Ran]:
    with Zygote(plan.jobs) as zygote:
        demand(plan, zygote.hello.isolation)
        yield from zygote.execute(jobs)


def demand(plan: Plan, isolation: str) -> None:
    """Refuse to run less confined than the command line asks for."""
    if plan.isolation == FULL and isolation != FULL:
        raise RunnerError(
            f"--isolation full cannot be had here: {isolation}\n"
            "use a Linux kernel with Landlock 6 and seccomp, or trust the sources and leave it out"
        )


_EXECUTORS: dict[str, Callable[[Sequence[Job], Plan], Iterator[Ran]]] = {"local": _local}
