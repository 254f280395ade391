"""QTI 3.0: one package."""

from __future__ import annotations

from lrcards.model import Checked
from lrcards.write.output import Output
from lrcards.write.qti import Words, write
from lrcards.write.theme import Theme

_WORDS = Words(
    target="qti3",
    dashed=True,
    says_who_scores=True,
    namespace="http://www.imsglobal.org/xsd/imsqtiasi_v3p0",
    package_namespace="http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1",
    schema=("QTI Package", "3.0.0"),
    item_type="imsqti_item_xmlv3p0",
    test_type="imsqti_test_xmlv3p0",
    metadata_namespace="http://ltsc.ieee.org/xsd/LOM",
    text="string",
)


def qti3(checked: Checked, theme: Theme) -> Output:
    """Write the whole course as one QTI 3.0 package."""
    del theme  # questions have no template
    return write(checked, _WORDS)
