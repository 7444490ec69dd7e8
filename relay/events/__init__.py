"""Typed events: what a decoded upstream message is to the rest of the relay.

Leaves: imported by everything, import nothing of relay.
"""
