"""Plugins whose calls are metered wrongly, and clients that fail in the wrong way."""

from __future__ import annotations

import contextlib
import logging
from decimal import Decimal

import aiohttp
from livekit.agents import APIConnectionError, APIError, APIStatusError
from sabotage import LLM, STT, TTS, Case, client, hooks, parts, verdict
from voicegw_brook import Acme
from voicegw_brook.client import Client
from voicegw_brook.llm import AcmeThinking
from voicegw_brook.tts import AcmeSpeaking

from voicegateway.authoring import current_attempt
from voicegateway.types import PriceQuote, StreamVerdict, Unit, Usage

log = logging.getLogger("voicegw_brook")


def counts(change):
    """Acme whose reading of its own counters is changed."""
    return parts(counters=lambda self, report: change(Acme.counters(self, report)))


def raises(error, *statuses):
    """A client that lets some refusals out as they are."""

    @contextlib.asynccontextmanager
    async def asking(self):
        try:
            async with Client.asking(self) as session:
                yield session
        except APIStatusError as refused:
            if refused.status_code not in statuses:
                raise
            raise error from None

    return client(asking=asking)


def adds(self, answer):
    for name in ("characters", "seconds"):
        if name in answer:
            current_attempt().add(**{name: float(answer[name]), "times_sent": 1})


def shares(self, answer):
    if "characters" in answer:
        self.total = getattr(self, "total", 0) + int(answer["characters"])
        current_attempt().note(characters=self.total)


def always_forty(self, answer):
    if "seconds" in answer:
        current_attempt().note(seconds=2.0)


class Mute(AcmeThinking):
    def _read(self, line):
        if "usage" in line:
            super()._read(line)


class Stubborn(AcmeThinking):
    async def _run(self):
        for _ in range(2):
            with contextlib.suppress(APIError):
                return await super()._run()
        return await super()._run()


class Credulous(AcmeSpeaking):
    async def _run(self, output_emitter):
        with contextlib.suppress(APIConnectionError):
            await super()._run(output_emitter)
        output_emitter.end_segment()


class ClosesOnce(AcmeSpeaking):
    ended = False

    async def aclose(self):
        await super().aclose()
        assert not self.ended, "this stream is closed"
        self.ended = True


def thinking(kind):
    def chat(self, *, chat_ctx, tools=None, conn_options, **_):
        return kind(self, chat_ctx=chat_ctx, tools=[], conn_options=conn_options)

    return client(chat=chat)


def speaking(kind):
    return client(stream=lambda self, *, conn_options: kind(tts=self, conn_options=conn_options))


@contextlib.asynccontextmanager
async def gives_up(self):
    try:
        async with Client.asking(self) as session:
            yield session
    except APIStatusError as error:
        raise APIConnectionError("no", retryable=False) from error


@contextlib.asynccontextmanager
async def sulks(self):
    if getattr(self, "hurt", False):
        raise APIConnectionError("not after what you did")
    try:
        async with Client.asking(self) as session:
            yield session
    except APIError:
        self.hurt = True
        raise


@contextlib.asynccontextmanager
async def waits(self, path, conn_options, **body):
    forever = aiohttp.ClientTimeout()
    async with (
        self.asking() as session,
        session.post(self.url(path), headers=self.headers(), timeout=forever, **body) as response,
    ):
        yield response


def says_reported(self, report):
    return StreamVerdict(Usage(report.measured.units, "reported"), "confirmed")


def twice_in_batches(self, report):
    found = Acme.validate_stream(self, report)
    if report.terms.mode != "batch":
        return found
    units = {unit: amount * 2 for unit, amount in found.billable.units.items()}
    return StreamVerdict(Usage(units, found.billable.basis), found.status)


def trusting(self, report):
    facts = {"seconds": Unit.AUDIO_SECONDS, "characters": Unit.CHARACTERS}
    return {
        unit: Decimal(str(report.vendor[name]))
        for name, unit in facts.items()
        if name in report.vendor
    }


def nought(self, usage, lines):
    return PriceQuote(Decimal(0), source="list")


def logs_text(self, path):
    log.info("asking %s to say: The quick brown fox jumps over the lazy dog.", path)
    return f"{self._url}{path}"


def logs_key(self):
    log.debug("key %s", self._key)
    return {"Authorization": f"Bearer {self._key}"}


@contextlib.asynccontextmanager
async def tells_key(self):
    try:
        async with Client.asking(self) as session:
            yield session
    except APIStatusError as error:
        raise APIStatusError(f"{self._key} is refused", status_code=error.status_code) from None


async def _(): ...


