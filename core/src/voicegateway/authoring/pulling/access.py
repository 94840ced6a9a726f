"""How a request shows that it may be made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from voicegateway.authoring.pulling.errors import PullError
from voicegateway.types import ProviderSettings

__all__ = ["Access"]


@dataclass(frozen=True, slots=True)
class Access:
    """The key of `settings` in the header `header`, behind `prefix`."""

    settings: ProviderSettings
    header: str
    prefix: str = ""
    more: Mapping[str, str] = field(default_factory=dict)
    """Further headers, such as the interface's version."""
    needs: str = "a key that may read usage"
    """What a key must be; said where the vendor refuses one."""

    def key(self) -> str:
        """Raises `PullError` if there is none, or one that no header can carry: the client would
        print it in its own error."""
        given = self.settings.api_key
        key = given.reveal().strip() if given is not None else ""
        if not key:
            raise PullError(f"There is no key for the usage of {self.settings.provider!r}.")
        if not (key.isascii() and key.isprintable()):
            raise PullError(
                f"The key for the usage of {self.settings.provider!r} has characters that no key "
                "has: copy it again."
            )
        return key

    def headers(self) -> dict[str, str]:
        return {self.header: f"{self.prefix}{self.key()}"}
