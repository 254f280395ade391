"""The value grammar, the evaluator and the exact rule."""

from __future__ import annotations

import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrcards.values import (
    Exactness,
    Problem,
    Value,
    agrees,
    evaluate,
    is_number_text,
    literal_agrees,
    names,
    normalise,
    parse,
    plain_decimal,
    show,
    trace_element,
)

LR = [0.1, 0.1, 0.05, 0.05, 0.025]
SCOPE = {"lr": LR, "gamma": 0.5, "n": 3, "b": {"lr": [1.0]}, "name": "StepLR", "inf": float("inf")}


@pytest.mark.parametrize(
    ("text", "expression", "format_", "literal"),
    [
        ("lr[3]", "lr[3]", None, None),
        ("lr[3] -> 0.05", "lr[3]", None, "0.05"),
        (" lr[3] : .4f -> 0.1743 ", "lr[3]", ".4f", "0.1743"),
        ("lr[1:3]", "lr[1:3]", None, None),
        ('{"a -> b": 1}["a -> b"]:.2f -> 1.00', '{"a -> b": 1}["a -> b"]', ".2f", "1.00"),
        ("'it\\'s: ok'", "'it\\'s: ok'", None, None),
        ("a->b", "a->b", None, None),
    ],
)
def test_parts(text: str, expression: str, format_: str | None, literal: str | None) -> None:
    value = parse(text)
    if text == "a->b":
        assert isinstance(value, Problem)
        return
    assert isinstance(value, Value)
    assert (value.expression, value.format, value.literal) == (expression, format_, literal)
    if literal:
        assert text[value.literal_at :].strip() == literal


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "bad-value"),
        ("lr ->", "bad-value"),
        ("lr -> ", "bad-value"),
        ("lr:", "bad-value"),
        ("-> 3", "bad-expression"),
        ("lr.shape", "bad-expression"),
        ("open('x')", "bad-expression"),
        ("lr[0]()", "bad-expression"),
        ("max(lr, key=n)", "bad-expression"),
        ("[x for x in lr]", "bad-expression"),
        ("lambda: 1", "bad-expression"),
        ("f'{n}'", "bad-expression"),
        ("1 if n else 2", "bad-expression"),
        ("n << 3", "bad-expression"),
        ("n is 3", "bad-expression"),
        ("1j", "bad-expression"),
        ("b'x'", "bad-expression"),
        ("...", "bad-expression"),
        ("{**b}", "bad-expression"),
        ("*lr", "bad-expression"),
        ("max", "bad-expression"),
        ("n +", "bad-expression"),
        ("n\x00", "bad-expression"),
        ("(" * 300, "bad-expression"),
        ("1+" * 600 + "1", "expression-too-big"),
        ("n:wide", "bad-format"),
        ("n:99f", "bad-format"),
        ("n:.99f", "bad-format"),
        ("n:{n}", "bad-format"),
    ],
)
def test_what_is_refused(text: str, code: str) -> None:
    problem = parse(text)
    assert isinstance(problem, Problem)
    assert problem.code == code


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("lr[3]", 0.05),
        ("lr[1:3]", [0.1, 0.05]),
        ("lr[::2]", [0.1, 0.05, 0.025]),
        ('b["lr"][0]', 1.0),
        ("n // 2 + n % 2 - n ** 2 * +1", -7),
        ("-n", -3),
        ("not n == 3", False),
        ("n == 3 and gamma < 1", True),
        ("n == 4 or gamma", 0.5),
        ("n and 0 and 1", 0),
        ("1 < n < 3", False),
        ("0.05 in lr", True),
        ("0.06 not in lr", True),
        ("len(lr) + round(2.6) + round(2.65, 1)", 5 + 3 + 2.6),
        ("[abs(-1), min(lr), max(1, 2), sum([1, 2]), sorted([2, 1])]", [1, 0.025, 2, 3, [1, 2]]),
        ("(1, 2)", [1, 2]),
        ("{'a': 1}['a']", 1),
        ("'a' + 'b' * 2", "abb"),
        ("[1] * 2", [1, 1]),
        ("close(lr, [0.1, 0.1, 0.05, 0.05, 0.025])", True),
        ("close([1], [1, 2])", False),
        ("close(inf, inf)", False),
        ("True", True),
        ("None", None),
    ],
)
def test_evaluate(expression: str, value: object) -> None:
    assert not isinstance(parse(expression), Problem)
    assert evaluate(expression, SCOPE) == value


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("lrr", "missing-name"),
        ("lr[9]", "bad-expression"),
        ("b['x']", "bad-expression"),
        ("lr['x']", "bad-expression"),
        ("lr + 1", "bad-expression"),
        ("1 / 0", "bad-expression"),
        ("2.0 ** 5000", "bad-expression"),
        ("(-1) ** 0.5", "bad-expression"),
        ("'%9999999d' % 3", "bad-expression"),
        ("close('a', 1)", "bad-expression"),
        ("round(1, -1000000000)", "bad-expression"),
        ("9 ** 9 ** 9", "expression-too-big"),
        ("2 ** 4000 * 2 ** 4000", "expression-too-big"),
        ("'a' * 10 ** 9", "expression-too-big"),
        ("[1] * 10 ** 9", "expression-too-big"),
        ("-" * 900 + "1", "expression-too-big"),
        ("lambda: 1", "bad-expression"),
        ("1 +", "bad-expression"),
    ],
)
def test_what_cannot_be_computed_ends_soon(expression: str, code: str) -> None:
    start = time.monotonic()
    problem = evaluate(expression, SCOPE)
    assert isinstance(problem, Problem)
    assert problem.code == code
    assert time.monotonic() - start < 0.5


