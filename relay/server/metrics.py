"""Prometheus metrics, read from the counters at each scrape; used by http.

Labels are bounded: rooms are, and the hub counts methods beyond a limit as `other`.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from relay import __version__
from relay.hub import RoomCounters, RoomState, Stream
from relay.server.rest.live import Live
from relay.server.state import REFUSALS, ServerState
from relay.store import Store


def make_registry(state: ServerState) -> CollectorRegistry:
    """Build a registry of the relay's own and the process's metrics."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    registry.register(RelayCollector(state))
    return registry


class RelayCollector(Collector):
    """All `relay_*` metrics."""

    def __init__(self, state: ServerState) -> None:
        self._state = state

    def collect(self) -> Iterator[Metric]:
        """Give every metric with its present values."""
        rooms = _labelled(self._state.rooms.streams())
        yield _gauge("relay_build_info", "Version of the relay.", ["version"], [(__version__,)])
        yield from _of_rooms(rooms)
        yield from self._of_clients()
        certificate = self._state.certificate
        if certificate is not None and certificate.ends_s is not None:
            yield GaugeMetricFamily(
                "relay_certificate_expiry_timestamp_seconds",
                "When the certificate that clients are shown expires.",
                certificate.ends_s,
            )
        if self._state.store is not None:
            yield from _of_store(self._state.store)
        yield from _of_upstream(self._state.live)

    def _of_clients(self) -> Iterator[Metric]:
        state = self._state
        totals = state.totals() + state.totals_elsewhere()
        yield GaugeMetricFamily("relay_clients", "Connected clients.", totals.clients)
        yield GaugeMetricFamily("relay_subscriptions", "Their subscriptions.", totals.subscriptions)
        yield GaugeMetricFamily(
            "relay_opening_connections",
            "Connections whose first request has not come whole.",
            totals.opening,
        )
        yield GaugeMetricFamily(
            "relay_http_connections", "Other connections that are no clients.", totals.http
        )
        refused = CounterMetricFamily(
            "relay_refused",
            "Connections and requests refused, and clients made to wait.",
            labels=["cause"],
        )
        for cause in REFUSALS:
            refused.add_metric([cause], totals.refused.get(cause, 0))
        yield refused
        requests = CounterMetricFamily(
            "relay_requests", "Requests and connections let in, by token.", labels=["token"]
        )
        for name, count in state.keyring.requests.items():
            requests.add_metric([name], count)
        yield requests
        for name, text, value in (
            ("relay_clients_accepted", "Clients that have connected.", totals.accepted),
            (
                "relay_accept_rests",
                "Times that nobody was accepted for lack of file descriptors.",
                totals.accept_rests,
            ),
            ("relay_deliveries", "Events written to clients.", totals.deliveries),
            ("relay_drops", "Events not written to slow clients.", totals.drops),
            ("relay_slow_closes", "Clients closed for being too slow.", totals.slow_closes),
            ("relay_worker_restarts", "Workers started again.", totals.restarts),
        ):
            yield CounterMetricFamily(name, text, value)


_BY_LABEL: tuple[tuple[str, str, str, Callable[[RoomCounters], dict[str, int]]], ...] = (
    ("relay_events", "New events.", "method", lambda c: c.events),
    ("relay_frames", "Upstream frames, ok or the cause they failed of.", "outcome",
     lambda c: c.frames),
    ("relay_messages", "Upstream messages by how they were decoded.", "outcome",
     lambda c: c.messages),
    ("relay_reconnects", "Lost upstream connections.", "cause", lambda c: c.reconnects),
    ("relay_cures", "What was done about lost upstream connections, and about tasks that hung.",
     "cure", lambda c: c.cures),
    ("relay_cures_helped", "The cures after which messages came.", "cure", lambda c: c.helped),
)  # fmt: skip


