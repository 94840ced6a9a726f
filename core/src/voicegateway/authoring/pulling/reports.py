"""What is asked for: a report, and one page of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from voicegateway.authoring.pulling.errors import PullError

__all__ = ["Page", "Report", "is_loopback", "next_token"]

Query = Mapping[str, str | int | Sequence[str]]

_LOOPBACK: Final = {"127.0.0.1", "::1", "localhost"}


def next_token(answer: Mapping[str, Any]) -> Mapping[str, str] | None:
    """`page` is asked for with what `next_page` says, as long as `has_more` is true."""
    if answer.get("has_more") is not True:
        return None
    token = answer.get("next_page")
    if not isinstance(token, str) or not token:
        raise PullError("A page says that another one follows and not what it is called.")
    return {"page": token}


@dataclass(frozen=True, slots=True)
class Page:
    """One request. None of it is secret."""

    url: str
    body: bytes | None

    @property
    def digest(self) -> str:
        """Of all that is asked for: another question has another file."""
        return hashlib.sha256(self.url.encode() + b"\n" + (self.body or b"")).hexdigest()[:12]

    @property
    def place(self) -> str:
        """For messages: without what is asked for."""
        return self.url.partition("?")[0]


@dataclass(frozen=True, slots=True)
class Report:
    """One of a vendor's reports of one window."""

    name: str
    """What its files begin with."""
    url: str
    query: Query = field(default_factory=dict)
    """A name with several values is repeated."""
    body: Mapping[str, Any] | None = None
    """Sent as JSON in a POST; without one it is a GET."""
    following: Callable[[Mapping[str, Any]], Mapping[str, str] | None] | None = next_token
    """From a page to what is added to the query for the next one, None after the last. None itself:
    there is one page."""

    def page(self, added: Mapping[str, str]) -> Page:
        """Raises `PullError` for an address that a key must not be sent to."""
        _check(self.url)
        asked = urlencode({**self.query, **added}, doseq=True)
        body = None if self.body is None else json.dumps(self.body, sort_keys=True).encode()
        return Page(f"{self.url}?{asked}" if asked else self.url, body)


def is_loopback(url: str) -> bool:
    return urlsplit(url).hostname in _LOOPBACK


def _check(url: str) -> None:
    parts = urlsplit(url)
    safe = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(url))
    if not (safe and parts.hostname) or "@" in parts.netloc or not url.isascii():
        raise PullError(
            "A usage report is fetched from an https address without a password in it, such as "
            "https://api.example.com: change base_url under usage_export."
        )
