"""What schemathesis asks, by /openapi.json: queries, well-formed and not, of a whole relay."""

import asyncio
import re
import sys
from asyncio.subprocess import DEVNULL, PIPE, STDOUT
from pathlib import Path

from relay.app import running
from relay.config import Config, ServerConfig, WatchConfig
from relay.sim import Scenario, Simulator

CASES = 500
"""At least so many; how many it makes of a document is its own affair."""


async def test_no_query_gets_a_server_error_or_what_is_not_described(tmp_path: Path) -> None:
    async with Simulator(Scenario(rooms=2, require_signature=True)) as simulator:
        config = Config(
            server=ServerConfig(port=0),
            watch=WatchConfig(max_rooms=5),
            upstream=simulator.upstream_config(),
        )
        async with running(config) as server:
            process = await asyncio.create_subprocess_exec(
                str(Path(sys.executable).with_name("schemathesis")),
                "run",
                f"{server.url}/openapi.json",
                "--phases=coverage,fuzzing",
                "--max-examples=40",
                # That of room_id and web_rid there is one can't be said in OpenAPI.
                "--exclude-checks=positive_data_acceptance",
                "--request-timeout=40",
                "--generation-deterministic",
                "--no-color",
                "--warnings=off",
                cwd=tmp_path,
                stdin=DEVNULL,
                stdout=PIPE,
                stderr=STDOUT,
            )
            try:
                output, _ = await process.communicate()
            finally:
                if process.returncode is None:
                    process.kill()
                    await process.wait()
    said = output.decode()
    cases = re.search(r"(\d+) generated", said)
    assert process.returncode == 0, said[-6000:]
    assert cases is not None
    assert int(cases[1]) >= CASES
