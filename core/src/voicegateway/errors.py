"""Every error a user of VoiceGateway may meet. Each message is one sentence that says what is
wrong, where, and how to mend it; none carries a secret or anything that was spoken."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

__all__ = [
    "AccessError",
    "BudgetExceededError",
    "BudgetThrottleSignal",
    "ConfigError",
    "KeyNotFoundError",
    "LedgerError",
    "LedgerRequestError",
    "ModelFileError",
    "ModelResolutionError",
    "PluginError",
    "ProviderConflictError",
    "ProviderDisabledError",
    "ProviderNotFoundError",
    "RateLimitExceeded",
    "ReadOnlyResourceError",
    "ResourceError",
    "ResourceExistsError",
    "ResourceInUseError",
    "ResourceInvalidError",
    "ResourceNotFoundError",
    "SecretError",
    "TooManyAttemptsError",
    "VoiceGatewayError",
]


class VoiceGatewayError(Exception):
    """Base of all errors that VoiceGateway raises on purpose."""


class BudgetExceededError(VoiceGatewayError):
    """The call was not made: the project's budget has no room for what it may cost. Amounts are
    US dollars, as the ledger had them at that moment."""

    def __init__(
        self,
        message: str,
        *,
        project: str,
        spent_usd: Decimal | None = None,
        held_usd: Decimal | None = None,
        cap_usd: Decimal | None = None,
        estimate_usd: Decimal | None = None,
        resets_at: datetime | None = None,
    ) -> None:
        super().__init__(message)
        self.project = project
        self.spent_usd = spent_usd
        """Settled in the period whose cap is nearest."""
        self.held_usd = held_usd
        """Reserved by running calls and by processes that expect some."""
        self.cap_usd = cap_usd
        self.estimate_usd = estimate_usd
        self.resets_at = resets_at


class BudgetThrottleSignal(BudgetExceededError):  # noqa: N818 - a fixed name
    """As `BudgetExceededError`, for a project whose calls shall then go to its throttle stack:
    raised where there is none for this kind of call."""


class RateLimitExceeded(VoiceGatewayError):  # noqa: N818 - a fixed name
    """The request was not made: its provider's limit is reached."""

    def __init__(self, message: str, *, provider: str, retry_after: float) -> None:
        super().__init__(message)
        self.provider = provider
        self.retry_after = retry_after
        """Seconds after which it may be made; 0 if that cannot be known."""


class ConfigError(VoiceGatewayError):
    """The configuration cannot be used as it is written."""


class SecretError(ConfigError):
    """A stored key cannot be encrypted or decrypted with the secret that is set."""


class ResourceError(ConfigError):
    """A managed provider, model or project cannot be read or changed as asked."""

    code = "RESOURCE_ERROR"
    """For programs."""


class ResourceInvalidError(ResourceError):
    """What it would say is not a valid configuration."""

    code = "VALIDATION_ERROR"


class ResourceInUseError(ResourceError):
    """The rest of the configuration cannot do without it."""

    code = "RESOURCE_IN_USE"


class ReadOnlyResourceError(ResourceError):
    """The YAML file has a resource of that name, which wins over a managed one."""

    code = "READ_ONLY_RESOURCE"


class ResourceNotFoundError(ResourceError):
    """There is none of that name. The code says the kind: `PROJECT_NOT_FOUND`."""

    def __init__(self, message: str, *, kind: str) -> None:
        super().__init__(message)
        self.code = f"{kind.upper()}_NOT_FOUND"


class ResourceExistsError(ResourceError):
    """There is one of that name already. The code says the kind: `PROJECT_ALREADY_EXISTS`."""

    def __init__(self, message: str, *, kind: str) -> None:
        super().__init__(message)
        self.code = f"{kind.upper()}_ALREADY_EXISTS"


class LedgerError(VoiceGatewayError):
    """The ledger cannot be opened or read. Never raised into an agent's call."""


class LedgerRequestError(LedgerError):
    """What was asked of the ledger cannot be answered as it was asked: a cursor that is none, a
    period that ends before it starts, half a day of which only the sum is kept."""


class AccessError(VoiceGatewayError):
    """A key to the server cannot be made or used as asked."""


class KeyNotFoundError(AccessError):
    """There is no API key of that id."""

    code = "KEY_NOT_FOUND"


class TooManyAttemptsError(AccessError):
    """So many wrong keys came from a client that it is not heard for now."""

    def __init__(self, retry_after: float) -> None:
        super().__init__("Too many wrong keys came from this address: wait and try again.")
        self.retry_after = retry_after
        """Seconds after which it is heard again."""


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
