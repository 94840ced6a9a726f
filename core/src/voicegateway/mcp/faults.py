"""A tool's failure, as a model and a program both can read it: a code, a sentence, and facts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from voicegateway.errors import (
    BudgetExceededError,
    ConfigError,
    LedgerError,
    LedgerRequestError,
    PluginError,
    ProviderNotFoundError,
    VoiceGatewayError,
)

__all__ = ["Fault", "fault_of"]

_CODES: Final = (
    (BudgetExceededError, "BUDGET_EXCEEDED"),
    (ProviderNotFoundError, "PROVIDER_NOT_FOUND"),
    (PluginError, "PLUGIN_ERROR"),
    (ConfigError, "CONFIG_ERROR"),
    (LedgerRequestError, "VALIDATION_ERROR"),
    (LedgerError, "LEDGER_ERROR"),
)
"""The first that fits counts."""


class Fault(Exception):  # noqa: N818 - what the tool answers, not what broke
    """Raised by a tool to answer with an error."""

    def __init__(self, code: str, message: str, details: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.details = dict(details or {})

    def to_json(self) -> dict[str, Any]:
        """The shape that the HTTP API's errors have."""
        return {"error": {"code": self.code, "message": self.message, "details": self.details}}


def fault_of(error: Exception) -> Fault:
    """What a client is told of it. Our own errors carry no secret; the text of any other may."""
    if isinstance(error, Fault):
        return error
    if not isinstance(error, VoiceGatewayError):
        return Fault("INTERNAL_ERROR", "The tool failed: the server's log says where.")
    code = getattr(error, "code", None)
    if code is None:
        code = next((code for kind, code in _CODES if isinstance(error, kind)), "ERROR")
    return Fault(code, str(error), _facts(error))


def _facts(error: VoiceGatewayError) -> dict[str, Any]:
    if not isinstance(error, BudgetExceededError):
        return {}
    amounts = {
        "spent_usd": error.spent_usd,
        "held_usd": error.held_usd,
        "cap_usd": error.cap_usd,
        "estimate_usd": error.estimate_usd,
    }
    said = {name: None if amount is None else f"{amount:f}" for name, amount in amounts.items()}
    resets_at = error.resets_at.isoformat() if error.resets_at else None
    return {"project": error.project, **said, "resets_at": resets_at}
