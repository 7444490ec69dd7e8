"""What a browser's EventSource does with a stream, without the browser."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import aiohttp
from serving import Relay


class Received(NamedTuple):
    """One dispatched event."""

    name: str
    id: str
    """The last id that came, with this event or before."""
    frame: dict[str, Any]


class EventSource:
    def __init__(self, answer: aiohttp.ClientResponse) -> None:
        self.answer = answer
        self.last_id = ""
        self.retry_ms: int | None = None
        self.comments = 0

    async def next(self) -> Received:
        """Receive one event; EOFError where the stream ended."""
        name, data = "message", []
        async with asyncio.timeout(20):
            while True:
                line = (await self.answer.content.readuntil(b"\n")).decode()
                if not line:
                    raise EOFError
                assert line.endswith("\n"), "a line was cut"
                field, _, value = line[:-1].partition(":")
                value = value.removeprefix(" ")
                match field:
                    case "event":
                        name = value
                    case "data":
                        data.append(value)
                    case "id":
                        self.last_id = value
                    case "retry":
                        self.retry_ms = int(value)
                    case "":
                        self.comments += line != "\n"
                        if line == "\n" and data:
                            return Received(name, self.last_id, json.loads("\n".join(data)))

    async def some(self, count: int) -> list[Received]:
        return [await self.next() for _ in range(count)]

    async def until(self, name: str) -> list[Received]:
        """Receive up to an event with this name."""
        found = [await self.next()]
        while found[-1].name != name:
            found.append(await self.next())
        return found

    async def rest(self) -> list[Received]:
        """Receive all up to the end of the stream."""
        found = []
        while True:
            try:
                found.append(await self.next())
            except EOFError:
                return found


@asynccontextmanager
async def listening(relay: Relay, query: str, last_id: str = "") -> AsyncIterator[EventSource]:
    headers = {"Accept": "text/event-stream"}
    if last_id:
        headers["Last-Event-ID"] = last_id
    async with (
        aiohttp.ClientSession(relay.url, read_bufsize=2**22) as http,
        http.get(f"/events?{query}", headers=headers) as answer,
    ):
        assert answer.status == 200, await answer.text()
        yield EventSource(answer)
