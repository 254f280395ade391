"""The snippet that is measured: fifty steps, made distinct by its first rate."""

from __future__ import annotations

STEPS = 50
RATE = "rate"
CODE = f"""\
from torch.optim.lr_scheduler import StepLR

from lrcards.snippet import optimizer, trace

{RATE} = 0.1
opt = optimizer(lr={RATE})
lr = trace(opt, StepLR(opt, step_size=20, gamma=0.5), {STEPS})
"""


def rate(number: int) -> float:
    """Return the first rate of a snippet: another one for each number up to a million."""
    return float(f"0.1{number:06}")


def last(number: int) -> float:
    """Return what its trace must end with: halving a float is exact."""
    return rate(number) / 4


def written(number: int) -> str:
    """Return the code of a snippet as it is run."""
    return CODE.replace(f"{RATE} = 0.1", f"{RATE} = {rate(number)!r}")
