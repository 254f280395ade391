"""Attacks on the confinement: hostile snippets in real children, as root and as a user."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence

import pytest

from lrcards.model import sound_result
from lrcards.run.confine.limits import MEMORY
from lrcards.run.isolation import FULL, GUARDED, LAYERS, PROCESS_ONLY, level, weakest
from tests.attacks.matrix import ATTACKS, HELPERS, Attack
from tests.attacks.world import OTHER, Case, World, resident
from tests.conftest import require_real

Worlds = Callable[..., World]
USERS = ("root", "user")
# Without a layer: what the zygote says is missing.
MISSING = {
    ("root", "limits"): "partial, missing: memory limit",
    ("root", "capabilities"): "partial, missing: privileges",
    ("root", "landlock"): "partial, missing: filesystem",
    ("root", "seccomp"): "partial, missing: metadata, network, processes",
    ("user", "seccomp"): "partial, missing: metadata, network",
}
# Nothing of theirs is to be had without confinement either, or it would end the test.
HARMLESS_EVERYWHERE = {
    "kill the zygote",
    "ask for init",
    "write a library",
    "use capabilities",
    "code of another",
    "descriptors",
    "environment",
    "vfork",
    "bytes",
    "many small",
}
ORDER = [*((user, ()) for user in USERS), *((user, (layer,)) for user, layer in MISSING)]
ORDER.append(("user", LAYERS))


@pytest.fixture(scope="module")
def worlds() -> Iterator[Worlds]:
    """Make worlds as they are asked for; each is made once."""
    made: dict[tuple[str, tuple[str, ...]], World] = {}

    def world(user: str, *off: str) -> World:
        if user == "root":
            require_real(os.geteuid() == 0, "attacks as root: the tests run as another user")
        # Starting a zygote takes seconds: the next one starts meanwhile.
        now = ORDER.index((user, off))
        for one in ORDER[now : now + 2]:
            if one not in made and (one[0] == "user" or os.geteuid() == 0):
                made[one] = World(*one)
        return made[user, off].ready()

    yield world
    for one in made.values():
        one.leave()
    for one in made.values():
        one.close()


def attacked(world: World, attacks: Sequence[Attack]) -> dict[str, Case]:
    cases = {attack.name: world.case(attack.name) for attack in attacks}
    codes = [HELPERS + attack.code for attack in attacks]
    marked = [code if OTHER[:9] in code else f"{code}\n# {OTHER}" for code in codes]
    world.run([(cases[attack.name], code) for attack, code in zip(attacks, marked, strict=True)])
    return cases


@pytest.mark.parametrize("user", USERS)
def test_no_attack_succeeds(worlds: Worlds, user: str) -> None:
    world = worlds(user)
    assert world.zygote.hello.isolation == FULL
    cases = attacked(world, ATTACKS)
    harmed = [one.name for one in ATTACKS if one.harm(cases[one.name])]
    assert harmed == []
    assert world.survivors() == set()
    assert world.largest < 2 * MEMORY
    world.assert_sound()


@pytest.mark.parametrize(("user", "layer"), MISSING)
def test_each_layer_stops_what_it_is_there_for(worlds: Worlds, user: str, layer: str) -> None:
    world = worlds(user, layer)
    cases = attacked(world, [one for one in ATTACKS if one.stopped_by(user) is not ...])
    harmed = {one.name for one in ATTACKS if one.name in cases and one.harm(cases[one.name])}
    assert world.zygote.hello.isolation == MISSING[user, layer]
    assert harmed == {one.name for one in ATTACKS if one.stopped_by(user) == layer}
    if layer != "seccomp":
        assert world.survivors() == set()
    world.end_survivors()
    world.assert_sound()


def test_the_attacks_are_real(worlds: Worlds) -> None:
    """Without any layer they succeed, all but those that the machine may refuse by itself."""
    world = worlds("user", *LAYERS)
    assert world.zygote.hello.isolation == PROCESS_ONLY
    tried = [
        one for one in ATTACKS
        if one.stopped_by("user") is not ... and one.name not in HARMLESS_EVERYWHERE
    ]  # fmt: skip
    cases = attacked(world, tried)
    failed = {one.name for one in tried if not one.harm(cases[one.name])}
    world.end_survivors()
    assert failed == set()
    assert world.bystander.wait(5) == -signal.SIGTERM


# --- what a snippet writes where its result goes

_SEND = """
import os
def _frame(content, number=None):
    number = {number} if number is None else number
    return len(content).to_bytes(4, "big") + number.to_bytes(4, "big") + content
