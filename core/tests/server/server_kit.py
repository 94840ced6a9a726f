"""A ledger with something in it, a provider of nobody's, and clients of the server."""

from __future__ import annotations

import time
from decimal import Decimal

import ledger_kit as kit
from fastapi.testclient import TestClient

from voicegateway.server.app import create_app
from voicegateway.storage.ledger import open_ledger
from voicegateway.types import Modality, PriceQuote, Unit

TOKEN = "a-token-of-the-tests-that-nobody-guesses-0123456789"
"""Of the key that `KEYED` has."""
KEYED = f"auth:\n  api_keys:\n    - {{name: tests, token: {TOKEN}, scopes: [admin]}}\n"
CANARY = "canary-5f1d0c7e-secret"
"""A provider's key, which must never be seen again."""

ACME = """
import os
from datetime import date
from decimal import Decimal
from voicegateway import hookimpl
from voicegateway.types import ListedRate, Modality, ProviderCheck, ProviderInfo, Unit

@hookimpl
def provider_info():
    return ProviderInfo(title="Acme", modalities=frozenset({Modality.STT}), models=("swift-1",),
                        key_variable="ACME_API_KEY", docs_url="https://acme.example/docs")

@hookimpl
def create_stt(model, language, settings, options):
    raise RuntimeError("nobody calls a vendor here")

@hookimpl
def check_provider(settings):
    key = settings.api_key.reveal()
    if settings.extra.get("mood") == "crash":
        os._exit(3)
    if settings.extra.get("mood") == "raise":
        raise ConnectionError(f"no route with {key}")
    return ProviderCheck(ok=key.startswith("canary"), detail=f"asked with {key}", latency_ms=12.5)

@hookimpl
def list_rates():
    return [ListedRate(model="swift-1", modality=Modality.STT, unit=Unit.AUDIO_SECONDS,
                       rate_usd=Decimal("0.0048"), per=Decimal(60), source="price list",
                       source_url="https://acme.example/pricing", checked_on=date(2026, 1, 2))]
"""


def seed(path, *, started_us=None):
    """Four ended requests of two projects and two sessions, one that nobody can price, and one
    that is still running. Returns their records."""
    at = started_us or time.time_ns() // 1000
    ear = {"provider": "north", "model": "listen-3", "modality": Modality.STT}
    records = [
        kit.closed(kit.attempt(started_us=at, session_id="call-1"), speech_id="s1"),
        kit.closed(
            kit.attempt(started_us=at + 1, session_id="call-1", **ear),
            units={Unit.AUDIO_SECONDS: Decimal("12.5")},
            quote=kit.quote((Unit.AUDIO_SECONDS, "12.5", "0.0001")),
            ttfb_ms=80.0,
        ),
        kit.closed(
            kit.attempt(started_us=at + 2, session_id="call-2", project="support"),
            outcome="failed",
            error="APIStatusError 503",
            ttfb_ms=None,
        ),
        kit.closed(
            kit.attempt(started_us=at + 3, session_id=None, model="chat-2"),
            quote=PriceQuote(None, confidence="unknown"),
        ),
    ]
    running = kit.opened(kit.attempt(started_us=at + 4, session_id="call-2", project="support"))
    ledger = open_ledger(path)
    for record in (*records, running):
        ledger.append(record)
    assert ledger.flush(30)
    return ledger, records, running


def serving(config=None, *, token=None):
    """A client on this machine; to be entered, which runs the lifespan."""
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    return TestClient(
        create_app(config),
        base_url="http://127.0.0.1:8080",
        client=("127.0.0.1", 50_000),
        headers=headers,
    )
