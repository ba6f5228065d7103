"""What a site answers instead of a document, and the other ways in which servers are unhelpful."""

from __future__ import annotations

import gzip
from dataclasses import replace
from typing import Final

from samples.sites.publication import Publication
from samples.sites.routes import Route, Shelf

#: A firewall's challenge: a script with a token and no content.
CHALLENGE: Final = (
    b'<!DOCTYPE html><html><head><meta charset="utf-8"><meta id="9DhefwqGPrzGxEp9hPaoag" content="{}x3Kd" r="m">'
    b'<script type="text/javascript" charset="utf-8" src="/4QbVtADbnLVIc/c.FxJzG50F.js" r="m"></script>'
    b"<script>$_ts=window['$_ts'];if(!$_ts)$_ts={};$_ts.nsd=61537;$_ts.cd='qEyqrr7lWGQ';_$jB();</script>"
    b"</head><body></body></html>"
)
_LOGIN: Final = (
    '<!DOCTYPE html><html><head><meta charset="utf-8"><title>统一身份认证</title></head><body>'
    '<form action="/sso/login" method="post">用户名<input name="username">密码<input type="password" name="password">'
    "验证码<input name='captcha'><button>登录</button></form></body></html>"
).encode()
_SHELL: Final = (
    '<!DOCTYPE html><html><head><meta charset="utf-8"><title>加载中</title><script src="/app.js"></script></head>'
    '<body><div id="app"></div><noscript>请启用 JavaScript</noscript></body></html>'
).encode()
_ERROR: Final = (
    '<!DOCTYPE html><html><head><meta charset="utf-8"><title>404</title></head><body><h1>404</h1>'
    "<p>您访问的页面不存在或已删除</p><a href='/'>返回首页</a></body></html>"
).encode()
#: quirk -> status and page in the document's place.
_INSTEAD: Final = {
    "soft_challenge": (200, CHALLENGE),
    "login": (200, _LOGIN),
    "shell": (200, _SHELL),
    "error_page": (200, _ERROR),
    "challenge": (412, CHALLENGE),
    "forbidden": (403, b"<html><body>403 Forbidden</body></html>"),
}
#: A host of no registry, that would answer with altered pages; and one that is known to.
_MIRROR: Final = "http://www.mirror.example"
HIJACKED: Final = "http://www.meeios.com"
_SLOW_SECONDS: Final = 0.2


def served(shelf: Shelf, publication: Publication, route: Route, page: bytes) -> Route:
    """The route of a publication's page (path, method and needs of `route`) as its quirk has it."""
    quirk = publication.quirk
    if quirk in _INSTEAD:
        status, body = _INSTEAD[quirk]
        return replace(route, file=shelf.body(body), status=status)
    if quirk == "always_busy":
        return replace(route, status=429, headers={"Retry-After": "1"})
    if quirk == "gzip":
        cut = gzip.compress(page, mtime=0)[:-20]
        return replace(route, file=shelf.body(cut), headers={"Content-Encoding": "gzip"})
    if quirk == "gbk":
        text = page.decode().replace('<meta charset="utf-8">', '<meta http-equiv="Content-Type" content="text/html">')
        page = text.encode("gb18030")
    delay, grudging = _SLOW_SECONDS if quirk == "slow" else 0.0, int(quirk == "busy")
    return replace(route, file=shelf.body(page), delay=delay, grudging=grudging)


def detour(target: str, number: int, quirk: str) -> Route | None:
    """The route of an address that only leads on, for the quirks that have one."""
    if quirk not in ("redirect", "away"):
        return None
    location = target if quirk == "redirect" else f"{_MIRROR}{target}"
    return Route(f"/go/{number}", status=302, headers={"Location": location})


def obstructed(shelf: Shelf, path: str, obstacle: str) -> Route | None:
    """What a list's address answers where an obstacle befalls it; None where it does not exist."""
    if obstacle == "challenge":
        return Route(path, shelf.body(CHALLENGE), status=412)
    return Route(path, shelf.body(_SHELL)) if obstacle == "shell" else None
