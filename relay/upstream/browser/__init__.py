"""A real Chromium: rooms' pages in it hold their own connections, and its SDK signs for others.

Spoken to by the DevTools protocol itself: over a pipe to one that we start, which ends with us, or
over the port of one that runs. Used by transports/browser, signers and client.
"""

from relay.upstream.browser.limits import BrowserLimits
from relay.upstream.browser.pages import BrowserPages
from relay.upstream.browser.signing import FetchedBody, SignedAs

__all__ = ["BrowserLimits", "BrowserPages", "FetchedBody", "SignedAs"]
