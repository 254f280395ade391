"""From a checked course to the next tree of the output folder."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from lrcards.diagnostics import Diagnostic
from lrcards.model import Checked
from lrcards.since import News, cut, with_families
from lrcards.write import WRITERS
from lrcards.write.carried import Carried
from lrcards.write.downloads import Packer
from lrcards.write.files import REPORT
from lrcards.write.html import html
from lrcards.write.output import Output, is_left_out
from lrcards.write.report import report
from lrcards.write.theme import Theme

SITE = "html"


@dataclass(frozen=True, slots=True)
class Made:
    """What each target of a build came to, in the order of the registry."""

    outputs: dict[str, Output]

    def tree(
        self, checked: Checked, found: Iterable[Diagnostic], before: Carried
    ) -> dict[str, bytes]:
        """Return all files of the next tree: those made, those carried over, and the report."""
        tree = before.files()
        tree |= {file.path: file.data for one in self.outputs.values() for file in one.files}
        made = {name: one.coverage for name, one in self.outputs.items()}
        tree[REPORT] = report(checked, {**before.coverage(), **made}, tree, found)
        return tree


def make(
    checked: Checked,
    theme: Theme,
    targets: Sequence[str],
    offered: Sequence[str],
    since: News | None,
) -> Made:
    """Write each target; with `since` only what is new or changed, but the site is always whole.

    `offered`: the packages that the site has for download, whether they are targets or not.
    """
    packages = [name for name in targets if name != SITE]
    needed = [*packages, *(offered if SITE in targets else ())]
    whole = {name: WRITERS[name](checked, theme) for name in dict.fromkeys(needed)}
    outputs = {name: whole[name] for name in packages}
    if since is not None:
        outputs = {name: _fresh(name, whole[name], checked, theme, since) for name in packages}
    if SITE in targets:
        offers = {name: whole[name] for name in offered}
        outputs[SITE] = _site(Packer(checked, theme, WRITERS, offers))
    return Made({name: outputs[name] for name in targets})


def offered(targets: Sequence[str], configured: Sequence[str]) -> tuple[str, ...]:
    """Name the packages of a course, in the order of the registry: configured, or asked for."""
    return tuple(
        name for name in WRITERS if name != SITE and (name in configured or name in targets)
    )


def _site(packer: Packer) -> Output:
    files, offers = packer.all()
    pages = html(packer.checked, packer.theme, offers)
    return replace(pages, files=(*pages.files, *files))


def _fresh(name: str, whole: Output, checked: Checked, theme: Theme, since: News) -> Output:
    """Write what is new or changed; where that is nothing, no file.

    It comes out of the whole: what a target makes of an item can hang on the others (the deck
    takes the first variants), and an update must hold nothing that the whole does not. Of an item
    whose variants are not all unchanged here it holds all: they are drawn from as one pool.
    """
    held = {key for key, text in whole.coverage.items() if not is_left_out(text)}
    kept = held & with_families(checked, held & since.fresh)
    coverage = {
        key: since.verdict if key in since.same - kept else text
        for key, text in whole.coverage.items()
    }
    files = WRITERS[name](cut(checked, kept), theme).files if kept else ()
    return Output(files, coverage, whole.diagnostics)
