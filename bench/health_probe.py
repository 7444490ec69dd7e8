"""Asks /healthz again and again until SIGINT, then prints what it took; run by rest.py."""

import http.client
import statistics
import sys
import time

INTERVAL_S = 0.01


def main() -> None:
    took = []
    connection = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]))
    print("ready", flush=True)
    try:
        while True:
            begin = time.perf_counter()
            connection.request("GET", "/healthz")
            connection.getresponse().read()
            took.append((time.perf_counter() - begin) * 1000)
            time.sleep(INTERVAL_S)
    except KeyboardInterrupt:
        p = statistics.quantiles(took, n=100)
        print(f"p50 {p[49]:.1f}, p99 {p[98]:.1f}, worst {max(took):.1f} ms", flush=True)


if __name__ == "__main__":
    main()
