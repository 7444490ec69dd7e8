"""The gifts that can be sent, as gift/list/ gives them; used by webapi."""

from typing import Any

from relay.sim.phrases import GIFTS, Gift
from relay.sim.templates import json_image, template


def gift_list(now_ms: int) -> dict[str, Any]:
    """Give gift/list/'s answer."""
    return {
        "data": {"gifts": [_gift(gift) for gift in GIFTS]},
        "extra": {"now": now_ms},
        "status_code": 0,
    }


def _gift(gift: Gift) -> dict[str, Any]:
    picture = json_image(f"gift/{gift.gift_id}.png")
    return template("gift") | {
        "id": gift.gift_id,
        "name": gift.name,
        "describe": f"送出{gift.name}",
        "diamond_count": gift.diamonds,
        "combo": gift.combo,
        "type": gift.kind,
        "for_fansclub": gift.kind == 4,
        "image": picture,
        "icon": picture,
        "webp_image": picture,
    }
