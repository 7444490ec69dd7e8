"""How many push hosts a connection may go to."""

from relay.upstream.transports.push_urls import PushUrls
from relay.webcast.pb.webcast_pb2 import Response

LF, LQ = "wss://webcast100-ws-web-lf.douyin.com", "wss://webcast100-ws-web-lq.douyin.com"


def test_the_host_that_upstream_names_counts_unless_it_is_configured() -> None:
    urls = PushUrls([LF + "/webcast/im/push/v2/", LQ])
    assert urls.count == 2
    urls.note(Response(push_server=LF))
    assert urls.count == 2
    urls.note(Response(push_server="wss://webcast5-ws-web-hl.douyin.com"))
    assert urls.count == 3
