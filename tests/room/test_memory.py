from random import Random

from relay.room.memory import Memory
from relay.upstream.broadcast import UpstreamPosition
from relay.upstream.identity import Identity

NOBODY = Identity()


def test_a_broadcast_is_taken_up_where_it_was_left_and_another_from_its_beginning() -> None:
    memory = Memory()
    broadcast, progress = memory.enter("7600000000000000001", "", NOBODY, Random(1))
    broadcast.position.advance("cursor", "ext")
    assert memory.enter("7600000000000000001", "650000000001", NOBODY, Random(2)) == (
        broadcast,
        progress,
    )
    assert broadcast.web_rid == "650000000001"
    memory.leave_position()
    assert broadcast.position == UpstreamPosition()
    other, fresh = memory.enter("7600000000000000002", "", NOBODY, Random(3))
    assert other is not broadcast
    assert fresh is not progress


def test_a_room_exists_once_upstream_said_so_or_messages_came_whatever_comes_after() -> None:
    told = Memory()
    assert not told.seen
    told.note_seen()
    assert told.seen

    heard = Memory()
    _, progress = heard.enter("7600000000000000001", "", NOBODY, Random(1))
    assert not heard.seen
    progress.heard_at = 1.0
    heard.enter("7600000000000000002", "", NOBODY, Random(1))
    assert heard.seen
