"""What of a vendor's words goes into a file that others read: no key, no cookie, no token, and in
place of the vendor's ids a name and a number that say only which of them are the same."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from voicegateway.testing.recorder.tape import Tape

__all__ = ["LEAST_LENGTH", "Redaction", "is_choice", "is_secret_name", "secrets_of"]

LEAST_LENGTH: Final = 8
"""Of a secret or an id that is looked for within texts: a shorter one is found by chance."""

_SECRET = re.compile(
    r"(^|[_-])(key|token|secret|authorization|auth|password|passwd|signature|sig|credentials?"
    r"|cookie)$|[a-z](Key|Token|Secret|Password|Signature)$",
    re.IGNORECASE,
)
_ID = re.compile(
    r"(^|[_-])(id|ids|uuid|sid|fingerprint)$|[a-z](Id|Ids|ID|Uuid|UUID)$"
    r"|^(organi[sz]ation|org|project|account|user|username|email|customer|tenant)$"
)
_CHOICE = re.compile(r"^(model|voice|language|speaker|encoding|type)", re.IGNORECASE)
_HEADER = re.compile(
    r"^content-type$|request-?id$|trace-?id$|(cost|credits|characters|usage|duration|model)"
)
_REMOVED: Final = "removed"
_SMALL: Final = 10_000
"""A number below counts something; one above may be an account's."""


def is_secret_name(name: str) -> bool:
    """Whether a header or a key of a query, an option or a JSON object holds a secret."""
    return _SECRET.search(name) is not None


def is_choice(name: str) -> bool:
    """Whether a key says what the caller has chosen, though it may end like an id's."""
    return _CHOICE.search(name) is not None


def secrets_of(tape: Tape, key: str) -> set[str]:
    """The key, and all else in a request and its answer that opens a door."""
    found = {key, *tape.cookies}
    for name, value in tape.headers.items():
        if is_secret_name(name):
            found |= {value, *re.split(r"[ ;=]+", value)}
    found |= {value for name, value in tape.query.items() if is_secret_name(name)}
    found |= {name.strip() for name in tape.headers.get("sec-websocket-protocol", "").split(",")}
    found |= {quote(secret, safe="") for secret in found}
    return {secret for secret in found if len(secret) >= LEAST_LENGTH}


class Redaction:
    """Cleans the words of one exchange, the same ones alike. An id is known everywhere only once
    it was seen under its name: clean the whole twice and keep the second."""

    def __init__(self, secrets: set[str], references: Mapping[str, str]) -> None:
        """`references` has the client's own values, each with the `${name}` for it."""
        self._secrets = sorted(secrets, key=len, reverse=True)
        self.references = references
        self._ids: dict[str | int, str | int] = {}

    def plain(self, text: str) -> str:
        """A text that is ours to write down: without references."""
        for secret in self._secrets:
            text = text.replace(secret, _REMOVED)
        for value, placeholder in self._ids.items():
            if isinstance(value, str) and len(value) >= LEAST_LENGTH:
                text = text.replace(value, str(placeholder))
        return text

    def text(self, text: str) -> str:
        """A text that is not JSON, for the server to say again."""
        text = self.plain(text)
        for value, reference in self.references.items():
            text = text.replace(value, reference)
        return text

    def headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Of an answer, those that a client may reckon with."""
        return {
            name: str(self._id(name, value)) if _ID.search(name) else self.plain(value)
            for name, value in headers.items()
            if _HEADER.search(name) and not is_secret_name(name)
        }

    def json(self, value: Any, name: str = "") -> Any:
        """A parsed JSON text; `name` is the key that it stands under."""
        if isinstance(value, dict):
            return {self.plain(key): self.json(value[key], _under(name, key)) for key in value}
        if isinstance(value, list):
            return [self.json(each, name) for each in value]
        if isinstance(value, str):
            return self._string(value, name)
        if isinstance(value, int) and value >= _SMALL and _is_id(name):
            return self._id(name, value)
        return value

    def _string(self, value: str, name: str) -> Any:
        if value in self.references:
            return self.references[value]
        if value and is_secret_name(name):
            return _REMOVED
        if value and _is_id(name):
            return self._id(name, value)
        return self.text(value)

    def _id(self, name: str, value: str | int) -> str | int:
        if value not in self._ids:
            number = len(self._ids) + 1
            self._ids[value] = number if isinstance(value, int) else f"{name}-{number}"
        return self._ids[value]


def _is_id(name: str) -> bool:
    return _ID.search(name) is not None and not is_choice(name)


def _under(parent: str, key: str) -> str:
    """What stands within a secret is one."""
    return parent if is_secret_name(parent) else key
