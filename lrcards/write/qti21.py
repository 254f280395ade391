"""QTI 2.1: one package, for OpenOlat, OPAL, TAO, Inspera and the like."""

from __future__ import annotations

from lrcards.model import Checked
from lrcards.write.output import Output
from lrcards.write.qti import Words, write
from lrcards.write.theme import Theme

_WORDS = Words(
    target="qti21",
    dashed=False,
    says_who_scores=False,
    namespace="http://www.imsglobal.org/xsd/imsqti_v2p1",
    package_namespace="http://www.imsglobal.org/xsd/imscp_v1p1",
    schema=("QTIv2.1 Package", "1.0.0"),
    item_type="imsqti_item_xmlv2p1",
    test_type="imsqti_test_xmlv2p1",
    metadata_namespace="http://www.imsglobal.org/xsd/imsmd_v1p2",
    text="langstring",
)


def qti21(checked: Checked, theme: Theme) -> Output:
    """Write the whole course as one QTI 2.1 package."""
    del theme  # questions have no template
    return write(checked, _WORDS)
