"""I/O towards Douyin: names, identity, status, signers, transports.

Imported by room only; imports webcast, events, config, logs and errors.
"""
