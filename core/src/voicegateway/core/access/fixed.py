"""Keys that are not in the store: those of the config file and of the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from voicegateway.core.access.scopes import EVERYTHING, Identity, Scope, implied
from voicegateway.core.schema import Auth

__all__ = ["FixedKey", "fixed_keys"]

_VARIABLES = {
    "VOICEGW_API_KEY": ("environment", EVERYTHING),
    "VOICEGW_MCP_TOKEN": ("mcp", implied([Scope.WRITE])),
}


@dataclass(frozen=True, slots=True)
class FixedKey:
    """One of them: the key itself, or its hash."""

    identity: Identity
    token: str | None = field(default=None, repr=False)
    hash: str | None = field(default=None, repr=False)


def fixed_keys(auth: Auth, environ: Mapping[str, str] = os.environ) -> list[FixedKey]:
    """All that hold while the process runs."""
    return [*_of_environment(environ), *_of_config(auth)]


def _of_environment(environ: Mapping[str, str]) -> list[FixedKey]:
    return [
        FixedKey(Identity(name, scopes, f"env:{variable}"), token=environ[variable].strip())
        for variable, (name, scopes) in _VARIABLES.items()
        if environ.get(variable, "").strip()
    ]


def _of_config(auth: Auth) -> list[FixedKey]:
    return [
        FixedKey(
            Identity(entry.name, implied(map(Scope, entry.scopes)), f"config:{index}"),
            token=entry.token.get_secret_value().strip() if entry.token else None,
            hash=entry.hash,
        )
        for index, entry in enumerate(auth.api_keys)
    ]
