"""The upstream that plays recorded traffic, for the tests that need it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from recorded_upstream import Batch, RecordedUpstream, recorded_batches, recorded_upstream


@pytest.fixture
async def upstream(recorded: Path) -> AsyncIterator[RecordedUpstream]:
    async with recorded_upstream(recorded) as running:
        yield running


@pytest.fixture
def batches(recorded: Path) -> list[Batch]:
    return recorded_batches(recorded)
