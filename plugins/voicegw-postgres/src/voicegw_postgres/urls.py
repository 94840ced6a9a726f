"""From a URL to what libpq wants, without ever showing the password."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote, unquote

import psycopg
from psycopg.conninfo import conninfo_to_dict

from voicegateway.errors import LedgerError

__all__ = ["Address", "address_of"]

_SCHEME: Final = re.compile(r"postgres(?:ql)?://", re.IGNORECASE)
_DEFAULTS: Final = {
    "connect_timeout": "5",
    "application_name": "voicegw",
    # A peer that vanished without a word is noticed within 25 seconds, not two hours.
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "20000",
}


@dataclass(frozen=True, slots=True)
class Address:
    """Where a ledger is. Neither `name` nor `repr` has the password."""

    name: str
    schema: str | None
    parameters: dict[str, str] = field(repr=False)
    """For libpq."""
    secrets: tuple[str, ...] = field(repr=False)

    def without_secrets(self, message: str) -> str:
        """A message of libpq's, in which a password may be quoted."""
        for secret in self.secrets:
            message = message.replace(secret, "****")
        return message


def address_of(target: str) -> Address:
    """Raises `LedgerError` for what is no PostgreSQL URL."""
    match = _SCHEME.match(target)
    if match is None:
        raise LedgerError("A PostgreSQL ledger is named by a URL: postgresql://user@host/database.")
    rest, schema = _without_schema(target[match.end() :])
    try:
        given = conninfo_to_dict(f"postgresql://{rest}")
    except psycopg.Error:
        # libpq's own message quotes the part that it cannot read, which may be the password.
        raise LedgerError(
            "The ledger's PostgreSQL URL cannot be read: it must look like "
            "postgresql://user:password@host:5432/database?sslmode=verify-full, with special "
            "characters percent-encoded and only parameters that libpq knows, or schema."
        ) from None
    parameters = _DEFAULTS | {key: str(value) for key, value in given.items() if value is not None}
    secrets = tuple(parameters[key] for key in ("password", "sslpassword") if parameters.get(key))
    return Address(_name(parameters, schema), schema, _in_schema(parameters, schema), secrets)


def _without_schema(rest: str) -> tuple[str, str | None]:
    address, mark, query = rest.partition("?")
    kept, schema = [], None
    for part in query.split("&") if query else ():
        key, _, value = part.partition("=")
        if key == "schema":
            schema = unquote(value)
        else:
            kept.append(part)
    if schema is not None and (not schema or "\x00" in schema or len(schema.encode()) > 63):
        raise LedgerError("A schema's name in the ledger's URL has 1 to 63 bytes.")
    return address + (mark + "&".join(kept) if kept else ""), schema


def _in_schema(parameters: dict[str, str], schema: str | None) -> dict[str, str]:
    if schema is None:
        return parameters
    path = '"' + schema.replace('"', '""') + '"'
    escaped = re.sub(r"([\\ ])", r"\\\1", path)
    options = f"{parameters.get('options', '')} -c search_path={escaped}".strip()
    return parameters | {"options": options}


def _name(parameters: dict[str, str], schema: str | None) -> str:
    hosts = parameters.get("host", parameters.get("hostaddr", "")).split(",")
    ports = parameters.get("port", "").split(",")
    if len(ports) != len(hosts):
        ports = ports[:1] * len(hosts)
    where = ",".join(
        _host(host) + (f":{port}" if port else "") for host, port in zip(hosts, ports, strict=True)
    )
    user = parameters.get("user")
    text = "postgresql://" + (f"{quote(user, safe='')}@" if user else "") + where
    text += "/" + quote(parameters.get("dbname", ""), safe="")
    return text + (f"?schema={quote(schema, safe='')}" if schema else "")


def _host(host: str) -> str:
    return f"[{host}]" if ":" in host else quote(host, safe="")
