"""From which browser somebody comes: in words for people, and known again by a cookie of its own.

The cookie says nothing about the person and opens nothing. A browser that carries one with which
the person signed in before is known: no mail, and no waiting for what strangers guessed wrongly.
"""

import re
import secrets

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from tumorboard.accounts.secret import hash_of

COOKIE = "__Host-device" if settings.SESSION_COOKIE_SECURE else "device"
COOKIE_AGE_SECONDS = 365 * 24 * 60 * 60
#: Set on a request whose answer brings the cookie.
_NEW = "_new_device"

BROWSERS = (
    (re.compile(r"\bEdg(e|A|iOS)?/"), "Edge"),
    (re.compile(r"\bOPR/|\bOpera\b"), "Opera"),
    (re.compile(r"\bFirefox/|\bFxiOS/"), "Firefox"),
    (re.compile(r"\bHeadlessChrome/|\bChrome/|\bCriOS/|\bChromium/"), "Chrome"),
    (re.compile(r"\bSafari/"), "Safari"),
)
SYSTEMS = (
    (re.compile(r"\biPhone\b"), "iPhone"),
    (re.compile(r"\biPad\b"), "iPad"),
    (re.compile(r"\bAndroid\b"), "Android"),
    (re.compile(r"\bWindows\b"), "Windows"),
    (re.compile(r"\bMac OS X\b|\bMacintosh\b"), "macOS"),
    (re.compile(r"\bCrOS\b"), "ChromeOS"),
    (re.compile(r"\bLinux\b"), "Linux"),
)
UNKNOWN = "Unknown device"


def words_of(request: HttpRequest) -> str:
    """The device as a person would call it, such as "Firefox on Windows"."""
    agent = request.headers.get("User-Agent", "")
    browser = next((name for pattern, name in BROWSERS if pattern.search(agent)), "")
    system = next((name for pattern, name in SYSTEMS if pattern.search(agent)), "")
    if browser and system:
        return f"{browser} on {system}"
    return browser or system or UNKNOWN


def browser_of(request: HttpRequest) -> str:
    """The hash by which this browser is known again; empty for one that never signed in."""
    cookie = request.COOKIES.get(COOKIE, "")
    return hash_of(cookie) if cookie else ""


def remember(request: HttpRequest) -> str:
    """The hash of this browser, which gets a cookie with the answer if it has none."""
    known = browser_of(request)
    if known:
        return known
    cookie = secrets.token_urlsafe(32)
    setattr(request, _NEW, cookie)
    return hash_of(cookie)


def put_cookie(request: HttpRequest, response: HttpResponseBase) -> None:
    """Give the browser the cookie that `remember` made."""
    cookie = getattr(request, _NEW, "")
    if cookie:
        response.set_cookie(
            COOKIE,
            cookie,
            max_age=COOKIE_AGE_SECONDS,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Strict",
        )
