"""HTTP sessions: what a login is shown to, and which authorities are trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from voicegateway import __version__
from voicegateway.modelfiles.index_settings import IndexSettings

if TYPE_CHECKING:
    from collections.abc import Callable

    import requests

__all__ = ["index_session", "plain_session"]


def plain_session() -> requests.Session:
    """For a publisher's own addresses."""
    import requests

    session = requests.Session()
    session.headers["User-Agent"] = f"voicegw/{__version__}"
    return session


def index_session(settings: IndexSettings) -> requests.Session:
    """For the package index: with its login, which no other host is shown, and its authorities."""
    session = plain_session()
    if settings.certificates is not None:
        session.verify = settings.certificates
    if settings.login is not None and settings.url is not None:
        session.auth = _login_for(settings.url, settings.login)
    return session


def _login_for(
    url: str, login: tuple[str, str]
) -> Callable[[requests.PreparedRequest], requests.PreparedRequest]:
    from requests.auth import HTTPBasicAuth

    home, basic = urlsplit(url).netloc, HTTPBasicAuth(*login)

    def authorize(request: requests.PreparedRequest) -> requests.PreparedRequest:
        return basic(request) if urlsplit(str(request.url)).netloc == home else request

    return authorize
