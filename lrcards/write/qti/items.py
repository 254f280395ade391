"""An item of QTI: what is asked, how it is marked, what is said afterwards."""

from __future__ import annotations

from lrcards.model import CheckedItem, Cloze, Explain
from lrcards.write import lms
from lrcards.write.qti.body import Page
from lrcards.write.qti.draft import Draft
from lrcards.write.qti.kinds import ask
from lrcards.write.qti.logic import outcome, value, variable
from lrcards.write.qti.words import Tag, Words, tag

_LATE_HINTS = "hints come after the answer, all at once"


def item(one: CheckedItem, page: Page, language: str, words: Words) -> Tag:
    """Return the `assessmentItem`; what is lost in it is added to the page."""
    draft = Draft(one, words, page)
    external = {"externalScored": "human"}
    by_hand = isinstance(one.item, Explain) and words.says_who_scores
    scored = {"normalMaximum": draft.points} | (external if by_hand else {})
    draft.outcomes.append(outcome("SCORE", "float", "0", **scored))
    draft.outcomes.append(outcome("MAXSCORE", "float", draft.points))
    ask(draft)
    if isinstance(one.item, Cloze):
        page.losses |= dict.fromkeys(lms.plain_losses(one))
    page.losses |= dict.fromkeys(lms.name_losses(one))
    _hints(draft)
    explanation = lms.explanation(one, page.look)
    if explanation:
        draft.rules.append(draft.said("SOLUTION", page.xml(explanation)))
    processing = (tag("responseProcessing", *draft.rules),) if draft.rules else ()
    return tag(
        "assessmentItem",
        *draft.responses,
        *draft.outcomes,
        tag("itemBody", *draft.body),
        *processing,
        *draft.feedback,
        xmlns=words.namespace,
        identifier=identifier(one),
        title=lms.name(one),
        adaptive="false",
        timeDependent="false",
        **{"xml:lang": language},
    )


def identifier(one: CheckedItem) -> str:
    """Return the key as an XML name: ids may begin with a digit, none begins with `_`."""
    return f"_{one.key}" if one.key[0].isdigit() else one.key


def item_path(one: CheckedItem) -> str:
    return f"items/{identifier(one)}.xml"


def _hints(draft: Draft) -> None:
    """Show the hints to those whose answer is not all right."""
    hints = lms.hints(draft.one, draft.page.look)
    if not hints:
        return
    draft.page.losses[_LATE_HINTS] = None
    rules = []
    for number, hint in enumerate(hints, 1):
        text = f"<p><strong>Hint {number}</strong></p>\n{draft.page.xml(hint)}"
        rules.append(draft.said(f"HINT{number}", text))
    missed = tag("lt", variable("SCORE"), value("float", draft.points))
    draft.rules.append(tag("responseCondition", tag("responseIf", missed, *rules)))
