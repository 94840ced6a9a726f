"""Making, listing and revoking keys of the store."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from voicegateway.core.access import tokens
from voicegateway.core.access.hashing import hash_token, sign_of
from voicegateway.core.access.scopes import Identity, Scope
from voicegateway.errors import AccessError, KeyNotFoundError
from voicegateway.storage.keys import KeyRow, KeyStore

__all__ = ["CreatedKey", "create_key", "expiry", "facts", "listed", "revoke_key"]

_SPAN: Final = re.compile(r"(\d{1,5})([mhdw])")
_SPANS: Final = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_NAME_LENGTH: Final = 200


@dataclass(frozen=True, slots=True)
class CreatedKey:
    """A new key. The token is nowhere else."""

    row: KeyRow
    token: str = field(repr=False)

    def to_json(self) -> dict[str, Any]:
        """`{id, name, token, scopes, expires_at}`."""
        said = facts(self.row)
        return {
            "id": said["id"],
            "name": said["name"],
            "token": self.token,
            "scopes": said["scopes"],
            "expires_at": said["expires_at"],
        }


def create_key(
    store: KeyStore,
    name: str,
    scopes: Iterable[Scope],
    *,
    actor: str,
    expires: datetime | None = None,
) -> CreatedKey:
    """Raises `AccessError` for a name, scopes or a time that no key can have, and `LedgerError`."""
    wanted = ",".join(scope for scope in Scope if scope in set(scopes))
    if not wanted:
        raise AccessError("A key needs a scope: give one or more of read, write, admin.")
    if not name.strip() or len(name) > _NAME_LENGTH or not name.isprintable():
        raise AccessError("A key's name has 1 to 200 characters that can be printed.")
    if expires is not None and expires <= datetime.now(UTC):
        raise AccessError("A key that has expired already is of no use: give a later time.")
    key_id = tokens.new_key_id()
    token = tokens.new_token(key_id)
    ends = None if expires is None else int(expires.timestamp() * 1_000_000)
    row = KeyRow(key_id, name, wanted, hash_token(token), sign_of(token, key_id), 0, ends)
    return CreatedKey(store.create(row, actor), token)


def revoke_key(store: KeyStore, key_id: str, *, actor: str) -> KeyRow:
    """The key as it is then, also if it was revoked before. Raises `KeyNotFoundError`."""
    row = store.revoke(key_id, actor)
    if row is None:
        # The id is not repeated: somebody may have given the key itself.
        raise KeyNotFoundError("There is no key of that id: `voicegw keys list` shows them.")
    return row


def facts(row: KeyRow) -> dict[str, Any]:
    """For JSON: times in ISO 8601 UTC."""
    return {
        "id": row.id,
        "name": row.name,
        "scopes": row.scopes.split(","),
        "created_at": _moment(row.created_us),
        "expires_at": _moment(row.expires_us),
        "revoked_at": _moment(row.revoked_us),
        "last_used_at": _moment(row.used_us),
    }


def listed(store: KeyStore, fixed: Iterable[Identity]) -> list[dict[str, Any]]:
    """All keys with their `source`: `managed` (in the store), `yaml` or `env`. Raises
    `LedgerError`."""
    return [
        *({**facts(row), "source": "managed"} for row in store.rows()),
        *(_fixed_facts(identity) for identity in fixed),
    ]


def expiry(text: str, now: datetime | None = None) -> datetime:
    """`30d` (also m, h, w), a date, or a time in ISO 8601, which is UTC unless it says another
    zone. Raises `AccessError`."""
    span = _SPAN.fullmatch(text.strip())
    try:
        if span:
            return (now or datetime.now(UTC)) + timedelta(**{_SPANS[span[2]]: int(span[1])})
        moment = datetime.fromisoformat(text.strip())
        zoned = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return zoned.astimezone(UTC)
    except (ValueError, OverflowError):
        raise AccessError(
            f"{text[:40]!r} is no time: write 30d, 12h, 2027-01-31 or 2027-01-31T12:00Z."
        ) from None


def _fixed_facts(identity: Identity) -> dict[str, Any]:
    times = dict.fromkeys(("created_at", "expires_at", "revoked_at", "last_used_at"))
    return {
        "id": identity.key,
        "name": identity.name,
        "scopes": [str(scope) for scope in Scope if scope in identity.scopes],
        **times,
        "source": "env" if identity.key.startswith("env:") else "yaml",
    }


def _moment(at_us: int | None) -> str | None:
    if at_us is None:
        return None
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at_us)).isoformat()
