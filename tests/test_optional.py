"""What is faster where it is installed or built is not missed where it isn't."""

import subprocess
import sys

import pytest

from relay import loops
from relay.hub import sending

SAY = """
import asyncio, sys
for name in sys.argv[1:]:
    sys.modules[name] = None
from relay import loops
from relay.hub import sending

async def loop():
    return type(asyncio.get_running_loop()).__module__.split(".")[0]

print(loops.run(loop()), loops.LOOP, sending.ACCELERATED)
"""


@pytest.mark.parametrize(
    ("without", "said"),
    [
        (["uvloop"], f"asyncio asyncio {sending.ACCELERATED}"),
        (["relay.hub._sending"], f"{loops.LOOP} {loops.LOOP} False"),
    ],
)
def test_the_relay_goes_without(without: list[str], said: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", SAY, *without], capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == said
