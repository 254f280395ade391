"""One lesson with every kind and nasty text: what the writers' tests are made from."""

TEXT = """\
---
title: "Every kind: <&> \u05e9\u05dc\u05d5\u05dd"
description: All of them
snippets:
  halve: {file: snippets/step_lr.py}
use: halve
tags: [all kinds]
---

# Every kind

Prose: ~~old~~ **new** *thin* [link](https://example.org "T") and `code <b>`.

> quoted

3. three
4. four

| left | right |
|------|------:|
| `= lr[0]` | <= 1 |

- [x] done
- [ ] open

***

```python
x = {{ lr[1] }}  # a < b
```

```nolang
<plain>
```

$$
\\frac{1}{2} \\cdot {{ gamma }}
$$

#### Deep heading

![Two curves](plot:lr)

## Recall `]]>` & <= ?

```yaml card
id: r-one
level: beginner
```

Front text.

### Answer

Back with $\\eta_0 = {{ lr[0] }}$ and\\
a break.

### Hint

A hint.

## Choice

```yaml card
id: c-one
level: easy
shuffle: false
points: 2
```

Pick it: ]]> &amp; <.

- [x] `= lr[0]` and **bold**
  > Right: `x<y`.
- [ ] `= lr[2]`
  > Wrong.
- [ ] `= 2 ** 4`
  > No.

### Hint

First.

### Hint

Second.

### Solution

1. One.
2. Two `= lr[2] -> 0.05`.

### Quick check

It is.

### Common mistakes

- Words: only.
- `= lr[2]` too.

## Multiple

```yaml card
id: m-one
level: intermediate
```

- [x] A
  > Yes a.
- [x] B
  > Yes b.
- [ ] C
  > No c.

## Numeric

```yaml card
id: n-one
level: hard
answer: lr[3] -> 0.05
```

How much?

### Common mistakes

- `= lr[0]`: never decays.
- `= lr[8] -> 0.00625`

### Solution

So it is.

![The curve](plot:lr)

## Whole number

```yaml card
id: n-int
answer: step_size
```

How many steps?

## Scaled

```yaml card
id: n-scaled
answer: lr[8]
scale: 1e-3
tol: 2%
```

In thousandths?

## Absolute

```yaml card
id: n-absolute
answer: lr[8]:.5f -> 0.00625
tol: 0.0005
digits: 1
```

Roughly?

## Negative

```yaml card
id: n-negative
answer: -lr[3] * 1000:.1f -> -50.0
```

Below zero?

## Short

```yaml card
id: s-one
answer: [StepLR, Step  LR, "*"]
```

Which class?

## Cloze

```yaml card
id: z-one
kind: cloze
```

It is **`= lr[2] -> 0.05`** by **Step}}LR::x** here, {{ "{{" }} or **$\\eta$**.

## Explain

```yaml card
id: e-one
level: advanced
```

Say why.

### Key concepts

- [ ] One
- [ ] Two `= lr[0]`
- [ ] Three
- [ ] Four

## Order

```yaml card
id: o-one
level: easy
```

Put one epoch in order.

### Order

1. `loss.backward()`
2. **Optimizer** at $\\eta_0$, which is `= lr[0]`
3. x < y & `a ]]> b`
4. `scheduler.step()`

### Hint

The scheduler comes last.

## Match

```yaml card
id: p-one
```

What does each do?

### Match

| Scheduler       | What it does <&>         |
|-----------------|--------------------------|
| `StepLR`        | every few epochs `x]]>`  |
| `ExponentialLR` | $\\gamma$ at every epoch |
| `LinearLR`      | along a line             |
| `ConstantLR`    | along a line             |

### Solution

The names say it.
""".replace('here, {{ "{{" }} or', 'here, `{{ "{{" }}` or')
