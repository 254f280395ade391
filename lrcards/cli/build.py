"""`lrcards build`."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lrcards import noop
from lrcards.cli.common import (
    BUILT,
    Look,
    absolute,
    course,
    demanded,
    exit_code,
    explained,
    fail_environment,
    lock_file,
    look_from,
    report,
    request_from,
    targets,
)
from lrcards.cli.options import look_options, run_options
from lrcards.cli.render import show
from lrcards.config import Config
from lrcards.diagnostics import UsageProblemError, summary
from lrcards.guards import RefusedError, inside, read_file

if TYPE_CHECKING:
    from lrcards.since import OldLock


@click.command("build")
@click.option("--out", help="Output folder (default: from lrcards.toml).")
@click.option("--to", "to", help=f"Targets, separated by commas: {', '.join(BUILT)}.")
@click.option(
    "--check", is_flag=True, help="Write nothing; fail where lrcards.lock or .values would change."
)
@click.option(
    "--since",
    metavar="OLD",
    help="Write only what is new or changed since OLD: a lock file, or a revision in git.",
)
@run_options
@look_options
def command(**values: Any) -> int:
    """Build the whole course; the old output stays as it was when anything fails."""
    look = look_from(values)
    config = course(values["source"], look)
    out = absolute(values["out"]) if values["out"] else config.root / config.out
    chosen = targets(values["to"], config, BUILT)
    isolation = demanded(values, config)
    since = _old_lock(values["since"], config)
    last = None
    if not values["no_cache"] and not values["force"]:
        asked = noop.demands(isolation, values["frozen"], since.demand if since else "")
        last = noop.unchanged(config, out, noop.request_key(out, chosen, asked))
    if last is not None:
        return _nothing_to_do(last, values["strict"], look, config)
    return _build(config, out, chosen, values | {"look": look, "since": since})


def _old_lock(old: str | None, config: Config) -> OldLock | None:
    """Take the lock that --since names, or leave with exit code 2."""
    if old is None:
        return None
    # Imported late, as below.
    from lrcards.check.lock import FILE as LOCK
    from lrcards.since import lock_at_file, lock_at_revision

    file = lock_file(old)
    # This very build would write it anew: from then on nothing would ever be new.
    if file and file.resolve() == (config.root / LOCK).resolve():
        raise click.UsageError(
            f"--since: {LOCK} is this course's present lock: name a copy of an older one,"
            " or a revision of git"
        )
    try:
        return lock_at_file(file) if file else lock_at_revision(old, config.root)
    except UsageProblemError as refused:
        raise click.UsageError(f"--since: {refused}") from None


def _nothing_to_do(last: noop.LastBuild, strict: bool, look: Look, config: Config) -> int:
    if not look.quiet:
        click.echo("Nothing to do: no input and no output changed since the last build.")
    show(last.diagnostics, _sources(last, config.root), look.format, look.color)
    click.echo(summary(last.diagnostics, last.files), err=True)
    return exit_code(last.diagnostics, strict)


def _sources(last: noop.LastBuild, root: Path) -> dict[str, str]:
    """Read the lines around old findings; the record may be a stranger's, as may the files."""
    sources: dict[str, str] = {}
    for path in {one.span.path for one in last.diagnostics}:
        if inside(root / path, root):
            with suppress(RefusedError):
                sources[path] = read_file(root / path).decode("utf-8", "replace")
    return sources


def _build(config: Config, out: Path, chosen: tuple[str, ...], values: dict[str, Any]) -> int:
    # Imported late: a build that has nothing to do must not pay for the pipeline.
    from lrcards.pipeline import build, check_records

    look: Look = values["look"]
    asked = request_from(values, config, chosen, look)
    request = replace(asked, out=out, since=values["since"])
    try:
        with explained(look):
            outcome = (check_records if values["check"] else build)(config, request)
    except OSError as error:
        place = error.filename or out
        return fail_environment(
            f"cannot write {place}: {error.strerror}; choose another --out, or mend the folder"
        )
    return report(outcome, look, request.strict)
