"""Our side, in a process of its own: `python -m bench.cold GROUPS VARIANTS FOLDER ISOLATION`.

Runs the snippets with an empty store and writes what it took as JSON.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from bench.code import last
from bench.memory import Watch
from bench.work import groups
from lrcards.run import RunOptions, run

JOBS = 2


def main() -> None:
    """Run, see that every trace is right, and report seconds and bytes."""
    count, variants = (int(argument) for argument in sys.argv[1:3])
    root, isolation = Path(sys.argv[3]), sys.argv[4]
    seen: list[float] = []

    def progress(done: int, _total: int) -> None:
        if not seen or done == count * variants:
            seen.append(time.perf_counter())

    options = RunOptions(
        store=root / ".lrcards", root=root, jobs=JOBS, isolation=isolation, progress=progress
    )
    start = time.perf_counter()
    with Watch() as watch:
        runs = run([*groups(count, variants)], options)
    for place, one in runs.by_snippet.items():
        trace = one.result.names.get("lr")
        if not isinstance(trace, list) or trace[-1] != last(int(place.variant)):
            raise SystemExit(f"{place}: {one.result.failure or trace}")
    took = {
        "total": time.perf_counter() - start,
        "running": seen[-1] - seen[0],
        "isolation": runs.isolation,
        "memory": watch.peaks,
    }
    sys.stdout.write(json.dumps(took))


if __name__ == "__main__":
    main()
