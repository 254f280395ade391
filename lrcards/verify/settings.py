"""What a question of Moodle is set to, next to its key."""

from __future__ import annotations

from collections.abc import Mapping

from lrcards.verify import expect
from lrcards.verify.facts import Facts, text
from lrcards.verify.tree import Tree

# What would hide a question, mind the case of letters, ask for a unit, take an empty
# essay, or mark by other rules.
_SET = {"hidden": "0"}
_SET_OF: Mapping[str, dict[str, str]] = {
    "shortanswer": {"usecase": "0"},
    "numerical": {"unitgradingtype": "0", "showunits": "3"},
    "essay": {"responserequired": "1"},
    "ordering": {"selecttype": "ALL", "gradingtype": "ABSOLUTE_POSITION"},
}


def settings(question: Tree) -> Facts:
    """Say whether it shuffles, and name what is set otherwise than these marks need."""
    kind = question.get("type")
    found: Facts = {}
    if kind in {"multichoice", "matching", "ordering"}:  # the last of which always does
        said_so = question.first("shuffleanswers").text() in {"true", "1"}
        found["shuffle"] = text(expect.yes(said_so or kind == "ordering"))
    for tag, must in (_SET | _SET_OF.get(kind, {})).items():
        there = question.first(tag).text()
        if there != must:
            found[tag] = text(there or "(missing)")
    return found
