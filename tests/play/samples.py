"""One small QTI 3.0 item a construct, by hand: what the harness itself is tested with."""

from __future__ import annotations

from textwrap import dedent

_ITEM = """\
<?xml version="1.0" encoding="UTF-8"?>
<qti-assessment-item xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="one"
  title="One" adaptive="false" time-dependent="false" xml:lang="en">
{declared}
<qti-outcome-declaration identifier="SCORE" cardinality="single" base-type="float">
  <qti-default-value><qti-value>0</qti-value></qti-default-value></qti-outcome-declaration>
<qti-outcome-declaration identifier="PICKED" cardinality="multiple" base-type="identifier"/>
<qti-outcome-declaration identifier="WRONG" cardinality="single" base-type="identifier"/>
<qti-outcome-declaration identifier="SOLUTION" cardinality="single" base-type="identifier"/>
<qti-item-body>{body}</qti-item-body>
<qti-response-processing>{rules}</qti-response-processing>
{modal}
</qti-assessment-item>
"""


def _item(declared: str, body: str, rules: str, modal: str = "") -> str:
    return _ITEM.format(declared=declared, body=body, rules=dedent(rules), modal=modal)


def _response(name: str, cardinality: str, kind: str, inside: str = "") -> str:
    return (
        f'<qti-response-declaration identifier="{name}" cardinality="{cardinality}" '
        f'base-type="{kind}">{inside}</qti-response-declaration>'
    )


def _between(name: str, low: str, high: str) -> str:
    def side(operator: str, bound: str) -> str:
        return (
            f'<qti-{operator}><qti-variable identifier="{name}"/>'
            f'<qti-base-value base-type="float">{bound}</qti-base-value></qti-{operator}>'
        )

    return f"<qti-and>{side('gte', low)}{side('lte', high)}</qti-and>"


def _score(value: str) -> str:
    return f'<qti-set-outcome-value identifier="SCORE">{value}</qti-set-outcome-value>'


def _if(test: str, then: str) -> str:
    return (
        f"<qti-response-condition><qti-response-if>{test}{then}</qti-response-if>"
        "</qti-response-condition>"
    )


def _given(name: str, then: str) -> str:
    null = f'<qti-is-null><qti-variable identifier="{name}"/></qti-is-null>'
    return _if(f"<qti-not>{null}</qti-not>", then)


def _value(number: str) -> str:
    return f'<qti-base-value base-type="float">{number}</qti-base-value>'


def _modal(name: str, text: str, outcome: str) -> str:
    return (
        f'<qti-modal-feedback outcome-identifier="{outcome}" identifier="{name}" show-hide="show">'
        f"<qti-content-body><p>{text}</p></qti-content-body></qti-modal-feedback>"
    )


def _say(name: str, outcome: str) -> str:
    value = f'<qti-base-value base-type="identifier">{name}</qti-base-value>'
    return f'<qti-set-outcome-value identifier="{outcome}">{value}</qti-set-outcome-value>'


def numeric(low: str = "0.0495", high: str = "0.0505", wrong: str = "0.1") -> str:
    """A number within bounds is worth 1; a known wrong one gets a text, each answer another."""
    return _item(
        _response("RESPONSE", "single", "float"),
        '<p>How much? <qti-text-entry-interaction response-identifier="RESPONSE"/></p>',
        _if(_between("RESPONSE", low, high), _score(_value("1")))
        + _if(_between("RESPONSE", wrong, wrong), _say("wrong", "WRONG"))
        + _say("solution", "SOLUTION"),
        _modal("wrong", "You forgot to halve.", "WRONG")
        + _modal("solution", "It is a twentieth.", "SOLUTION"),
    )


def _correct(*values: str) -> str:
    inside = "".join(f"<qti-value>{value}</qti-value>" for value in values)
    return f"<qti-correct-response>{inside}</qti-correct-response>"


def _options(names: str) -> str:
    return "".join(
        f'<qti-simple-choice identifier="{name}"><p>Option {name}</p>'
        f'<qti-feedback-inline outcome-identifier="PICKED" identifier="{name}" show-hide="show">'
        f"About {name}.</qti-feedback-inline></qti-simple-choice>"
        for name in names
    )


def choice(key: str = "B") -> str:
    """One of three, each with a text beside it."""
    return _item(
        _response("RESPONSE", "single", "identifier", _correct(key)),
        '<qti-choice-interaction response-identifier="RESPONSE" max-choices="1" shuffle="true">'
        f"{_options('ABC')}</qti-choice-interaction>",
        _if(
            '<qti-match><qti-variable identifier="RESPONSE"/><qti-correct '
            'identifier="RESPONSE"/></qti-match>',
            _score(_value("1")),
        )
        + '<qti-set-outcome-value identifier="PICKED"><qti-multiple><qti-variable '
        'identifier="RESPONSE"/></qti-multiple></qti-set-outcome-value>',
    )


