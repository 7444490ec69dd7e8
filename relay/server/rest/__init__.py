"""The six REST endpoints under /douyin/liveroom; used by server/http.

Imports the hub, webcast.rest's shapes and the server's own parts, and nothing of upstream: what it
wants of that is the protocol in live.py.
"""
