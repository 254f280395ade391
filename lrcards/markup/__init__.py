"""Prose as HTML, in the dialect of each target; formulas and code."""

from lrcards.markup.code import code_css, highlight, palette, plain_code
from lrcards.markup.maths import math_problem, mathml, mathml_spelled, tex_delimited
from lrcards.markup.render import (
    Dialect,
    filled_text,
    image_tag,
    is_inline,
    to_html,
    to_inline,
    to_text,
)
from lrcards.markup.svg import svg_problem

__all__ = [
    "Dialect",
    "code_css",
    "filled_text",
    "highlight",
    "image_tag",
    "is_inline",
    "math_problem",
    "mathml",
    "mathml_spelled",
    "palette",
    "plain_code",
    "svg_problem",
    "tex_delimited",
    "to_html",
    "to_inline",
    "to_text",
]
