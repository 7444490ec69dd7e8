"""Where a broadcast's video is, in REST answers; part of the room structs."""

from typing import Annotated, Any

from msgspec import Meta, Struct

from relay.webcast.rest.fields import Id, IdText, JsonText

StreamAddress = Annotated[
    str, Meta(description="Address of the video; runs out after about 7 days. May be empty.")
]
StreamAddresses = Annotated[
    dict[str, str],
    Meta(description="Addresses by quality (FULL_HD1, HD1, SD1, SD2 …); run out after 7 days."),
]


class StreamExtra(Struct):
    """How the anchor's encoder is set."""

    anchor_interact_profile: int
    audience_interact_profile: int
    bframe_enable: bool
    bitrate_adapt_strategy: int
    bytevc1_enable: bool
    default_bitrate: int
    fps: int
    gop_sec: int
    h265_enable: bool
    hardware_encode: bool
    height: int
    max_bitrate: int
    min_bitrate: int
    roi: bool
    sw_roi: bool
    video_profile: int
    width: int


class Quality(Struct):
    """One quality of the video."""

    level: int
    name: Annotated[str, Meta(description="As shown, in Chinese.")]
    resolution: Annotated[str, Meta(description="As 720x1280; may be empty.")]
    sdk_key: Annotated[str, Meta(description="Its key in `stream_data`.")]
    v_codec: str


class QualityOptions(Struct):
    """The qualities to choose from."""

    default_quality: Quality
    qualities: list[Quality]


class PullData(Struct):
    """What players need."""

    options: QualityOptions
    stream_data: JsonText


class PushResolution(Struct):
    """Limits of one resolution, bits per second."""

    default_bitrate: int
    fps: int
    height: int
    max_bitrate: int
    min_bitrate: int
    width: int


class PushResolutions(Struct):
    """Resolutions that an anchor can send; more than these may be there."""

    ld: PushResolution
    sd: PushResolution


class PushData(Struct):
    """What the anchor's encoder needs."""

    push_stream_level: int
    resolution_params: PushResolutions


class CoreSdkData(Struct):
    """The streams, as upstream's own player reads them."""

    pull_data: PullData
    push_data: PushData


class ResolutionNames(Struct, rename="upper"):
    """Names of the qualities, in Chinese."""

    full_hd1: str
    hd1: str
    origion: str
    sd1: str
    sd2: str


class StreamUrl(Struct):
    """Where the video is."""

    candidate_resolution: list[Any]
    complete_push_urls: list[Any]
    default_resolution: str
    extra: StreamExtra
    flv_pull_url: StreamAddresses
    flv_pull_url_params: dict[str, Any]
    hls_pull_url: StreamAddress
    hls_pull_url_map: StreamAddresses
    hls_pull_url_params: JsonText
    id: Id
    id_str: IdText
    live_core_sdk_data: CoreSdkData
    provider: int
    push_urls: list[Any]
    resolution_name: ResolutionNames
    rtmp_pull_url: StreamAddress
    rtmp_pull_url_params: JsonText
    rtmp_push_url: str
    rtmp_push_url_params: str
    stream_control_type: int
