"""The configuration: what can be set, where it comes from, how refusals read.

Imports nothing of relay but errors; imported by all that is configured.
"""

from relay.config.load import check_values, is_loopback, is_url, load_config, placing, read_toml
from relay.config.refusals import suggest
from relay.config.reload import reconcile
from relay.config.sections import (
    AuthConfig,
    BrowserConfig,
    Config,
    HubConfig,
    LimitsConfig,
    LogConfig,
    LoginConfig,
    RestConfig,
    RoomConfig,
    Scope,
    ServerConfig,
    SignerConfig,
    StoreConfig,
    TokenConfig,
    UpstreamConfig,
    WatchConfig,
)
from relay.config.show import mask_url, to_toml, toml_table

__all__ = [
    "AuthConfig",
    "BrowserConfig",
    "Config",
    "HubConfig",
    "LimitsConfig",
    "LogConfig",
    "LoginConfig",
    "RestConfig",
    "RoomConfig",
    "Scope",
    "ServerConfig",
    "SignerConfig",
    "StoreConfig",
    "TokenConfig",
    "UpstreamConfig",
    "WatchConfig",
    "check_values",
    "is_loopback",
    "is_url",
    "load_config",
    "mask_url",
    "placing",
    "read_toml",
    "reconcile",
    "suggest",
    "to_toml",
    "toml_table",
]