CASES = {
    "bills nothing": Case(
        LLM,
        "test_a_completed_call_is_one_row_with_its_units",
        "the row has no units",
        verdict({}),
    ),
    "forgets the prompt": Case(
        LLM,
        "test_a_completed_call_is_one_row_with_its_units",
        "the row has no input tokens",
        verdict({Unit.OUTPUT_TOKENS: Decimal(3)}),
    ),
    "forgets the answer": Case(
        LLM,
        "test_a_completed_call_is_one_row_with_its_units",
        "the row has no output tokens",
        verdict({Unit.INPUT_TOKENS: Decimal(3)}),
    ),
    "always hears two seconds": Case(
        STT,
        "test_twice_as_much_is_not_counted_as_the_same",
        "4.0 s of audio were sent, and the row has 2 s",
        client(note=always_forty),
    ),
    "misreads its counters": Case(
        TTS,
        "test_the_verdict_on_a_clean_call_is_no_mismatch",
        "the verdict on a clean call is mismatch",
        counts(lambda units: {unit: amount + 7 for unit, amount in units.items()}),
    ),
    "says nothing": Case(
        LLM,
        "test_the_first_output_comes_before_the_end",
        "a completed call has no time to first byte",
        thinking(Mute),
    ),
    "is priced at 0": Case(
        STT,
        "test_the_price_of_a_call_is_known_or_honestly_unknown",
        "units were used and the quote is 0",
        parts(quote=nought),
    ),
    "keeps one count for ever": Case(
        TTS,
        "test_calls_one_after_the_other_are_rows_of_their_own",
        "44 characters were sent, and the row has 88",
        client(note=shares),
    ),
    "keeps one count for all": Case(
        TTS,
        "test_two_calls_at_once_do_not_mix",
        "do they share a counter?",
        client(note=shares),
    ),
    "forgives a barge-in": Case(
        TTS,
        "test_a_call_cut_off_midway_is_one_row_with_what_was_used",
        "a call that was cut off has no units",
        verdict({}, on="cancelled"),
    ),
    "bills a call that never was": Case(
        TTS,
        "test_a_call_closed_before_it_began_costs_nothing",
        "nothing was sent, and it is billed",
        verdict({Unit.CHARACTERS: Decimal(100)}),
    ),
    "ends once": Case(
        TTS, "test_a_stream_can_be_closed_twice", "this stream is closed", speaking(ClosesOnce)
    ),
    "raises its own error at a wrong key": Case(
        STT,
        "test_a_refused_key_is_a_failed_row",
        "the call fails with builtins.PermissionError",
        raises(PermissionError("no"), 401),
    ),
    "raises its own error at a server error": Case(
        LLM,
        "test_a_server_error_is_a_failed_row",
        "the call fails with builtins.RuntimeError",
        raises(RuntimeError("no"), 500),
    ),
    "raises its own error at a rate limit": Case(
        TTS,
        "test_a_rate_limit_is_a_failed_row",
        "the call fails with builtins.OSError",
        raises(OSError("no"), 429),
    ),
    "confirms a failure": Case(
        TTS,
        "test_a_rate_limit_is_a_failed_row",
        "nothing was reported, and the verdict is confirmed",
        verdict(None, basis="measured", on="failed"),
    ),
    "tries again by itself": Case(
        LLM,
        "test_a_retry_is_a_row_of_its_own",
        "does the vendor's client try again by itself?",
        thinking(Stubborn),
    ),
    "cannot be tried again": Case(
        LLM,
        "test_every_failed_attempt_is_a_row",
        "a failed attempt and each of its retries are rows",
        client(asking=gives_up),
    ),
    "sulks": Case(
        LLM, "test_an_object_works_again_after_a_failure", "not after what", client(asking=sulks)
    ),
    "takes a break for the end": Case(
        TTS,
        "test_a_connection_that_breaks_midway_is_a_failed_row_with_what_was_used",
        "the vendor's cloud fails, and the call completes",
        speaking(Credulous),
    ),
    "bills nothing of a failure": Case(
        TTS,
        "test_a_connection_that_breaks_midway_is_a_failed_row_with_what_was_used",
        "answered in part: the row says 0",
        verdict({}, "usage_missing", "measured", on="failed"),
    ),
    "waits for ever": Case(
        LLM,
        "test_a_silent_vendor_leaves_no_row_without_an_end",
        "did not end within",
        client(post=waits),
    ),
    "believes in silence": Case(
        LLM,
        "test_a_call_cut_off_before_its_first_output_is_one_row",
        "the vendor said nothing, and the row says it reported",
        verdict(None, "cancelled_partial", on="cancelled"),
    ),
    "calls its own count the vendor's": Case(
        STT,
        "test_without_the_vendors_counters_our_own_count_is_used",
        "the vendor sent no counters, and the row says reported",
        hooks(validate_stream=says_reported),
    ),
    "adds up totals": Case(
        STT, "test_counters_that_come_twice_count_once", "one alone", client(note=adds)
    ),
    "prints its key": Case(
        STT,
        "test_a_key_is_not_shown_by_what_is_made_with_it",
        "an object or its settings show the key",
        client(__repr__=lambda self: f"<Acme {self._key}>"),
    ),
    "logs what is said": Case(
        TTS,
        "test_a_call_logs_neither_the_key_nor_what_was_said",
        "what was said is in the log",
        client(url=logs_text),
        {"package": "voicegw_brook"},
    ),
    "logs its key": Case(
        TTS,
        "test_a_call_logs_neither_the_key_nor_what_was_said",
        "the key is in the log",
        client(headers=logs_key),
        {"package": "voicegw_brook"},
    ),
    "tells its key": Case(
        LLM,
        "test_a_failure_shows_neither_the_key_nor_what_was_said",
        "the key is in the error of a failed call",
        client(asking=tells_key),
    ),
    "trusts its vendor": Case(
        STT,
        "test_every_report_gets_a_sound_verdict",
        "decimal.InvalidOperation",
        parts(counters=trusting),
    ),
    "confirms what nobody said": Case(
        STT,
        "test_a_report_without_counters_is_not_confirmed",
        "nothing was reported, and the verdict confirms it",
        verdict(None, basis="measured"),
    ),
    "reads out twice": Case(
        TTS,
        "test_synthesize_is_one_row_that_counts_once",
        "44 characters were sent, and the row has 88",
        hooks(validate_stream=twice_in_batches),
    ),
    "hears twice": Case(
        STT,
        "test_recognize_is_one_row_with_its_units",
        "2.0 s of audio were sent, and the row has 4 s",
        hooks(validate_stream=twice_in_batches),
    ),
}
