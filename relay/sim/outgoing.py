"""What one push connection is sent, frame by frame; used by push. No I/O."""

import time
from collections.abc import Callable, Mapping, Sequence

from relay.sim.acks import Acks
from relay.sim.broadcast import Batch, Broadcast, Resume, compress, without_gifts
from relay.sim.frames import FrameWriter, corrupted
from relay.sim.handshake import replay_count
from relay.sim.ledger import ConnectionRecord
from relay.sim.room import SimRoom
from relay.sim.sampling import SAMPLED, in_sample
from relay.sim.show import LOW_VALUE, Sent


class Outgoing:
    """A connection's place in its broadcast, and the frames from there on."""

    def __init__(
        self,
        room: SimRoom,
        broadcast: Broadcast,
        record: ConnectionRecord,
        query: Mapping[str, str],
        logged_in: Callable[[], bool],
    ) -> None:
        self._room = room
        self._broadcast = broadcast
        self._record = record
        self._logged_in = logged_in
        self._position, resume = broadcast.locate(
            query.get("cursor", ""), query.get("internal_ext", "")
        )
        self._low_position = self._position
        self._replay = replay_count(query)
        self._fresh = resume in (Resume.FRESH, Resume.FOREIGN)
        self._frames = FrameWriter(record.number)
        record.resume = resume.value
        self.acks = Acks(record)

    def bare(self, kind: str) -> bytes:
        """Give a frame without payload: `hb` or `close`."""
        return self._frames.bare(kind).SerializeToString()

    def replay(self) -> bytes | None:
        """Give the persisted messages that a connection begins with; None: there are none."""
        if self._fresh and not self._broadcast.live:
            return None
        count = min(self._replay, self._room.behaviours.replay)
        behaviours = self._room.behaviours
        gifts = not behaviours.gifts_need_login or self._logged_in()
        persisted = self._broadcast.persisted(self._position, count)
        messages = self._admitted(persisted, gifts=gifts, share=behaviours.sample)
        if not messages:
            return None
        self._record.replayed = len(messages)
        self._record.replayed_ids = [str(message.msg_id) for message in messages]
        return self._apart(messages)

    def next(self) -> bytes | None:
        """Give the next frame; None: nothing is due."""
        while (batch := self._broadcast.after(self._position)) is not None:
            self._record.lost_batches += batch.number - self._position - 1
            self._position = self._low_position = batch.number
            frame = self._whole(batch)
            if frame is not None:
                return frame
        return None

    def next_low_value(self) -> bytes | None:
        """Give the next frame of what closed rooms send, too; all else is left for `next`."""
        while (batch := self._broadcast.after(self._low_position)) is not None:
            self._low_position = batch.number
            messages = [message for message in batch.messages if message.method in LOW_VALUE]
            if messages:
                self._record.messages += len(messages)
                self._record.delivered.add(batch.number, low_value_only=True)
                return self._apart(messages)
        return None

    def _whole(self, batch: Batch) -> bytes | None:
        behaviours = self._room.behaviours
        share = behaviours.sample
        gifts = not behaviours.gifts_need_login or self._logged_in()
        self._record.delivered.add(batch.number, gifts=gifts, share=share)
        broadcast = self._broadcast
        messages = self._admitted(batch.messages, gifts=gifts, share=share)
        if not messages:
            return None
        if share < 1:
            cursor, internal_ext = broadcast.shared_pair(batch)
            payload = broadcast.response(
                messages, cursor, internal_ext, batch.now_ms, need_ack=batch.need_ack
            ).SerializeToString()
            payload = compress(payload) if batch.compressed else payload
        else:
            payload = broadcast.payload(batch, gifts=messages is batch.messages)
        own_pair = broadcast.pair(batch.number, batch.now_ms, self._record.opened_ms)
        frame = self._frames.msg(payload, own_pair, batch.now_ms, compressed=batch.compressed)
        self._record.frames += 1
        if batch.corrupt:
            self._record.corrupt_frames += 1
            return corrupted(frame, batch.number)
        self._record.messages += len(messages)
        if batch.need_ack:
            self.acks.expect(frame.logid, broadcast.shared_pair(batch)[1])
        return frame.SerializeToString()

    def _apart(self, messages: Sequence[Sent]) -> bytes:
        """Give a frame with messages apart from the batches: it leaves the position as it is."""
        now_ms = time.time_ns() // 1_000_000
        broadcast = self._broadcast
        cursor, internal_ext = broadcast.pair(self._position, now_ms, broadcast.started_ms)
        need_ack = self._room.behaviours.ack_every > 0
        response = broadcast.response(messages, cursor, internal_ext, now_ms, need_ack=need_ack)
        frame = self._frames.msg(
            compress(response.SerializeToString()),
            broadcast.pair(self._position, now_ms, self._record.opened_ms),
            now_ms,
            compressed=True,
        )
        self._record.frames += 1
        if need_ack:
            self.acks.expect(frame.logid, internal_ext)
        return frame.SerializeToString()

    def _admitted(self, messages: Sequence[Sent], *, gifts: bool, share: float) -> Sequence[Sent]:
        """Leave out what this connection does not get; the same sequence where it gets all."""
        if not gifts:
            messages = without_gifts(messages)
        if share < 1:
            number = self._record.number
            messages = [
                message
                for message in messages
                if message.method not in SAMPLED or in_sample(number, message.msg_id, share)
            ]
        return messages
