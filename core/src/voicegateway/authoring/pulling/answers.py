"""One request, and all of its answer or the reason why not."""

from __future__ import annotations

import functools
import ssl
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime
from http.client import HTTPException, HTTPResponse
from typing import Any, Final
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import (
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
    build_opener,
)

from voicegateway.authoring.pulling.access import Access
from voicegateway.authoring.pulling.errors import PassingError, PullError
from voicegateway.authoring.pulling.pace import Pace
from voicegateway.authoring.pulling.reports import Page, is_loopback

__all__ = ["answer_to"]

_PIECE: Final = 1 << 16
_PASSING: Final = {408, 429}
_JSON: Final = "application/json"
_AGENT: Final = "voicegw"


class _NoRedirects(HTTPRedirectHandler):
    """The key is for one vendor: wherever else an answer points at does not get it."""

    def redirect_request(self, *_: Any) -> None:
        return None


def answer_to(page: Page, access: Access, pace: Pace) -> bytes:
    """Raises `PullError`, or `PassingError` for what may be tried again."""
    try:
        with _opener(is_loopback(page.url)).open(
            _request(page, access), timeout=pace.silence
        ) as response:
            return _whole(response, page, pace)
    except HTTPError as error:
        with error:
            raise _refusal(error, page, access) from None
    except (OSError, HTTPException) as error:
        raise _broken_off(error, page) from None


@functools.cache
def _opener(local: bool) -> OpenerDirector:  # noqa: FBT001
    """Checks certificates. A proxy that the environment names is used, but not on the way to this
    very machine."""
    handlers = [_NoRedirects(), HTTPSHandler(context=ssl.create_default_context())]
    return build_opener(*handlers, *([ProxyHandler({})] if local else []))


def _request(page: Page, access: Access) -> Request:
    headers = {"Accept": _JSON, "User-Agent": _AGENT, **access.more}
    if page.body is not None:
        headers["Content-Type"] = _JSON
    request = Request(page.url, data=page.body, headers=headers)  # noqa: S310 - https, or loopback
    for name, value in access.headers().items():
        request.add_unredirected_header(name, value)
    return request


def _whole(response: HTTPResponse, page: Page, pace: Pace) -> bytes:
    """The length is checked here: the client takes an answer that was cut short for a whole one."""
    said = response.headers.get("Content-Length") or ""
    expected = int(said) if said.isdecimal() else None
    found = bytearray()
    for piece in _pieces(response, page, pace):
        found += piece
        if len(found) > pace.page_bytes:
            raise PullError(f"{page.place} answered more than {pace.page_bytes >> 20} MB a page.")
        if len(found) == expected:
            break
    if expected is not None and len(found) != expected:
        raise PassingError(f"{page.place} broke off in the middle")
    return bytes(found)


def _pieces(response: HTTPResponse, page: Page, pace: Pace) -> Iterator[bytes]:
    until = time.monotonic() + pace.page_time
    while piece := response.read1(_PIECE):
        yield piece
        if time.monotonic() > until:
            raise PassingError(f"{page.place} took longer than {pace.page_time:g} s for a page")


def _refusal(error: HTTPError, page: Page, access: Access) -> PullError | PassingError:
    if error.code in {401, 403}:
        return PullError(
            f"{page.place} refuses the key ({error.code}): it needs to be {access.needs}."
        )
    if 300 <= error.code < 400:
        host = ascii(urlsplit(error.headers.get("Location", "")).hostname)
        return PullError(
            f"{page.place} points at another address, on {host}, and the key goes to none but its "
            "own: check base_url under usage_export."
        )
    if error.code in _PASSING or error.code >= 500:
        return PassingError(f"{page.place} answered {error.code}", _asked_wait(error.headers))
    return PullError(
        f"{page.place} answered {error.code}: check base_url and the other settings under "
        "usage_export."
    )


def _asked_wait(headers: Message) -> float | None:
    """Seconds, or a moment."""
    said = (headers.get("Retry-After") or "").strip()
    if said.isdecimal():
        return float(said)
    try:
        until = parsedate_to_datetime(said)
    except ValueError:
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, (until - datetime.now(UTC)).total_seconds())


def _broken_off(error: OSError | HTTPException, page: Page) -> PullError | PassingError:
    """Its kind alone: what it says may have what was sent."""
    reason = error.reason if isinstance(error, URLError) else error
    if isinstance(reason, ssl.SSLCertVerificationError):
        return PullError(
            f"{page.place} has a certificate that this machine does not trust, so the key was not "
            "sent: check base_url under usage_export, and SSL_CERT_FILE."
        )
    if isinstance(reason, TimeoutError):
        return PassingError(f"{page.place} said nothing for too long")
    return PassingError(f"{page.place} cannot be reached ({type(reason).__name__})")