def test_names_and_trace_elements() -> None:
    assert names("max(lr) + gamma[0]") == {"lr", "gamma"}
    assert names("1 +") == frozenset()
    assert trace_element("lr[3]") == ("lr", 3)
    assert trace_element("lr[-1]") == ("lr", -1)
    assert trace_element("lr[n]") is None


@pytest.mark.parametrize(
    ("value", "format_", "shown"),
    [
        (3, None, "3"),
        (0.1 * 3, None, "0.3"),
        (1e-5, None, "1e-5"),
        (1e6, None, "1e6"),
        (True, None, "True"),
        ("text", None, "text"),
        ([0.1, 0.05], ".3f", "0.100, 0.050"),
        (0.05, ".1e", "5.0e-2"),
        (3, ".2f", "3.00"),
    ],
)
def test_show(value: object, format_: str | None, shown: str) -> None:
    assert show(value, format_) == shown  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (None, "cannot-show"),
        ({}, "cannot-show"),
        ([1, None], "cannot-show"),
        (float("nan"), "non-finite"),
        ("text", "bad-format"),
    ],
)
def test_what_cannot_be_shown(value: object, code: str) -> None:
    problem = show(value, ".2f")  # type: ignore[arg-type]
    assert isinstance(problem, Problem)
    assert problem.code == code


@pytest.mark.parametrize(
    ("literal", "value", "right"),
    [
        ("0.05", 0.0500000001, False),
        ("0.05", 0.0477, False),
        ("0.05", 0.0591, False),
        ("0.001", 0.0010000000000000002, True),
        ("1e-05", 1.0009e-05, False),
        ("4e-9", 0.0, False),
        ("1e-9", 2e-9, False),
        ("6.55e-3", 0.00655078, False),
        ("0.0", 6.1e-18, True),
        ("0.025", 0.02500000037252903, True),
        ("0.026", 0.02500000037252903, False),
        ("0.025", 1e300, False),
        ("3", 3, True),
        ("True", True, True),
        ("1", True, False),
        ("StepLR", "StepLR", True),
        ("0.1, 0.05", [0.1, 0.05], True),
        ("0.1, 0.06", [0.1, 0.05], False),
        ("0.1", [0.1, 0.05], False),
        ("1", float("nan"), False),
    ],
)
def test_literals(literal: str, value: object, right: bool) -> None:
    assert literal_agrees(literal, value, Exactness(0.1)) is right  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("literal", "value"),
    [("abc", 0.1), ("0.02500000", 0.02500000037252903), ("x", None), ("a, b", [0.1, 0.2])],
)
def test_literals_that_cannot_be_right(literal: str, value: object) -> None:
    assert isinstance(literal_agrees(literal, value, Exactness()), Problem)  # type: ignore[arg-type]


def test_long_runs_may_have_drifted() -> None:
    drifted = 0.1 * (1 + 1e-11)
    assert not agrees(Decimal("0.1"), drifted, Exactness())
    assert agrees(Decimal("0.1"), drifted, Exactness(long_run=True))


def test_number_texts() -> None:
    right = ["0.05", ".5", "5.", "-1e-3", "+2E6", "007"]
    wrong = ["", ".", "1e", "0x10", "1_000", "5%", "1,5", "\u0663", "1e999999", "nan"]
    assert [text for text in right if not is_number_text(text)] == []
    assert [text for text in wrong if is_number_text(text)] == []


def test_plain_decimals() -> None:
    shown = {text: plain_decimal(Decimal(text)) for text in ("1E-5", "-0", "100", "0.500", "1E+3")}
    assert shown == {"1E-5": "0.00001", "-0": "0", "100": "100", "0.500": "0.5", "1E+3": "1000"}


@given(st.text(max_size=60))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    value = parse(text)
    if isinstance(value, Value):
        computed = evaluate(value.expression, SCOPE)
        if not isinstance(computed, Problem):
            show(computed, value.format)


@given(st.text(alphabet="lrgamn0123456789.[]()+-*/%<>=,:'e \u2192", max_size=40))
def test_near_expressions_never_raise(text: str) -> None:
    test_any_text_is_parsed_or_refused.hypothesis.inner_test(text)  # type: ignore[attr-defined]


@given(st.floats(-1e300, 1e300, allow_subnormal=False))
def test_the_exact_text_of_a_float_agrees_in_both_signs(number: float) -> None:
    rule = Exactness(1.0)
    assert agrees(Decimal(repr(number)), number, rule)
    assert agrees(-Decimal(repr(number)), -number, rule)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_normalising_twice_changes_nothing(number: float) -> None:
    once = normalise(f"{number:e}")
    assert normalise(once) == once
    assert float(once) == float(f"{number:e}")
