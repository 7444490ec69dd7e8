"""What the tests here share: their mark, their seed, and their size."""

import os
import random
from pathlib import Path

import pytest
from hurting import Size

FULL = os.environ.get("RELAY_CHAOS") == "full"
SEED = int(os.environ.get("RELAY_CHAOS_SEED") or random.randrange(1_000_000))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("chaos")
            if FULL:
                item.add_marker(pytest.mark.timeout(600))


@pytest.fixture
def rng() -> random.Random:
    """Decides what happens; RELAY_CHAOS_SEED has it happen again."""
    print(f"RELAY_CHAOS_SEED={SEED}")  # noqa: T201  pytest shows it where a test fails
    return random.Random(SEED)


@pytest.fixture
def size() -> Size:
    """Small in the ordinary run, as large as the bars are with RELAY_CHAOS=full."""
    return Size.FULL if FULL else Size.SMALL
