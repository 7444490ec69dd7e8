"""A real browser's page: signs by Douyin's own script, makes guarded calls; made by chain."""

import re
from urllib.parse import quote

from relay.errors import UpstreamError
from relay.upstream.browser.pages import BrowserPages
from relay.upstream.http import check_answer
from relay.upstream.signers.http import with_parameter
from relay.upstream.signers.signing import (
    Fetched,
    HttpRequest,
    Signed,
    SocketRequest,
    failed,
)

_VERSION = re.compile(r"([?&]browser_version=)[^&]*")
_SIGNERS_OWN = ("browser_down", "sdk_missing", "sdk_refused", "page_closed", "page_crashed")
"""What is the browser's trouble rather than an answer of Douyin's."""


class BrowserSigner:
    """The page of `[browser]`."""

    def __init__(self, name: str, pages: BrowserPages) -> None:
        self.name = name
        self._pages = pages

    async def sign_socket(self, request: SocketRequest) -> Signed:
        """Have a push URL signed, as the page's own browser and with its cookie."""
        try:
            signature = await self._pages.sign_socket(request.stub)
            signed_as = await self._pages.signed_as()
        except UpstreamError as error:
            raise failed(self.name, str(error)) from None
        # Upstream compares the two.
        version = quote(signed_as.user_agent.removeprefix("Mozilla/"), safe="")
        url = _VERSION.sub(lambda match: match[1] + version, request.url)
        signed = with_parameter(self.name, url, "signature", signature)
        return Signed(
            signed.signed_url,
            cookies=dict(signed_as.cookies),
            user_agent=signed_as.user_agent,
        )

    async def sign_http(self, request: HttpRequest) -> Signed | Fetched:
        """Have the page make the call. What Douyin answers is raised as from any other call."""
        try:
            await self._pages.signed_as()
        except UpstreamError as error:
            # Whatever keeps the page from opening: the call has not been made.
            raise failed(self.name, str(error)) from None
        try:
            answer = await self._pages.fetch(request.url, {})
        except UpstreamError as error:
            if error.cause in _SIGNERS_OWN:
                raise failed(self.name, str(error)) from None
            raise
        check_answer(answer.status, answer.headers, answer.body, may_be_empty=False)
        return Fetched(answer.body)
