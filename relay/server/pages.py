"""The pages: the dashboard at /, the overlays, and the files they are made of; used by http."""

import gzip
from hashlib import sha256
from importlib import resources
from importlib.resources.abc import Traversable
from typing import NamedTuple

from aiohttp import hdrs, web

from relay.config import Config, is_loopback
from relay.server.answers import ApiError

IMAGE_HOSTS = (
    "https://*.douyinpic.com",
    "https://*.byteimg.com",
    "https://*.ecombdstatic.com",
)
"""Where upstream's pictures come from: avatars, gifts, emoji, badges (seen in recordings)."""
OVERLAYS = ("chat", "gifts", "likes", "viewers", "goal", "top", "ticker")

_TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
}
_DASHBOARD = "dashboard/index.html"
_COMPOSER = "overlay/index.html"
_IMAGE_HOSTS_MARK = b"{{image_hosts}}"
"""In pages: where the pictures may come from, for their scripts."""


class _File(NamedTuple):
    body: bytes
    gzipped: bytes
    etag: str
    content_type: str


def add_pages(app: web.Application, config: Config) -> None:
    """Serve the pages and their files, all of which are read now."""
    files = dict(_read(resources.files("relay") / "web", ""))
    image_hosts = _image_hosts(config)
    mark = " ".join(image_hosts).encode()

    async def page(name: str, request: web.Request) -> web.Response:
        file = files.get(name)
        if file is None:
            raise ApiError(404, "not_found", f"no such page: {request.path}")
        is_overlay = name.startswith("overlay/") and name != _COMPOSER
        response = _answer(request, file)
        response.headers["Content-Security-Policy"] = _policy(
            request.host, image_hosts, is_overlay=is_overlay
        )
        return response

    for name, file in files.items():
        if name.endswith(".html"):
            files[name] = _make_file(name, file.body.replace(_IMAGE_HOSTS_MARK, mark))

    async def dashboard(request: web.Request) -> web.Response:
        return await page(_DASHBOARD, request)

    async def composer(request: web.Request) -> web.Response:
        return await page(_COMPOSER, request)

    async def overlay(request: web.Request) -> web.Response:
        kind = request.match_info["kind"]
        if kind not in OVERLAYS:
            known = ", ".join(OVERLAYS)
            raise ApiError(404, "not_found", f"no overlay {kind[:64]!r}; there are {known}")
        return await page(f"overlay/{kind}.html", request)

    async def serve_file(request: web.Request) -> web.Response:
        found = files.get(request.match_info["path"])
        if found is None or found.content_type == "text/html":
            raise ApiError(404, "not_found", f"no such file: {request.path[:200]}")
        return _answer(request, found)

    async def to_composer(_request: web.Request) -> web.Response:
        raise web.HTTPPermanentRedirect("/overlay/")

    app.router.add_get("/", dashboard)
    app.router.add_get("/overlay", to_composer)
    app.router.add_get("/overlay/", composer)
    app.router.add_get("/overlay/{kind}", overlay)
    app.router.add_get("/web/{path:.+}", serve_file)


def _answer(request: web.Request, file: _File) -> web.Response:
    headers = {hdrs.ETAG: file.etag}
    if request.headers.get(hdrs.IF_NONE_MATCH) == file.etag:
        return web.Response(status=304, headers=headers)
    body = file.body
    if "gzip" in request.headers.get(hdrs.ACCEPT_ENCODING, ""):
        body = file.gzipped
        headers[hdrs.CONTENT_ENCODING] = "gzip"
    return web.Response(body=body, content_type=file.content_type, charset="utf-8", headers=headers)


def _read(folder: Traversable, prefix: str) -> list[tuple[str, _File]]:
    found = []
    for item in folder.iterdir():
        name = prefix + item.name
        if item.is_dir():
            found += _read(item, name + "/")
        else:
            found.append((name, _make_file(name, item.read_bytes())))
    return found


def _make_file(name: str, body: bytes) -> _File:
    content_type = _TYPES.get("." + name.rpartition(".")[2], "application/octet-stream")
    etag = f'"{sha256(body).hexdigest()[:32]}"'
    return _File(body, gzip.compress(body, mtime=0), etag, content_type)


def _image_hosts(config: Config) -> list[str]:
    """Say where pictures may come from; a simulator serves its own."""
    upstream = config.upstream.live_url
    scheme, _, rest = upstream.partition("://")
    authority = rest.partition("/")[0]
    name = authority.rpartition(":")[0] or authority
    own = [f"{scheme}://{authority}"] if is_loopback(name.strip("[]")) else []
    return [*IMAGE_HOSTS, *own]


def _policy(host: str, image_hosts: list[str], *, is_overlay: bool) -> str:
    """Write the Content-Security-Policy of a page that was asked for at `host`, one of ours."""
    # OBS puts a browser source's custom CSS into the page as a <style> element.
    styles = "'self' 'unsafe-inline'" if is_overlay else "'self'"
    # The composer shows overlays in a frame.
    ancestors = "'self'" if is_overlay else "'none'"
    # Not every browser counts WebSockets of the same host as 'self'. A policy has no way to write
    # an IPv6 address.
    sockets = "" if host.startswith("[") else f" ws://{host} wss://{host}"
    return (
        "default-src 'none'; script-src 'self';"
        f" style-src {styles}; font-src 'self' data:;"
        f" connect-src 'self'{sockets};"
        f" img-src 'self' data: {' '.join(image_hosts)}; media-src 'self' data: blob:;"
        f" frame-src 'self'; frame-ancestors {ancestors}; base-uri 'none'; form-action 'none'"
    )
