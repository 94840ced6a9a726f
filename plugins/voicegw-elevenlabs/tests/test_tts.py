"""What text-to-speech leaves in the ledger, over the shared WebSocket and over HTTP."""

import asyncio
from decimal import Decimal

import pytest
from livekit.agents import APIError
from livekit.plugins import elevenlabs

from voicegateway.testing import Fault, drain, retries
from voicegateway.types import Unit

FIRST = "The first sentence is long enough to be sent by itself. "
SECOND = "The second one follows after it and is long enough as well."
VOICE = "JBFqnCBsd6RMkjVDRZzb"
CHARS, CREDITS = Unit.CHARACTERS, Unit.CREDITS


@pytest.fixture
def tts(make, speaker):
    def make_tts(model=f"eleven_flash_v2_5:{VOICE}", **options):
        return make("TTS", model, speaker, **{"encoding": "pcm_16000", **options})

    return make_tts


def streamed(tts, text, tries=0):
    stream = tts.stream(conn_options=retries(tries))
    stream.push_text(text)
    stream.end_input()
    return stream


def spoken(cloud):
    """The texts that the cloud was sent, without the space that opens a context."""
    return [m["text"] for m in cloud.messages if m.get("text", " ") != " " and m["text"]]


async def test_http_is_priced_by_what_elevenlabs_counted(plugins, tts, speaker):
    await drain(tts().synthesize("Hello, world.", conn_options=retries(0)))
    (row,) = await plugins.rows()
    assert dict(row.units) == {CHARS: Decimal(13), CREDITS: Decimal(7)}
    assert (row.basis, row.verdict, row.outcome) == ("reported", "confirmed", "completed")
    assert row.quote.amount_usd == Decimal("0.00052")
    assert 0 < row.ttfb_ms <= row.duration_ms
    (request,) = speaker.received
    assert request.path == f"/v1/text-to-speech/{VOICE}/stream"
    assert request.json()["model_id"] == "eleven_flash_v2_5"


async def test_the_socket_is_priced_by_what_was_sent(plugins, tts, speaker):
    await drain(streamed(tts(language="de-AT"), FIRST + SECOND))
    (row,) = await plugins.rows()
    assert row.units[CHARS] == len(FIRST + SECOND) == 115
    assert row.units[Unit.AUDIO_SECONDS] > 7
    assert CREDITS not in row.units
    assert (row.basis, row.verdict) == ("measured", "usage_missing")
    assert (row.quote.amount_usd, row.quote.confidence) == (Decimal("0.0046"), "estimated")
    assert row.ttfb_ms < row.duration_ms
    (request,) = speaker.received
    assert request.path == f"/v1/text-to-speech/{VOICE}/multi-stream-input"
    assert request.query["language_code"] == "de"
    assert request.query["model_id"] == "eleven_flash_v2_5"


async def test_the_voice_may_be_given_by_itself(tts, speaker):
    await drain(tts("eleven_flash_v2_5", voice="abc").synthesize("Hi.", conn_options=retries(0)))
    assert speaker.received[0].path == "/v1/text-to-speech/abc/stream"


async def test_without_a_voice_it_is_livekits_default(tts, speaker):
    await drain(tts("eleven_flash_v2_5").synthesize("Hi.", conn_options=retries(0)))
    path = f"/v1/text-to-speech/{elevenlabs.DEFAULT_VOICE_ID}/stream"
    assert speaker.received[0].path == path


async def test_the_default_encoding_is_mp3(plugins, make, speaker):
    tts = make("TTS", "eleven_flash_v2_5", speaker)
    assert await drain(tts.synthesize("Hello there.", conn_options=retries(0)))
    assert await drain(streamed(tts, "Hello there."))
    assert [row.units[CHARS] for row in await plugins.rows()] == [12, 12]


@pytest.mark.parametrize("model", ["eleven_v3", "eleven_v4", "eleven_v4_turbo"])
async def test_dialogue_models(plugins, tts, speaker, model):
    speaker.credits_each = 0.5 if "turbo" in model else 1
    made = tts(f"{model}:{VOICE}")
    await drain(made.synthesize("Hello, world.", conn_options=retries(0)))
    await drain(streamed(made, "Hello, world."))
    over_http, over_socket = await plugins.rows()
    rate = Decimal("0.04") if "turbo" in model else Decimal("0.08")
    assert over_http.quote.amount_usd == over_socket.quote.amount_usd == 13 * rate / 1000
    assert (over_http.verdict, over_socket.verdict) == ("confirmed", "usage_missing")
    paths = [request.path for request in speaker.received]
    assert paths == ["/v1/text-to-dialogue/stream", "/v1/text-to-dialogue/multi-stream-input"]
    assert speaker.messages[0]["voices"] == [VOICE]


async def test_a_barge_in_costs_what_was_sent_until_then(plugins, tts, speaker):
    stream = tts().stream(conn_options=retries(0))
    stream.push_text(FIRST + SECOND)  # the tokenizer keeps the end of it for what may follow
    await stream.__anext__()
    await stream.aclose()
    (row,) = await plugins.rows()
    assert (row.outcome, row.verdict, row.basis) == ("cancelled", "cancelled_partial", "measured")
    assert spoken(speaker) == [FIRST]
    assert row.units[CHARS] == len(FIRST) - 1
    assert row.quote.amount_usd == Decimal("0.0022")


async def test_a_barge_in_over_http_has_the_count_of_the_headers(plugins, tts, speaker):
    speaker.pauses = True
    stream = tts().synthesize(FIRST, conn_options=retries(0))
    await stream.__anext__()
    await stream.aclose()
    (row,) = await plugins.rows()
    assert (row.outcome, row.verdict) == ("cancelled", "cancelled_partial")
    assert (row.basis, row.units[CHARS]) == ("reported", len(FIRST))


