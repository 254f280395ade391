"""The executor `spawn`: one spawned worker per lesson file, several lessons at a time."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import replace

from lrcards.run.endings import GRACE, Ending, failure
from lrcards.run.jobs import Code, Job, Ran
from lrcards.run.local import Worker, read_reply
from lrcards.run.plan import Plan, demand


def spawn(jobs: Sequence[Job], plan: Plan) -> Iterator[Ran]:
    """Run jobs lesson by lesson; yield what each run left."""
    lessons: dict[str, list[Job]] = {}
    for job in jobs:
        alone = [replace(job, runs=(run,)) for run in job.runs]
        lessons.setdefault(job.lesson, []).extend(alone)
    with ThreadPoolExecutor(plan.jobs) as pool:
        for done in as_completed([pool.submit(_lesson, one, plan) for one in lessons.values()]):
            yield from done.result()


def _lesson(jobs: Sequence[Job], plan: Plan) -> list[Ran]:
    """Run all jobs of a lesson; a worker that a snippet took down is replaced for the rest."""
    waiting = deque(jobs)
    left: list[Ran] = []
    while waiting:
        with Spawned() as worker:
            demand(plan, worker.hello)
            while waiting and not worker.gone:
                left.append(worker.run(waiting.popleft()))
    return left


class Spawned(Worker):
    """A worker under the eyes of a clock."""

    def __init__(self) -> None:
        super().__init__("spawned", {})
        self.gone = False

    def run(self, job: Job) -> Ran:
        """Run a job of one run; kill the worker when the time of that run is up."""
        [run] = job.runs
        late = threading.Event()
        clock = threading.Timer(run.wall + GRACE, self._stop, [late])
        before = self.printed()
        clock.start()
        try:
            self.send(job)
            reply = self.receive()
        finally:
            clock.cancel()
        if reply is not None and reply[0] == run.number:
            return read_reply(run.number, self.tail(before), reply[1], self.hello.isolation)
        self.gone = True
        return self._ended(run, late.is_set(), before)

    def _stop(self, late: threading.Event) -> None:
        late.set()
        self._process.kill()

    def _ended(self, run: Code, late: bool, before: int) -> Ran:
        self._process.kill()  # it may live on without speaking
        ending = Ending(self._process.wait(), run.wall, run.cpu, late)
        died = failure(ending, self.tail(before), run.path)
        return Ran(run.number, {"names": {}, "failure": died}, self.hello.isolation)