def _of_rooms(rooms: dict[str, Stream]) -> Iterator[Metric]:
    for name, text, label, read in _BY_LABEL:
        family = CounterMetricFamily(name, text, labels=["room", label])
        for room, stream in rooms.items():
            for value, count in read(stream.counters).items():
                family.add_metric([room, value], count)
        yield family
    duplicates = CounterMetricFamily(
        "relay_duplicates", "Events that upstream repeated.", labels=["room"]
    )
    gaps = CounterMetricFamily("relay_upstream_gaps", "Losses upstream.", labels=["room"])
    age = GaugeMetricFamily(
        "relay_last_event_age_seconds", "Time since the last new event.", labels=["room"]
    )
    kept = GaugeMetricFamily("relay_history_events", "Events kept for replay.", labels=["room"])
    size = GaugeMetricFamily("relay_history_bytes", "Bytes kept for replay.", labels=["room"])
    states = GaugeMetricFamily(
        "relay_room_state", "1 for the state that the room is in.", labels=["room", "state"]
    )
    ill = GaugeMetricFamily(
        "relay_room_ill",
        "1 for what is wrong with the room, and the stall that it is.",
        labels=["room", "cause", "stall"],
    )
    connections = GaugeMetricFamily(
        "relay_connections", "Upstream connections by what they do.", labels=["room", "state"]
    )
    viewers = GaugeMetricFamily("relay_viewers", "Who watch now.", labels=["room"])
    likes = GaugeMetricFamily("relay_likes", "Likes of the broadcast.", labels=["room"])
    diamonds = GaugeMetricFamily(
        "relay_gift_diamonds", "Value of the broadcast's gifts, in diamonds.", labels=["room"]
    )
    now_ms = time.time() * 1000
    for room, stream in rooms.items():
        if stream.books is not None:
            stats = stream.books.stats()
            likes.add_metric([room], stats.likes or 0)
            diamonds.add_metric([room], stats.gift_diamonds or 0)
            if isinstance(stats.viewers, int):
                viewers.add_metric([room], stats.viewers)
        duplicates.add_metric([room], stream.counters.duplicates)
        gaps.add_metric([room], stream.counters.upstream_gaps)
        kept.add_metric([room], stream.history.events)
        size.add_metric([room], stream.history.bytes)
        if stream.counters.last_event_ms:
            age.add_metric([room], max(now_ms - stream.counters.last_event_ms, 0) / 1000)
        for state in RoomState:
            states.add_metric([room, state], stream.status.state is state)
        health = stream.status.health
        if not health.ok:
            ill.add_metric([room, health.cause, health.stall], 1)
        for what, count in Counter(now.state for now in stream.status.connections).items():
            connections.add_metric([room, what], count)
    yield from (duplicates, gaps, age, kept, size, states, ill, connections)
    yield from (viewers, likes, diamonds)


def _of_store(store: Store) -> Iterator[Metric]:
    for name, text, value in (
        ("relay_store_events", "Events stored.", store.stored),
        ("relay_store_lost", "Events that could not be stored.", store.lost),
        ("relay_store_failures", "Times that writing the store failed.", store.failures),
    ):
        yield CounterMetricFamily(name, text, value)
    degraded = float(store.trouble != "")
    yield GaugeMetricFamily("relay_store_degraded", "1 while events are not stored.", degraded)
    yield GaugeMetricFamily("relay_store_waiting", "Events that wait to be stored.", store.waiting)
    yield GaugeMetricFamily("relay_store_bytes", "Size of what is stored.", store.used_bytes)


def _of_upstream(live: Live) -> Iterator[Metric]:
    calls = CounterMetricFamily(
        "relay_upstream_calls",
        "Calls to upstream for REST, ok or the cause they failed of.",
        labels=["endpoint", "outcome"],
    )
    for labels, count in live.calls.items():
        calls.add_metric(labels, count)
    hits = CounterMetricFamily(
        "relay_upstream_cache_hits", "Answers for REST that were kept.", labels=["kind"]
    )
    for kind, count in live.hits.items():
        hits.add_metric([kind], count)
    signatures = CounterMetricFamily(
        "relay_signatures", "Signatures asked for.", labels=["signer", "outcome"]
    )
    for labels, count in live.signatures.items():
        signatures.add_metric(labels, count)
    breakers = GaugeMetricFamily(
        "relay_upstream_breaker_open",
        "1 where an endpoint kept failing and has not answered since.",
        labels=["endpoint"],
    )
    for endpoint, left_alone in live.left_alone.items():
        breakers.add_metric([endpoint], left_alone)
    yield from (calls, hits, signatures, breakers)


def _gauge(name: str, text: str, labels: list[str], rows: list[tuple[str, ...]]) -> Metric:
    family = GaugeMetricFamily(name, text, labels=labels)
    for row in rows:
        family.add_metric(row, 1)
    return family


def _labelled(streams: list[Stream]) -> dict[str, Stream]:
    """Label rooms by web_rid, or name while that is not known; no label comes twice."""
    labelled: dict[str, Stream] = {}
    for stream in streams:
        label = stream.status.web_rid or stream.status.name
        while label in labelled:
            label += "'"
        labelled[label] = stream
    return labelled
