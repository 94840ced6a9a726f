"""New quotes beside the old ones: none is lost, and no summary changes."""

from __future__ import annotations

import dataclasses
import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import ledger_kit as kit
import pytest
from typer.testing import CliRunner

from voicegateway.cli.commands import app
from voicegateway.errors import PluginError
from voicegateway.pricing.overrides import Overrides, Rate, RateOverride
from voicegateway.reconcile import explain
from voicegateway.reconcile.quotations import Rates
from voicegateway.reconcile.repricing import reprice
from voicegateway.storage.ledger import open_ledger
from voicegateway.storage.queries import between, costs, open_reader
from voicegateway.storage.targets import engine_for
from voicegateway.types import Modality, PriceTerms, Unit, Usage

NOON = datetime(2026, 11, 10, 12, tzinfo=UTC)
EVER = between(date(2000, 1, 1), date(2100, 1, 1), "UTC")
CHARACTERS = {Unit.CHARACTERS: Decimal("12.3456789")}


def own(usd: str, **more) -> Overrides:
    rate = {Unit.CHARACTERS: Rate(Decimal(usd), Decimal(1000))}
    return Overrides([RateOverride("acme", rate, **more)])


class PriceList:
    """A provider's plugin, and what it was asked."""

    def __init__(self, answer) -> None:
        self.answer = answer
        self.asked: list[tuple[str, Usage, PriceTerms]] = []

    def price_usage(self, model, modality, usage, terms):
        self.asked.append((model, usage, terms))
        return self.answer(usage, terms)


def at_rate(usd: str, **more):
    list_ = own(usd, **more)
    return lambda usage, terms: list_.quote("acme", "voice", usage, terms)


def rates(answer, override: Overrides | None = None) -> Rates:
    plugin = PriceList(answer)
    return Rates(lambda provider: plugin, (override or Overrides()).quote)


def row(call: str, usd: str = "0.03", at=NOON, terms: PriceTerms | None = None, **changes):
    """An attempt as the meter would have priced it."""
    asked = terms or PriceTerms(at)
    quote = own(usd).quote("acme", "voice", Usage(CHARACTERS), asked)
    about = kit.attempt(call_id=call, started_us=kit.us(at), model="voice", modality=Modality.TTS)
    return kit.closed(about, **({"units": CHARACTERS, "quote": quote, "terms": asked} | changes))


def fill(path, records):
    ledger = open_ledger(path)
    for record in records:
        ledger.append(record)
    assert ledger.flush(60)
    ledger.close()


def run(path, asked: Rates, **more):
    with open_reader(path) as reader:
        return reprice(reader, engine_for(path), asked, EVER, **more)


def test_the_new_quote_stands_beside_the_old_one(path):
    fill(path, [row("call")])
    before = kit.rows(path, "SELECT * FROM attempts")
    with open_reader(path) as reader:
        summary = costs(reader, EVER).to_json()
    done = run(path, rates(at_rate("0.05")), reason="the list of December")
    (change,) = done.models.values()
    assert (change.requests, change.changed) == (1, 1)
    assert (change.cost_nano, change.new_nano) == (370_370, 617_284)
    assert kit.rows(path, "SELECT * FROM attempts") == before
    with open_reader(path) as reader:
        assert costs(reader, EVER).to_json() == summary
        (found,) = explain(reader, "call-1")
    ((requote, derivation),) = found.requotes
    assert found.derivation.stored_nano == 370_370
    assert (requote.cost_nano, requote.batch, requote.complete) == (617_284, done.batch, True)
    assert (requote.reason, derivation.agrees) == ("the list of December", True)
    assert derivation.quote.lines[0].quantity == Decimal("12.3456789")
    shown = CliRunner().invoke(app, ["explain", "call-1"]).output
    assert "$0.000370370 (exact)" in shown or "$0.00037037 (exact)" in shown
    assert "the list of December" in shown
    assert "$0.000617284" in shown


def test_what_is_the_same_is_not_written_again(path):
    fill(path, [row(f"call{n}") for n in range(20)])
    assert sum(one.changed for one in run(path, rates(at_rate("0.03"))).models.values()) == 0
    for usd, batch in (("0.05", 2), ("0.05", 2), ("0.03", 4)):
        run(path, rates(at_rate(usd)))
        ((last,),) = kit.rows(path, "SELECT MAX(batch_id) FROM requotes")
        assert last == batch
    assert kit.rows(path, "SELECT COUNT(*) FROM requotes") == [(40,)]


