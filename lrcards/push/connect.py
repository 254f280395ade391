"""AnkiConnect's protocol, version 6, spoken to a server that is not trusted.

The protocol is the add-on's own: https://git.sr.ht/~foosoft/anki-connect
"""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import json
import socket
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

VERSION = 6
KEY = "LRCARDS_ANKI_KEY"
SECONDS = 60.0
_LONGER = 600.0  # an import writes thousands of notes and their media
_MOST = 64 << 20
_LONGEST_SAID = 300
_OK = 200
_AT_ONCE = 500
_START = "start Anki with the add-on AnkiConnect (its code is 2055492159), then push again"


class PushError(Exception):
    """Anki is not there, refuses, or answers what it should not: exit code 3."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where AnkiConnect listens."""

    host: str
    port: int
    secure: bool
    path: str
    loopback: bool

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http{'s' if self.secure else ''}://{host}:{self.port}{self.path.rstrip('/')}"


def address(url: str) -> Address:
    """Take a URL apart. Raises ValueError, whose text says what is wrong with it."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("it must be like http://127.0.0.1:8765")
    if parts.username is not None or parts.query or parts.fragment:
        raise ValueError(f"nothing but host, port and path may stand in it; a key goes into {KEY}")
    host = parts.hostname
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return Address(host, port, parts.scheme == "https", parts.path or "/", _is_loopback(host))


def _is_loopback(host: str) -> bool:
    """Names are not looked up: whoever answers for one could send us anywhere."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class Anki:
    """A running Anki. `key`: what its owner set as AnkiConnect's apiKey, or nothing."""

    address: Address
    key: str = ""

    def greet(self) -> None:
        """Make sure that we may ask, and that we are understood. Raises PushError."""
        with contextlib.suppress(UnsupportedError):
            self._permission()
        version = self.call("version")
        if not isinstance(version, int) or version < VERSION:
            raise PushError(
                f"AnkiConnect at {self.address} speaks version {self.quoted(version)},"
                f" not {VERSION}; update the add-on"
            )

    def _permission(self) -> None:
        said = self.call("requestPermission")
        if not isinstance(said, dict) or said.get("permission") != "granted":
            raise PushError(
                f"Anki at {self.address} does not let us in;"
                " say yes when it asks, or mend `webCorsOriginList` in the add-on's settings"
            )
        if said.get("requireApikey") and not self.key:
            raise PushError(
                f"AnkiConnect at {self.address} wants its apiKey; put it in the variable {KEY}"
            )

    def call(self, action: str, **params: object) -> Any:
        """Do one action and return its result. Raises PushError."""
        return self._opened(action, self._send(self._asked(action, params)))

    def many(self, action: str, calls: Sequence[Mapping[str, object]]) -> Iterator[Any]:
        """Do one action with many params, a few hundred in one go; yield the results in order."""
        for some in batches(calls):
            asked = [self._asked(action, params) for params in some]
            answers = self.call("multi", actions=asked)
            if not isinstance(answers, list) or len(answers) != len(asked):
                raise self.wrong("multi")
            yield from (self._opened(action, answer) for answer in answers)

    def _asked(self, action: str, params: Mapping[str, object]) -> dict[str, object]:
        asked: dict[str, object] = {"action": action, "version": VERSION, "params": dict(params)}
        return asked | {"key": self.key} if self.key else asked

    def _opened(self, action: str, answer: object) -> Any:
        """Take the result out of its envelope."""
        if not isinstance(answer, dict) or not {"result", "error"} <= set(answer):
            raise self.wrong(action)
        error = answer["error"]
        if error is None:
            return answer["result"]
        if error == "unsupported action":
            raise UnsupportedError(f"this AnkiConnect has no `{action}`; update the add-on")
        hint = f"; put the right one in the variable {KEY}" if "api key" in str(error) else ""
        raise PushError(f"Anki could not do `{action}`: {self.quoted(error)}{hint}")

    def wrong(self, action: str) -> PushError:
        """Make the error for an answer of another form than the protocol's."""
        return PushError(
            f"what answers at {self.address} is no AnkiConnect:"
            f" its answer to `{action}` is not as agreed; see --url"
        )

    def quoted(self, said: object) -> str:
        """Return what the server said in one short line, never with the key in it."""
        text = " ".join(str(said).split())
        if self.key:
            text = text.replace(self.key, "***")
        return text if len(text) <= _LONGEST_SAID else text[:_LONGEST_SAID] + "..."

    def _send(self, asked: Mapping[str, object]) -> object:
        seconds = _LONGER if asked["action"] == "importPackage" else SECONDS
        data = self._exchange(json.dumps(asked).encode(), seconds)
        try:
            return json.loads(data)
        except (ValueError, RecursionError):
            raise self.wrong(str(asked["action"])) from None

    def _exchange(self, body: bytes, seconds: float) -> bytes:
        kind = http.client.HTTPSConnection if self.address.secure else http.client.HTTPConnection
        connection = kind(self.address.host, self.address.port, timeout=seconds)
        late = threading.Event()
        try:
            connection.connect()
            with _cut_off(connection.sock, seconds, late):
                data = self._read(connection, body)
        except ConnectionRefusedError:
            raise PushError(f"no Anki answers at {self.address}; {_START}") from None
        except (OSError, http.client.HTTPException, UnicodeError) as error:
            if late.is_set() or isinstance(error, TimeoutError):
                raise self._slow(seconds) from None
            said = self.quoted(error) or type(error).__name__
            raise PushError(f"cannot talk to Anki at {self.address}: {said}; {_START}") from None
        finally:
            connection.close()
        if late.is_set():
            raise self._slow(seconds)
        return data

    def _read(self, connection: http.client.HTTPConnection, body: bytes) -> bytes:
        headers = {"Content-Type": "application/json", "Connection": "close"}
        connection.request("POST", self.address.path, body, headers)
        answer = connection.getresponse()
        # A redirect would carry the course, and the key, to a place that nobody has named.
        if answer.status != _OK:
            raise PushError(f"{self.address} answers with status {answer.status}; see --url")
        data = answer.read(_MOST + 1)
        if len(data) > _MOST:
            raise PushError(f"{self.address} answers with more than {_MOST >> 20} MiB; see --url")
        return data

    def _slow(self, seconds: float) -> PushError:
        return PushError(
            f"Anki at {self.address} took more than {seconds:g} s;"
            " see whether it waits in a dialog, then push again"
        )


class UnsupportedError(PushError):
    """The add-on is older than the action."""


def batches(rows: Sequence[Any]) -> Iterable[Sequence[Any]]:
    """Cut a list into pieces that are asked for in one go."""
    return (rows[start : start + _AT_ONCE] for start in range(0, len(rows), _AT_ONCE))


@contextlib.contextmanager
def _cut_off(handle: socket.socket, seconds: float, late: threading.Event) -> Iterator[None]:
    """Bound the whole exchange: a socket's own limit begins anew with each byte that drips in."""

    def cut() -> None:
        late.set()
        with contextlib.suppress(OSError):
            handle.shutdown(socket.SHUT_RDWR)

    clock = threading.Timer(seconds, cut)
    clock.daemon = True
    clock.start()
    try:
        yield
    finally:
        clock.cancel()
