r"""TeX for each kind of target: MathML for the web, `\(..\)` where the target renders it itself."""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape
from xml.etree import ElementTree as ET

from latex2mathml.converter import convert

_NS = "http://www.w3.org/1998/Math/MathML"
# Each was looked at in a browser; the rest of TeX is refused rather than shown wrong.
COMMANDS = frozenset(
    r"""
    alpha beta gamma delta epsilon varepsilon zeta eta theta iota kappa lambda mu nu xi pi rho
    sigma tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega
    frac sqrt cdot times div pm mp le leq ge geq ne neq approx equiv sim ll gg
    lfloor rfloor lceil rceil left right sum prod int lim cos sin tan exp log ln min max bmod
    text mathrm mathbf quad qquad ldots cdots dots infty to rightarrow Rightarrow mapsto in notin
    partial nabla mid vert lvert rvert , ; : ! { } % _ # & \
    """.split()  # noqa: SIM905 - a list of this length reads better as words
)
_ELEMENTS = frozenset(
    """math mrow mi mn mo ms mtext mspace mfrac msqrt mroot msub msup msubsup munder mover
    munderover mstyle mpadded mphantom""".split()  # noqa: SIM905 - as above
)
_ATTRIBUTES = frozenset(
    """display displaystyle scriptstyle mathvariant stretchy fence form separator lspace rspace
    width height depth minsize maxsize movablelimits linethickness symmetric accent
    alttext""".split()  # noqa: SIM905 - as above
)
_LONGEST = 2000
_COMMAND = re.compile(r"\\([A-Za-z]+|.)", re.DOTALL)


def math_problem(tex: str) -> str | None:
    """Say why a formula would not come out right everywhere; None when it will."""
    if len(tex) > _LONGEST:
        return f"the formula is longer than {_LONGEST} letters"
    for match in _COMMAND.finditer(tex):
        if match[1] not in COMMANDS:
            return f"the TeX command \\{match[1]} is not among the tested ones"
    braces = re.sub(r"\\[{}]", "", tex)
    if braces.count("{") != braces.count("}"):
        return "the braces of the formula do not match"
    try:
        mathml(tex, display=False)
    except ValueError as error:
        return str(error)
    return None


@lru_cache(maxsize=4096)  # several targets show it, and converting is what costs
def mathml(tex: str, display: bool) -> str:
    """Return a `math` element whose `alttext` is the TeX.

    Raises ValueError for a formula that cannot be converted, or whose conversion holds anything
    but the listed MathML: the converter passes HTML inside \\text through.
    """
    try:
        made = convert(tex, display="block" if display else "inline")
        root = ET.fromstring(made)  # noqa: S314 - our own converter's output, without entities
    except Exception as error:  # the converter raises many kinds
        reason = str(error) or type(error).__name__
        raise ValueError(f"the formula cannot be converted: {reason}") from error
    for element in root.iter():
        tag = element.tag.removeprefix(f"{{{_NS}}}")
        unknown = [name for name in element.attrib if name not in _ATTRIBUTES]
        if tag not in _ELEMENTS or unknown:
            what = f"<{tag}>" if tag not in _ELEMENTS else unknown[0]
            raise ValueError(f"the formula would hold {what}, which is no tested MathML")
        element.tag = tag
    root.set("alttext", tex)
    root.set("xmlns", _NS)
    return ET.tostring(root, encoding="unicode")


def tex_delimited(tex: str, display: bool) -> str:
    r"""Return TeX between `\(..\)` or `\[..\]`, escaped for HTML."""
    return rf"\[{escape(tex)}\]" if display else rf"\({escape(tex)}\)"
