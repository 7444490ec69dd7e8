"""Douyin's webcast protocol without I/O: frames in, events out; acks and heartbeats back.

Imports relay.events and relay.errors; imported by upstream, room and sim, never by the hub.
"""
