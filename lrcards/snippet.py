"""The prelude that snippets import, and the only module that imports torch.

from lrcards.snippet import optimizer, trace
"""

from __future__ import annotations

import functools
import random
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

with warnings.catch_warnings():
    # Without numpy, which lrcards does not need, torch says so on import.
    warnings.simplefilter("ignore")
    import torch
    from torch.optim import lr_scheduler
    from torch.optim.optimizer import register_optimizer_step_post_hook

__all__ = ["optimizer", "trace"]


def optimizer(
    lr: float = 0.1, cls: type[torch.optim.Optimizer] = torch.optim.SGD, **kw: Any
) -> torch.optim.Optimizer:
    """Return an optimizer of class `cls` on one parameter, a float32 zero of shape (1,).

    `lr` is the learning rate per step; `kw` goes to the class, which raises what it raises.
    """
    return cls([torch.nn.Parameter(torch.zeros(1))], **{"lr": lr, **kw})


def trace(opt: torch.optim.Optimizer, sched: lr_scheduler.LRScheduler, n: int) -> list[float]:
    """Step optimizer and scheduler `n` times; return n + 1 learning rates of the first group.

    Element k is the rate that epoch k uses: element 0 stands before any step.
    """
    rates = [opt.param_groups[0]["lr"]]
    for _ in range(n):
        opt.step()
        sched.step()
        rates.append(opt.param_groups[0]["lr"])
    return rates


@dataclass(slots=True)
class Steps:
    """How often a snippet called step(): evidence that its numbers come from a run."""

    optimizer: int = 0
    scheduler: int = 0
    depth: int = 0


STEPS = Steps()


def warm() -> None:
    """Pay once for what the first optimizer costs; never a backward pass, it starts threads."""
    torch.set_num_threads(1)
    torch.set_num_interop_threads(1)
    _count_steps()
    opt = optimizer()
    trace(opt, lr_scheduler.StepLR(opt, 1), 1)
    _ = torch.exp(torch.ones(8)) @ torch.ones(8)


def fresh() -> None:
    """Give a run the same start as every other: seeds, torch's switches, and counts at zero.

    Variants of an item share a process: what one switches must not reach the next.
    """
    random.seed(0)
    # torch.manual_seed also queues calls for devices that no snippet sees, with a stack for each.
    torch.default_generator.manual_seed(0)
    torch.set_default_dtype(torch.float32)
    torch.set_default_device(None)
    torch.set_grad_enabled(True)
    torch.use_deterministic_algorithms(False)
    STEPS.optimizer = STEPS.scheduler = STEPS.depth = 0


def versions() -> dict[str, str]:
    return {"torch": torch.__version__, "git": str(torch.version.git_version)}


def _count_steps() -> None:
    register_optimizer_step_post_hook(_count_optimizer)
    for cls in _classes(lr_scheduler.LRScheduler):
        if "_initial_step" in vars(cls):
            cls._initial_step = _inside(cls._initial_step)
        if "step" in vars(cls):
            cls.step = _counted(cls.step)


def _count_optimizer(*_: object) -> None:
    STEPS.optimizer += 1


def _classes(root: type[Any]) -> Iterator[type[Any]]:
    yield root
    for cls in root.__subclasses__():
        yield from _classes(cls)


def _inside(method: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap a method so that steps within it are not the author's."""

    @functools.wraps(method)
    def wrapper(*args: Any, **kw: Any) -> Any:
        STEPS.depth += 1
        try:
            return method(*args, **kw)
        finally:
            STEPS.depth -= 1

    return wrapper


def _counted(method: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap step() to count the calls that come from outside any scheduler."""
    guarded = _inside(method)

    @functools.wraps(method)
    def wrapper(*args: Any, **kw: Any) -> Any:
        STEPS.scheduler += STEPS.depth == 0
        return guarded(*args, **kw)

    return wrapper