async def test_streams_on_one_socket_count_for_themselves(plugins, tts, speaker):
    made = tts()
    texts = [FIRST, FIRST + SECOND, SECOND]
    await drain(streamed(made, texts[0]))
    await asyncio.gather(*(drain(streamed(made, text)) for text in texts[1:]))
    assert len(speaker.received) == 1  # they shared it
    counted = sorted(row.units[CHARS] for row in await plugins.rows())
    assert counted == sorted([len(FIRST) - 1, len(FIRST + SECOND), len(SECOND)])


async def test_a_socket_that_was_opened_before_any_call(plugins, tts, speaker):
    made = tts()
    made.prewarm()
    while not speaker.received:  # noqa: ASYNC110 - it comes over a socket
        await asyncio.sleep(0.01)
    await drain(streamed(made, FIRST))
    (row,) = await plugins.rows()
    assert len(speaker.received) == 1
    assert row.units[CHARS] == len(FIRST) - 1


async def test_a_socket_that_was_opened_after_a_change_of_voice(plugins, tts, speaker):
    made = tts()
    await drain(streamed(made, FIRST))
    made.update_options(voice_id="other")
    await drain(streamed(made, SECOND))
    assert speaker.received[1].path == "/v1/text-to-speech/other/multi-stream-input"
    assert [row.units[CHARS] for row in await plugins.rows()] == [len(FIRST) - 1, len(SECOND)]


async def test_an_attempt_that_never_reached_the_socket_costs_nothing(plugins, tts, speaker):
    speaker.fault, speaker.times = Fault.SERVER_ERROR, 1
    await drain(streamed(tts(), FIRST, tries=1))
    failed, done = await plugins.rows()
    assert (failed.attempt, failed.outcome, failed.units[CHARS]) == (1, "failed", 0)
    assert failed.quote.amount_usd == 0
    assert (done.attempt, done.outcome, done.units[CHARS]) == (2, "completed", len(FIRST) - 1)
    assert failed.call_id == done.call_id


@pytest.mark.parametrize("fault", [Fault.WRONG_KEY, Fault.RATE_LIMITED, Fault.SERVER_ERROR])
async def test_a_request_that_is_refused(plugins, tts, speaker, fault):
    speaker.fault = fault
    with pytest.raises(APIError):
        await drain(tts().synthesize("Hello.", conn_options=retries(0)))
    (row,) = await plugins.rows()
    assert (row.outcome, row.verdict) == ("failed", "usage_missing")
    assert row.error.startswith("APIStatusError 4" if fault != Fault.SERVER_ERROR else "APIS")


async def test_a_line_that_breaks_has_cost_what_was_sent(plugins, tts, speaker):
    speaker.fault = Fault.CLOSE_MID_STREAM
    stream = tts().stream(conn_options=retries(0))
    stream.push_text(FIRST + SECOND)
    with pytest.raises(APIError):
        await drain(stream)
    (row,) = await plugins.rows()
    assert (row.outcome, row.verdict) == ("failed", "usage_missing")
    assert row.units[CHARS] == len(FIRST) - 1


async def test_headers_that_are_missing(plugins, tts, speaker):
    speaker.fault = Fault.NO_USAGE
    await drain(tts().synthesize("Hello, world.", conn_options=retries(0)))
    (row,) = await plugins.rows()
    assert row.units[CHARS] == 13
    assert (row.basis, row.verdict) == ("measured", "usage_missing")
    assert row.quote.amount_usd == Decimal("0.00052")


async def test_headers_that_came_twice_count_once(plugins, tts, speaker):
    speaker.fault = Fault.USAGE_TWICE
    await drain(tts().synthesize("Hello, world.", conn_options=retries(0)))
    (row,) = await plugins.rows()
    assert dict(row.units) == {CHARS: Decimal(13), CREDITS: Decimal(7)}
    assert (row.verdict, row.quote.amount_usd) == ("duplicate", Decimal("0.00052"))


async def test_the_cost_in_credits_alone(plugins, tts, speaker):
    """As live answers of 2026 have it."""
    speaker.says_count = False
    await drain(tts().synthesize("Hello", conn_options=retries(0)))
    (row,) = await plugins.rows()
    assert dict(row.units) == {CHARS: Decimal(5), CREDITS: Decimal(3)}
    assert (row.verdict, row.quote.amount_usd) == ("confirmed", Decimal("0.0002"))


async def test_fewer_credits_than_the_help_centre_says(plugins, tts, speaker):
    """Requests to the API are discounted."""
    speaker.says_count, speaker.credits_each = False, 0.15
    await drain(tts().synthesize("Hello from the agent", conn_options=retries(0)))
    (row,) = await plugins.rows()
    assert dict(row.units) == {CHARS: Decimal(20), CREDITS: Decimal(3)}
    assert (row.verdict, row.quote.amount_usd) == ("unverifiable", Decimal("0.0008"))


async def test_a_voice_that_costs_a_multiple(plugins, tts, speaker):
    speaker.says_count, speaker.voice_multiple = False, 2
    await drain(tts().synthesize("Hello, world!!", conn_options=retries(0)))
    (row,) = await plugins.rows()
    assert dict(row.units) == {CHARS: Decimal(14), CREDITS: Decimal(14)}
    assert (row.verdict, row.quote.amount_usd) == ("mismatch", Decimal("0.00112"))
    (line,) = row.quote.lines
    assert (line.quantity, line.billed) == (14, 28)
    assert "14 credits where an ordinary voice costs 7" in line.rule
