"""The manifest of a content package, which says what is in the zip beside it."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from lrcards.verify.facts import Facts, text
from lrcards.verify.texts import pictures
from lrcards.verify.tree import Tree, parse_xml

NAME = "imsmanifest.xml"


@dataclass(frozen=True, slots=True)
class Manifest:
    """Resources, all files that they list, and what does not fit together."""

    resources: tuple[Tree, ...]
    listed: frozenset[str]
    problems: tuple[str, ...]

    def of_type(self, start: str) -> list[Tree]:
        return [one for one in self.resources if one.get("type").startswith(start)]


def manifest(files: Mapping[str, bytes]) -> Manifest:
    """Hold a manifest against the files of its zip. Raises UnreadableError."""
    if NAME not in files:
        return Manifest((), frozenset(), (f"there is no {NAME} in it",))
    resources = parse_xml(files[NAME]).below("resources", "resource")
    named = [unquote(file.get("href")) for one in resources for file in one.below("file")]
    listed = frozenset(
        [*named, *(unquote(one.get("href")) for one in resources if one.get("href"))]
    )
    problems = [f"{name} is in the manifest and not in the zip" for name in sorted(listed)
                if name not in files]  # fmt: skip
    problems += [f"{name} is in the zip and not in the manifest" for name in sorted(files)
                 if name not in listed and name != NAME and not name.endswith(".xsd")]  # fmt: skip
    known = {one.get("identifier") for one in resources}
    wanted = (to.get("identifierref") for one in resources for to in one.below("dependency"))
    problems += [f"the manifest has no resource {name}" for name in wanted if name not in known]
    return Manifest(tuple(resources), listed, tuple(problems))


def lost(shown: Tree, place: str, known: Manifest, base: str = "") -> Facts:
    """Name pictures that are shown in a file at `place`, and that no file is listed for."""
    return {f"picture {name}": text("has no file") for name in _lost(shown, place, known, base)}


def _lost(shown: Tree, place: str, known: Manifest, base: str) -> Iterator[str]:
    for address in pictures(shown):
        path = unquote(address)
        inside = path.removeprefix(base) if base and path.startswith(base) else None
        beside = posixpath.normpath(posixpath.join(posixpath.dirname(place), path))
        if (beside if inside is None else inside) not in known.listed:
            yield address
