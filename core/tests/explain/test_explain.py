"""A row's cost comes out again from what was stored with it, whatever happened to the rates."""

from __future__ import annotations

import json
import random
from datetime import UTC, date, datetime
from decimal import Decimal

import ledger_kit as kit
import pytest
from typer.testing import CliRunner

from voicegateway.cli.commands import app
from voicegateway.errors import LedgerError
from voicegateway.pricing.catalog import read_catalog
from voicegateway.reconcile import explain
from voicegateway.storage.ledger import open_ledger
from voicegateway.storage.models import nano_usd
from voicegateway.storage.queries import open_reader
from voicegateway.types import Modality, PriceLine, PriceQuote, PriceTerms, Unit, Usage

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
LLM_UNITS = (Unit.INPUT_TOKENS, Unit.CACHED_INPUT_TOKENS, Unit.OUTPUT_TOKENS)
CATALOG = """
[[entry]]
models = ["ear"]
modality = "stt"
rates = [
  { unit = "audio_seconds", usd = "USD", per = 60, minimum = 15, increment = 7, per_channel = C },
]
addons = { diarize = { usd = "0.0020", per = 60 }, entities = { percent = 30 } }
source = "ear list"
source_url = "https://acme.example/ear"
checked_on = 2026-11-01

[[entry]]
models = ["mouth"]
modality = "tts"
rates = [{ unit = "characters", usd = "USD", per = 7, credits = "0.37" }]
source = "mouth list"
source_url = "https://acme.example/mouth"
checked_on = 2026-11-02

[[entry]]
models = ["mind"]
modality = "llm"
rates = [
  { unit = "input_tokens", usd = "0.15", per = 1000000 },
  { unit = "cached_input_tokens", usd = "USD", per = 3000000 },
  { unit = "output_tokens", usd = "0.60", per = 7000000 },
]
source = "mind list"
source_url = "https://acme.example/mind"
checked_on = 2026-11-03
disputed = "two sources disagree"
"""


def catalog(path, usd="0.0043"):
    """The catalog file as it is now."""
    path.write_text(CATALOG.replace("USD", usd).replace("= C", "= true"))
    return read_catalog(path.read_text(), path.name)


def anything(chance: random.Random, rates):
    """A random attempt with the quote that the catalog gives for it."""
    modality = chance.choice(list(Modality))
    model = {"stt": "ear", "tts": "mouth", "llm": "mind"}[modality]
    amount = lambda: Decimal(chance.randrange(0, 10**9)) / chance.choice([1, 7, 1000, 16000])  # noqa: E731
    units = {
        Modality.STT: {Unit.AUDIO_SECONDS: amount()},
        Modality.TTS: {Unit.CHARACTERS: Decimal(chance.randrange(5000))},
        Modality.LLM: {unit: Decimal(chance.randrange(10**6)) for unit in LLM_UNITS},
    }[modality]
    terms = PriceTerms(
        AT,
        channels=chance.choice([1, 2]),
        addons=frozenset(chance.sample(["diarize", "entities"], chance.randrange(3)))
        if modality is Modality.STT
        else frozenset(),
    )
    quote = rates.quote(model, modality, Usage(units), terms)
    about = kit.attempt(started_us=kit.us(AT), model=model, modality=modality)
    return kit.closed(about, units=units, quote=quote, terms=terms)


def fill(path, records):
    ledger = open_ledger(path)
    for record in records:
        ledger.append(record)
    assert ledger.flush(60)
    ledger.close()


def test_a_thousand_random_rows_to_the_last_nano_dollar(path, tmp_path):
    chance = random.Random(6)
    rates = catalog(tmp_path / "prices.toml")
    records = [anything(chance, rates) for _ in range(1000)]
    fill(path, records)
    replaced = catalog(tmp_path / "prices.toml", usd="99")
    assert replaced.quote(
        "mouth", Modality.TTS, Usage({Unit.CHARACTERS: Decimal(1)}), PriceTerms(AT)
    ).amount_usd > 5  # fmt: skip
    costs = dict(kit.rows(path, "SELECT call_id, cost_nano FROM attempts"))
    with open_reader(path) as reader:
        for record in records:
            (found,) = explain(reader, record.attempt.id)
            derivation = found.derivation
            assert found.status == "priced"
            assert derivation.agrees
            assert nano_usd(derivation.amount_usd) == costs[record.attempt.call_id]
            assert derivation.quote == record.quote
            assert derivation.amounts == tuple(line.amount_usd for line in record.quote.lines)
            assert found.entry.terms == record.terms


