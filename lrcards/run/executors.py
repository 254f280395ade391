"""Where runs are made: a zygote here, spawned workers, or a cluster."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lrcards.run.jobs import Job, Ran
from lrcards.run.local import Zygote
from lrcards.run.plan import Plan, demand


def execute_all(jobs: Sequence[Job], plan: Plan) -> Iterator[Ran]:
    """Run jobs and yield what each run left, as they end.

    Raises RunnerError where they cannot be run, or not as confined as is asked for.
    """
    # Imported late: the usual build needs neither threads of workers nor a cluster.
    if plan.executor == "spawn":
        from lrcards.run.spawn import spawn  # noqa: PLC0415

        yield from spawn(jobs, plan)
    elif plan.executor.startswith("dask://"):
        from lrcards.run.cluster import cluster  # noqa: PLC0415

        yield from cluster(jobs, plan)
    else:
        with Zygote(plan.jobs) as zygote:
            demand(plan, zygote.hello)
            yield from zygote.execute(jobs)
