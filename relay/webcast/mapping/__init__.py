"""Typed payloads from protobuf messages, a module a theme; called by decode only.

Imports pb and relay.events. Mappers read hostile data: they never raise and bound every list.
"""