def test_a_dry_run_writes_nothing(path):
    fill(path, [row("call")])
    done = run(path, rates(at_rate("0.05")), dry_run=True)
    assert done.to_json()["difference_usd"] == "0.000246914"
    assert done.batch is None
    assert kit.rows(path, "SELECT * FROM requotes") == []
    assert kit.rows(path, "SELECT * FROM requote_batches") == []


def test_the_terms_of_the_row_are_asked_for_again(path):
    terms = PriceTerms(NOON, "batch", "growth", 2, frozenset({"diarize"}), "priority")
    fill(path, [row("call", terms=terms)])
    plugin = PriceList(at_rate("0.05"))
    done = run(path, Rates(lambda provider: plugin, Overrides().quote))
    assert done.without_terms == 0
    _, usage, asked = plugin.asked[-1]
    assert asked == terms
    assert usage == Usage(CHARACTERS, "reported")
    assert {dataclasses.replace(one[2], at=NOON) for one in plugin.asked} == {terms}


def test_rows_without_terms_take_the_usual_ones_and_are_counted(path):
    fill(path, [row("old"), row("older")])
    import sqlite3

    db = sqlite3.connect(path)
    ((content,),) = db.execute("SELECT content FROM rate_cards")
    kept = json.dumps(json.loads(content)[:4], separators=(",", ":"))
    db.execute("UPDATE rate_cards SET content = ?", (kept,))
    db.commit()
    db.close()
    plugin = PriceList(at_rate("0.03"))
    done = run(path, Rates(lambda provider: plugin, Overrides().quote))
    assert done.without_terms == 2
    assert plugin.asked[-1][2] == PriceTerms(NOON)
    assert sum(one.changed for one in done.models.values()) == 0


def test_as_of_takes_the_rates_of_that_day(path):
    fill(path, [row("call")])

    def answer(usage, terms):
        day = "0.09" if terms.at.date() >= date(2026, 12, 1) else "0.03"
        return at_rate(day)(usage, terms)

    assert sum(one.changed for one in run(path, rates(answer)).models.values()) == 0
    done = run(path, rates(answer), as_of=date(2026, 12, 1)).to_json()
    assert (done["rates_of"], done["new_cost_usd"]) == ("2026-12-01", "0.001111111")
    assert kit.rows(path, "SELECT as_of FROM requote_batches WHERE id = 2") == [("2026-12-01",)]


def test_overrides_win_over_the_plugin(path):
    fill(path, [row("call")])
    done = run(path, rates(at_rate("0.05"), own("0.01"))).to_json()
    assert done["new_cost_usd"] == "0.000123457"


def test_rates_that_change_within_a_day_are_not_mixed_up(path):
    """Half price in the evening, from half past four on; the units are the same all day."""
    moments = [NOON + timedelta(minutes=m) for m in (0, 269, 270, 300, 60 * 24, 60 * 24 + 271)]
    fill(path, [row(f"call{n}", at=at) for n, at in enumerate(moments)])

    def answer(usage, terms):
        evening = (terms.at.hour, terms.at.minute) >= (16, 30)
        return at_rate("0.02" if evening else "0.04")(usage, terms)

    run(path, rates(answer))
    found = dict(kit.rows(path, "SELECT call_id, cost_nano FROM requotes"))
    day, evening = 493_827, 246_914
    assert [found[f"call{n}"] for n in range(6)] == [day, day, evening, evening, day, evening]


def test_the_same_question_is_asked_once(path):
    fill(path, [row(f"call{n}", at=NOON + timedelta(minutes=n)) for n in range(400)])
    plugin = PriceList(at_rate("0.05"))
    run(path, Rates(lambda provider: plugin, Overrides().quote))
    assert len(plugin.asked) == 48 + 1
    assert kit.rows(path, "SELECT COUNT(*), COUNT(DISTINCT cost_nano) FROM requotes") == [(400, 1)]


def test_an_unconfirmed_count_is_never_exact(path):
    fill(path, [row("call", verdict="mismatch")])
    run(path, rates(at_rate("0.05")))
    with open_reader(path) as reader:
        (found,) = explain(reader, "call")
    assert found.requotes[0][0].quote.confidence == "estimated"


