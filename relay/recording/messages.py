"""Rewrites one message so that nobody in it can be recognised; used by scrub."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from relay.recording.fields import Fate, fate_of, is_count
from relay.recording.pseudonyms import Pseudonyms
from relay.webcast.mapping.people import MAX_BADGES
from relay.webcast.pb import webcast_pb2 as pb

_TYPED = frozenset({"rtf_content", "rtf_content_v2", "emoji_content", "reply_text"})
"""Rich texts that people write."""
_ASSETS = ("/img/webcast/", "/obj/webcast", "/obj/eden-cn")
"""Where upstream's own pictures are: badges, gifts, emojis. All others may show somebody."""
_MAX_URLS = 3
_MAX_CHANNEL_DIGITS = 4
_SLOT = re.compile(r"(\{[0-9]{1,3}(?::[A-Za-z]*)?\})")
_URL = re.compile(r"[A-Za-z]+://[!-~]+")
_LETTER = re.compile(r"[^\W\d_]")
_WIDE = frozenset({FieldDescriptor.CPPTYPE_INT64, FieldDescriptor.CPPTYPE_UINT64})


class MessageScrubber:
    """Rewrites messages in place; `names` is who stands for whom in this recording."""

    def __init__(self, names: Pseudonyms) -> None:
        self.dropped: Counter[str] = Counter()
        """Fields that were left out, by their full names."""
        self._names = names
        self._gift_names: set[str] = set()

    def scrub(self, message: Message) -> None:
        """Replace who is in a message, and leave out what may tell."""
        before_bytes = message.ByteSize()
        message.DiscardUnknownFields()
        if message.ByteSize() != before_bytes:
            self.dropped["fields that no schema has"] += 1
        self._gift_names.clear()
        # First the names: a sentence may come before the person that it is about.
        self._meet(message)
        self._look_into(message, typed=False)

    def look_again(self, message: Message) -> None:
        """Replace names, in a message that was rewritten before they were met."""
        for field, value in message.ListFields():
            if field.message_type is not None:
                if not isinstance(value, pb.User):
                    for child in _children(field, value):
                        self.look_again(child)
            elif fate_of(field) in (Fate.TEXT, Fate.PIECE):
                _set(message, field, value, self._text)
            elif fate_of(field) is Fate.PATTERN:
                _set(message, field, value, self._pattern)

    def _meet(self, message: Message) -> None:
        """Get to know everybody who is in a message."""
        if isinstance(message, pb.User):
            self._user(message)
            return
        if isinstance(message, pb.GiftStruct):
            self._gift_names.add(message.name)
        for field, value in message.ListFields():
            if field.message_type is not None and fate_of(field) is Fate.INSIDE:
                for child in _children(field, value):
                    self._meet(child)
            elif fate_of(field) is Fate.NICKNAME:
                self._names.nickname(value)

    def _look_into(self, message: Message, *, typed: bool) -> None:
        if isinstance(message, pb.User):
            message.CopyFrom(self._user(message))
            return
        if isinstance(message, pb.Image):
            message.CopyFrom(self._image(message))
            return
        for field, value in message.ListFields():
            fate = fate_of(field)
            if fate is Fate.DROP:
                self.dropped[field.full_name.removeprefix("relay.webcast.")] += 1
                message.ClearField(field.name)
            elif fate is Fate.INSIDE:
                for child in _children(field, value):
                    self._look_into(child, typed=typed or field.name in _TYPED)
            elif fate is not Fate.KEEP:
                _set(
                    message,
                    field,
                    value,
                    lambda old, fate=fate, field=field: self._changed(old, fate, field, typed),
                )

    def _changed(self, old: Any, fate: Fate, field: FieldDescriptor, typed: bool) -> Any:
        names = self._names
        match fate:
            case Fate.TEXT:
                return self._text(old)
            case Fate.PATTERN:
                return self._pattern(old)
            case Fate.PIECE:
                return self._text(old) if typed else self._piece(old)
            case Fate.COUNT:
                return old if is_count(old) else ""
            case Fate.NICKNAME:
                return names.nickname(old)
            case Fate.UID:
                return names.uid_number(old) if isinstance(old, int) else names.uid(old)
            case Fate.ROOM_ID:
                room_id = names.room_id(str(old))
                return int(room_id) if isinstance(old, int) else room_id
            case Fate.SHARE_TARGET:
                return old if len(old) <= _MAX_CHANNEL_DIGITS else names.uid(old)
        new = names.number(old)
        return new if field.cpp_type in _WIDE or new == old else 0

    def _text(self, text: str) -> str:
        """Replace names; addresses may be of pictures or pages of people."""
        return self._names.in_text(_URL.sub("…", text))

    def _pattern(self, text: str) -> str:
        """Replace names in what is between slots."""
        parts = _SLOT.split(text)
        return "".join(self._text(part) if i % 2 == 0 else part for i, part in enumerate(parts))

    def _piece(self, text: str) -> str:
        """A piece of upstream's own sentences: a number, a gift, or else somebody's name."""
        if text in self._gift_names or not _LETTER.search(text.lstrip("x")):
            return text
        return self._names.stranger(text)

    def _user(self, user: pb.User) -> pb.User:
        """Make somebody else with the same standing: levels, badges, gender."""
        names = self._names
        uid = names.uid(user.id_str or str(user.id))
        new = pb.User(
            id=names.uid_number(user.id),
            id_str=names.uid(user.id_str),
            short_id=names.short_id(user.short_id),
            nickname=names.nickname(user.nickname),
            desensitized_nickname=names.nickname(user.desensitized_nickname),
            display_id=names.display_id(user.display_id),
            sec_uid=names.sec_uid(user.sec_uid),
            web_rid=names.web_rid(user.web_rid),
            gender=user.gender,
            is_anonymous=user.is_anonymous,
            mystery_man=user.mystery_man,
            badge_image_list=self._images(user.badge_image_list),
            badge_image_list_v2=self._images(user.badge_image_list_v2),
        )
        # Other ids and names of the same person, kept nowhere, but met in texts.
        for other in (user.webcast_uid, user.special_id, user.user_open_id):
            names.sec_uid(other)
        for other in (user.remark_name, user.webcast_nick):
            names.nickname(other)
        if user.avatar_thumb.url_list or user.avatar_medium.url_list:
            new.avatar_thumb.url_list.append(names.avatar(uid))
        if user.pay_grade.level:
            new.pay_grade.level = user.pay_grade.level
        if user.HasField("user_attr"):
            new.user_attr.is_admin = user.user_attr.is_admin
            new.user_attr.is_super_admin = user.user_attr.is_super_admin
        club = user.fans_club.data
        if user.fans_club.HasField("data"):
            new.fans_club.data.club_name = names.club(club.club_name)
            new.fans_club.data.level = club.level
            new.fans_club.data.user_fans_club_status = club.user_fans_club_status
            new.fans_club.data.anchor_id = names.uid_number(club.anchor_id)
        return new

    def _images(self, images: Iterable[pb.Image]) -> list[pb.Image]:
        return [self._image(image) for image in list(images)[:MAX_BADGES]]

    def _image(self, image: pb.Image) -> pb.Image:
        """Keep a picture of upstream's; of any other nothing but that there is one."""
        urls = [url for old in image.url_list if (url := _asset(old))]
        new = pb.Image(
            url_list=urls[:_MAX_URLS],
            image_type=image.image_type,
        )
        if image.HasField("content"):
            new.content.name = self._text(image.content.name)
            new.content.alternative_text = self._text(image.content.alternative_text)
            new.content.level = self._names.number(image.content.level)
        return new


def _asset(url: str) -> str:
    """Give the address of a picture of upstream's, without its query; "" for any other."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    if not parts.path.startswith(_ASSETS):
        return ""
    return parts._replace(query="", fragment="").geturl()


def _children(field: FieldDescriptor, value: Any) -> Iterator[Message]:
    """Give the messages in a field that has messages: one, some, or a map's values."""
    entry = field.message_type
    if entry is not None and entry.GetOptions().map_entry:
        if entry.fields_by_name["value"].message_type is not None:
            yield from value.values()
    elif field.is_repeated:
        yield from value
    else:
        yield value


def _set(message: Message, field: FieldDescriptor, value: Any, change: Any) -> None:
    """Change the value, or each of the values, of a field."""
    if field.is_repeated:
        value[:] = [change(old) for old in value]
    else:
        setattr(message, field.name, change(value))
