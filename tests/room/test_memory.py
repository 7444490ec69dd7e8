from random import Random

from relay.room.memory import Memory
from relay.upstream.broadcast import UpstreamPosition
from relay.upstream.identity import Identity

NOBODY = Identity()


def test_a_broadcast_is_taken_up_where_it_was_left_and_another_from_its_beginning() -> None:
    memory = Memory()
    broadcasts, progress = memory.enter("7600000000000000001", "", [NOBODY] * 2, Random(1))
    broadcasts[1].position.advance("cursor", "ext")
    again = memory.enter("7600000000000000001", "650000000001", [NOBODY] * 2, Random(2))
    assert again == (broadcasts, progress)
    assert [broadcast.web_rid for broadcast in broadcasts] == ["650000000001"] * 2
    memory.leave_position()
    assert broadcasts[1].position == UpstreamPosition()
    others, fresh = memory.enter("7600000000000000002", "", [NOBODY], Random(3))
    assert others[0] is not broadcasts[0]
    assert fresh is not progress


def test_each_connection_is_a_visitor_of_its_own() -> None:
    broadcasts, _ = Memory().enter("7600000000000000001", "", [NOBODY] * 4, Random(1))
    assert len({broadcast.visitor_id for broadcast in broadcasts}) == 4
    assert [broadcast.number for broadcast in broadcasts] == [0, 1, 2, 3]


def test_a_room_exists_once_upstream_said_so_or_messages_came_whatever_comes_after() -> None:
    told = Memory()
    assert not told.seen
    told.note_seen()
    assert told.seen

    heard = Memory()
    _, progress = heard.enter("7600000000000000001", "", [NOBODY], Random(1))
    assert not heard.seen
    progress.heard_at = 1.0
    heard.enter("7600000000000000002", "", [NOBODY], Random(1))
    assert heard.seen