def _mapping(entries: dict[str, str], bounds: str = 'lower-bound="0"') -> str:
    inside = "".join(
        f'<qti-map-entry map-key="{key}" mapped-value="{value}"/>' for key, value in entries.items()
    )
    return f'<qti-mapping default-value="0" {bounds}>{inside}</qti-mapping>'


# Without the guard citolab throws at a pair, and amp-up at a text, that was never given.
_MAPPED = _given("RESPONSE", _score('<qti-map-response identifier="RESPONSE"/>'))


def multiple(right: str = "AC") -> str:
    """Two right and two wrong: half a mark each, never below 0."""
    entries = {name: "0.5" if name in right else "-0.5" for name in "ABCD"}
    return _item(
        _response("RESPONSE", "multiple", "identifier", _correct(*right) + _mapping(entries)),
        '<qti-choice-interaction response-identifier="RESPONSE" max-choices="0">'
        f"{_options('ABCD')}</qti-choice-interaction>",
        _MAPPED + '<qti-set-outcome-value identifier="PICKED"><qti-variable identifier="RESPONSE"/>'
        "</qti-set-outcome-value>",
    )


def order(key: str = "CABD", places: str = "AT_{}") -> str:
    """Four steps, a quarter each at its right place; `places` writes a place of `qti-index`."""
    declared = "".join(
        f'<qti-outcome-declaration identifier="AT_{n}" cardinality="single" base-type="integer">'
        f"<qti-default-value><qti-value>{n}</qti-value></qti-default-value>"
        "</qti-outcome-declaration>"
        for n in range(1, 5)
    )
    options = "".join(
        f'<qti-simple-choice identifier="{name}">Step {name}</qti-simple-choice>' for name in "ABCD"
    )
    given = '<qti-variable identifier="RESPONSE"/>'
    more = _score(f'<qti-sum><qti-variable identifier="SCORE"/>{_value("0.25")}</qti-sum>')
    rules = "".join(
        _if(
            f'<qti-match><qti-index n="{places.format(place)}">{given}</qti-index>'
            f'<qti-base-value base-type="identifier">{name}</qti-base-value></qti-match>',
            more,
        )
        for place, name in enumerate(key, 1)
    )
    return _item(
        _response("RESPONSE", "ordered", "identifier", _correct(*key)) + declared,
        '<qti-order-interaction response-identifier="RESPONSE" shuffle="true">'
        f"{options}</qti-order-interaction>",
        rules,
    )


def match(pairs: str = "A1 B2 C1") -> str:
    """Three lefts, two rights, one of them for two lefts; a quarter of a mark for each left."""
    split = [(pair[0], pair[1]) for pair in pairs.split()]

    def name(which: str) -> str:
        return f"L{which}" if which.isalpha() else f"R{which}"

    keys = [f"{name(left)} {name(right)}" for left, right in split]
    lefts = "".join(
        f'<qti-simple-associable-choice identifier="L{left}" match-max="1">Left {left}'
        "</qti-simple-associable-choice>"
        for left in "ABC"
    )
    rights = "".join(
        f'<qti-simple-associable-choice identifier="R{right}" match-max="3">Right {right}'
        "</qti-simple-associable-choice>"
        for right in "12"
    )
    return _item(
        _response(
            "RESPONSE",
            "multiple",
            "directedPair",
            _correct(*keys) + _mapping(dict.fromkeys(keys, "0.25")),
        ),
        '<qti-match-interaction response-identifier="RESPONSE" max-associations="3" '
        f'shuffle="true"><qti-simple-match-set>{lefts}</qti-simple-match-set>'
        f"<qti-simple-match-set>{rights}</qti-simple-match-set></qti-match-interaction>",
        _MAPPED,
    )


def gaps(key: str = "left") -> str:
    """A word and a number in one sentence, half a mark each."""
    more = _score(f'<qti-sum><qti-variable identifier="SCORE"/>{_value("0.5")}</qti-sum>')
    same = (
        '<qti-string-match case-sensitive="false"><qti-variable identifier="WORD"/>'
        '<qti-correct identifier="WORD"/></qti-string-match>'
    )
    return _item(
        _response("WORD", "single", "string", _correct(key))
        + _response("NUMBER", "single", "float"),
        '<p>Go <qti-text-entry-interaction response-identifier="WORD"/> for '
        '<qti-text-entry-interaction response-identifier="NUMBER"/> miles.</p>',
        _given("WORD", _if(same, more)) + _if(_between("NUMBER", "3", "3"), more),
    )


def written() -> str:
    """A text that a person grades: there is no mark before."""
    return _item(
        _response("RESPONSE", "single", "string"),
        '<qti-extended-text-interaction response-identifier="RESPONSE"/>',
        _say("solution", "SOLUTION"),
        _modal("solution", "Say why.", "SOLUTION"),
    )
