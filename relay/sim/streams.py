"""Builds stream_url, whose addresses answer nothing; used by mobile and web."""

import hashlib
import json
from functools import lru_cache
from typing import Any

_WEEK_S = 7 * 86_400
"""How long upstream's addresses are good for."""
_KEPT = 256
"""Broadcasts whose addresses aren't made again for each call; callers don't change them."""
_QUALITIES = (
    # sdk_key, the old name, name, resolution, level, bits a second
    ("ld", "SD1", "标清", "960x540", 1, 800_000),
    ("sd", "SD2", "高清", "1280x720", 2, 1_600_000),
    ("hd", "HD1", "超清", "1920x1080", 3, 3_000_000),
    ("uhd", "FULL_HD1", "蓝光", "1920x1080", 4, 6_000_000),
    ("origin", "ORIGION", "原画", "", 0, 0),
)
_AUDIO = "ao"


@lru_cache(maxsize=_KEPT)
def web_stream(room_id: int, started_s: int) -> dict[str, Any]:
    """Give stream_url as web/enter and the page do."""
    old = [(sdk_key, name) for sdk_key, name, *_ in _QUALITIES if name != "ORIGION"]
    return {
        "flv_pull_url": {
            name: _address(room_id, started_s, sdk_key, "flv") for sdk_key, name in old
        },
        "default_resolution": "HD1",
        "hls_pull_url_map": {
            name: _address(room_id, started_s, sdk_key, "m3u8") for sdk_key, name in old
        },
        "hls_pull_url": _address(room_id, started_s, "hd", "m3u8"),
        "stream_orientation": 1,
        "live_core_sdk_data": {
            "pull_data": {
                "options": {
                    "default_quality": _quality(*_QUALITIES[-1]),
                    "qualities": [_quality(*quality) for quality in _QUALITIES],
                },
                "stream_data": _stream_data(room_id, started_s),
            }
        },
        "extra": {
            "height": 1280,
            "width": 720,
            "fps": 25,
            "max_bitrate": 6000,
            "min_bitrate": 500,
            "default_bitrate": 3000,
            "bitrate_adapt_strategy": 0,
            "anchor_interact_profile": 0,
            "audience_interact_profile": 0,
            "hardware_encode": False,
            "video_profile": 0,
            "h265_enable": False,
            "gop_sec": 2,
            "bframe_enable": False,
            "roi": False,
            "sw_roi": False,
            "bytevc1_enable": False,
        },
        "pull_datas": {},
    }


@lru_cache(maxsize=_KEPT)
def mobile_stream(room_id: int, started_s: int) -> dict[str, Any]:
    """Give stream_url as reflow/info and the feed do: what the web has, and more."""
    stream = web_stream(room_id, started_s)
    params = json.dumps({"VCodec": "h264"})
    stream_id = _stream_id(room_id)
    sizes = {"ld": (360, 640, 500_000), "sd": (720, 1280, 1_200_000)}
    return {
        **stream,
        "id": stream_id,
        "id_str": str(stream_id),
        "candidate_resolution": [name for _, name, *_ in _QUALITIES],
        "complete_push_urls": [],
        "default_resolution": "ORIGION",
        "flv_pull_url_params": dict.fromkeys(stream["flv_pull_url"], params),
        "hls_pull_url_params": params,
        "live_core_sdk_data": {
            **stream["live_core_sdk_data"],
            "push_data": {
                "push_stream_level": 0,
                "resolution_params": {
                    key: {
                        "width": width,
                        "height": height,
                        "fps": 20,
                        "default_bitrate": bits,
                        "max_bitrate": bits * 2,
                        "min_bitrate": bits // 2,
                    }
                    for key, (width, height, bits) in sizes.items()
                },
            },
        },
        "provider": 0,
        "push_urls": [],
        "resolution_name": {name: shown for _, name, shown, *_ in _QUALITIES},
        "rtmp_pull_url": _address(room_id, started_s, "origin", "flv"),
        "rtmp_pull_url_params": params,
        "rtmp_push_url": "",
        "rtmp_push_url_params": "",
        "stream_control_type": 0,
    }


def _stream_id(room_id: int) -> int:
    return room_id // 61


def _quality(
    sdk_key: str, _old: str, name: str, resolution: str, level: int, bits: int
) -> dict[str, Any]:
    return {
        "name": name,
        "sdk_key": sdk_key,
        "v_codec": "264",
        "resolution": resolution,
        "level": level,
        "v_bit_rate": bits,
        "additional_content": "",
        "fps": 25,
        "disable": 0,
    }


def _stream_data(room_id: int, started_s: int) -> str:
    """Give what the player reads: JSON in a string."""
    qualities = [(key, shown, bits) for key, _, _, shown, _, bits in _QUALITIES]
    data = {
        "common": {
            "ts": str(started_s),
            "session_id": f"sim-{room_id:x}",
            "stream": str(_stream_id(room_id)),
            "version": 0,
            "rule_ids": "{}",
            "app_id": "0",
            "mode": "sim",
            "lines": {"main": "sim"},
            "stream_data_content_encoding": "default",
            "common_sdk_params": {"main": "{}"},
            "stream_name": f"stream-{_stream_id(room_id)}",
        },
        "data": {
            key: {
                "main": {
                    "flv": _address(room_id, started_s, key, "flv"),
                    "hls": _address(room_id, started_s, key, "m3u8"),
                    "cmaf": "",
                    "dash": "",
                    "lls": _address(room_id, started_s, key, "sdp"),
                    "tsl": "",
                    "tile": "",
                    "http_ts": "",
                    "ll_hls": "",
                    "sdk_params": json.dumps(
                        {
                            "VCodec": "h264",
                            "vbitrate": bits,
                            "resolution": shown,
                            "gop": 4,
                            "drType": "sdr",
                            "fps": 25,
                        }
                    ),
                    "enableEncryption": False,
                    "templateRealTimeInfo": {
                        "name": key,
                        "bitrateKbps": bits // 1000,
                        "updatedTime": started_s,
                    },
                }
            }
            for key, shown, bits in [*qualities, (_AUDIO, "", 96_000)]
        },
    }
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def _address(room_id: int, started_s: int, key: str, kind: str) -> str:
    name = f"stream-{_stream_id(room_id)}" + ("" if key == "origin" else f"_{key}")
    host = f"pull-{key}.example.invalid"
    expire_s = started_s + _WEEK_S
    sign = hashlib.blake2b(f"{name}.{kind}".encode(), digest_size=16).hexdigest()
    return (
        f"https://{host}/sim/{name}.{kind}?line=main&level=1&expire={expire_s:x}&sign={sign}"
        f"&trace=sim-{started_s}-{sign}&unique_id={name}_{key}_{kind}&codec=h264&only_audio=0"
    )
