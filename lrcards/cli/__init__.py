"""The command line: options in, exit code out. Commands are loaded only when they are called."""

from __future__ import annotations

import importlib
import io
import sys
import traceback
from collections.abc import Sequence
from typing import Any

import click

from lrcards import __version__
from lrcards.diagnostics import did_you_mean
from lrcards.guards import visible

OK, WRONG_SOURCES, USAGE, ENVIRONMENT, INTERRUPTED = 0, 1, 2, 3, 130
_COMMANDS = ("build", "check", "diff", "lock", "push", "verify")
_ISSUES = "please report it with the lines above"


class LazyGroup(click.Group):
    """Imports `lrcards.cli.NAME` for the command NAME, so that start-up stays cheap."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"lrcards.cli.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; a mistyped name gets the nearest one named."""
        if args and args[0] not in _COMMANDS and not args[0].startswith("-"):
            ctx.fail(f"there is no command '{args[0]}': {did_you_mean(args[0], _COMMANDS)}")
        return super().resolve_command(ctx, args)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="lrcards")
def cli() -> None:
    """Compile Markdown lessons into Anki decks, LMS quizzes and a site; check every number."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code."""
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code. A bug shows a traceback and says so."""
    try:
        code: Any = cli.main(arguments, prog_name="lrcards", standalone_mode=False)
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted; the old output is untouched", err=True)
        return INTERRUPTED
    except click.ClickException as error:
        said = io.StringIO()
        error.show(said)
        click.echo(visible(said.getvalue()), err=True, nl=False)
        return USAGE
    except Exception:  # noqa: BLE001 - the last line of defence says that it is our fault
        click.echo(visible(traceback.format_exc()), err=True, nl=False)
        click.echo(f"this is a bug in lrcards {__version__}; {_ISSUES}", err=True)
        return INTERNAL
    return int(code or OK)


INTERNAL = 70
