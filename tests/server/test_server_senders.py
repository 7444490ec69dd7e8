"""Who sent a request, where it comes through proxies."""

import pytest

from relay.config import ServerConfig
from relay.server.checks import check_request
from relay.server.senders import Sender, sender_of, site_of

BEHIND = ServerConfig(trusted_proxies=["127.0.0.1", "10.0.0.0/8", "::1"])


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("127.0.0.1", ["203.0.113.5"], "203.0.113.5"),
        ("127.0.0.1", ["198.51.100.1, 203.0.113.5"], "203.0.113.5"),
        ("127.0.0.1", ["198.51.100.1", "203.0.113.5"], "203.0.113.5"),
        ("127.0.0.1", ["203.0.113.5, 10.0.0.7"], "203.0.113.5"),
        ("127.0.0.1", ["203.0.113.5:4711"], "203.0.113.5"),
        ("::1", ["[2001:db8::5]:4711"], "2001:db8::5"),
        ("::1", ["2001:db8::5"], "2001:db8::5"),
        ("::ffff:10.1.2.3", ["203.0.113.5"], "203.0.113.5"),
        ("127.0.0.1", ["203.0.113.5, nonsense"], "127.0.0.1"),
        ("127.0.0.1", ["10.0.0.1, 10.0.0.2"], "127.0.0.1"),
        ("127.0.0.1", [""], "127.0.0.1"),
        ("127.0.0.1", [], "127.0.0.1"),
        ("192.0.2.1", ["203.0.113.5"], "192.0.2.1"),
        ("", ["203.0.113.5"], ""),
        ("127.0.0.1", ["203.0.113.5" + ", 10.0.0.1" * 1_000], "127.0.0.1"),
    ],
)
def test_the_last_address_that_is_no_proxy_of_ours_sent_it(
    peer: str, forwarded: list[str], address: str
) -> None:
    sender = sender_of(peer, forwarded, [], BEHIND)
    assert sender.address == address
    assert sender.is_forwarded == (address != peer)


def test_nobody_is_believed_where_no_proxy_is_configured() -> None:
    assert sender_of("127.0.0.1", ["203.0.113.5"], ["https"], ServerConfig()) == Sender("127.0.0.1")


@pytest.mark.parametrize(
    ("protos", "scheme"),
    [
        (["https"], "https"),
        (["HTTP"], "http"),
        (["wss"], "https"),
        (["ws"], "http"),
        (["http, https"], "https"),
        (["http", "https"], "https"),
        (["gopher"], "http"),
        ([], "http"),
    ],
)
def test_what_the_client_speaks_to_the_proxy(protos: list[str], scheme: str) -> None:
    assert sender_of("127.0.0.1", ["203.0.113.5"], protos, BEHIND).scheme == scheme


def test_a_page_is_our_own_by_its_scheme_too() -> None:
    config = ServerConfig(allowed_hosts=["relay.example.org"])
    for scheme, verdict in (("https", "ok"), ("http", "origin")):
        hosts, origins = ["relay.example.org"], ["https://relay.example.org"]
        assert check_request(hosts, origins, config, scheme=scheme) == verdict


@pytest.mark.parametrize(
    ("address", "site"),
    [
        ("127.0.0.1", ""),
        ("127.8.8.8", ""),
        ("::1", ""),
        ("", ""),
        ("203.0.113.5", "203.0.113.5"),
        ("::ffff:203.0.113.5", "203.0.113.5"),
        ("::ffff:127.0.0.1", ""),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
    ],
)
def test_what_an_address_is_counted_as(address: str, site: str) -> None:
    assert site_of(address) == site
