"""Users, as consumers get them, for each trap that upstream sets."""

from wire_samples import image, user

from relay.webcast.pb import webcast_pb2 as pb


def test_a_user_is_known_by_id_str_or_by_id() -> None:
    assert user(id=5, id_str="1234567890123456789").uid == "1234567890123456789"
    assert user(id=2**63 - 1).uid == "9223372036854775807"
    assert user().uid == ""


def test_a_user_without_handle_is_shown_by_short_id() -> None:
    assert user(display_id="handle", short_id=9).unique_id == "handle"
    assert user(short_id=123456).unique_id == "123456"


def test_masked_users_are_marked() -> None:
    masked = user(id=111111, nickname="某***")
    assert (masked.masked, masked.uid, masked.nickname) == (True, "111111", "某***")
    # mystery_man is 1 for everybody and masks nobody.
    assert not user(id=5, nickname="某", mystery_man=1).masked


def test_a_missing_nickname_falls_back_to_the_shortened_one() -> None:
    assert user(desensitized_nickname="某***").nickname == "某***"


def test_the_pay_level_comes_from_the_badge_when_its_number_is_hidden() -> None:
    level = pb.Image(image_type=1, content=pb.Image.Content(level=46))
    text = pb.Image(image_type=1, content=pb.Image.Content(alternative_text="荣誉等级20级勋章"))
    club = pb.Image(image_type=7, content=pb.Image.Content(level=11))
    assert user(pay_grade=pb.User.PayGrade(level=14), badge_image_list=[level]).level == 14
    assert user(badge_image_list=[club, level]).level == 46
    assert user(badge_image_list=[text]).level == 20
    assert user(badge_image_list=[club]).level == 0


def test_the_fans_club_is_told_or_null() -> None:
    data = pb.User.FansClub.FansClubData(
        club_name="某团", level=17, user_fans_club_status=1, anchor_id=2**60
    )
    club = user(fans_club=pb.User.FansClub(data=data)).fans_club
    assert (club.name, club.level, club.status, club.anchor_uid) == ("某团", 17, 1, str(2**60))
    # Users without a club have the struct too, with an empty badge in it.
    empty = pb.User.FansClub.FansClubData()
    empty.badge.icons[0].SetInParent()
    assert user(fans_club=pb.User.FansClub(data=empty)).fans_club is None
    assert user().fans_club is None


def test_followers_come_from_the_number_or_from_its_text() -> None:
    info = pb.User.FollowInfo
    both = info(follower_count=286, follower_count_str="1.2万")
    assert user(follow_info=both).follower_count == 286
    assert user(follow_info=info(follower_count_str="286")).follower_count == 286
    assert user(follow_info=info(follower_count_str="1.2万")).follower_count == 0
    assert user(follow_info=info(follower_count_str="9" * 5_000)).follower_count == 0


def test_admins_are_marked() -> None:
    assert user(user_attr=pb.User.UserAttr(is_admin=True)).is_admin
    assert not user().is_admin


def test_pictures_that_a_page_must_not_load_are_left_out() -> None:
    assert user(avatar_thumb=image("https://p.invalid/a")).avatar == "https://p.invalid/a"
    assert user(avatar_thumb=image("javascript:alert(1)")).avatar == ""
