"""An item of QTI: what is asked, how it is marked, what is said afterwards."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import lcm
from typing import assert_never

from lrcards.markup import to_html, to_inline
from lrcards.model import (
    Answer,
    CheckedItem,
    Choice,
    Cloze,
    Explain,
    Match,
    Multiple,
    Numeric,
    Order,
    Prose,
    Recall,
    Short,
)
from lrcards.values import plain_decimal
from lrcards.write import lms
from lrcards.write.asked import gaps, mixed, rights
from lrcards.write.qti.body import Page
from lrcards.write.qti.logic import (
    RESPONSE,
    answered,
    between,
    counted,
    is_correct,
    listed,
    outcome,
    put,
    response,
    share,
    typed,
    value,
    variable,
    when,
)
from lrcards.write.qti.words import Content, Html, Tag, Words, tag

_LONGEST_TITLE = 250
_COUNT = "RIGHT"
_LATE_HINTS = "hints come after the answer, all at once"


@dataclass(slots=True)
class Draft:
    """An item under construction, part by part in the order of the schema."""

    one: CheckedItem
    words: Words
    page: Page
    responses: list[Tag] = field(default_factory=list)
    outcomes: list[Tag] = field(default_factory=list)
    body: list[Content] = field(default_factory=list)
    rules: list[Tag] = field(default_factory=list)
    feedback: list[Tag] = field(default_factory=list)

    @property
    def points(self) -> str:
        return plain_decimal(self.one.item.settings.points)

    def html(self, prose: Prose) -> str:
        return self.page.xml(to_html(prose, self.one.filled, self.page.look))

    def inline(self, prose: Prose) -> Html:
        return Html(self.page.xml(to_inline(prose, self.one.filled, self.page.look)))

    def count(self, test: Tag) -> None:
        """Count one more part of the answer that is right."""
        more = tag("sum", variable(_COUNT), value("float", "1"))
        self.rules.append(when((test, put(_COUNT, more))))

    def counted(self, of: int) -> None:
        self.outcomes.append(outcome(_COUNT, "float", "0"))
        self.rules.append(share(variable(_COUNT), of, self.points))

    def said(self, name: str, title: str, html: str, on: str = "") -> Tag:
        """Add feedback with an outcome of its own; return the rule that shows it.

        Feedback that shares an outcome `on` is shown one at a time.
        """
        if on not in {one.attributes["outcomeIdentifier"] for one in self.feedback}:
            self.outcomes.append(outcome(on or name, "identifier"))
        shown = {"outcomeIdentifier": on or name, "identifier": name, "showHide": "show"}
        self.feedback.append(tag("modalFeedback", self.words.held(html), **shown, title=title))
        return put(on or name, value("identifier", name))


def item(one: CheckedItem, page: Page, language: str, words: Words) -> Tag:
    """Return the `assessmentItem`; what is lost in it is added to the page."""
    draft = Draft(one, words, page)
    external = {"externalScored": "human"}
    by_hand = isinstance(one.item, Explain) and words.says_who_scores
    scored = {"normalMaximum": draft.points} | (external if by_hand else {})
    draft.outcomes.append(outcome("SCORE", "float", "0", **scored))
    draft.outcomes.append(outcome("MAXSCORE", "float", draft.points))
    _kind(draft)
    _hints(draft)
    explanation = lms.explanation(one, page.look)
    if explanation:
        draft.rules.append(draft.said("SOLUTION", "Solution", page.xml(explanation)))
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
        title=lms.name(one, _LONGEST_TITLE),
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
    rules = [
        draft.said(f"HINT{number}", f"Hint {number}", draft.page.xml(hint))
        for number, hint in enumerate(hints, 1)
    ]
    missed = tag("lt", variable("SCORE"), value("float", draft.points))
    draft.rules.append(tag("responseCondition", tag("responseIf", missed, *rules)))


def _kind(draft: Draft) -> None:
    one = draft.one
    if isinstance(one.item, Cloze):
        _gaps(draft)
        return
    draft.body.append(Html(draft.page.xml(lms.question(one, draft.page.look))))
    match one.item:
        case Choice() | Multiple() as item:
            _options(draft, item)
        case Numeric():
            _numeric(draft)
        case Short(accepted=accepted):
            _short(draft, accepted)
        case _:
            _arranged(draft, one.item)


def _arranged(draft: Draft, item: Order | Match | Explain | Recall) -> None:
    match item:
        case Order():
            _order(draft, item)
        case Match():
            _match(draft, item)
        case Explain():
            _essay(draft, item)
        case Recall():
            pass
        case _:
            assert_never(item)


def _short(draft: Draft, accepted: tuple[str, ...]) -> None:
    draft.responses.append(listed(response(RESPONSE, "string", accepted[0]), accepted))
    draft.body.append(tag("p", entry(RESPONSE)))
    draft.rules.append(when((typed(RESPONSE, accepted), _all(draft))))


def _all(draft: Draft) -> Tag:
    return put("SCORE", value("float", draft.points))


def entry(name: str) -> Tag:
    return tag("textEntryInteraction", responseIdentifier=name)


def _options(draft: Draft, item: Choice | Multiple) -> None:
    single = isinstance(item, Choice)
    names = [f"option{number}" for number in range(1, len(item.options) + 1)]
    good = [name for name, option in zip(names, item.options, strict=True) if option.right]
    cardinality = "single" if single else "multiple"
    declared = response(RESPONSE, "identifier", *good, cardinality=cardinality)
    if single:
        draft.rules.append(when((is_correct(), _all(draft))))
    else:
        bad = len(names) - len(good)
        highest = lcm(len(good), bad or 1)
        worth = {name: highest // len(good) if name in good else -highest // bad for name in names}
        declared = counted(declared, worth, highest)
        part = share(tag("mapResponse", identifier=RESPONSE), highest, draft.points)
        draft.rules.append(when((answered(RESPONSE), part)))
    draft.responses.append(declared)
    told = [option.feedback for option in item.options]
    if any(told):
        draft.outcomes.append(outcome("FEEDBACK", "identifier", cardinality=cardinality))
        draft.rules.append(when((answered(RESPONSE), put("FEEDBACK", variable(RESPONSE)))))
    choices = [
        _choice(draft, name, option.text, option.feedback)
        for name, option in zip(names, item.options, strict=True)
    ]
    draft.body.append(
        tag(
            "choiceInteraction",
            *choices,
            responseIdentifier=RESPONSE,
            shuffle=_flag(item.settings.shuffle),
            maxChoices="1" if single else "0",
        )
    )


def _choice(draft: Draft, name: str, text: Prose, feedback: Prose | None = None) -> Tag:
    """Return an option; its feedback is a block, which no player glues to the option's text."""
    content: list[Content] = [draft.inline(text)]
    if feedback:
        shown = {"outcomeIdentifier": "FEEDBACK", "identifier": name, "showHide": "show"}
        content.append(tag("feedbackBlock", draft.words.held(draft.html(feedback)), **shown))
    return tag("simpleChoice", *content, identifier=name)


