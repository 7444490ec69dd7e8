"""I/O towards Douyin: names, identity, status, signers, transports.

Imported by room, and by cli for names of rooms; imports webcast, events, config, logs, errors.
"""
