"""What is written is counted once."""

from __future__ import annotations

import random
from decimal import Decimal

from voicegateway.storage.ledger import Ledger
from voicegateway.storage.models import AttemptCheckpointed, AttemptOpened, LedgerRecord
from voicegateway.storage.queries import costs, logs, period_named
from voicegateway.testing.conformance import records as made
from voicegateway.testing.conformance.place import LedgerPlace, OpenLedger
from voicegateway.testing.conformance.truth import checked_rows
from voicegateway.types import PriceQuote, Unit

__all__ = ["WritingTests"]


class WritingTests:
    """Idempotence and sums."""

    def test_a_third_sent_twice_and_all_shuffled(self, ledger: Ledger, place: LedgerPlace) -> None:
        ended = made.many(3000)
        sent: list[LedgerRecord] = [*ended, *made.opened(ended)]
        sent += random.Random(3).sample(sent, len(sent) * 3 // 10)  # noqa: S311 - the same each time
        random.Random(4).shuffle(sent)  # noqa: S311 - the same each time
        for record in sent:
            ledger.append(record)
        assert ledger.flush(60)
        stats = ledger.stats()
        assert (stats.committed, stats.lost, stats.queued) == (len(sent), 0, 0)
        assert checked_rows(place) == len(ended)
        assert place.rows("SELECT COUNT(*) FROM open_attempts") == [(0,)]
        total = place.rows("SELECT CAST(SUM(cost_nano) AS BIGINT), COUNT(cost_nano) FROM attempts")
        priced = [one for one in ended if one.quote.amount_usd is not None]
        assert total == [(made.known_cost(ended), len(priced))]

    def test_many_days_and_sessions_at_once(self, ledger: Ledger, place: LedgerPlace) -> None:
        for record in made.many(1500, step_us=1_800_000_000):  # a month, a row every half hour
            ledger.append(record)
        assert ledger.flush(60)
        assert checked_rows(place) == 1500

    def test_the_same_again_by_another_ledger(
        self, open_ledger: OpenLedger, place: LedgerPlace
    ) -> None:
        ended = made.many(300)
        for _ in range(2):
            ledger = open_ledger()
            for record in ended:
                ledger.append(record)
            assert ledger.flush(30)
            ledger.close()
        assert checked_rows(place) == 300

    def test_unpriced_is_null_and_never_summed_as_nothing(
        self, ledger: Ledger, place: LedgerPlace
    ) -> None:
        for call, model, quote in (
            ("a", "free", made.UNPRICED),
            ("b", "half", made.UNPRICED),
            ("c", "half", made.quote((Unit.INPUT_TOKENS, "100", "0.00001"))),
            ("d", "bound", PriceQuote(None, (), (Unit.OUTPUT_TOKENS,), "unknown", "list")),
        ):
            ledger.append(made.closed(made.attempt(call, model=model), quote=quote))
        assert ledger.flush(30)
        with place.reader() as reader:
            found = costs(reader, period_named("today", "UTC")).to_json()
        models = {row["key"]: row for row in found["by_model"]}  # type: ignore[attr-defined]
        assert models["acme/free"]["cost_usd"] is None
        assert models["acme/bound"]["cost_usd"] is None
        assert models["acme/half"]["cost_usd"] == "0.001000"
        assert (found["total_usd"], found["unpriced_requests"]) == ("0.001000", 3)

    def test_the_later_checkpoint_counts_whichever_comes_first(
        self, ledger: Ledger, place: LedgerPlace
    ) -> None:
        about = made.attempt("call")
        for at, seconds in ((2_000, 8), (1_000, 4)):
            units = {Unit.AUDIO_SECONDS: Decimal(seconds)}
            ledger.append(AttemptCheckpointed(about, units, "measured", seconds, at))
            assert ledger.flush(30)
        ledger.append(AttemptOpened(about, 77))
        assert ledger.flush(30)
        query = "SELECT checkpoint_us, audio_seconds, cost_nano, held_nano FROM open_attempts"
        assert place.rows(query) == [(2_000, 8_000_000, 8, 77)]
        with place.reader() as reader:
            (row,) = logs(reader).to_json()
        assert (row["outcome"], row["units"]) == ("open", {"audio_seconds": "8"})

    def test_many_checkpoints_in_one_batch(self, ledger: Ledger, place: LedgerPlace) -> None:
        running = [made.attempt(f"call-{index:03d}") for index in range(100)]
        for about in running:
            ledger.append(AttemptOpened(about, 5))
        for about in running:
            units = {Unit.CHARACTERS: Decimal(len(about.call_id))}
            ledger.append(AttemptCheckpointed(about, units, "measured", 7))
        assert ledger.flush(30)
        query = "SELECT COUNT(*), MIN(held_nano), MAX(cost_nano) FROM open_attempts"
        assert place.rows(query) == [(100, 5, 7)]
