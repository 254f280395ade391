"""The floor, in a process of its own: `python -m bench.floor FIRST COUNT` runs bare snippets."""

from __future__ import annotations

import sys

import torch

from bench.code import STEPS, last, written


def main() -> None:
    """Start torch and run the snippets one after the other, without any isolation."""
    torch.set_num_threads(1)
    first, count = (int(argument) for argument in sys.argv[1:])
    for number in range(first, first + count):
        space: dict[str, list[float]] = {}
        exec(compile(written(number), "floor", "exec"), space)  # noqa: S102 - it is our own
        if len(space["lr"]) != STEPS + 1 or space["lr"][-1] != last(number):
            raise SystemExit(f"a wrong trace: {space['lr']}")


if __name__ == "__main__":
    main()
