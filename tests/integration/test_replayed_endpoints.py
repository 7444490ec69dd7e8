"""What the REST endpoints tell of a recording that is played."""

from pathlib import Path
from typing import Any

import aiohttp

from relay.app import running
from relay.config import Config, RoomConfig, ServerConfig
from relay.recording import Recording, RecordingWriter
from relay.upstream.transports.replay import Replay
from relay.webcast.pb import webcast_pb2 as pb
from relay.webcast.recording import Record, RecordKind, Room, text_record

WEB_RID, ROOM_ID = "80000000001", "7600000000000000001"


def recorded_show(path: Path) -> None:
    """Write a recording: chats, and who contributes most; then a minute in which nothing comes."""
    person = pb.User(id=5, id_str="5", nickname="豆包")
    chats = [pb.ChatMessage(user=person, content=f"第{n}句") for n in (1, 2, 3)]
    seq = pb.RoomUserSeqMessage(total=2_230)
    seq.ranks.add(user=person, rank=1, score=36)
    messages = [
        pb.Message(
            method=f"Webcast{message.DESCRIPTOR.name}",
            msg_id=number,
            payload=message.SerializeToString(),
        )
        for number, message in enumerate((*chats, seq), 1)
    ]
    bodies = [
        Record(RecordKind.BODY, time_ms, pb.Response(messages=said).SerializeToString())
        for time_ms, said in ((1_000, messages), (61_000, [messages[0]]))
    ]
    room = Room(WEB_RID, ROOM_ID, "点歌", "主播", "socket")
    writer = RecordingWriter(path, time_ms=1_000)
    writer.write([text_record(RecordKind.ROOM, 1_000, room), *bodies])
    writer.close()


async def test_chat_and_audience_are_told_and_what_douyin_would_be_asked_is_not(
    tmp_path: Path,
) -> None:
    path = tmp_path / "show.webcast"
    recorded_show(path)
    recording = Recording(path)
    replay = Replay(recording, recording.look_over(), speed=1.0, from_s=0.0, loop=False)
    config = Config(server=ServerConfig(port=0), rooms=[RoomConfig(room=WEB_RID)])
    async with running(config, played=replay) as server, aiohttp.ClientSession() as http:

        async def ask(endpoint: str, **parameters: str) -> tuple[int, dict[str, Any]]:
            url = f"{server.url}/douyin/liveroom/{endpoint}"
            async with http.get(url, params=parameters) as response:
                return response.status, await response.json()

        for name in (WEB_RID, ROOM_ID):
            status, answer = await ask("audience", room_id=name)
            assert (status, answer["meta"]["source"]) == (200, "events")
            assert answer["data"]["data"]["total"] == 2_230
            (rank,) = answer["data"]["data"]["ranks"]
            assert (rank["score"], rank["user"]["nickname"]) == (36, "豆包")
            status, answer = await ask("chat", room_id=name, wait="20")
            assert status == 200
            chats = answer["data"]["messages"]
            said = [c["payload"]["content"] for c in chats if c["method"] == "WebcastChatMessage"]
            assert said == ["第1句", "第2句", "第3句"]
        status, answer = await ask("status", room_id=WEB_RID)
        (room,) = answer["data"]["data"]
        assert (status, room["state"], room["room_id_str"]) == (200, "live", ROOM_ID)
        for endpoint, parameters in (("info", {"room_id": WEB_RID}), ("feed", {})):
            status, answer = await ask(endpoint, **parameters)
            assert (status, answer["error"]["type"]) == (501, "source_unsupported")
            assert "recording" in answer["msg"]
