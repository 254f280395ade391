"""`lrcards diff`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from lrcards.cli.changes import FORMATS
from lrcards.cli.common import (
    Look,
    course,
    exit_code,
    explained,
    lock_file,
    request_from,
)
from lrcards.cli.options import run_options
from lrcards.cli.render import say, show
from lrcards.config import Config
from lrcards.diagnostics import summary

if TYPE_CHECKING:
    from lrcards.changes import Before
    from lrcards.pipeline import Request

_LOOK = Look("full", color=False, quiet=True, verbose=False)


@click.command("diff")
@click.argument("old", required=False)
@click.option(
    "--format",
    "form",
    type=click.Choice(list(FORMATS)),
    default="text",
    help="markdown: for pull requests and release notes.",
)
@run_options
def command(**values: Any) -> int:
    """Show what a learner will see change since OLD: a lock file, or a revision in git.

    Without OLD: since the last commit, or where there is none, since the last build.
    """
    config = course(values["source"], _LOOK)
    request = request_from(values, config, ("anki",), _LOOK)
    with explained(_LOOK):
        return _diff(config, request, values)


def _diff(config: Config, request: Request, values: dict[str, Any]) -> int:
    # Imported late: `lrcards --help` must not pay for the pipeline.
    from lrcards.changes import compare
    from lrcards.pipeline import compile_course

    before = _before(values["old"], config, request)
    compiled = compile_course(config, request)
    found = compiled.diagnostics
    show(found, compiled.course.sources, _LOOK.format, _LOOK.color)
    if found:
        click.echo(summary(found, len(compiled.course.sources)), err=True)
    if compiled.checked is not None:
        changes = compare(before, compiled.course, compiled.checked, config)
        for line in FORMATS[values["form"]](changes):
            say(line)
    return exit_code(found, request.strict)


def _before(old: str | None, config: Config, request: Request) -> Before:
    from lrcards import past

    if old is None:
        return past.last(config, request)
    file = lock_file(old)
    return past.at_file(file, request) if file else past.at_revision(old, config, request)
