"""Answers that are no document, whatever their status: challenges, refusals, logins, error pages, shells, torn pages.

Recognised by content, so that what is blocked is never taken for absent, nor an error page for a report. Nothing
here tries to get past any of it. Shapes from `domain/portals.md` and what such products are known to send.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from selectolax.lexbor import LexborHTMLParser, LexborNode

from portals import bodies, links, titles
from portals.exchange import Exchange, Fetched
from portals.families import markup
from portals.links_pictures import holds_the_tables
from portals.parsing import TooDeepError, parse
from portals.problems import FetchError, Kind

#: As much of a page as is searched for marks.
_SEARCHED: Final = 200_000
#: Tags of a page that says next to nothing, menus and all; more are not looked through (nested, that takes long).
_MOST_TAGS: Final = 5000
#: Own text (no links, menus, scripts) of a page that says only that there is nothing: not longer than this.
_SHORT: Final = 300
#: Own text of an article that has not even a sentence.
_NOTHING: Final = 20

#: name -> what its script challenge cannot do without. Behind some of them the real pages carry the same scripts,
#: so a mark counts only on a page that says next to nothing.
_CHALLENGES: Final[Mapping[str, re.Pattern[str]]] = {
    "瑞数脚本挑战": re.compile(r"\$_ts\b|<script[^>]{0,200}\br=['\"]m['\"]|\b_\$[A-Za-z0-9]{2}\s*\(\s*\)"),
    "加速乐脚本挑战": re.compile(r"__jsl_clearance|__jsluid|document\.cookie\s*=\s*\(['\"]_['\"]\)"),
    "阿里云脚本挑战": re.compile(r"acw_sc__v[23]|_{3,}tmd_{3,}|aliyun_waf|\barg1\s*=\s*['\"][0-9A-F]{20,}"),
    "腾讯云验证": re.compile(r"TencentCaptcha|WafCaptcha|/waf-?captcha", re.IGNORECASE),
    "云锁验证": re.compile(r"security_session_verify|security_verify_data"),
    "Cloudflare 挑战": re.compile(r"cdn-cgi/challenge-platform|cf[-_]chl[-_]|__cf_chl"),
    "雷池验证": re.compile(r"SafeLine|sl-challenge", re.IGNORECASE),
    "脚本跳转验证": re.compile(
        r"document\.cookie\s*=[^;]{1,300};?[\s\S]{0,400}?location\.(?:reload|href|replace|assign)"
    ),
}

#: A page of a few lines that sets a cookie and loads itself again.
_RELOADS: Final = re.compile(r"location\s*(?:=|\.(?:reload|href|replace|assign))")
_FEW_LINES: Final = 8000

_REFUSED: Final = re.compile(
    r"(?:访问|请求|操作|IP|ip)[^。]{0,20}(?:被|已|遭)[^。]{0,12}(?:拦截|阻断|拒绝|禁止|屏蔽|限制)"
    r"|(?:拒绝|禁止)(?:了)?(?:您的)?访问|无权(?:限)?(?:访问|查看)|没有(?:访问)?权限|非法(?:请求|访问)"
    r"|(?:网站|云|web\s*应用)?防火墙|安全(?:防护|拦截|网关|狗)|云防护|云盾|创宇盾|玄武盾|D盾|\bWAF\b"
    r"|访问(?:过于|太)?频繁|访问频率|人机(?:识别|验证)|滑动(?:滑块|验证)|(?:完成|进行)(?:安全)?验证|安全(?:验证|检查)"
    r"|(?:开启|启用|打开|支持)\s*(?:浏览器)?(?:的)?\s*java\s*script|enable\s+javascript"
    r"|just a moment|checking your browser|access denied|request rejected|requested url was rejected"
    r"|\bforbidden\b|unauthori[sz]ed",
    re.IGNORECASE,
)
_LOGIN: Final = re.compile(r"登录|登陆|统一身份认证|单点登录|用户名|账号|\blog\s?in\b|\bsign\s?in\b", re.IGNORECASE)
_MISSING: Final = re.compile(
    r"(?:页面|网页|文件|资源|内容|信息|文章|栏目|地址|网址)[^。]{0,16}(?:不存在|未找到|找不到|没有找到|丢失|失效|(?:已|被)[^。]{0,4}(?:删除|撤销|下线|移除))"
    r"|(?:找不到|未找到|没有找到)[^。]{0,12}(?:页面|网页|文件|资源|内容|信息)"
    r"|\b404\b.{0,12}(?:error|not found|错误|页面)|(?:error|http|错误)[\s:：]{0,3}404\b|\bnot found\b|^\W*404\W*$",
    re.IGNORECASE,
)
_SERVER: Final = r"(?:系统|服务器?|网站|数据库|程序|网关)"
#: Footers say who maintains a site (网站建设与维护：某中心): that is no notice.
_CREDIT: Final = r"\s{0,3}(?:[:：]\s{0,3}(?!请|本|因|为|将|正)|中心|单位|电话|管理|部门|方|者|人员|责任|支持)"
_BROKEN: Final = re.compile(
    rf"{_SERVER}[^。]{{0,8}}(?:繁忙|错误|异常|故障|超时|不可用|暂停|(?:维护|升级)中(?!心))"
    rf"|{_SERVER}[^。]{{0,6}}正在[^。]{{0,8}}(?:维护|升级)"
    rf"|{_SERVER}(?:(?!建设|设计|管理|运行|技术|开发|制作)[^。]){{0,8}}(?:维护|升级)(?!{_CREDIT})"
    r"|internal server error|bad gateway|gateway time-?out|service (?:temporarily )?unavailable"
    r"|\bhttp status 50\d|runtime error|server error|exception report|java\.lang\.\w+|stack ?trace",
    re.IGNORECASE,
)
#: Parts of a page that are no text of its own.
_NOT_OWN: Final = "script,style,noscript,template,a,nav,header,footer,select,option,form label,title"
#: Where sites name themselves, on pages that are otherwise seen to be lists.
_FOOTERS: Final = "[class*=foot],[id*=foot]"
#: What an article may consist of instead of text.
_SUBSTANCE: Final = "img,table,iframe,embed,object,video"
_WHITE: Final = re.compile(r"\s+")


#: A code of `PROBLEMS` and what shows it.
Obstacle: TypeAlias = tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class _Look:
    """A page as it is judged: source, title, own text without white space and as said, whether it calls itself a
    report, and its tree.
    """

    source: str
    title: str
    own: str
    said: str
    is_report: bool
    tree: LexborHTMLParser


def check(fetched: Fetched, kind: Kind) -> None:
    """Raises `FetchError` with evidence where a body with status 200 is no document.

    'blocked' for challenges, refusals, logins, empty bodies and shells; 'missing' and 'server' for error pages;
    'damaged' for text that is torn or garbled. Lists may be shells that scripts fill; other kinds may not.
    Files are judged where they are read (extractors).
    """
    obstacle = found(fetched.body, fetched.media_type, fetched.charset, kind, fetched.address)
    if obstacle is not None:
        code, detail = obstacle
        error = FetchError(code, detail, fetched.status)
        error.evidence = fetched
        raise error


def challenge(exchange: Exchange) -> str:
    """The name of the script challenge that an answer holds; '' where none is recognised."""
    if exchange.status == 521 or "__jsl" in exchange.header("set-cookie"):
        return "加速乐脚本挑战"
    try:
        body = bodies.inflate(exchange.raw, exchange.header("content-encoding"), _SEARCHED)
    except FetchError:
        return ""
    return _challenge(bodies.text(body[:_SEARCHED], ""))


def _challenge(source: str) -> str:
    named = next((name for name, mark in _CHALLENGES.items() if mark.search(source[:_SEARCHED])), "")
    if named or len(source) > _FEW_LINES or "document.cookie" not in source:
        return named
    return "脚本跳转验证" if _RELOADS.search(source) else ""


def found(body: bytes, media_type: str, charset: str, kind: Kind, address: str = "") -> Obstacle:
    """What a body is instead of a document: a code of `PROBLEMS` and what shows it; None for a document.

    Behind an empty page something may hide; a file that is empty is just that.
    """
    if not body.strip():
        named = links.names_a_file(address) or (bool(media_type) and "html" not in media_type)
        return ("damaged", "空文件") if named and kind != "list" else ("blocked", "空白页面")
    if not bodies.is_page(body, media_type):
        return None
    source = bodies.text(body, charset)
    if garbled := _garbled(source):
        return "damaged", garbled
    try:
        tree = parse(source)
    except TooDeepError as error:
        return "damaged", str(error)
    if source.count("<") <= _MOST_TAGS and not holds_the_tables(tree):
        obstacle = _obstacle(_look(source, tree), kind)
        if obstacle is not None and kind == "list":
            obstacle = _despite_rows(obstacle, tree, source, address)
        if obstacle is not None:
            return obstacle
    return ("damaged", "网页残缺：没有结尾") if _torn(source) else None


def _despite_rows(obstacle: tuple[str, str], tree: LexborHTMLParser, source: str, address: str) -> Obstacle:
    """What a list is that says something like that: a list, whatever its footer, login box or hints say, where a row
    names a report. With dated rows alone it may be a notice or a login beside news, if its own text or title says so.
    """
    rows = list(markup.rows(tree, address or "http://x/"))
    if any(titles.sort(row.title) and (row.published or titles.year(row.title)) for row in rows):
        return None
    if not any(row.published for row in rows):
        return obstacle
    look = _look(source, tree, f"{_NOT_OWN},{_FOOTERS}")
    if _asks_for_login(tree, look.title):
        return "blocked", "登录页"
    return _says(f"{look.title} {look.said}")


def _look(source: str, tree: LexborHTMLParser, not_own: str = _NOT_OWN) -> _Look:
    node = tree.css_first("title")
    title = " ".join(node.text(deep=True).split()) if node is not None else ""
    bare = parse(source)
    for other in bare.css(not_own):
        other.decompose()
    said = " ".join(bare.body.text(deep=True, separator=" ").split()) if bare.body is not None else ""
    heads = [node.text(deep=True) for node in tree.css("h1,h2,h3")[:5]]
    heads += [node.attributes.get("content") or "" for node in tree.css("meta[name=ArticleTitle]")[:1]]
    is_report = any(titles.sort(one[:300]) for one in (title, *heads))
    return _Look(source, title, _WHITE.sub("", said), said, is_report, tree)


def _obstacle(look: _Look, kind: Kind) -> Obstacle:
    if len(look.own) > _SHORT or (look.is_report and len(look.own) > _NOTHING):
        return None
    if name := _challenge(look.source):
        return "blocked", name
    words = f"{look.title} {look.said} {_noscript(look.tree)}"
    if _asks_for_login(look.tree, words):
        return "blocked", "登录页"
    if said := _says(words):
        return said
    if kind != "list" and _is_shell(look):
        return "blocked", "空壳页面，正文由脚本生成"
    return None


def _says(words: str) -> Obstacle:
    for code, pattern in (("missing", _MISSING), ("blocked", _REFUSED), ("server", _BROKEN)):
        if said := pattern.search(words):
            return code, f"页面写明：{said[0].strip()[:60]}"
    return None


def _asks_for_login(tree: LexborHTMLParser, words: str) -> bool:
    return tree.css_first("input[type=password]") is not None and bool(_LOGIN.search(words))


def _noscript(tree: LexborHTMLParser) -> str:
    return " ".join(node.text(deep=True) for node in tree.css("noscript"))[:500]


def _is_shell(look: _Look) -> bool:
    """Scripts, and neither text nor anything else that could be an article."""
    tree = look.tree
    if len(look.own) > _NOTHING or tree.css_first("script") is None:
        return False
    return not any(_shown(node) for node in tree.css(_SUBSTANCE)) and not tree.css_matches("body a[href]")


def _shown(node: LexborNode) -> bool:
    style = (node.attributes.get("style") or "").replace(" ", "")
    return "display:none" not in style


def _garbled(source: str) -> str:
    """Why a text is none: what could not be decoded, or was decoded wrongly before it was sent."""
    lost = source.count("�")
    if lost > max(20, len(source) // 20) or source.count("锟斤拷") >= 5:
        return f"乱码：{lost} 处无法解码" if lost else "乱码：锟斤拷"
    if source.count("\0") > len(source) // 100:
        return "乱码：含空字节"
    return ""


def _torn(source: str) -> bool:
    """Whether a page ends in the middle of a tag, a script or a table, with nothing closed after it."""
    low = source[-2000:].lower()
    start = source[:4096].lower()
    if "<html" not in start or "</html" in low or "</body" in low:
        return False
    whole = source.lower()
    opened = any(whole.count(f"<{tag}") > whole.count(f"</{tag}") for tag in ("table", "script"))
    return opened or whole.rfind("<") > whole.rfind(">")
