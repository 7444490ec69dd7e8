"""Clients that hang up before they are answered."""

import asyncio
import socket
import struct

import aiohttp
import structlog
from serving import relay_running

from relay.config import ServerConfig

RESETS = struct.pack("ii", 1, 0)  # SO_LINGER of no time: what is unsent is thrown away
REQUEST = (
    "GET /ws?room_id=1 HTTP/1.1\r\nHost: {}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


async def test_they_leave_nothing_behind() -> None:
    limits = ServerConfig(port=0, max_clients=5)
    with structlog.testing.capture_logs() as logs:
        async with relay_running(server=limits) as relay:
            address = relay.url.removeprefix("http://")
            host, _, port = address.rpartition(":")
            for _ in range(20):
                with socket.create_connection((host, int(port))) as client:
                    client.sendall(REQUEST.format(address).encode())
                    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESETS)
                await asyncio.sleep(0)
            async with aiohttp.ClientSession() as http:
                for _ in range(10):
                    # A request behind the others: those have been seen to by then.
                    async with http.get(f"{relay.url}/healthz") as answer:
                        assert answer.status == 200
            clients = [await relay.connect("?room_id=1") for _ in range(5)]
            for client in clients:
                await client.close()
    assert [log for log in logs if log["log_level"] == "error"] == []
