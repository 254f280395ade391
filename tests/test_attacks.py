"""Attacks on the confinement: hostile snippets in real children, as root and as a user."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence

import pytest

from lrcards.run.confine.limits import MEMORY
from lrcards.run.isolation import FULL
from tests.attacks.matrix import ATTACKS, HELPERS, Attack
from tests.attacks.world import OTHER, Case, World
from tests.conftest import require_real

Worlds = Callable[..., World]
USERS = ("root", "user")
# Without a layer: what the zygote says is missing.
MISSING = {
    ("root", "limits"): "partial, missing: memory limit",
    ("root", "capabilities"): "partial, missing: privileges",
    ("root", "landlock"): "partial, missing: filesystem",
    ("root", "seccomp"): "partial, missing: metadata, network, processes",
    ("user", "limits"): "partial, missing: memory limit",
    ("user", "capabilities"): FULL,
    ("user", "landlock"): "partial, missing: filesystem",
    ("user", "seccomp"): "partial, missing: metadata, network",
}
ORDER = [*((user, ()) for user in USERS), *((user, (layer,)) for user, layer in MISSING)]


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
