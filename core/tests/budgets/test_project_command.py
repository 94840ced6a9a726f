"""`voicegw projects` and `voicegw project`: who holds how much of a budget, and until when."""

from __future__ import annotations

import json
from decimal import Decimal

from typer.testing import CliRunner

from voicegateway import inference
from voicegateway.cli.commands import app
from voicegateway.pricing.overrides import Rate
from voicegateway.testing import FakeProvider, drain
from voicegateway.testing.bench import plugin_bench
from voicegateway.types import Unit

CONFIG = """
default_project: shop
projects:
  shop: {name: The shop, daily_budget: "1.00", budget_action: block, estimate: bound}
"""


async def test_it_says_what_is_spent_reserved_and_held(tmp_path):
    with plugin_bench(tmp_path, CONFIG) as plugins:
        plugins.install("acme", FakeProvider(rates={Unit.CHARACTERS: Rate(Decimal("0.01"))}))
        tts = inference.TTS("acme/tone-1", streaming=False, delay=5)
        await drain(inference.TTS("acme/tone-1", streaming=False).synthesize("x" * 25))
        await plugins.rows()
        stream = tts.synthesize("y" * 16)
        running = (await plugins._entries())[-1]
        assert running.outcome == "open"
        answer = CliRunner().invoke(app, ["project", "shop", "--json"])
        shown = CliRunner().invoke(app, ["project", "shop"])
        listed = CliRunner().invoke(app, ["projects", "--json"])
        await stream.aclose()
    facts = json.loads(answer.output)
    assert facts["spent_today_usd"] == facts["spent_this_month_usd"] == "0.250000"
    assert facts["daily_budget_usd"] == "1.00"
    (call,) = facts["running"]
    assert (call["held_usd"], call["model"]) == ("0.160000", "tone-1")
    assert facts["reservations"][0]["amount_usd"] == facts["reserved_usd"]
    assert "The shop" in shown.output
    assert "$0.25" in shown.output
    assert "$0.16" in shown.output
    assert [one["id"] for one in json.loads(listed.output)] == ["shop"]


def test_a_project_that_nobody_knows_has_spent_nothing(tmp_path, monkeypatch):
    with plugin_bench(tmp_path) as plugins:
        plugins.gateway.storage.start()
        assert plugins.gateway.storage.flush(5)
        from voicegateway.storage.ledger import open_ledger
        from voicegateway.storage.models import Attempt, AttemptOpened
        from voicegateway.types import Modality

        with_rows = open_ledger(plugins.ledger)
        with_rows.append(AttemptOpened(Attempt("c", 1, 1, "p", None, "a", "m", Modality.LLM)))
        with_rows.close()
        answer = CliRunner().invoke(app, ["project", "nobody", "--json"])
    assert json.loads(answer.output)["spent_today_usd"] == "0.000000"
