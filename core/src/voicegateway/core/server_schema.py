"""The sections of `voicegw.yaml` that the server alone reads: `server` and `auth`."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    field_validator,
    model_validator,
)

__all__ = ["Auth", "KeyEntry", "Server"]

_ORIGIN = re.compile(r"https?://[a-z0-9.\-]+(:\d{1,5})?|https?://\[[0-9a-f:.]+\](:\d{1,5})?")
_NAME_LENGTH = 200


def _origin(value: str) -> str:
    """Exactly what a browser sends, so that it can be compared as it is."""
    if not _ORIGIN.fullmatch(value):
        raise ValueError("an origin is scheme://host[:port] in lower case, without a path; no *")
    return value


def _label(value: str) -> str:
    if not value.strip() or len(value) > _NAME_LENGTH or not value.isprintable():
        raise ValueError("a key's name has 1 to 200 characters that can be printed")
    return value


class _Section(BaseModel):
    # Inputs stay out of faults: a key may be among them.
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Server(_Section):
    """`server`: where `voicegw serve` listens, and whom it lets near."""

    host: Annotated[str, Field(min_length=1)] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65_535)] = 8080
    cors_origins: list[Annotated[str, AfterValidator(_origin)]] = []
    """Sites whose pages may read the API's answers."""
    allowed_hosts: list[str] = []
    """Hosts that a managed `base_url` may name although they are on this machine, in its network,
    or otherwise refused."""


class KeyEntry(_Section):
    """`auth.api_keys[]`: a key that is kept in the config file."""

    name: Annotated[str, AfterValidator(_label)]
    hash: str | None = None
    """As `voicegw keys hash` prints it."""
    token: SecretStr | None = None
    """The key itself, best as `${VARIABLE}`."""
    scopes: list[Literal["read", "write", "admin"]] = ["read"]

    @field_validator("hash")
    @classmethod
    def _readable(cls, value: str | None) -> str | None:
        from voicegateway.core.access.hashing import is_hash  # and with it, hashlib

        if value is not None and not is_hash(value):
            raise ValueError("this is no hash of a key: `voicegw keys hash` makes one")
        return value

    @field_validator("token")
    @classmethod
    def _some_text(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not value.get_secret_value().strip():
            raise ValueError("an empty key would let nobody in: give one, or take it out")
        return value

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if (self.hash is None) == (self.token is None):
            raise ValueError("a key needs either hash or token")
        if not self.scopes:
            raise ValueError("a key needs scopes: read, write or admin")
        return self


class Auth(_Section):
    """`auth`: who may use the server."""

    api_keys: list[KeyEntry] = []
