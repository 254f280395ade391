"""Moodle's list of grades: it takes a share only as it stands there."""

from __future__ import annotations

from lrcards.model import Multiple

_EQUAL = {
    1: "100", 2: "50", 3: "33.33333", 4: "25", 5: "20", 6: "16.66667", 7: "14.28571", 8: "12.5",
    9: "11.11111", 10: "10", 20: "5",
}  # fmt: skip
_MOST = 20


def shares(count: int) -> list[str]:
    """Return grades that add up to 100, as equal as the list has them.

    From eleven options on an equal part is not on the list (but for twenty): the first ones count
    a tenth and the others a twentieth. Beyond twenty all count a twentieth, which is too much.
    """
    if count in _EQUAL or count > _MOST:
        return [_EQUAL.get(count, "5")] * count
    tenths = max(0, _MOST - count)
    return ["10"] * tenths + ["5"] * (count - tenths)


def fractions(item: Multiple) -> list[str]:
    """Return the grade of each option; wrong ones take away what right ones give."""
    rights = iter(shares(sum(option.right for option in item.options)))
    wrongs = iter(shares(sum(not option.right for option in item.options)))
    return [next(rights) if one.right else f"-{next(wrongs)}" for one in item.options]


def too_many(item: Multiple) -> bool:
    """Tell whether all right options together would be more than a full mark."""
    return sum(option.right for option in item.options) > _MOST


def uneven(item: Multiple) -> list[str]:
    """Say where the grades are not those of the common rule."""
    counts = [
        ("right", sum(option.right for option in item.options)),
        ("wrong", sum(not option.right for option in item.options)),
    ]
    return [
        f"Moodle has no grade for one of {number} {what} options, so they count "
        + ("a tenth or a twentieth" if number < _MOST else "a twentieth")
        for what, number in counts
        if number and number not in _EQUAL
    ]
