"""Other names for people, the same for the same person; used by scrub.

What stands for a name is a hash of it with a key that is made up for one recording and kept
nowhere, so neither we nor anybody else can go back, or recognise a person in two recordings.
"""

import re
import secrets
from base64 import urlsafe_b64encode
from collections import OrderedDict
from hashlib import blake2b

from relay.events.people import MASKED_UID

MAX_KNOWN = 500_000
"""Names and ids that are looked for in texts; past it those seen first are forgotten."""
_MIN_ID_CHARS = 4
_MIN_NUMBER_DIGITS = 9
"""Of a number that can be somebody's id; shorter ones are counts more often."""
_MAX_CHARS = 200
"""Of a name that is looked for in texts. Upstream allows 20 or so."""
_OURS = re.compile("(?:观众|粉丝团)·[0-9a-f]{8}|user[0-9a-f]{10}")
_NOBODY = ("", "0", MASKED_UID)


class Pseudonyms:
    """What stands for whom, and which names have been met."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._known: OrderedDict[str, str] = OrderedDict()
        # First two characters → lengths of the names that begin so: few, whatever the names.
        self._lengths: dict[str, dict[int, int]] = {}
        self.forgotten = 0
        """Names that are no longer looked for in texts."""

    def nickname(self, name: str) -> str:
        """Give another nickname, and look for this one in texts from now on."""
        return self._met(name, "观众·" + self._hash("name", name)[:8], 1)

    def stranger(self, name: str) -> str:
        """Give another nickname for what may be one; it is not looked for in texts."""
        return self._known.get(name) or "观众·" + self._hash("name", name)[:8]

    def club(self, name: str) -> str:
        """The same for a fans club, which carries its anchor's name as often as not."""
        return self._met(name, "粉丝团·" + self._hash("club", name)[:8], 1)

    def strange_club(self, name: str) -> str:
        """The same for what may be one; it is not looked for in texts, and ours stay."""
        if not name or _OURS.fullmatch(name):
            return name
        return self._known.get(name) or "粉丝团·" + self._hash("club", name)[:8]

    def uid(self, uid: str) -> str:
        """Give another uid, of 16 digits."""
        return self._met(uid, self._digits("uid", uid, 16))

    def uid_number(self, uid: int) -> int:
        """The same for one that is a number."""
        return int(self.uid(str(uid))) if uid > 0 else 0

    def short_id(self, number: int) -> int:
        """Give another short_id, of 10 digits."""
        return int(self._met(str(number), self._digits("short", str(number), 10)))

    def display_id(self, text: str) -> str:
        """Give another unique_id."""
        return self._met(text, "user" + self._hash("display", text)[:10])

    def sec_uid(self, text: str) -> str:
        """Give another sec_uid."""
        digest = bytes.fromhex(self._hash("sec", text))
        return self._met(text, "MS4wLjAB" + urlsafe_b64encode(digest).decode().rstrip("="))

    def web_rid(self, text: str) -> str:
        """Give another web_rid, of 12 digits."""
        return self._met(text, self._digits("web_rid", text, 12))

    def room_id(self, text: str) -> str:
        """Give another room_id, of 19 digits that a 64-bit number can hold."""
        return self._met(text, "7" + self._digits("room", text, 18))

    def avatar(self, of: str) -> str:
        """Give an address of a picture that nobody will ever serve; `of`: the person."""
        return f"https://scrubbed.invalid/avatar/{self._hash('avatar', of)[:16]}.png"

    def thing(self, text: str) -> str:
        """Give another id for a message, a lottery, something on sale …, of 19 digits.

        The same for one that is a number; they are too many to be looked for in texts.
        """
        return text if text in _NOBODY else "6" + self._digits("thing", text, 18)

    def thing_number(self, number: int) -> int:
        """The same for one that is a number; 0 for one that is none."""
        return int(self.thing(str(number))) if number > 0 else 0

    def knows_id(self, text: str) -> bool:
        """Tell whether somebody was met whose id that is."""
        return len(text) >= _MIN_NUMBER_DIGITS and text in self._known

    def in_text(self, text: str) -> str:
        """Replace every name and id in a text that has been met; what we put there stays."""
        if text in self._known:
            return self._known[text]
        pieces, at, begin, end = [], 0, 0, len(text)
        while at < end:
            if text[at] in "观粉u" and (ours := _OURS.match(text, at)):
                at = ours.end()
            elif (text[at] in self._known or text[at : at + 2] in self._lengths) and (
                name := self._name_at(text, at)
            ):
                pieces += [text[begin:at], self._known[name]]
                at = begin = at + len(name)
            else:
                at += 1
        return "".join([*pieces, text[begin:]])

    def _name_at(self, text: str, at: int) -> str:
        """Find the longest known name at a place."""
        for length in sorted(self._lengths.get(text[at : at + 2], ()), reverse=True):
            name = text[at : at + length]
            if name in self._known and not _goes_on(text, at, at + length):
                return name
        name = text[at]
        return name if name in self._known and _stands_alone(text, at) else ""

    def _met(self, text: str, pseudonym: str, min_chars: int = _MIN_ID_CHARS) -> str:
        """Give what stands for `text`, and look for that in texts from now on."""
        if text in _NOBODY:
            return text
        if min_chars <= len(text) <= _MAX_CHARS and text not in self._known:
            self._remember(text, pseudonym)
        return pseudonym

    def _remember(self, text: str, pseudonym: str) -> None:
        self._known[text] = pseudonym
        if len(text) > 1:
            lengths = self._lengths.setdefault(text[:2], {})
            lengths[len(text)] = lengths.get(len(text), 0) + 1
        if len(self._known) > MAX_KNOWN:
            self.forgotten += 1
            self._forget()

    def _forget(self) -> None:
        oldest, _ = self._known.popitem(last=False)
        if len(oldest) > 1:
            lengths = self._lengths[oldest[:2]]
            lengths[len(oldest)] -= 1
            if not lengths[len(oldest)]:
                del lengths[len(oldest)]
            if not lengths:
                del self._lengths[oldest[:2]]

    def _digits(self, kind: str, text: str, count: int) -> str:
        low = 10 ** (count - 1)
        return str(low + int(self._hash(kind, text), 16) % (9 * low))

    def _hash(self, kind: str, text: str) -> str:
        data = text.encode(errors="replace")
        return blake2b(data, digest_size=32, key=self._key, person=kind.encode()).hexdigest()


def _goes_on(text: str, begin: int, end: int) -> bool:
    """Tell whether digits at a place are only a part of a longer number."""
    if not text[begin:end].isdecimal():
        return False
    return text[begin - 1 : begin].isdecimal() or text[end : end + 1].isdecimal()


def _stands_alone(text: str, at: int) -> bool:
    """Tell whether one character is a word: there would be one called so in most sentences."""
    around = (text[at - 1 : at] if at else "", text[at + 1 : at + 2])
    return not any(char.isalnum() or char == text[at] for char in around)
