"""Options that several commands take."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from typing import Any

import click

from lrcards.cli.render import FORMATS
from lrcards.config import ISOLATION

_EXECUTORS = ("local", "spawn")


def look_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --format, --color, -q and -v."""
    for decorate in (
        click.option("-v", "--verbose", is_flag=True, help="Say more, such as what was lost."),
        click.option("-q", "--quiet", is_flag=True, help="Show findings only."),
        click.option(
            "--color",
            type=click.Choice(["auto", "always", "never"]),
            default="auto",
            help="Colour the output.",
        ),
        click.option(
            "--format",
            "format_",
            type=click.Choice(list(FORMATS)),
            default=None,
            help="How findings are shown (default: full; github in GitHub Actions).",
        ),
    ):
        command = decorate(command)
    return command


def run_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add what build and check share: sources, strictness, and how snippets are run."""
    for decorate in (
        click.option(
            "--frozen",
            is_flag=True,
            help="Take all numbers from lrcards.values: no torch, not verified.",
        ),
        click.option(
            "--executor",
            default="local" if sys.platform.startswith("linux") else "spawn",
            metavar="local|spawn|dask://HOST:PORT",
            help="Where snippets are run.",
            show_default=True,
            callback=_executor,
        ),
        click.option(
            "--isolation",
            type=click.Choice(ISOLATION),
            help="full: refuse to run where snippets cannot be confined.",
        ),
        click.option(
            "--force",
            multiple=True,
            metavar="ID",
            help="Run this snippet, or what this item uses, again.",
        ),
        click.option("--no-cache", is_flag=True, help="Run every snippet again."),
        click.option(
            "--jobs", type=click.IntRange(1, 64), default=None, help="Snippets at a time."
        ),
        click.option("--strict", is_flag=True, help="Let warnings fail."),
        click.option("--source", help="Folder of the lessons (default: from lrcards.toml)."),
    ):
        command = decorate(command)
    return command


def _executor(_context: click.Context, _option: click.Parameter, value: str) -> str:
    """Accept `local`, `spawn` and the address of a scheduler."""
    if value in _EXECUTORS or re.fullmatch(r"dask://[A-Za-z0-9_.-]+:\d{1,5}", value):
        return value
    raise click.BadParameter(f"'{value}' is none of {', '.join(_EXECUTORS)}, dask://HOST:PORT")
