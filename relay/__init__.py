"""The Douyin live relay: watches live rooms and serves what happens in them.

`__main__` → `cli` → `app` builds the parts; see README, "Map of the code".
"""

__version__ = "0.1.0"
