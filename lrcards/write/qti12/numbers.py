"""Numbers where Canvas compares texts, and shares of a mark."""

from __future__ import annotations

from decimal import Decimal

from lrcards.values import plain_decimal

_MILLIONTHS = 10**6


def shares(count: int) -> list[str]:
    """Return equal parts of 100, in millionths, that add up to 100 and no less."""
    ends = [100 * _MILLIONTHS * n // count for n in range(count + 1)]
    parts = (Decimal(ends[n + 1] - ends[n]) / _MILLIONTHS for n in range(count))
    return [plain_decimal(part) for part in parts]


def spellings(number: str, digits: int) -> list[str]:
    """Return the ways in which one number is typed, as it is shown first.

    `digits`: significant digits asked of the learner, which zeros may fill.
    """
    value = Decimal(number)
    plain = plain_decimal(value)
    padded = f"{value:.{max(0, digits - 1 - value.adjusted())}f}" if value else plain
    if Decimal(padded) != value:  # rounded, not filled
        padded = plain
    found = [number, plain, padded, *map(_without_zero, (plain, padded)), _scientific(value)]
    return [*dict.fromkeys(found)]


def _without_zero(plain: str) -> str:
    return plain.replace("0.", ".", 1) if plain.lstrip("-").startswith("0.") else plain


def _scientific(value: Decimal) -> str:
    if not value:
        return "0"
    return f"{plain_decimal(value.scaleb(-value.adjusted()))}e{value.adjusted()}"
