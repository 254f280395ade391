"""`lrcards push`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lrcards import noop
from lrcards.cli import OK, USAGE
from lrcards.cli.common import absolute, course, fail_environment, now, plain_look
from lrcards.cli.render import say
from lrcards.config import Config
from lrcards.guards import visible

if TYPE_CHECKING:
    from lrcards.push import Address, Anki, Known, Plan

_URL = "http://127.0.0.1:8765"


@click.group("push")
def command() -> None:
    """Bring what learners have to what the course says, where an import cannot."""


@command.command("anki")
@click.option("--url", default=_URL, show_default=True, help="Where AnkiConnect listens.")
@click.option("--remote", is_flag=True, help="Allow a --url that is not this machine.")
@click.option("--out", help="Output folder of the build (default: from lrcards.toml).")
@click.option("--import", "import_", is_flag=True, help="Let Anki import the built package first.")
@click.option("--prune", is_flag=True, help="Delete the notes of removed items, history and all.")
@click.option(
    "--from", "leave", multiple=True, metavar="DECK",
    help="Move our cards out of this deck though it holds others.",
)  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Show what would be done, and do nothing.")
@click.option("--yes", is_flag=True, help="Ask no question.")
def anki(**values: Any) -> int:
    """Move, rename and remove in a running Anki, through the add-on AnkiConnect.

    A key of the add-on is taken from the variable LRCARDS_ANKI_KEY.
    """
    # Imported late: `lrcards --help` must not pay for it.
    from lrcards.push import KEY, Anki, PushError

    where = _address(values)
    config = course(None, plain_look())
    out = absolute(values["out"]) if values["out"] else config.root / config.out
    if not noop.stands(config, out, "anki"):
        say(f"error: {out.name}/ does not hold the deck as the course is now;"
            " run lrcards build, then push again", err=True)  # fmt: skip
        return USAGE
    try:
        running = Anki(where, os.environ.get(KEY, ""))
        running.greet()
        return _push(running, config, out, values)
    except PushError as problem:
        return fail_environment(str(problem))


def _address(values: dict[str, Any]) -> Address:
    from lrcards.push import address

    try:
        where = address(values["url"])
    except ValueError as problem:
        raise click.UsageError(f"--url cannot be used: {problem}") from None
    if not where.loopback and not values["remote"]:
        raise click.UsageError(f"{where.host} is not this machine; if you mean it, add --remote")
    if not where.loopback and values["import_"]:
        raise click.UsageError("--import works on this machine only: Anki reads the file itself")
    return where


def _push(running: Anki, config: Config, out: Path, values: dict[str, Any]) -> int:
    from lrcards.push import ask, import_package, load, perform, plan, preview
    from lrcards.write.files import OutputRefusedError, ours

    try:
        known = load(config, out, ours(out), now())
    except OutputRefusedError as refused:
        raise click.UsageError(str(refused)) from None

    def look() -> Plan:
        return plan(known, ask(running, known), values["prune"], values["leave"])

    if values["import_"] and _agreed(_import_text(known), "Import it?", values):
        import_package(running, known.package, look())
        say(f"Imported {known.package.name}.")
    todo = look()
    if todo.empty:
        say(preview(todo))
        return OK
    if not _agreed(preview(todo), "Do this in Anki?", values):
        return OK
    perform(running, todo)
    left = look()
    if not left.empty:
        say(preview(left))
        return fail_environment("Anki has not done all of it; push again, or look at it there")
    say("Done, and asked again: Anki has every card where the course has it.")
    return OK


def _import_text(known: Known) -> str:
    return (
        f"import  {known.package.name}: {len(known.here)} notes; cards that are there keep their"
        " history, notes that changed in the course are replaced"
    )


def _agreed(text: str, question: str, values: dict[str, Any]) -> bool:
    """Show what would be done and say whether to do it."""
    say(text)
    if values["dry_run"]:
        say("Nothing done: --dry-run.")
        return False
    if values["yes"]:
        return True
    if not _someone_is_there():
        raise click.UsageError("there is no one to ask here; add --yes, or --dry-run")
    if click.confirm(visible(question)):
        return True
    say("Not done.")
    return False


def _someone_is_there() -> bool:
    return sys.stdin.isatty()
