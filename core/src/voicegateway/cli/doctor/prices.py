"""Whether somebody has looked at the price lists lately."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from voicegateway.cli.doctor.findings import Finding, amiss, note
from voicegateway.cli.doctor.plugins import Survey
from voicegateway.cli.reading import ledger_of
from voicegateway.core.config import LedgerPlace, database_target
from voicegateway.core.gateway import Gateway
from voicegateway.core.references import named_providers
from voicegateway.errors import LedgerError
from voicegateway.storage.queries import legs

__all__ = ["examined"]


def examined(gateway: Gateway, surveyed: Survey, days: int) -> Iterator[Finding]:
    """A finding for providers that the config names or that were used, else a note: calls are
    priced by these lists."""
    last = (datetime.now(UTC).date() - timedelta(days=days)).isoformat()
    used = named_providers(gateway.config) | _metered(gateway)
    for provider, prices in surveyed.prices.items():
        tell = amiss if provider in used else note
        oldest = prices["oldest"]
        if oldest is not None and oldest < last:  # ISO days sort as text
            what = f"some rates were last checked on {oldest}, more than {days} days ago"
            fix = (
                f"upgrade its plugin; `voicegw prices --stale {days} --provider {provider}` lists "
                "them, pricing.overrides corrects them"
            )
            yield tell(f"prices of {provider}", what, fix)
    for provider, error in surveyed.unlisted.items():
        fix = f"`voicegw plugins info {provider}` says what its price list needs"
        yield note(f"prices of {provider}", f"cannot be shown: {error}", fix)


def _metered(gateway: Gateway) -> set[str]:
    target = database_target(gateway.config.cost_tracking.db_path)
    try:
        with ledger_of(LedgerPlace(target)) as reader:
            return {leg.provider for leg in legs(reader)}
    except LedgerError:  # none yet, or told where the ledger is looked at
        return set()
