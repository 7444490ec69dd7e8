"""Tokens that exist in tests only."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from relay.config import AuthConfig, Scope, TokenConfig

READ = f"rly_{'r' * 43}"
WATCH = f"rly_{'w' * 43}"
ADMIN = f"rly_{'a' * 43}"
OVERLAY = f"rly_{'o' * 43}"
"""For the rooms 1 and 2 only."""
OURS: Mapping[str, tuple[str, list[Scope]]] = {
    "reader": (READ, ["read"]),
    "watcher": (WATCH, ["watch"]),
    "keeper": (ADMIN, ["read", "admin"]),
}


def auth(**changes: Any) -> AuthConfig:
    """Configure tokens, one a scope."""
    tokens = [
        TokenConfig(name=name, hash=f"sha256:{sha256(token.encode()).hexdigest()}", scopes=scopes)
        for name, (token, scopes) in OURS.items()
    ]
    digest = sha256(OVERLAY.encode()).hexdigest()
    tokens.append(
        TokenConfig(name="obs", hash=f"sha256:{digest}", scopes=["overlay"], rooms=["1", "2"])
    )
    return AuthConfig(tokens=tokens, **changes)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
