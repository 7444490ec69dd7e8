import asyncio
import time
from collections.abc import AsyncIterator

import pytest
from clocks import Clock


@pytest.fixture
async def clock(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Clock]:
    loop = asyncio.get_running_loop()
    clock = Clock(loop)
    with monkeypatch.context() as patch:
        patch.setattr(loop, "time", lambda: clock.now_s)
        patch.setattr(time, "thread_time", lambda: clock.now_s)
        yield clock
