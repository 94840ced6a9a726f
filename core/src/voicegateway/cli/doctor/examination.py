"""All examinations, in the order in which what they find should be mended."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from voicegateway.cli.doctor import key_file, ledger, models, plugins, prices, providers, server
from voicegateway.cli.doctor.findings import Finding, amiss, note
from voicegateway.core.gateway import Gateway
from voicegateway.errors import SecretError, VoiceGatewayError

__all__ = ["Wishes", "examine"]


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the command was asked for."""

    keys: bool = False
    """Ask vendors whether they take the keys."""
    price_age: int = 90
    """Days."""
    timeout: float = 15.0
    """Seconds that one plugin may take."""


def examine(config: Path | None, wishes: Wishes) -> Iterator[Finding]:
    """Raises nothing for what is amiss: that is what it says."""
    told = list(key_file.examined())
    yield from told
    try:
        gateway = Gateway(config)
    except SecretError as error:
        if not told:
            fix = "set VOICEGW_SECRET, or restore the key file that was in use"
            yield amiss("secret", str(error), fix)
        return
    except VoiceGatewayError as error:
        yield amiss("config", str(error), "mend that line of the config")
        return
    place = gateway.config_path or "none, so all is default"
    yield note("config", str(place))
    surveyed = plugins.survey(gateway, wishes.timeout)
    yield from plugins.examined(gateway, surveyed)
    yield from providers.examined(gateway, surveyed, wishes.timeout, ask_vendors=wishes.keys)
    yield from models.examined(gateway, surveyed)
    yield from prices.examined(gateway, surveyed, wishes.price_age)
    yield from ledger.examined(gateway)
    yield from server.examined(gateway)
