"""`/metrics`, read by Prometheus's own parsers and compared with what the ledger says."""

from __future__ import annotations

from decimal import Decimal

import ledger_kit as kit
import pytest
import server_kit
from prometheus_client.openmetrics.parser import text_string_to_metric_families as open_metrics
from prometheus_client.parser import text_string_to_metric_families as plain_text

from voicegateway.storage.ledger import open_ledger
from voicegateway.storage.queries import costs, open_reader, period_named

OPEN_METRICS = "application/openmetrics-text; version=1.0.0"


@pytest.fixture
def scrape(yaml):
    yaml("projects:\n  support:\n    daily_budget: '2.50'\n    monthly_budget: '40'\n")
    with server_kit.serving() as client:

        def scraped(accept=None):
            answer = client.get("/metrics", headers={} if accept is None else {"Accept": accept})
            assert answer.status_code == 200
            parse = open_metrics if accept == OPEN_METRICS else plain_text
            return {
                (sample.name, tuple(sorted(sample.labels.items()))): sample.value
                for family in parse(answer.text)
                for sample in family.samples
            }

        yield scraped


@pytest.fixture
def ledger(database):
    opened = open_ledger(database)
    yield opened
    opened.close()


def total(samples, name, **labels):
    wanted = set(labels.items())
    return sum(value for (one, has), value in samples.items() if one == name and wanted <= set(has))


@pytest.mark.parametrize("accept", [None, OPEN_METRICS])
def test_it_says_what_the_ledger_says(ledger, database, scrape, accept) -> None:
    records = kit.mixed(2000)
    for record in records:
        ledger.append(record)
    assert ledger.flush(30)
    samples = scrape(accept)
    with open_reader(database) as reader:
        for project in ("default", "support", "booking"):
            found = costs(reader, period_named("month", "UTC"), project=project)
            cost = total(samples, "voicegw_cost_usd_total", project=project)
            assert Decimal(f"{cost:.9f}") == Decimal(found.to_json()["total_usd"])
            requests = total(samples, "voicegw_requests_total", project=project)
            assert requests == found.to_json()["requests"]
            unpriced = total(samples, "voicegw_unpriced_requests_total", project=project)
            assert unpriced == found.to_json()["unpriced_requests"]
    for outcome in ("completed", "cancelled", "failed"):
        count = sum(record.outcome == outcome for record in records)
        assert total(samples, "voicegw_requests_total", outcome=outcome) == count


def test_latencies_are_histograms(ledger, scrape) -> None:
    records = kit.mixed(2000)
    for record in records:
        ledger.append(record)
    assert ledger.flush(30)
    samples = scrape()
    for name, measured in (
        ("ttfb", [one.ttfb_ms for one in records if one.ttfb_ms is not None]),
        ("duration", [one.duration_ms for one in records if one.duration_ms is not None]),
    ):
        metric = f"voicegw_request_{name}_seconds"
        assert total(samples, f"{metric}_count") == len(measured)
        assert total(samples, f"{metric}_sum") == pytest.approx(sum(measured) / 1000, rel=0.01)
        assert total(samples, f"{metric}_bucket", le="+Inf") == len(measured)
        before = 0.0
        for bound in ("0.05", "0.1", "0.3", "0.5", "1.0", "3.0", "10.0", "1800.0"):
            below = total(samples, f"{metric}_bucket", le=bound)
            least = sum(one <= float(bound) * 990 for one in measured)
            most = sum(one <= float(bound) * 1010 for one in measured)
            assert least <= below <= most, bound
            assert below >= before
            before = below


def test_a_later_scrape_has_what_came_meanwhile(ledger, scrape) -> None:
    ledger.append(kit.closed())
    assert ledger.flush(10)
    first = scrape()
    ledger.append(kit.closed(ttfb_ms=40.0))
    ledger.append(kit.closed(kit.attempt(started_us=kit.now_us() - 9 * 86_400_000_000)))
    assert ledger.flush(10)
    second = scrape()
    name = "voicegw_request_ttfb_seconds"
    assert total(first, f"{name}_count") == 1
    assert total(second, f"{name}_count") == 3
    assert total(second, f"{name}_bucket", le="0.05") == 1


def test_counters_never_fall(database, scrape) -> None:
    """Not when a row that was given up for dead turns out to have ended otherwise."""
    dear, priced = kit.attempt(), kit.closed()
    ledger = open_ledger(database)
    ledger.append(kit.opened(dear, held_nano=5_000_000_000))
    ledger.append(priced)
    assert ledger.flush(10)
    ledger.close()  # settles what it has open
    before = scrape()
    later = open_ledger(database)
    later.append(kit.closed(dear))
    assert later.flush(10)
    later.close()
    after = scrape()
    counters = {key for key in before if not key[0].startswith("voicegw_budget")}
    assert {key for key in counters if after.get(key, -1) < before[key]} == set()
    assert total(after, "voicegw_requests_total", outcome="completed") == 2
    assert total(after, "voicegw_requests_total", outcome="abandoned") == 1
    assert total(after, "voicegw_cost_usd_total") == pytest.approx(5.0024)


def test_budgets_are_beside_what_is_spent(ledger, scrape) -> None:
    ledger.append(kit.closed(kit.attempt(project="support")))
    assert ledger.flush(10)
    samples = scrape()
    found = {
        (name, dict(labels)["period"]): value
        for (name, labels), value in samples.items()
        if name.startswith("voicegw_budget")
    }
    assert found == {
        ("voicegw_budget_spent_usd", "daily"): 0.0012,
        ("voicegw_budget_spent_usd", "monthly"): 0.0012,
        ("voicegw_budget_limit_usd", "daily"): 2.5,
        ("voicegw_budget_limit_usd", "monthly"): 40.0,
    }


def test_lost_and_waiting_records_are_told(ledger, database, scrape) -> None:
    ledger.append(kit.closed())
    ledger.append(kit.closed(kit.attempt(project="x" * 10), duration_ms=float("nan")))
    ledger.flush(10)
    ledger.close()  # the loss is made known with the last transaction
    samples = scrape()
    assert samples[("voicegw_ledger_lost_total", ())] == 1
    assert samples[("voicegw_ledger_queue", ())] == 0


def test_names_may_hold_anything(ledger, scrape) -> None:
    odd = 'a"b\\c\nd{e="f"} é \u2028'
    ledger.append(kit.closed(kit.attempt(project=odd, model=odd)))
    assert ledger.flush(10)
    for accept in (None, OPEN_METRICS):
        assert total(scrape(accept), "voicegw_requests_total", project=odd, model=odd) == 1


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("", "text/plain; version=0.0.4; charset=utf-8"),
        ("text/html,*/*", "text/plain; version=0.0.4; charset=utf-8"),
        ("text/plain;version=1.0.0", "text/plain; version=1.0.0; charset=utf-8"),
        (OPEN_METRICS, "application/openmetrics-text; version=1.0.0; charset=utf-8"),
        ("application/openmetrics-text; version=none", "text/plain; version=0.0.4; charset=utf-8"),
    ],
)
def test_the_format_is_what_the_scraper_accepts(database, accept, kind) -> None:
    with server_kit.serving() as client:
        answer = client.get("/metrics", headers={"Accept": accept})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(kind)
    assert answer.text.endswith("# EOF\n") == ("openmetrics" in kind)
