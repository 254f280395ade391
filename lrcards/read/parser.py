"""markdown-it as lessons need it: CommonMark, tables, strikethrough and math."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import heading
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin

# None of the characters that a rule of our parser begins with.
_PLAIN = re.compile(r"[^\n\\`*_~\[\]!<&$]+")


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    parser.use(dollarmath_plugin, allow_space=False, allow_digits=False, double_inline=True)
    parser.core.ruler.at("inline", _inline)
    # No other block begins like a heading; most lines of a lesson that begin one are headings.
    ends = ["paragraph", "reference", "blockquote"]
    parser.disable("heading").block.ruler.before("table", "title", heading, {"alt": ends})
    return parser


def _inline(state: StateCore) -> None:
    """Parse the content of blocks as markdown-it does; plain text needs none of its rules."""
    for token in state.tokens:
        if token.type == "inline" and token.children is not None:
            if _PLAIN.fullmatch(token.content):
                token.children.append(Token("text", "", 0, content=token.content))
            else:
                state.md.inline.parse(token.content, state.md, state.env, token.children)


PARSER = _parser()
