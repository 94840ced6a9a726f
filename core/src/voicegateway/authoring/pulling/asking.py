"""A page after all: at a polite pace, and again where it may help."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

from voicegateway.authoring.pulling.access import Access
from voicegateway.authoring.pulling.answers import answer_to
from voicegateway.authoring.pulling.errors import PassingError, PullError
from voicegateway.authoring.pulling.pace import Pace
from voicegateway.authoring.pulling.reports import Page

__all__ = ["Asker", "parsed"]


class Asker:
    """Whoever asks one vendor."""

    def __init__(self, access: Access, pace: Pace) -> None:
        self.pace = pace
        self._access = access
        self._next = 0.0

    def ask(self, page: Page) -> bytes:
        """The page, which is a JSON object. Raises `PullError`."""
        for failures in range(1, self.pace.tries + 1):
            self._hold_back()
            try:
                return self._once(page)
            except PassingError as error:
                wait = self._wait(error, failures)
            time.sleep(wait)
        raise AssertionError("the last try returns or raises")

    def _once(self, page: Page) -> bytes:
        body = answer_to(page, self._access, self.pace)
        if self._access.key().encode() in body:
            raise PullError(f"{page.place} answered with the key in it, and nothing was kept.")
        if parsed(body) is None:
            raise PassingError(f"{page.place} answered something that is no JSON object")
        return body

    def _hold_back(self) -> None:
        time.sleep(max(0.0, self._next - time.monotonic()))
        self._next = time.monotonic() + self.pace.between

    def _wait(self, error: PassingError, failures: int) -> float:
        asked = error.retry_after
        if failures == self.pace.tries:
            raise PullError(
                f"{error}, {failures} times: run the same command again later, which keeps the "
                "pages that came."
            ) from None
        if asked is not None and asked > self.pace.longest_wait:
            raise PullError(
                f"{error} and asks to wait {asked:.0f} s: run the same command again then, which "
                "keeps the pages that came."
            ) from None
        return self.pace.wait(failures) if asked is None else asked


def parsed(body: bytes) -> Mapping[str, Any] | None:
    """None for what is no JSON object."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
