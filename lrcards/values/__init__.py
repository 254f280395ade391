"""Values: the grammar of format.md, a safe evaluator, the exact rule, and values as text."""

from lrcards.values.agree import Exactness, agrees, close, is_number_text, literal_agrees
from lrcards.values.evaluate import evaluate
from lrcards.values.grammar import Problem, Value, names, parse, reads, trace_element
from lrcards.values.show import normalise, plain_decimal, show

__all__ = [
    "Exactness",
    "Problem",
    "Value",
    "agrees",
    "close",
    "evaluate",
    "is_number_text",
    "literal_agrees",
    "names",
    "normalise",
    "parse",
    "plain_decimal",
    "reads",
    "show",
    "trace_element",
]
