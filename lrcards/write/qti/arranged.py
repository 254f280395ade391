"""Kinds whose parts are put in order or together, and the one that a person marks."""

from __future__ import annotations

from lrcards.model import Explain, Match, Order, Prose
from lrcards.write import lms
from lrcards.write.asked import mixed, rights
from lrcards.write.qti.draft import Draft, box, choice, flag
from lrcards.write.qti.logic import RESPONSE, counted, outcome, put, response, value, variable
from lrcards.write.qti.words import Html, Tag, tag

_PLACE = "PLACE"


def steps(draft: Draft, item: Order) -> None:
    """Mark step by step; a player that does not shuffle shows the steps mixed all the same."""
    names = [f"step{number}" for number in range(1, len(item.steps) + 1)]
    draft.responses.append(response(RESPONSE, "identifier", *names, cardinality="ordered"))
    # One player knows a place by a variable only, not by a number.
    draft.outcomes.append(outcome(_PLACE, "integer", "1"))
    for place, name in enumerate(names, 1):
        draft.rules.append(put(_PLACE, value("integer", str(place))))
        at = tag("index", variable(RESPONSE), n=_PLACE)
        draft.rules.append(draft.count(tag("match", at, value("identifier", name))))
    draft.counted(len(names))
    choices = [
        choice(draft, names[place], item.steps[place]) for place in mixed(draft.one.key, len(names))
    ]
    shown = {"shuffle": "true", "orientation": "vertical"}
    draft.body.append(tag("orderInteraction", *choices, responseIdentifier=RESPONSE, **shown))


def pairs(draft: Draft, item: Match) -> None:
    draft.body.append(Html(draft.page.xml(lms.heads(draft.one, item, draft.page.look))))
    offers, own = rights(draft.one, item)
    number = len(item.pairs)
    key = [f"left{left} right{place + 1}" for left, place in enumerate(own, 1)]
    declared = response(RESPONSE, "directedPair", *key, cardinality="multiple")
    draft.responses.append(counted(declared, dict.fromkeys(key, 1), number))
    draft.by_mapping(range(1, number + 1), number)
    lefts = [
        _associable(draft, f"left{left}", pair.left, 1) for left, pair in enumerate(item.pairs, 1)
    ]
    shown = [
        _associable(draft, f"right{place + 1}", offers[place], number)
        for place in mixed(draft.one.key, len(offers))
    ]
    draft.body.append(
        tag(
            "matchInteraction",
            tag("simpleMatchSet", *lefts),
            tag("simpleMatchSet", *shown),
            responseIdentifier=RESPONSE,
            shuffle=flag(item.settings.shuffle),
            maxAssociations=str(number),
        )
    )


def _associable(draft: Draft, name: str, text: Prose, most: int) -> Tag:
    content = box(Html(draft.inline(text)))
    return tag("simpleAssociableChoice", content, identifier=name, matchMax=str(most))


def essay(draft: Draft, item: Explain) -> None:
    draft.responses.append(response(RESPONSE, "string"))
    draft.body.append(tag("extendedTextInteraction", responseIdentifier=RESPONSE))
    text = draft.page.xml(lms.concepts(draft.one, item, draft.page.look))
    draft.body.append(tag("rubricBlock", draft.words.held(text), view="scorer"))
