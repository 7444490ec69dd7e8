"""Whatever the bytes, only documented outcomes: tried briefly here, at length by run.py."""

import os
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mutate import mutated, mutated_inside, mutated_text
from targets import TARGETS, seeds

SEED = int(os.environ.get("RELAY_FUZZ_SEED", "8"))
EXAMPLES = int(os.environ.get("RELAY_FUZZ_EXAMPLES", "300"))
"""Of each target."""
DAMAGE = {"frame": mutated_inside, **dict.fromkeys(("body", "message", "recording"), mutated)}
each_target = pytest.mark.parametrize("target", TARGETS)


@each_target
def test_what_is_kept(target: str) -> None:
    for seed in seeds(target):
        TARGETS[target](seed)


@each_target
def test_damaged_seeds(target: str) -> None:
    rng = random.Random(SEED)
    known = seeds(target)
    damage = DAMAGE.get(target, mutated_text)
    for _ in range(EXAMPLES):
        TARGETS[target](damage(rng.choice(known), rng, known))


@each_target
def test_any_bytes(target: str) -> None:
    @settings(max_examples=EXAMPLES // 5)
    @given(st.one_of(st.binary(max_size=300), st.text(max_size=100).map(str.encode)))
    def try_it(data: bytes) -> None:
        TARGETS[target](data)

    try_it()
