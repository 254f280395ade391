"""`lrcards lock`."""

from __future__ import annotations

from typing import Any

import click

from lrcards.cli.common import (
    absolute,
    course,
    explained,
    look_from,
    report,
    request_from,
)
from lrcards.cli.options import look_options, run_options


@click.command("lock")
@click.option(
    "--from", "deck", required=True, metavar="DECK.apkg", help="The last deck that was released."
)
@run_options
@look_options
def command(**values: Any) -> int:
    """Make a lost lrcards.lock again from the last released deck, so that updates still reach it.

    Notes that a build would write as they are in the deck count as unchanged, others as changed.
    """
    # Imported late: `lrcards --help` must not pay for the pipeline.
    from lrcards.rebuild import rebuild

    look = look_from(values)
    config = course(values["source"], look)
    request = request_from(values, config, ("anki",), look)
    with explained(look):
        done = rebuild(absolute(values["deck"]), config, request)
    return report(done.compiled.outcome(done.compiled.diagnostics, done.lines), look, strict=False)
