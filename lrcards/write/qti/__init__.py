"""What QTI 2.1 and QTI 3.0 share: the two formats differ in a vocabulary alone."""

from lrcards.write.qti.package import write
from lrcards.write.qti.words import Words

__all__ = ["Words", "write"]
