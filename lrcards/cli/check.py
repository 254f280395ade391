"""`lrcards check`."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any

import click

from lrcards.cli.common import (
    absolute,
    course,
    fail_environment,
    look_from,
    look_options,
    now,
    progress,
)
from lrcards.cli.common import report as show_report
from lrcards.config import Config


@click.command("check")
@click.argument("paths", nargs=-1)
@click.option("--source", help="Folder of the lessons (default: from lrcards.toml).")
@click.option("--strict", is_flag=True, help="Let warnings fail the check.")
@click.option("--jobs", type=click.IntRange(1, 64), default=None, help="Snippets at a time.")
@click.option("--no-cache", is_flag=True, help="Run every snippet again.")
@click.option("--force", multiple=True, metavar="NAME", help="Run this snippet again.")
@look_options
def command(**values: Any) -> int:
    """Do everything of a build but writing; with PATHS, show what concerns those files."""
    # Imported late: `lrcards --help` must not pay for the pipeline.
    from lrcards.pipeline import Request, check_course
    from lrcards.run import RunnerError

    look = look_from(values)
    config = course(values["source"], look)
    wanted = _wanted(values["paths"], config)
    request = Request(
        out=config.root / config.out,
        targets=config.targets,
        now=now(),
        strict=values["strict"],
        jobs=values["jobs"] or os.cpu_count() or 1,
        use_store=not values["no_cache"],
        force=frozenset(values["force"]),
        progress=progress(look),
    )
    try:
        outcome = check_course(config, request)
    except RunnerError as problem:
        return fail_environment(str(problem))
    if wanted:
        kept = tuple(one for one in outcome.diagnostics if one.span.path in wanted)
        outcome = replace(outcome, diagnostics=kept, files=len(wanted))
    return show_report(outcome, look, request.strict)


def _wanted(paths: tuple[str, ...], config: Config) -> frozenset[str]:
    names: set[str] = set()
    for written in paths:
        file = absolute(written)
        if not file.exists() or not file.is_relative_to(config.root):
            raise click.UsageError(f"{written} is no file of this course")
        inside = file.rglob("*.md") if file.is_dir() else [file]
        names |= {one.relative_to(config.root).as_posix() for one in inside}
    return frozenset(names)
