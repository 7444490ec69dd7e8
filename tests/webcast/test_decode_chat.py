"""Chats and rich text, for each trap that upstream sets."""

from wire_samples import chat, image, typed

from relay.events import Piece
from relay.webcast.pb import webcast_pb2 as pb


def test_a_chats_event_time_is_in_seconds() -> None:
    assert chat(content="好", event_time=1_600_000_000).event_time_s == 1_600_000_000


def test_lucky_bag_passwords_are_marked() -> None:
    assert chat(content="我爱主播", chat_by=9).is_lucky_bag
    assert not chat(content="我爱主播").is_lucky_bag


def test_a_chat_that_is_only_a_mention_has_content() -> None:
    mention = pb.TextPiece(
        type=11, user_value=pb.TextPieceUser(user=pb.User(id=5, nickname="某乙"))
    )
    payload = chat(rtf_content_v2=pb.Text(pieces=[mention]))
    assert payload.content == "@某乙"
    assert payload.pieces[0].type == "user"
    assert payload.pieces[0].user is not None
    assert payload.pieces[0].user.uid == "5"


def test_rich_text_is_told_piece_by_piece() -> None:
    pieces = [
        pb.TextPiece(type=1, string_value="看 "),
        # Recorded: users and pictures come with type 1 as well.
        pb.TextPiece(type=1, user_value=pb.TextPieceUser(user=pb.User(nickname="甲"))),
        pb.TextPiece(type=15, image_value=pb.TextPieceImage(image=image("https://p.invalid/e"))),
        pb.TextPiece(type=22, gift_value=pb.TextPieceGift(gift_id=463)),
        pb.TextPiece(type=23, heart_value=pb.TextPieceHeart(color="#fff")),
        pb.TextPiece(type=24, pattern_ref_value=pb.TextPiecePatternRef(default_pattern="样")),
        pb.TextPiece(type=99),
    ]
    payload = chat(rtf_content=pb.Text(pieces=[pieces[0]]), rtf_content_v2=pb.Text(pieces=pieces))
    assert [piece.type for piece in payload.pieces] == [
        "text", "user", "image", "gift", "heart", "pattern", "text",
    ]  # fmt: skip
    assert payload.pieces[2] == Piece("image", "", "https://p.invalid/e", None, "")
    assert payload.pieces[3].gift_id == "463"
    assert payload.content == "看 @甲[表情]❤样"


def test_old_rich_text_is_read_where_there_is_no_new_one() -> None:
    text = pb.Text(pieces=[pb.TextPiece(type=1, string_value="旧")])
    assert chat(rtf_content=text).content == "旧"


def test_pieces_have_upstreams_numbers_and_not_the_old_schemas() -> None:
    numbers = {f.name: f.number for f in pb.TextPiece.DESCRIPTOR.fields}
    assert numbers["string_value"] == 11
    assert numbers["user_value"] == 21
    assert numbers["image_value"] == 25


def test_mentions_and_answers_are_told() -> None:
    area = pb.PublicAreaCommon(
        mention_info=pb.ChatMentionInfo(mention_user_ids=["123456789012"]),
        reply_resp=pb.ChatReplyRespInfo(reply_msg_id=2**60),
    )
    payload = chat(content="@你", public_area_common=area)
    assert payload.mention_uids == ("123456789012",)
    assert payload.reply_to_msg_id == str(2**60)


def test_an_emoji_has_its_picture() -> None:
    piece = pb.TextPiece(image_value=pb.TextPieceImage(image=image("https://p.invalid/e.png")))
    message = pb.EmojiChatMessage(emoji_id=2**60, emoji_content=pb.Text(pieces=[piece]))
    payload = typed("WebcastEmojiChatMessage", message)
    assert (payload.content, payload.image) == ("[表情]", "https://p.invalid/e.png")
    assert payload.emoji_id == str(2**60)
