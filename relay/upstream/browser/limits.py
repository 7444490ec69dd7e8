"""How long the browser and its pages are given for what they do; used by keeper, pages, signing."""

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class BrowserLimits:
    """When the browser is started again, and when it is replaced by a fresh one."""

    retry_base_s: float = 1.0
    """After the first failure; doubled with each further one."""
    retry_cap_s: float = 60.0
    worked_s: float = 60.0
    """A browser that lived so long worked, however it ended."""
    start_s: float = 60.0
    """How long a room or signer waits for a start."""
    check_s: float = 15.0
    """How often it is asked whether it still answers."""
    max_bytes: int = 1024 * MIB
    """Memory past which it is replaced, and"""
    max_page_bytes: int = 512 * MIB
    """so much for each page."""
    max_age_s: float = 24 * 3600.0
    move_s: float = 90.0
    """How long pages have for moving to the fresh one."""
    queue_s: float = 45.0
    """How long a page waits for its turn to load."""
    sign_s: float = 10.0
    """For a signature, on a page that is open."""
    sdk_s: float = 15.0
    """For the page's SDK to load."""
    fetch_s: float = 15.0
    grace_s: float = 5.0
    """Beyond the limit that a script keeps by itself."""
