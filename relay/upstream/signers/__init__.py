"""Who signs our requests to Douyin, as the user configured: the relay has no signature of its own.

One module a kind of signer; `chain` asks them in turn. Used by the socket transport and by calls.
"""
