"""Rewrites one message so that nobody in it can be recognised; used by scrub."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from relay.recording import harmless
from relay.recording.fields import Fate, fate_of
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
_AS_IT_IS: dict[Fate, Callable[[Any], bool]] = {
    Fate.COLOR: harmless.is_color,
    Fate.WORD: harmless.is_word,
    Fate.GIFT_NAME: harmless.is_gift_name,
    Fate.TIME: harmless.is_time,
    Fate.SMALL: harmless.is_small,
}
"""What is kept where it is of a kind that can't tell, and left out else."""
_MET_LATER = frozenset({Fate.TEXT, Fate.PATTERN, Fate.PIECE, Fate.COUNT, Fate.NUMBER})
"""Where a name or id can stand that is met only afterwards."""


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
        """Replace names and ids, in a message that was rewritten before they were met."""
        if isinstance(message, pb.User):
            for badge in (*message.badge_image_list, *message.badge_image_list_v2):
                badge.CopyFrom(self._image(badge))
            return
        if isinstance(message, pb.Image):
            message.CopyFrom(self._image(message))
            return
        for field, value in message.ListFields():
            fate = fate_of(field)
            if fate is Fate.INSIDE:
                for child in _children(field, value):
                    self.look_again(child)
            elif fate in _MET_LATER:
                # A piece is as good as typed: who was a stranger has another name already.
                self._change(message, field, value, typed=True)

    def _meet(self, message: Message) -> None:
        """Get to know everybody who is in a message."""
        if isinstance(message, pb.User):
            self._user(message)
            return
        if isinstance(message, pb.GiftStruct) and harmless.is_gift_name(message.name):
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
                self._left_out(field)
                message.ClearField(field.name)
            elif fate is Fate.INSIDE:
                for child in _children(field, value):
                    self._look_into(child, typed=typed or field.name in _TYPED)
            elif fate is not Fate.KEEP:
                self._change(message, field, value, typed=typed)

    def _change(self, message: Message, field: FieldDescriptor, value: Any, *, typed: bool) -> None:
        """Change the value, or each of the values, of a field."""
        if field.is_repeated:
            value[:] = [self._changed(old, field, typed=typed) for old in value]
        else:
            setattr(message, field.name, self._changed(value, field, typed=typed))

    def _changed(self, old: Any, field: FieldDescriptor, *, typed: bool) -> Any:
        new = self._instead(old, fate_of(field), typed=typed)
        if old and not new:
            self._left_out(field)
        return new

    def _left_out(self, field: FieldDescriptor) -> None:
        self.dropped[field.full_name.removeprefix("relay.webcast.")] += 1

    def _instead(self, old: Any, fate: Fate, *, typed: bool) -> Any:
        """Give what takes a value's place; its type's zero where it is left out."""
        names = self._names
        if fate in _AS_IT_IS:
            return old if _AS_IT_IS[fate](old) else type(old)()
        match fate:
            case Fate.TEXT:
                return self._text(old)
            case Fate.PATTERN:
                return self._pattern(old)
            case Fate.PIECE:
                return self._text(old) if typed else self._piece(old)
            case Fate.COUNT:
                return "" if names.knows_id(old) or not harmless.is_count(old) else old
            case Fate.NICKNAME:
                return names.nickname(old)
            case Fate.ID:
                return names.thing_number(old) if isinstance(old, int) else names.thing(old)
            case Fate.UID:
                return names.uid_number(old) if isinstance(old, int) else names.uid(old)
            case Fate.ROOM_ID:
                room_id = names.room_id(str(old))
                return int(room_id) if isinstance(old, int) else room_id
            case Fate.SHARE_TARGET:
                channel = old.isdecimal() and len(old) <= _MAX_CHANNEL_DIGITS
                return old if channel else names.uid(old)
        return 0 if names.knows_id(str(old)) or not harmless.is_number(old) else old

    def _text(self, text: str) -> str:
        """Replace names; addresses may be of pictures or pages of people."""
        return self._names.in_text(_URL.sub("…", text))

    def _pattern(self, text: str) -> str:
        """Replace names in what is between slots."""
        parts = _SLOT.split(text)
        return "".join(self._text(part) if i % 2 == 0 else part for i, part in enumerate(parts))

    def _piece(self, text: str) -> str:
        """A piece of upstream's own sentences: a gift, a number, or else somebody's name."""
        if text in self._gift_names:
            return text
        if harmless.is_count(text) or harmless.is_how_often(text):
            # Some are called so.
            return self._text(text)
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
            new.pay_grade.level = _small(user.pay_grade.level)
        if user.HasField("user_attr"):
            new.user_attr.is_admin = user.user_attr.is_admin
            new.user_attr.is_super_admin = user.user_attr.is_super_admin
        club = user.fans_club.data
        if user.fans_club.HasField("data"):
            new.fans_club.data.club_name = names.club(club.club_name)
            new.fans_club.data.level = _small(club.level)
            new.fans_club.data.user_fans_club_status = _small(club.user_fans_club_status)
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
            name, told = image.content.name, image.content.alternative_text
            # Fans clubs' badges say their name.
            new.content.name = name if harmless.is_count(name) else self._names.strange_club(name)
            if harmless.is_badge(told):
                new.content.alternative_text = told
            elif told:
                self.dropped["Image.Content.alternative_text"] += 1
            new.content.level = _small(image.content.level)
        return new


def _small(value: int) -> int:
    return value if harmless.is_small(value) else 0


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
