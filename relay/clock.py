"""The time of day, as clients are told it; used by hub, server and upstream."""

import time


def now_ms() -> int:
    """Give the time, Unix ms."""
    return time.time_ns() // 1_000_000
