"""What commands share: finding the course, showing findings, exit codes."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lrcards.cli import ENVIRONMENT, OK, USAGE, WRONG_SOURCES
from lrcards.cli.losses import loss_table
from lrcards.cli.render import say, show
from lrcards.config import Config, ConfigError, find_config
from lrcards.diagnostics import (
    Diagnostic,
    UsageProblemError,
    did_you_mean,
    has_errors,
    summary,
)
from lrcards.guards import path_problem

if TYPE_CHECKING:
    from lrcards.pipeline import Outcome, Request

# The registry itself would load every writer; a test holds the two together.
BUILT = ("anki", "moodle", "qti12", "qti21", "qti3", "html", "gift", "blackboard")

_AFTER = 1.0


@dataclass(frozen=True, slots=True)
class Look:
    """How findings are shown: format, colour, how much."""

    format: str
    color: bool
    quiet: bool
    verbose: bool


def demanded(values: dict[str, Any], config: Config) -> str:
    """Return the isolation that is asked for: on the command line, or in the configuration."""
    if values["frozen"] and values["isolation"]:
        raise click.UsageError("--frozen runs nothing: leave out --isolation")
    return str(values["isolation"] or config.isolation)


@contextmanager
def explained(look: Look) -> Iterator[None]:
    """Leave with the exit code, and the words, for what the pipeline could not do."""
    # Imported late: a build that has nothing to do must not pay for the pipeline.
    from lrcards.run import RunnerError
    from lrcards.write.theme import ThemeError

    try:
        yield
    except UsageProblemError as refused:
        raise click.UsageError(str(refused)) from None
    except ThemeError as problem:
        show([problem.diagnostic], {}, look.format, look.color)
        raise click.exceptions.Exit(WRONG_SOURCES) from None
    except RunnerError as problem:
        raise click.exceptions.Exit(fail_environment(str(problem))) from None


def request_from(
    values: dict[str, Any], config: Config, chosen: tuple[str, ...], look: Look
) -> Request:
    """Make what the pipeline is asked for from the options of run_options()."""
    # Imported late: a build that has nothing to do must not pay for the pipeline.
    from lrcards.pipeline import Request

    return Request(
        out=config.root / config.out,
        targets=chosen,
        now=now(),
        strict=values["strict"],
        jobs=values["jobs"] or os.cpu_count() or 1,
        use_store=not values["no_cache"],
        force=frozenset(values["force"]),
        isolation=demanded(values, config),
        frozen=values["frozen"],
        executor=values["executor"],
        progress=progress(look),
    )


def look_from(values: dict[str, Any]) -> Look:
    """Take the options of look_options() out of a command's values."""
    chosen = values.pop("format_")
    default = "github" if os.environ.get("GITHUB_ACTIONS") else "full"
    return Look(
        chosen or default,
        _color(values.pop("color")),
        values.pop("quiet"),
        values.pop("verbose"),
    )


def plain_look() -> Look:
    """Return how a command without look_options() shows what is wrong with the configuration."""
    return Look("full", _color("auto"), quiet=False, verbose=False)


def _color(choice: str) -> bool:
    # click ignores NO_COLOR on a terminal, so both conventions are read here.
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or sys.stderr.isatty()


def course(source: str | None, look: Look) -> Config:
    """Find the configuration of the course we stand in, or leave with exit code 2."""
    try:
        config = find_config(Path.cwd())
    except ConfigError as problem:
        show(problem.diagnostics, problem.sources, look.format, look.color)
        raise click.exceptions.Exit(USAGE) from None
    if source is not None:
        folder = absolute(source)
        if not folder.is_relative_to(config.root):
            raise click.UsageError(f"--source {source} lies outside the course {config.root.name}/")
        config = replace(config, source=folder.relative_to(config.root).as_posix())
    if not (config.root / config.source).is_dir():
        raise click.UsageError(f"there is no source folder {config.source}/")
    return config


def absolute(written: str) -> Path:
    """Return the path that a user typed, made absolute; links stay, so that they can be seen."""
    return Path(os.path.abspath(written))  # noqa: PTH100 - resolve() would follow links


def lock_file(old: str) -> Path | None:
    """Return the file that OLD names; None where it can only be a revision in git."""
    file = absolute(old)
    return file if not path_problem(old) and file.is_file() else None


def targets(chosen: str | None, config: Config, built: tuple[str, ...]) -> tuple[str, ...]:
    """Return the targets to build, in the order of the registry."""
    if chosen is None:
        return tuple(name for name in built if name in config.targets)
    names = [name.strip() for name in chosen.split(",") if name.strip()]
    for name in names:
        if name not in built:
            raise click.UsageError(f"unknown target '{name}': {did_you_mean(name, built)}")
    if not names:
        raise click.UsageError(f"--to names no target: {', '.join(built)}")
    return tuple(name for name in built if name in names)


def now() -> int:
    """Return the seconds since 1970: the one look at a clock, for the lock."""
    return int(time.time())


def progress(look: Look) -> Callable[[int, int], None] | None:
    """Return a line that counts snippets, on a terminal and after one second; else None."""
    if look.quiet or not sys.stderr.isatty():
        return None
    start = time.monotonic()

    def tell(done: int, total: int) -> None:
        if time.monotonic() - start > _AFTER:
            end = "\n" if done == total else ""
            click.echo(f"\rRunning  {done} of {total} snippets", err=True, nl=False)
            click.echo(end, err=True, nl=False)

    return tell


def report(outcome: Outcome, look: Look, strict: bool) -> int:
    """Print what a run did and found; results on stdout, findings on stderr."""
    failed = exit_code(outcome.diagnostics, strict)
    if not look.quiet:
        for line in outcome.lines:
            say(line)
        if outcome.losses:
            say(loss_table(outcome.losses, BUILT, look.verbose))
    show(outcome.diagnostics, outcome.sources, look.format, look.color)
    click.echo(summary(outcome.diagnostics, outcome.files), err=True)
    return failed


def fail_environment(message: str) -> int:
    say(f"error: {message}", err=True)
    return ENVIRONMENT


def exit_code(found: tuple[Diagnostic, ...], strict: bool) -> int:
    failed = bool(found) if strict else has_errors(found)
    return WRONG_SOURCES if failed else OK
