"""The JSON under bodies/: upstream's key names, values of our own.

Used by whatever builds answers.
"""

from functools import cache
from importlib import resources
from typing import Any

import msgspec


@cache
def template(name: str) -> dict[str, Any]:
    """Give `bodies/<name>.json`. It is shared: put what differs into a copy."""
    found = resources.files("relay.sim").joinpath("bodies", f"{name}.json")
    return msgspec.json.decode(found.read_bytes(), type=dict[str, Any])


def json_image(path: str) -> dict[str, Any]:
    """Give an Image as the mobile endpoints do; nothing answers at its addresses."""
    return {
        "avg_color": "#8899AA",
        "flex_setting_list": [],
        "height": 0,
        "image_type": 0,
        "is_animated": False,
        "open_web_url": "",
        "text_setting_list": [],
        "uri": f"sim/{path}",
        "url_list": [
            f"https://{host}.example.invalid/{path}~tplv-sim-image.jpeg?from=sim"
            for host in ("p1", "p2", "p3")
        ],
        "width": 0,
    }
