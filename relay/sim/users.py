"""Builds people as upstream's JSON has them; used by mobile, web, ranklist and webapi."""

from typing import Any

from relay.sim.people import Person
from relay.sim.templates import json_image, template


def mobile_user(person: Person, *, display_id: str = "", logged_in: bool = True) -> dict[str, Any]:
    """Give a whole User. Who isn't logged in is told no levels, badges or cities."""
    base = template("user")
    level = person.wealth_level if logged_in else 0
    user = {
        **base,
        "id": person.uid,
        "id_str": str(person.uid),
        "short_id": person.uid % 10**9,
        "display_id": display_id or person.display_id,
        "sec_uid": person.sec_uid,
        "webcast_uid": person.sec_uid,
        "nickname": person.nickname,
        "desensitized_nickname": f"{person.nickname[0]}***",
        "gender": person.gender,
        "mystery_man": 2 if person.masked else 1,
        "city": person.city if logged_in else "",
        "ticket_count": person.follower_count * 7 if logged_in else 0,
        "avatar_thumb": json_image(f"avatar/100x100/{person.uid}"),
        "avatar_medium": json_image(f"avatar/720x720/{person.uid}"),
        "avatar_large": json_image(f"avatar/1080x1080/{person.uid}"),
        "authentication_info": {
            **base["authentication_info"],
            "authentication_badge": json_image("badge/authentication.png"),
        },
        "follow_info": {
            **base["follow_info"],
            "follower_count": person.follower_count,
            "following_count": person.uid % 300,
            "follower_count_str": str(person.follower_count),
            "following_count_str": str(person.uid % 300),
        },
        "fans_club": {
            **base["fans_club"],
            "data": {
                **base["fans_club"]["data"],
                "club_name": "小窝" if person.fans_level else "",
                "level": person.fans_level,
                "user_fans_club_status": int(person.fans_level > 0),
            },
        },
        "pay_grade": {
            **base["pay_grade"],
            "level": level,
            "score": level * level * 12,
            "this_grade_min_diamond": level * level * 12,
            "this_grade_max_diamond": (level + 1) * (level + 1) * 12,
            "total_diamond_count": level * level * 12,
            "grade_describe": f"再有{level * 24 + 12}钻升到{level + 1}级" if level else "",
            "new_im_icon_with_level": json_image(f"level/{level}.png"),
            "new_live_icon": json_image(f"level/small/{level}.png"),
        },
        "user_attr": {**base["user_attr"], "is_admin": person.is_admin},
    }
    if logged_in:
        user["badge_image_list"] = [json_image(f"badge/{level}.png")]
    return user


def web_user(person: Person) -> dict[str, Any]:
    """Give an anchor as web/enter and the page do."""
    return {
        "id_str": str(person.uid),
        "sec_uid": person.sec_uid,
        "nickname": person.nickname,
        "avatar_thumb": web_image(f"avatar/{person.uid}.jpeg"),
        "follow_info": {"follow_status": 0, "follow_status_str": "0"},
        "foreign_user": 0,
        "open_id_str": "",
    }


def web_image(path: str) -> dict[str, Any]:
    """Give an Image as the web endpoints do."""
    return {"url_list": [f"https://example.invalid/{path}"]}
