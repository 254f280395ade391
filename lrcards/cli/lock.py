"""`lrcards lock`."""

from __future__ import annotations

from typing import Any

import click

from lrcards.cli import WRONG_SOURCES
from lrcards.cli.common import (
    absolute,
    course,
    fail_environment,
    look_from,
    look_options,
    report,
    request_from,
    run_options,
)


@click.command("lock")
@click.option(
    "--from", "deck", required=True, metavar="DECK.apkg", help="The last deck that was released."
)
@click.option("--frozen", is_flag=True, help="Take all numbers from lrcards.values: no torch.")
@run_options
@look_options
def command(**values: Any) -> int:
    """Make a lost lrcards.lock again from the last released deck, so that updates still reach it.

    Notes that a build would write as they are in the deck count as unchanged, others as changed.
    """
    # Imported late: `lrcards --help` must not pay for the pipeline.
    from lrcards.pipeline import UnknownNameError
    from lrcards.rebuild import RebuildError, rebuild
    from lrcards.run import RunnerError
    from lrcards.write.theme import ThemeError

    look = look_from(values)
    config = course(values["source"], look)
    values["isolation"] = values["isolation"] or config.isolation
    request = request_from(values, config.root / config.out, ("anki",), look)
    try:
        done = rebuild(absolute(values["deck"]), config, request)
    except (RebuildError, UnknownNameError) as refused:
        raise click.UsageError(str(refused)) from None
    except ThemeError as problem:
        from lrcards.cli.render import show

        show([problem.diagnostic], {}, look.format, look.color)
        return WRONG_SOURCES
    except RunnerError as problem:
        return fail_environment(str(problem))
    return report(done.compiled.outcome(done.compiled.diagnostics, done.lines), look, strict=False)
