"""Snippets and what running them gave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from lrcards.diagnostics import Span

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of Python that leaves the names items use; `path` and `first_line` place it."""

    name: str
    code: str
    path: str
    span: Span
    first_line: int = 1
    params: tuple[tuple[str, Json], ...] = ()
    timeout: float | None = None
    inputs: tuple[str, ...] = ()

    @property
    def is_file(self) -> bool:
        """Is it a script of its own, and not a fence in a lesson?"""
        return self.path.endswith(".py")


@dataclass(frozen=True, slots=True)
class Warned:
    """A warning that a snippet gave: class name, message, line in the snippet's own file."""

    category: str
    message: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """How a run failed; `kind` is one of runner.md's words, `sandbox` alone is our own fault.

    `exception` is the class name where the snippet raised; `line` counts in the snippet's file.
    """

    kind: str
    message: str
    exception: str = ""
    line: int | None = None
    stderr: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """What one run left: its JSON-able names, the others with their type, warnings, step counts.

    After an exception the names set before it remain.
    """

    names: Mapping[str, Json]
    unusable: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[Warned, ...] = ()
    failure: Failure | None = None
    optimizer_steps: int = 0
    scheduler_steps: int = 0


@dataclass(frozen=True, slots=True)
class Run:
    """One result with its provenance: content key, found in the store or run now, isolation.

    `source` is the key without what ran it: the code with its params, and its inputs. `recorded`:
    it comes from lrcards.values, and `result` holds only the names that were used.
    """

    key: str
    result: Result
    hit: bool
    isolation: str
    source: str = ""
    recorded: Recorded | None = None

    @property
    def how(self) -> str:
        """Say where the result comes from."""
        if self.recorded:
            return "from lrcards.values"
        return "from the store" if self.hit else "run now"


@dataclass(frozen=True, slots=True)
class Recorded:
    """One line of lrcards.values: what a run left that items use, and what made it.

    `largest` is the largest magnitude among all numbers that it left; see Exactness.
    """

    snippet: str
    source: str
    key: str
    torch: str
    python: str
    isolation: str
    largest: float
    result: Result
    params: tuple[tuple[str, Json], ...] = ()


class SnippetId(NamedTuple):
    """Which run: `lesson` is a path, `variant` the key of the variant whose params it got.

    A snippet that runs with its own params alone has no variant.
    """

    lesson: str
    name: str
    variant: str = ""


@dataclass(frozen=True, slots=True)
class Runs:
    """All runs of a course and the environment that made them.

    `verified`: they were run, now or before, on this machine; else they were only recorded, and
    `missing` are those that were not.
    """

    by_snippet: Mapping[SnippetId, Run]
    python: str
    torch: str
    isolation: str
    verified: bool = True
    missing: frozenset[SnippetId] = frozenset()
