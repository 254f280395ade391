"""Prose as HTML, formulas, code and curves."""

from __future__ import annotations

from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrcards.diagnostics import Span
from lrcards.figures import FIXED, curve, table
from lrcards.markup import (
    Dialect,
    code_css,
    highlight,
    math_problem,
    mathml,
    palette,
    plain_code,
    tex_delimited,
    to_html,
    to_inline,
    to_text,
)
from lrcards.markup.maths import COMMANDS
from lrcards.model import Filled, Marker, Node, Prose, Trace
from lrcards.read.markdown import parse

LOOK = Dialect(
    math=tex_delimited,
    code=plain_code,
    image=lambda src, alt, title: f"[{src}|{alt}|{title}]",
    figure=lambda traces, alt: f"[{len(traces)}|{alt}]",
    deletion=lambda number, inner: f"[{number}:{inner}]",
    heading_shift=2,
)
ARGUMENTS = {"frac": "{1}{2}", "sqrt": "{x}"}
ARGUMENTS |= dict.fromkeys(("text", "mathrm", "mathbf"), "{x}")


def prose(text: str) -> tuple[Prose, Filled]:
    blocks, found = parse(text, "x.md")
    assert found == []
    made = Prose(tuple(block.node for block in blocks), Span("x.md"))
    shown = {marker: marker.text.upper() for marker in made.markers()}
    return made, Filled(shown, {"plot:lr": (Trace("lr", (0.1,)),)})


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a < b & **c** *d* ~~e~~", "<p>a &lt; b &amp; <strong>c</strong> <em>d</em> <s>e</s></p>"),
        ("`= x` `y {{ z }}`", '<p><span class="value">X</span> <code>y Z</code></p>'),
        ("$a_{ {{ n }} }$", "<p>\\(a_{ N }\\)</p>"),
        ("$$\nx<y\n$$", "\\[x&lt;y\\]"),
        ("#### H", "<h6>H</h6>"),
        ("3. x", '<ol start="3"><li><p>x</p>\n</li>\n</ol>'),
        ("- [x] a\n- [ ] b", "<ul><li>\u2611 <p>a</p>\n</li>\n<li>\u2610 <p>b</p>\n</li>\n</ul>"),
        ("[a](https://x.org 'T')", '<p><a href="https://x.org" title="T">a</a></p>'),
        ("[a](other.md)", '<p><a href="other.md">a</a></p>'),
        ("[a](ftp://x)", "<p>a</p>"),
        ("![a b](p.png 'T')", "<p>[p.png|a b|T]</p>"),
        ("![a](plot:lr)", "<div>[1|a]</div>"),
        ("a  \nb\nc", "<p>a<br>\nb\nc</p>"),
        ("***", "<hr>"),
        ("> q", "<blockquote><p>q</p>\n</blockquote>"),
        ("    code", "<pre><code>code</code></pre>"),
        ("```\n<a>\n```", "<pre><code>&lt;a&gt;</code></pre>"),
    ],
)
def test_html(text: str, html: str) -> None:
    made, filled = prose(text)
    assert to_html(made, filled, LOOK).strip() == html


def test_tables_deletions_and_plain_text() -> None:
    made, filled = prose("| a | b |\n|---|--:|\n| `= x` | 2 |\n")
    html = to_html(made, filled, LOOK)
    assert '<th scope="col">a</th><th scope="col" class="right">b</th>' in html
    assert to_text(made, filled) == "a b X 2"
    gap = Node("deletion", (Node("text", parts=("x",)),), attrs=(("number", "2"),))
    assert to_inline(Prose((gap,), Span("x")), filled, LOOK) == "[2:x]"
    assert to_inline(*prose("one *two*"), LOOK) == "one <em>two</em>"
    with pytest.raises(KeyError):
        to_html(
            Prose((Node("value", parts=(Marker("lost", Span("x")),)),), Span("x")), filled, LOOK
        )


class Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found = ""

    def handle_data(self, data: str) -> None:
        self.found += data


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=50))
def test_escaping_then_parsing_gives_the_text_back(text: str) -> None:
    filled = Filled({}, {})
    for tag in ("text", "code"):
        reader = Text()
        reader.feed(to_html(Prose((Node(tag, parts=(text,)),), Span("x")), filled, LOOK))
        reader.close()
        assert reader.found == text


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_each_command_becomes_mathml(command: str) -> None:
    if command in {"left", "right"}:
        tex = r"\left( x \right)"
    elif command == "\\":
        tex = r"\begin{matrix} a \\ b \end{matrix}"
        assert math_problem(tex) is not None, "environments are not among the tested ones"
        return
    else:
        tex = f"a \\{command}{ARGUMENTS.get(command, ' b')}"
    assert math_problem(tex) is None, tex
    root = ET.fromstring(mathml(tex, display=True))
    assert root.get("alttext") == tex
    assert f"\\{command}" not in "".join(root.itertext())


@pytest.mark.parametrize("tex", [r"\underbrace{x}", r"\frac{1", r"\text{<b>x</b>}", r"\href{x}{y}"])
def test_other_formulas_are_refused(tex: str) -> None:
    assert math_problem(tex)


def test_code() -> None:
    python = highlight("def f(x):\n    return 'a<b' if x else 1.5  # why\n", "python")
    for name in "ksmcn":
        assert f'class="{name}"' in python
    assert "&lt;" in python
    assert highlight("<x>", "no-such-language") == plain_code("<x>", "no-such-language")
    assert highlight("x", "") == "<pre><code>x</code></pre>"


def contrast(one: str, other: str) -> float:
    def luminance(colour: str) -> float:
        parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_code_colours_can_be_read() -> None:
    for scheme, soft in (("light", "#f3f5f8"), ("dark", "#1f2329")):
        for colour in palette()[scheme].values():
            assert contrast(colour, soft) >= 4.5
    assert code_css(".x ", {"k": "#fff"}) == ".x .hl .k{color:#fff}\n"


@pytest.mark.parametrize(
    "values",
    [(0.1, 0.1, 0.05), (0.1,), (0.0, 0.0), (1e-5, 2e-5), (-1.0, 1.0), tuple(range(1, 200)), (3e8,)],
)
def test_curves(values: tuple[float, ...]) -> None:
    traces = (Trace("lr", tuple(map(float, values))), Trace("other", (0.1, 0.2)))
    svg = curve(traces, "What <it> shows", FIXED)
    root = ET.fromstring(svg)
    assert root.get("role") == "img"
    assert root[0].text == "What <it> shows"
    assert "lr: " in (root[1].text or "")
    assert "style=" not in svg
    assert "nan" not in svg
    assert len(svg) < 6000
    assert curve(traces, "What <it> shows", FIXED) == svg
    rows = table(traces).count("<tr>")
    assert 3 <= rows <= 27


def test_a_falling_staircase_is_short() -> None:
    svg = curve((Trace("lr", (0.1,) * 30 + (0.01,) * 30),), "Two levels")
    points = svg.split('points="')[1].split('"')[0].split()
    assert len(points) == 4
