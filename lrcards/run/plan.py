"""How runs are to be made, and the refusal where that cannot be had."""

from __future__ import annotations

from dataclasses import dataclass

from lrcards.run.isolation import FULL
from lrcards.run.jobs import RunnerError
from lrcards.run.keys import Environment
from lrcards.run.local import Hello


@dataclass(frozen=True, slots=True)
class Plan:
    """Executor as the command line names it, runs at a time, demands on where they are made."""

    executor: str
    jobs: int
    isolation: str
    here: Environment


def demand(plan: Plan, hello: Hello) -> None:
    """Refuse a runner that is confined less than is asked for, or has another torch.

    Raises RunnerError.
    """
    if plan.isolation == FULL and hello.isolation != FULL:
        raise RunnerError(
            f"--isolation full cannot be had here: {hello.isolation}\n"
            "use --executor local on Linux with Landlock and seccomp, or trust the sources and "
            "leave it out"
        )
    if hello.torch.partition("+")[0] != plan.here.torch:
        raise RunnerError(
            f"the runner has torch {hello.torch}, but {plan.here.torch} is installed here"
        )