def test_a_price_nobody_knows_any_more_is_unknown_and_not_nothing(path):
    fill(path, [row("call")])
    done = run(path, rates(lambda usage, terms: None)).to_json()
    assert done["by_model"][0]["new_unpriced_requests"] == 1
    assert kit.rows(path, "SELECT cost_nano FROM requotes") == [(None,)]


def test_what_a_broken_or_missing_plugin_priced_is_left_alone(path):
    fill(path, [row("call")])

    def missing(provider):
        raise PluginError("it is not there")

    done = run(path, Rates(missing, Overrides().quote)).to_json()
    assert (done["unanswered_requests"], done["requests"]) == ({"acme": 1}, 0)
    assert kit.rows(path, "SELECT * FROM requotes") == []


def test_open_and_abandoned_rows_are_left_alone(path):
    ledger = open_ledger(path)
    ledger.append(kit.opened(kit.attempt(call_id="dead", started_us=kit.us(NOON)), 7))
    ledger.close()
    ledger = open_ledger(path)
    ledger.append(kit.opened(kit.attempt(call_id="open", started_us=kit.us(NOON)), 7))
    ledger.append(row("call"))
    assert ledger.flush(20)
    done = run(path, rates(at_rate("0.05")))
    ledger.close()
    assert done.abandoned == 1
    assert kit.rows(path, "SELECT call_id FROM requotes") == [("call",)]


def test_a_run_that_is_cut_short_says_so_and_the_next_one_completes_it(path):
    fill(path, [row(f"call{n:05}", at=NOON + timedelta(seconds=n)) for n in range(5000)])

    def stop(done):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(path, rates(at_rate("0.05")), report=stop)
    ((written,),) = kit.rows(path, "SELECT COUNT(*) FROM requotes")
    assert 0 < written < 5000
    with open_reader(path) as reader:
        assert not explain(reader, "call00000")[0].requotes[0][0].complete
    done = run(path, rates(at_rate("0.05")))
    assert sum(one.changed for one in done.models.values()) == 5000 - written
    assert kit.rows(path, "SELECT COUNT(*) FROM requotes") == [(5000,)]


def test_agents_write_on_meanwhile(path):
    fill(path, [row(f"call{n:05}", at=NOON + timedelta(seconds=n)) for n in range(9000)])
    ledger = open_ledger(path)

    def more(done):
        ledger.append(kit.closed())
        assert ledger.flush(20)

    run(path, rates(at_rate("0.05")), report=more)
    ledger.close()
    assert kit.rows(path, "SELECT COUNT(*) FROM requotes WHERE call_id LIKE 'call%'") == [(9000,)]
    assert ledger.stats().lost == 0


def test_the_command_prices_by_the_config(path, tmp_path):
    fill(path, [row("call"), row("again")])
    (tmp_path / "voicegw.yaml").write_text(
        "pricing:\n  overrides:\n  - match: {provider: acme}\n"
        "    rates: {characters: {usd: 0.05, per: 1000}}\n    note: the contract\n"
    )
    window = ("--start", "2026-11-10", "--end", "2026-11-10")
    shown = CliRunner().invoke(app, ["reprice", *window, "--dry-run"])
    assert shown.exit_code == 0, shown.output
    assert "acme/voice" in shown.output
    assert "Nothing was written." in shown.output
    shown = CliRunner().invoke(app, ["reprice", *window, "--json", "--reason", "renewed"])
    done = json.loads(shown.output)
    assert (done["changed_requests"], done["difference_usd"]) == (2, "0.000493828")
    with open_reader(path) as reader:
        (found,) = explain(reader, "call")
    assert found.requotes[0][0].quote.source == "operator: the contract"
    assert found.requotes[0][0].reason == "renewed"


@pytest.mark.parametrize(
    ("arguments", "rows"),
    [(("--provider", "acme"), 1), (("--provider", "nobody"), 0), (("-p", "nobody"), 0)],
)
def test_the_command_filters(path, arguments, rows):
    fill(path, [row("call")])
    window = ("--start", "2026-11-10", "--end", "2026-11-10", "--dry-run", "--json")
    done = json.loads(CliRunner().invoke(app, ["reprice", *window, *arguments]).output)
    assert done["requests"] + sum(done["unanswered_requests"].values()) == rows


def test_wrong_use(path):
    fill(path, [row("call")])
    shown = CliRunner().invoke(app, ["reprice", "--as-of", "soon"])
    assert shown.exit_code == 2
    assert "is no day" in shown.output
