"""What cards say: one file of words, put into templates, scripts and fields."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from html import escape

from lrcards.write.theme import Theme, ThemeError

FILE = "anki/words.toml"
_IN_FIELDS = ("hint", "hint_n", "pick_one", "pick_all")
# In quotes it becomes a string of JavaScript, else HTML.
_PLACE = re.compile(r"'\[\[([a-z_]+)\]\]'|\[\[([a-z_]+)\]\]")


def card_words(theme: Theme) -> Mapping[str, str]:
    """Read the words by name.

    Raises ThemeError where the file is no table of texts.
    """
    try:
        table = tomllib.loads(theme.text(FILE))
    except (ValueError, RecursionError) as error:
        raise ThemeError(f"templates/{FILE}", 1, f"not TOML: {error}") from None
    for name, text in table.items():
        if not isinstance(text, str):
            raise ThemeError(f"templates/{FILE}", 1, f"'{name}' must be text in quotes")
    for name in _IN_FIELDS:
        if name not in table:
            raise ThemeError(f"templates/{FILE}", 1, f"the word '{name}' is missing")
    return table


def spoken(template: str, name: str, words: Mapping[str, str]) -> str:
    """Put the words into a template.

    Raises ThemeError, with the line, for a word that the file does not have.
    """

    def word(match: re.Match[str]) -> str:
        key = match[1] or match[2]
        if key not in words:
            line = template.count("\n", 0, match.start()) + 1
            raise ThemeError(f"templates/{name}", line, f"there is no word '{key}' in {FILE}")
        # A word must not be able to end the script that it stands in.
        return json.dumps(words[key]).replace("<", "\\u003c") if match[1] else escape(words[key])

    return _PLACE.sub(word, template)
