"""Every error a user of VoiceGateway may meet. Each message is one sentence that says what is
wrong, where, and how to mend it; none carries a secret or anything that was spoken."""

from __future__ import annotations

__all__ = [
    "ConfigError",
    "LedgerError",
    "ModelFileError",
    "ModelResolutionError",
    "PluginError",
    "ProviderConflictError",
    "ProviderDisabledError",
    "ProviderNotFoundError",
    "VoiceGatewayError",
]


class VoiceGatewayError(Exception):
    """Base of all errors that VoiceGateway raises on purpose."""


class ConfigError(VoiceGatewayError):
    """The configuration cannot be used as it is written."""


class LedgerError(VoiceGatewayError):
    """The ledger cannot be opened or read. Never raised into an agent's call."""


class ModelFileError(VoiceGatewayError):
    """A local model's file is missing, damaged or cannot be fetched."""


class PluginError(VoiceGatewayError):
    """A provider plugin cannot be loaded, or breaks the contract of `voicegateway.hookspecs`."""


class ProviderNotFoundError(PluginError):
    """No installed distribution offers this provider id."""


class ProviderDisabledError(PluginError):
    """The provider is installed and `plugins.disabled` names it."""


class ProviderConflictError(PluginError):
    """Two different distributions claim the same provider id."""


class ModelResolutionError(VoiceGatewayError, ValueError):
    """A model string that names no model: empty, without a slash, with an empty half, or of a
    provider that is not installed."""