def _send(data):
    while data:
        data = data[os.write(3, data):]
"""
_OWN = 'b\'{"names": {"x": 7}}\''
FRAMES = {
    "100 MB": (
        "_send((100 << 20).to_bytes(4, 'big') + bytes(4))\nwhile True: _send(bytes(65_536))",
        "output-limit",
    ),
    "a size of 4 GB": ("_send(b'\\xff' * 8)\nimport time\ntime.sleep(9)", "output-limit"),
    "own frame, then exit": (f"_send(_frame({_OWN}))\nos._exit(0)", 7),
    "own frame, then failure": (f"_send(_frame({_OWN}))\nos._exit(1)", "died"),
    "own frame, then the real one": (f"_send(_frame({_OWN}))", "died"),
    "own frame twice": (f"_send(_frame({_OWN}) * 2)\nos._exit(0)", "died"),
    "frame of another run": (f"_send(_frame({_OWN}, 4_000_000))", "died"),
    "only the frame of another run": (f"_send(_frame({_OWN}, 4_000_000))\nos._exit(0)", "died"),
    "many frames of another run": (f"while True: _send(_frame({_OWN}, 4_000_000) * 999)", "died"),
    "torn frame": (f"_send(_frame({_OWN})[:-1])\nos._exit(0)", "died"),
    "bytes behind it": (f"_send(_frame({_OWN}) + b'x')\nos._exit(0)", "died"),
    "half a head": ("_send(b'\\0\\0')\nos._exit(0)", "died"),
    "nothing": ("os._exit(0)", "died"),
    "closed pipes": ("[os.close(n) for n in range(4)]\nwhile True: pass", "died"),
    "closed and asleep": (
        (
            "[os.close(n) for n in range(4)]\nimport time, signal\n"
            "signal.pthread_sigmask(0, range(1, 65))\ntime.sleep(99)"
        ),
        "wall-limit",
    ),
    "empty": ("_send(_frame(b''))\nos._exit(0)", None),
    "deep": ("_send(_frame(b'[' * 500_000))\nos._exit(0)", None),
    "deep names": (
        ('_send(_frame(b\'{"names": {"x": \' + b"[" * 900 + b"]" * 900 + b"}}"))\nos._exit(0)'),
        None,
    ),
    "not JSON": ("import pickle\n_send(_frame(pickle.dumps(os.system)))\nos._exit(0)", None),
    "endless counts": (
        ('_send(_frame(b\'{"names": {}, "optimizer_steps": Infinity}\'))\nos._exit(0)'),
        None,
    ),
    "a huge number": (
        ('_send(_frame(b\'{"names": {"x": \' + b"9" * 900_000 + b"}}"))\nos._exit(0)'),
        None,
    ),
    "a kind of its own": (
        (
            '_send(_frame(b\'{"names": {}, "failure": {"kind": "x::", '
            '"message": ""}}\'))\nos._exit(0)'
        ),
        None,
    ),
    "keys twice": ('_send(_frame(b\'{"names": {"x": 1, "x": 7}}\'))\nos._exit(0)', 7),
    "a patched json": ('import json\njson.dumps = lambda _: \'{"names": {"x": 7}}\'', 7),
    "a patched checker": (
        (
            "import lrcards.run.forked as _f, lrcards.run.child as _c\n"
            '_f.encode = lambda _: b\'{"names": {"x": 7}}\'\n_c._fits = bool'
        ),
        7,
    ),
    "patched builtins": (
        (
            "import builtins\nbuiltins.len = lambda _: 0\nbuiltins.isinstance = "
            "lambda *_: True\nbuiltins.float = builtins.int = str"
        ),
        ...,
    ),
    "poisoned torch": (
        (
            "import torch, random\ntorch.ones = torch.zeros\ntorch.manual_seed = None\n"
            "random.seed = None\nx = 7"
        ),
        7,
    ),
}


@pytest.mark.parametrize("user", USERS)
def test_what_is_written_instead_of_a_result(worlds: Worlds, user: str) -> None:
    """It counts for the run that wrote it, and for no other."""
    world = worlds(user)
    numbers = {name: 5_000_000 + n for n, name in enumerate(FRAMES)}
    jobs = [
        world.job(numbers[name], _SEND.format(number=numbers[name]) + code, 1.0)
        for name, (code, _) in FRAMES.items()
    ]
    between = [world.job(6_000_000 + n, "import torch\nx = float(torch.ones(2)[0])", 5.0)
               for n in range(len(jobs))]  # fmt: skip
    left = {
        ran.number: sound_result(dict(ran.result))
        for ran in world.zygote.execute([one for pair in zip(jobs, between, strict=True)
                                         for one in pair])
    }  # fmt: skip
    for name, (_, expected) in FRAMES.items():
        result = left[numbers[name]]
        if expected is None:
            assert result is None, name
        elif isinstance(expected, str):
            assert result is not None, name
            assert result.failure is not None, name
            assert result.failure.kind == expected, name
        elif expected is not ...:
            assert result is not None, name
            assert result.names["x"] == expected, name
    assert all(left[6_000_000 + n].names == {"x": 1.0} for n in range(len(jobs)))  # type: ignore[union-attr]
    assert 4_000_000 not in left
    assert world.survivors() == set()
    world.assert_sound()


ENDINGS = {
    "loop": ("while True: pass", "wall-limit"),
    "loop that ignores signals": (
        (
            "import signal\nfor _s in (signal.SIGXCPU, signal.SIGALRM, signal.SIGPROF, 12):\n"
            "    signal.signal(_s, signal.SIG_IGN)\nwhile True: pass"
        ),
        "wall-limit",
    ),
    "loop that catches all": (
        ("while True:\n    try:\n        while True: pass\n    except BaseException: pass"),
        "wall-limit",
    ),
    "sleep": ("import time\ntime.sleep(99)", "wall-limit"),
    "stopped": ("import os\nos.kill(os.getpid(), 19)", "wall-limit"),
    "printing": ("while True: print('x' * 100_000)", "wall-limit"),
    "1 GB printed": ("import os\nfor _ in range(16_000): os.write(1, bytes(65_536))", ...),
    "segmentation fault": ("import ctypes\nctypes.string_at(1)", "died"),
    "abort": ("import os\nos.abort()", "died"),
    "stack overflow": (
        (
            "import sys\nsys.setrecursionlimit(10**9)\ndef f(): return [f()]\n"
            "f.__code__\nimport functools\ng = functools.partial(f)\n"
            "def f(): return g()\ng = functools.partial(f)\nf()"
        ),
        ...,
    ),
    "exit of our own": ("import os\nos._exit(70)", "sandbox"),
    "a trap": ("import faulthandler\nfaulthandler._sigsegv()", "died"),
    "the zygote's question": (
        "import os, time\nfor _ in range(99): os.kill(os.getpid(), 12)\nx = 1",
        None,
    ),
    "no answer to the question": (
        (
            "import faulthandler, time\nfaulthandler.unregister(12)\n"
            "import signal\nsignal.signal(14, signal.SIG_IGN)\ntime.sleep(99)"
        ),
        "wall-limit",
    ),
}


@pytest.mark.parametrize("user", USERS)
def test_every_run_ends(worlds: Worlds, user: str) -> None:
    world = worlds(user)
    before = resident(world.pid)
    jobs = [world.job(7_000_000 + n, code, 0.2) for n, (code, _) in enumerate(ENDINGS.values())]
    start = time.monotonic()
    left = {ran.number - 7_000_000: dict(ran.result) for ran in world.zygote.execute(jobs)}
    assert time.monotonic() - start < 0.5 * len(jobs) * 4
    for n, (name, (_, expected)) in enumerate(ENDINGS.items()):
        failure = left[n]["failure"]
        if expected is not ...:
            assert (failure and failure["kind"]) == expected, name
    assert resident(world.pid) - before < 16 << 20, "the zygote keeps no more than 64 KiB of it"
    assert world.survivors() == set()
    world.assert_sound()


def test_levels() -> None:
    assert level([]) == FULL
    assert level(["network", "filesystem"]) == "partial, missing: filesystem, network"
    assert level(GUARDED) == PROCESS_ONLY
    assert level(GUARDED[:5]) == PROCESS_ONLY
    assert level(GUARDED[1:]).startswith("partial, missing: metadata")
    assert weakest([]) == weakest([FULL, FULL]) == FULL
    both = [level(["network"]), FULL, level(["filesystem"])]
    assert weakest(both) == "partial, missing: filesystem, network"
    for strange in (PROCESS_ONLY, "", "Full", "partial, missing: ", "partial, missing: a, network"):
        assert weakest([FULL, strange]) == PROCESS_ONLY, strange
