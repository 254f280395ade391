"""`lrcards verify`."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lrcards.cli import OK, WRONG_SOURCES
from lrcards.cli.common import absolute, course, plain_look
from lrcards.cli.render import say
from lrcards.diagnostics import UsageProblemError, count

if TYPE_CHECKING:
    from lrcards.verify import Result

_MOST = 100  # lines: who has more than that to read needs the first ones alone


@click.command("verify")
@click.argument("out", required=False)
def command(out: str | None) -> int:
    """Read every package of a build back and compare it with report.json.

    OUT is the folder of the build (default: from lrcards.toml).
    """
    try:
        return _verify(_folder(out))
    except UsageProblemError as refused:
        raise click.UsageError(str(refused)) from None


def _folder(out: str | None) -> Path:
    if out is not None:
        return absolute(out)
    config = course(None, plain_look())
    return config.root / config.out


def _verify(out: Path) -> int:
    # Imported late: `lrcards --help` must not pay for it.
    from lrcards.verify import verify

    results = [*verify(out)]
    width = max(len(one.path) for one in results)
    for one in results:
        say(f"{one.path:<{width}}  {_said(one)}")
    found = [*itertools.chain.from_iterable(one.found for one in results)]
    for difference in found[:_MOST]:
        say(str(difference), err=True)
    if len(found) > _MOST:
        say(f"... and {len(found) - _MOST} more", err=True)
    return WRONG_SOURCES if found else OK


def _said(one: Result) -> str:
    if not one.is_read:
        return "bytes as in the report; lrcards has no reader for it"
    what = f"{count(one.items, 'item')}, {count(one.facts, 'fact')}"
    what = count(one.facts, "file") if one.path == "report.json" else what
    return f"{what}, {count(len(one.found), 'difference')}" if one.found else f"{what} agree"
