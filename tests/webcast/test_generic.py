"""Payloads without a struct are protobuf's own JSON by the schema's names."""

import math
import random

import pytest
from google.protobuf.json_format import MessageToDict
from google.protobuf.message_factory import GetMessageClass
from wire_samples import fill_field, random_message

from relay.webcast.generic import generic
from relay.webcast.methods import METHODS
from relay.webcast.pb import webcast_pb2 as pb


@pytest.mark.parametrize("name", sorted({kind.DESCRIPTOR.name for kind in METHODS.values()}))
def test_every_type_is_shown_as_by_protobuf(name: str) -> None:
    for seed in range(5):
        message = random_message(getattr(pb, name), seed)
        shown = MessageToDict(message, preserving_proto_field_name=True)
        # Their texts, too: 1 and True, or 0.1 and its neighbour, would be equal.
        assert repr(generic(message)) == repr(shown)


def test_every_field_of_the_schema_can_be_shown() -> None:
    kinds = list(pb.DESCRIPTOR.message_types_by_name.values())
    while kinds:
        kind = kinds.pop()
        kinds += [nested for nested in kind.nested_types if not nested.GetOptions().map_entry]
        for field in kind.fields:
            message = GetMessageClass(kind)()
            fill_field(message, field, random.Random(1))
            shown = MessageToDict(message, preserving_proto_field_name=True)
            assert repr(generic(message)) == repr(shown)


@pytest.mark.parametrize(
    "value", [0.1, -0.25, 1e-40, 3.4028234663852886e38, math.pi, math.inf, -math.inf, math.nan]
)
def test_numbers_of_four_bytes_are_as_short_as_they_can_be(value: float) -> None:
    message = pb.RoomStreamAdaptationMessage(adaptation_height_ratio=value)
    shown = MessageToDict(message, preserving_proto_field_name=True)
    assert repr(generic(message)) == repr(shown)
