"""Bring a collection that runs to what the course says, where importing a package cannot.

An import never touches a card that is there: moves, renames and removals do not reach learners.
Here they are asked for through AnkiConnect, previewed, done and asked for again.
"""

from lrcards.push.act import import_package, perform
from lrcards.push.connect import KEY, Address, Anki, PushError, address
from lrcards.push.known import Known, load
from lrcards.push.plan import Plan, plan
from lrcards.push.snapshot import ask
from lrcards.push.text import preview

__all__ = [
    "KEY",
    "Address",
    "Anki",
    "Known",
    "Plan",
    "PushError",
    "address",
    "ask",
    "import_package",
    "load",
    "perform",
    "plan",
    "preview",
]