def _numeric(draft: Draft) -> None:
    answer = draft.one.answer
    assert answer is not None
    draft.responses.append(response(RESPONSE, "float", answer.shown))
    draft.body.append(tag("p", entry(RESPONSE)))
    branches = [(_within(RESPONSE, answer), _all(draft))]
    for number, wrong in enumerate(draft.one.wrong, 1):
        name = f"WRONG{number}"
        rule = draft.said(name, "Not quite", draft.html(wrong.feedback), "WRONG")
        low, high = plain_decimal(wrong.low), plain_decimal(wrong.high)
        branches.append((between(RESPONSE, low, high), rule))
    draft.rules.append(when(*branches))


def _within(name: str, answer: Answer) -> Tag:
    return between(name, plain_decimal(answer.low), plain_decimal(answer.high))


def _gaps(draft: Draft) -> None:
    one = draft.one

    def blank(number: int, _: str) -> str:
        return draft.words.xml(entry(f"GAP{number}"))

    look = replace(draft.page.look, deletion=blank)
    draft.body.append(Html(draft.page.xml(lms.question(one, look))))
    found = list(gaps(one))
    for number, text in found:
        name = f"GAP{number}"
        answer = one.deletions.get(number)
        if answer:
            draft.responses.append(response(name, "float", answer.shown))
            draft.count(_within(name, answer))
        else:
            draft.responses.append(listed(response(name, "string", text), (text,)))
            draft.count(typed(name, (text,)))
    draft.counted(len(found))


def _order(draft: Draft, item: Order) -> None:
    """Mark step by step; a player that does not shuffle shows the steps mixed all the same."""
    names = [f"step{number}" for number in range(1, len(item.steps) + 1)]
    draft.responses.append(response(RESPONSE, "identifier", *names, cardinality="ordered"))
    for place, name in enumerate(names, 1):
        at = tag("index", variable(RESPONSE), n=str(place))
        draft.count(tag("match", at, value("identifier", name)))
    draft.counted(len(names))
    choices = [
        _choice(draft, names[place], item.steps[place])
        for place in mixed(draft.one.key, len(names))
    ]
    draft.body.append(
        tag("orderInteraction", *choices, responseIdentifier=RESPONSE, shuffle="true")
    )


def _match(draft: Draft, item: Match) -> None:
    offers, own = rights(draft.one, item)
    number = len(item.pairs)
    key = [f"left{left} right{place + 1}" for left, place in enumerate(own, 1)]
    declared = response(RESPONSE, "directedPair", *key, cardinality="multiple")
    draft.responses.append(counted(declared, dict.fromkeys(key, 1), number))
    part = share(tag("mapResponse", identifier=RESPONSE), number, draft.points)
    draft.rules.append(when((answered(RESPONSE), part)))
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
            shuffle=_flag(item.settings.shuffle),
            maxAssociations=str(number),
        )
    )


def _associable(draft: Draft, name: str, text: Prose, most: int) -> Tag:
    content = draft.inline(text)
    return tag("simpleAssociableChoice", content, identifier=name, matchMax=str(most))


def _essay(draft: Draft, item: Explain) -> None:
    draft.responses.append(response(RESPONSE, "string"))
    draft.body.append(tag("extendedTextInteraction", responseIdentifier=RESPONSE))
    entries = "".join(f"<li>{draft.inline(concept)}</li>" for concept in item.concepts)
    text = f"<p>Key concepts:</p><ul>{entries}</ul>"
    draft.body.append(tag("rubricBlock", draft.words.held(text), view="scorer"))


def _flag(on: bool) -> str:
    return "true" if on else "false"
