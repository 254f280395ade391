"""`lrcards check`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from lrcards.cli.common import (
    absolute,
    course,
    explained,
    fail_environment,
    look_from,
    report,
    request_from,
)
from lrcards.cli.options import look_options, run_options
from lrcards.cli.render import say
from lrcards.config import Config

if TYPE_CHECKING:
    from lrcards.pipeline import Outcome, Request


@click.command("check")
@click.argument("paths", nargs=-1)
@click.option(
    "--fix", is_flag=True, help="Rewrite stale literals, accept moved values, and show the diff."
)
@click.option("--diff", is_flag=True, help="Show what --fix would change, and change nothing.")
@click.option(
    "--verify", is_flag=True, help="Run everything again and look for values that have moved."
)
@run_options
@look_options
def command(**values: Any) -> int:
    """Do everything of a build but writing; with PATHS, show what concerns those files."""
    look = look_from(values)
    config = course(values["source"], look)
    values["no_cache"] = values["no_cache"] or values["verify"]
    wanted = _wanted(values["paths"], config)
    request = request_from(values, config, config.targets, look)
    try:
        with explained(look):
            outcome = _checked(config, request, values)
    except OSError as error:
        return fail_environment(f"cannot use {error.filename or config.state}: {error.strerror}")
    if wanted:
        kept = tuple(one for one in outcome.diagnostics if one.span.path in wanted)
        outcome = replace(outcome, diagnostics=kept, files=len(wanted))
    return report(outcome, look, request.strict)


def _checked(config: Config, request: Request, values: dict[str, Any]) -> Outcome:
    # Imported late: `lrcards --help` must not pay for the pipeline.
    from lrcards.fix import mend
    from lrcards.pipeline import check_course

    if not (values["fix"] or values["diff"]):
        return check_course(config, request)
    outcome, changes = mend(config, request, write=values["fix"] and not values["diff"])
    for change in changes:
        say(change)
    return outcome


def _wanted(paths: tuple[str, ...], config: Config) -> frozenset[str]:
    names: set[str] = set()
    for written in paths:
        file = absolute(written)
        if not file.exists() or not file.is_relative_to(config.root):
            raise click.UsageError(f"{written} is no file of this course")
        inside = file.rglob("*.md") if file.is_dir() else [file]
        names |= {one.relative_to(config.root).as_posix() for one in inside}
    return frozenset(names)
