"""The assessments of QTI 2.1 and 3.0: which items they ask, and what they count."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lrcards.verify.manifest import Manifest
from lrcards.verify.tree import Tree, parse_xml

_DASH = re.compile(r"-([a-z])")
_TOTALS = ("SCORE", "MAXSCORE")


@dataclass(frozen=True, slots=True)
class Assessments:
    """How often each item is asked, by its path in the zip, and what is wrong."""

    asked: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)


def assessments(inside: Mapping[str, bytes], known: Manifest) -> Assessments:
    """Read all assessments of a package. Raises UnreadableError."""
    found = Assessments()
    for resource in known.of_type("imsqti_test"):
        place = resource.get("href")
        if place not in inside:
            continue  # as the manifest's problems say
        test = named(parse_xml(inside[place]))
        folder = posixpath.dirname(place)
        hrefs = (one.get("href") for one in test.all("assessmentItemRef"))
        found.asked.update(posixpath.normpath(posixpath.join(folder, href)) for href in hrefs)
        found.problems.extend(f"{place}: {said}" for said in [*_drawn(test), *_uncounted(test)])
    return found


def _drawn(test: Tree) -> Iterator[str]:
    """Name the groups of variants of which a learner does not get exactly one."""
    sections = [*test.all("assessmentSection")]
    for group in (inner for one in sections for inner in one.below("assessmentSection")):
        number = group.first("selection").get("select")
        if number != "1":
            yield f"of the variants of {group.get('title')} it asks {number or 'all'}, not 1"


def _uncounted(test: Tree) -> Iterator[str]:
    """Name the totals that are not the sums of what the items have."""
    rules = test.first("outcomeProcessing").below("setOutcomeValue")
    sums = {one.get("identifier"): one.first("sum", "testVariables") for one in rules}
    for name in _TOTALS:
        if name not in sums or sums[name].get("variableIdentifier") != name:
            yield f"its {name} is not the sum of the items' own"


def named(root: Tree) -> Tree:
    """Give a tree of QTI 3.0 the names of 2.1: `qti-simple-choice` becomes `simpleChoice`."""
    for one in root.walk():
        if one.tag.startswith("qti-"):
            one.tag = _humped(one.tag.removeprefix("qti-"))
            one.attrs = {_humped(name): value for name, value in one.attrs.items()}
    return root


def _humped(name: str) -> str:
    return _DASH.sub(lambda match: match[1].upper(), name)