def test_explain_says_all_there_is_to_a_row(path, tmp_path):
    rates = catalog(tmp_path / "prices.toml")
    units = {Unit.AUDIO_SECONDS: Decimal("3.5")}
    terms = PriceTerms(AT, channels=2, addons=frozenset({"entities"}), plan=None)
    quote = rates.quote("ear", Modality.STT, Usage(units), terms)
    about = kit.attempt(started_us=kit.us(AT), model="ear", modality=Modality.STT)
    fill(path, [kit.closed(about, units=units, quote=quote, terms=terms)])
    shown = CliRunner().invoke(app, ["explain", about.id, "--json"])
    assert shown.exit_code == 0, shown.output
    found = json.loads(shown.output)
    assert found["terms"] == {
        "mode": "streaming",
        "plan": None,
        "channels": 2,
        "addons": ["entities"],
        "service_tier": None,
    }
    own = found["quote"]
    assert (own["source"], own["source_url"], own["as_of"]) == (
        "ear list",
        "https://acme.example/ear",
        "2026-11-01",
    )
    assert own["agrees"] is True
    assert own["confidence"] == "exact"
    line, extra = own["lines"]
    assert (line["quantity"], line["billed"], line["rate_usd"], line["per"]) == (
        "3.5",
        "42",
        "0.0043",
        "60",
    )
    assert line["rule"] == "at least 15 audio_seconds a request, in steps of 7, 2 channels"
    assert extra["rule"] == "add-on entities, 30 % of the rate"
    assert found["cost_usd"] == "0.003913"
    text = CliRunner().invoke(app, ["explain", about.id]).output
    for part in ("$0.003913 (exact)", "ear list, as of 2026-11-01", "in steps of 7", "confirmed"):
        assert part in text


def test_a_call_is_explained_attempt_by_attempt(path):
    made = [kit.closed(kit.attempt(call_id="call", attempt=number)) for number in (2, 1, 3)]
    fill(path, made)
    with open_reader(path) as reader:
        assert [one.entry.attempt for one in explain(reader, "call")] == [1, 2, 3]
    shown = CliRunner().invoke(app, ["explain", "call", "--json"])
    assert [row["id"] for row in json.loads(shown.output)] == ["call-1", "call-2", "call-3"]


def test_rows_whose_cost_is_no_price_say_so(path):
    line = PriceLine(Unit.CHARACTERS, Decimal(5), Decimal(5), Decimal(2), Decimal(10), Decimal(1))
    partly = PriceQuote(None, (line,), (Unit.CREDITS,), "unknown", "acme list")
    ledger = open_ledger(path)
    ledger.append(kit.closed(kit.attempt(call_id="unknown"), quote=partly))
    ledger.append(kit.opened(kit.attempt(call_id="dead"), 7_000))
    ledger.close()
    ledger = open_ledger(path)
    ledger.append(kit.opened(kit.attempt(call_id="open"), 7_000))
    assert ledger.flush(20)
    with open_reader(path) as reader:
        found = {name: explain(reader, name)[0] for name in ("unknown", "dead", "open")}
    ledger.close()
    assert {name: one.status for name, one in found.items()} == {
        "unknown": "unknown",
        "dead": "abandoned",
        "open": "open",
    }
    assert "is in no sum" in found["unknown"].note
    assert "process died" in found["dead"].note
    assert "still running" in found["open"].note
    unknown = found["unknown"].to_json()
    assert (unknown["cost_usd"], unknown["quote"]["derived_usd"]) == (None, None)
    assert unknown["quote"]["unpriced"] == ["credits"]
    assert unknown["quote"]["lines"][0]["derived_usd"] == "1"
    assert found["dead"].to_json()["quote"] is None
    assert all(one.agrees for one in found.values())
    shown = CliRunner().invoke(app, ["explain", "unknown"])
    assert shown.exit_code == 0
    assert "no rate  credits" in shown.output


def test_a_row_that_does_not_add_up_is_a_finding(path):
    about = kit.attempt(call_id="odd")
    fill(path, [kit.closed(about, quote=kit.quote((Unit.CHARACTERS, "10", "0.1")))])
    with open_reader(path) as reader:
        assert explain(reader, "odd")[0].agrees
    import sqlite3

    db = sqlite3.connect(path)
    db.execute("UPDATE attempts SET cost_nano = cost_nano + 1")
    db.commit()
    db.close()
    shown = CliRunner().invoke(app, ["explain", "odd"])
    assert shown.exit_code == 1
    assert "which is not what the ledger has" in shown.output


@pytest.mark.parametrize("wrong", ["nobody", "nobody-1", "-", "x-999999999999"])
def test_an_unknown_id(path, wrong):
    fill(path, [kit.closed()])
    with open_reader(path) as reader, pytest.raises(LedgerError, match="has no row"):
        explain(reader, wrong)


def test_terms_survive_a_spool(path):
    from voicegateway.storage.spool.codec import decode, encode

    terms = PriceTerms(AT, "batch", "growth", 2, frozenset({"b", "a"}), "priority")
    record = kit.closed(kit.attempt(started_us=kit.us(AT)), terms=terms)
    plain = kit.closed()
    assert decode(encode([record, plain])) == ([record, plain], 0)


def test_a_quote_without_lines_is_taken_at_its_word(path):
    stated = PriceQuote(Decimal("0.25"), source="flat", as_of=date(2026, 11, 1))
    fill(path, [kit.closed(kit.attempt(call_id="flat"), quote=stated)])
    with open_reader(path) as reader:
        (found,) = explain(reader, "flat")
    assert (found.agrees, found.derivation.amount_usd) == (True, Decimal("0.25"))
