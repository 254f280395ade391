"""Code blocks: highlighted by classes, or plain."""

from __future__ import annotations

from functools import lru_cache
from html import escape

from pygments import highlight as pygments_highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.token import (
    Comment,
    Error,
    Keyword,
    Name,
    Number,
    Operator,
    String,
    Token,
    _TokenType,
)

# Both palettes keep a contrast of at least 4.5 on --soft (tested).
_LIGHT = {"k": "#8b1a8f", "s": "#0a5c2b", "m": "#0b4fb3", "c": "#57606a", "n": "#7a3e00"}
_DARK = {"k": "#e29bf0", "s": "#7fd99a", "m": "#8ab4f8", "c": "#a2abb5", "n": "#f0b476"}
_GROUPS: tuple[tuple[_TokenType, str], ...] = (
    (Comment, "c"),
    (Keyword, "k"),
    (Operator.Word, "k"),
    (String, "s"),
    (Number, "m"),
    (Name.Function, "n"),
    (Name.Class, "n"),
    (Name.Decorator, "n"),
)
# Pygments knows hundreds of languages, some by expressions that a few kilobytes keep busy for
# hours; these are the ones that lessons on training models show.
_LANGUAGES = frozenset(
    """python python3 py pycon bash sh console json yaml toml ini diff c cpp html css javascript
    js sql""".split()  # noqa: SIM905 - reads better as words
)
_LONGEST = 100_000
_PLAIN = (Token.Text, Token.Punctuation, Operator, Error)


class _Formatter(HtmlFormatter[str]):
    """Five classes instead of Pygments' seventy: pages and decks stay small."""

    def _get_css_class(self, ttype: _TokenType) -> str:
        return next((name for group, name in _GROUPS if ttype[: len(group)] == group), "")


@lru_cache(maxsize=1)
def _formatter() -> _Formatter:
    return _Formatter(nowrap=True)


def highlight(code: str, lang: str) -> str:
    """Return a code block with classes for keywords and so on; plain if unknown or huge."""
    if lang not in _LANGUAGES or len(code) > _LONGEST:
        return plain_code(code, lang)
    lexer = get_lexer_by_name(lang, stripnl=False)
    spans = pygments_highlight(code, lexer, _formatter()).rstrip("\n")
    return f'<pre tabindex="0"><code class="hl language-{escape(lang)}">{spans}</code></pre>'


def plain_code(code: str, lang: str) -> str:
    """Return a code block without spans, for targets that bring no style sheet."""
    name = f' class="language-{escape(lang)}"' if lang else ""
    return f"<pre><code{name}>{escape(code.rstrip(chr(10)))}</code></pre>"


def palette() -> dict[str, dict[str, str]]:
    """Return the colours by class, for light and for dark."""
    return {"light": dict(_LIGHT), "dark": dict(_DARK)}


def code_css(prefix: str, colours: dict[str, str]) -> str:
    """Return the rules of one palette, each selector behind `prefix`."""
    return "".join(f"{prefix}.hl .{name}{{color:{value}}}\n" for name, value in colours.items())
