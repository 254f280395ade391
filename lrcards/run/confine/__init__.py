"""Confinement of a process that runs a stranger's code, in layers that the kernel holds.

The zygote makes a `Confinement` once; each child enters it after its fork, before any snippet.
"""

from __future__ import annotations

import os
import site
import sys
import sysconfig
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from lrcards.run.confine import kernel, landlock, limits, seccomp

__all__ = ["Confinement", "prepare"]

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Confinement:
    """What a child enters: layers that are there, folders it may read, prepared kernel objects."""

    layers: frozenset[str]
    readable: tuple[str, ...]
    rules: int | None
    filter: seccomp.Filter | None
    memory: limits.Memory | None

    def enter(self, cpu: float, files: Iterable[str] = ()) -> None:
        """Confine this process for good; it may read `files` too. The filter comes last.

        All descriptors above 3 are closed: 0 to 2 are its streams, 3 takes its result.
        """
        extra = tuple(files)
        rules = self.rules
        if rules is not None and extra:
            rules = landlock.ruleset((*self.readable, *extra))
        if "limits" in self.layers:
            limits.limit(cpu, self.memory)
            if _is_linux():
                kernel.no_dump()
        if self.layers & {"landlock", "seccomp"}:
            kernel.no_new_privileges()
        if rules is not None:
            landlock.enter(rules)
        os.closerange(4, 1 << 20)
        if "capabilities" in self.layers:
            limits.drop_capabilities()
        if self.filter is not None:
            self.filter.enter(os.getpid())


def prepare(layers: Iterable[str]) -> Confinement:
    """Make ready what this kernel has of `layers` (isolation.LAYERS); a probe finds what lacks."""
    wanted = frozenset(layers)
    readable = _readable()
    rules = _try(lambda: landlock.ruleset(readable)) if "landlock" in wanted else None
    program = _try(lambda: seccomp.build(kernel.machine())) if "seccomp" in wanted else None
    there = {"landlock": rules is not None, "seccomp": program is not None}
    return Confinement(
        layers=frozenset(layer for layer in wanted if there.get(layer, _is_linux())),
        readable=readable,
        rules=rules,
        filter=program,
        memory=limits.memory(),
    )


def _is_linux() -> bool:
    return sys.platform.startswith("linux")


def _try(make: Callable[[], _T]) -> _T | None:
    try:
        return make()
    except (kernel.UnsupportedError, OSError):
        return None


def _readable() -> tuple[str, ...]:
    """List the interpreter, its libraries and this package; never a checkout or a home folder."""
    package = Path(__file__).resolve().parents[2]
    paths = sysconfig.get_paths()
    names = {paths[name] for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    names |= {*site.getsitepackages(), str(Path(sys.base_prefix) / "lib")}
    names |= {one for one in sys.path if Path(one).name in {"site-packages", "dist-packages"}}
    names |= {"/lib", "/lib64", "/usr/lib", "/usr/lib64", "/etc/ld.so.cache"}
    there = (Path(name) for name in (*names, str(package)) if Path(name).exists())
    return tuple(sorted({str(path.resolve()) for path in there}))
