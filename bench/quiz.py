"""The quiz that is measured: the same questions for both programs, half numbers, half choices.

Ours computes each number from a snippet and checks it; the rival gets them typed.
"""

from __future__ import annotations

from pathlib import Path

PER_LESSON = 50
_SPAN = 10
SNIPPET = f"""\
rate = 0.1
lr = [rate * 0.5 ** (k // {_SPAN}) for k in range({PER_LESSON})]
"""
_HEAD = """\
---
title: Lesson {lesson}
snippets:
  halve: {{file: snippets/halve.py, params: {{rate: {rate!r}}}}}
use: halve
---

# Lesson {lesson}
"""
_ASKED = (
    "`StepLR` halves the rate of lesson {lesson} every ten epochs, and `scheduler.step()` is"
    " called **once** per epoch. Which rate does epoch {epoch} use?"
)
_WHY = (
    "Only multiples of ten change anything: ${{\\eta_{{{epoch}}}}}$ is what"
    " `get_last_lr()` returns, {shown}."
)
_FEEDBACK = (
    "It was halved at **each** multiple of ten so far.",
    "One `step()` too few: the last one counts as well.",
    "One `step()` too many: epoch 0 changes nothing.",
    "Nothing in `StepLR` ever makes a rate *larger*.",
)
_FACTORS = ("", " * 2", " / 2", " * 3")
_NUMERIC = """
## Question {number}: the rate in force

```yaml card
id: n-{number}
answer: lr[{epoch}]
```

{asked}

### Solution

{why}
"""
_CHOICE = """
## Question {number}: the rate in force

```yaml card
id: c-{number}
```

{asked}

{options}
### Solution

{why}
"""
_THEIRS = """
Title: Question {number}: the rate in force
1.  {asked}
... {why}
{answers}"""


def write_course(root: Path, items: int) -> None:
    """Write our course: a lesson, and a run of the snippet, for every fifty items."""
    folder = root / "source"
    (folder / "snippets").mkdir(parents=True)
    (folder / "snippets" / "halve.py").write_text(SNIPPET, encoding="utf-8")
    (root / "lrcards.toml").write_text('uid = "bench"\ntitle = "Bench"\n', encoding="utf-8")
    for first in range(0, items, PER_LESSON):
        lesson = first // PER_LESSON
        head = _HEAD.format(lesson=lesson, rate=_rate(lesson))
        numbers = range(first, min(items, first + PER_LESSON))
        text = head + "".join(map(_item, numbers))
        (folder / f"lesson{lesson:04}.md").write_text(text, encoding="utf-8")


def rival_text(items: int) -> str:
    """Return the quiz as text2qti reads it: one file."""
    return "Quiz title: Bench\n" + "".join(map(_question, range(items)))


def _rate(lesson: int) -> float:
    return float(f"0.{2000 + lesson}")


def _item(number: int) -> str:
    epoch = number % PER_LESSON
    made = {**_asked(number), "why": _WHY.format(epoch=epoch, shown=f"`= lr[{epoch}]`")}
    if number % 2:
        return _NUMERIC.format(**made)
    options = "".join(
        f"- [{' ' if factor else 'x'}] `= lr[{epoch}]{factor}`\n  > {feedback}\n"
        for factor, feedback in zip(_FACTORS, _FEEDBACK, strict=True)
    )
    return _CHOICE.format(**made, options=options)


def _question(number: int) -> str:
    epoch = number % PER_LESSON
    value = _rate(number // PER_LESSON) * 0.5 ** (epoch // _SPAN)
    made = {**_asked(number), "why": _WHY.format(epoch=epoch, shown=f"{value:.6g}")}
    if number % 2:
        return _THEIRS.format(**made, answers=f"=   {value:.6g} +- {value / 200:.6f}\n")
    values = (value, value * 2, value / 2, value * 3)
    answers = "".join(
        f"{'' if at else '*'}{'abcd'[at]}) {one:.6g}\n... {feedback}\n"
        for at, (one, feedback) in enumerate(zip(values, _FEEDBACK, strict=True))
    )
    return _THEIRS.format(**made, answers=answers)


def _asked(number: int) -> dict[str, object]:
    lesson, epoch = divmod(number, PER_LESSON)
    return {
        "number": number,
        "epoch": epoch,
        "asked": _ASKED.format(lesson=lesson, epoch=epoch),
    }
