"""Upstream's JSON answers in the shapes of the six REST endpoints; no I/O.

Used by upstream/api, which asks upstream, and by server/rest, which serves and documents them.
"""
