"""Whatever is written is read as it was; whatever is read gives a recording or one error."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import acme_recordings as kit
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from voicegateway.testing.recordings import RecordingError, read_recording, write_recording
from voicegateway.testing.recordings.model import (
    NEVER_SENT,
    Await,
    Close,
    Exchange,
    Expected,
    Recording,
    Request,
    SendBytes,
    SendJson,
    SendText,
)
from voicegateway.testing.recordings.reading import parse_recording
from voicegateway.testing.recordings.writing import dump_recording
from voicegateway.types import Modality, Unit

words = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20)
scalars = st.none() | st.booleans() | st.integers() | words | st.floats(allow_nan=False)
finite = scalars.filter(lambda value: value not in (float("inf"), float("-inf")))
values = st.recursive(
    finite,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=8,
)
objects = st.dictionaries(words, values, max_size=3)
amounts = st.decimals(min_value=0, allow_nan=False, allow_infinity=False)
units = st.dictionaries(st.sampled_from(Unit), amounts, max_size=4)
messages = st.tuples(st.sampled_from(["system", "user", "assistant", "developer"]), words)
times = st.integers(0, 86_400_000)
headers = st.dictionaries(
    st.from_regex(r"x-[a-z0-9-]{1,10}", fullmatch=True),
    st.from_regex(r"[ -~]{1,20}", fullmatch=True),
    max_size=3,
)
said = st.one_of(
    st.builds(SendJson, times, values),
    st.builds(SendText, times, words | st.just("")),
    st.builds(SendBytes, times, st.binary(max_size=30)),
)
awaited = st.one_of(
    st.builds(Await, times, st.sampled_from(["binary", "text"])),
    st.builds(Await, times, st.just("json"), objects),
)
codes = st.integers(1000, 4999).filter(lambda code: code not in NEVER_SENT)
closed = st.builds(Close, times, codes)


def in_time(events):
    """The same events, none before another."""
    ordered = sorted(event.at_ms for event in events)
    return tuple(
        type(event)(at, *(getattr(event, name) for name in event.__slots__[1:]))
        for at, event in zip(ordered, events, strict=True)
    )


@st.composite
def exchanges(draw):
    transport = draw(st.sampled_from(["websocket", "http", "sse"]))
    socket = transport == "websocket"
    events = draw(st.lists(said | awaited if socket else said, max_size=5))
    if socket and draw(st.booleans()):
        events.append(draw(closed))
    return Exchange(
        transport=transport,
        method="GET" if socket else draw(st.sampled_from(["POST", "GET", "PUT"])),
        path="/" + draw(words).replace("?", "").replace("#", ""),
        status=draw(st.integers(101, 599)),
        headers={**draw(headers), "content-type": "text/plain"},
        events=in_time(events),
    )


@st.composite
def recordings(draw):
    modality = draw(st.sampled_from(Modality))
    speech, spoken = modality is not Modality.LLM, modality is Modality.TTS
    request = {
        Modality.STT: st.builds(
            Request, audio_seconds=st.integers(1, 16_000).map(lambda n: Decimal(n) / 16_000)
        ),
        Modality.LLM: st.builds(
            Request, messages=st.lists(messages, min_size=1, max_size=3).map(tuple)
        ),
        Modality.TTS: st.builds(Request, text=words),
    }
    asked = draw(request[modality])
    basis, billed = draw(st.sampled_from(["reported", "measured", "estimated"])), draw(units)
    reported = {**draw(units), **billed, Unit.REQUESTS: billed.get(Unit.REQUESTS, Decimal(1))}
    return Recording(
        origin=draw(st.sampled_from(["recorded", "composed"])),
        note=draw(words),
        provider=draw(st.from_regex(r"[a-z0-9][a-z0-9-]{0,9}", fullmatch=True)),
        model=draw(words),
        modality=modality,
        mode=draw(st.sampled_from(["streaming", "batch"])) if speech else "streaming",
        date=draw(st.dates(date(1000, 1, 1))),
        options=draw(objects),
        language=draw(st.none() | words) if speech else None,
        voice=draw(st.none() | words) if spoken else None,
        request=asked,
        exchange=draw(exchanges()),
        reported=reported if basis == "reported" or draw(st.booleans()) else {},
        expected=Expected(
            text=asked.text if spoken else draw(words | st.just("")),
            units=billed,
            basis=basis,
            verdict=draw(st.sampled_from(["confirmed", "mismatch", "usage_missing"])),
            cost_usd=draw(st.none() | amounts),
        ),
    )


@given(recordings())
@settings(deadline=None, max_examples=60)
def test_what_is_written_is_read_as_it_was(recording):
    text = dump_recording(recording)
    back = parse_recording(text, "a.json")
    assert back == recording
    assert dump_recording(back) == text  # to the last zero of every amount


@given(recording=recordings())
@settings(
    deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_file_is_found_under_the_name_it_was_written_under(tmp_path, recording):
    path = write_recording(recording, tmp_path / "recordings")
    assert read_recording(path) == recording


def places(value, way=()):
    """The way to every value of a JSON text."""
    yield way
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    for name, each in inner:
        if isinstance(each, dict | list):
            yield from places(each, (*way, name))
        else:
            yield (*way, name)


@given(st.data())
@settings(deadline=None, max_examples=150)
def test_a_damaged_file_is_read_or_refused_in_one_sentence(data):
    content = json.loads(json.dumps(data.draw(st.sampled_from(list(kit.ALL.values())))))
    *way, last = data.draw(st.sampled_from([place for place in places(content) if place]))
    target = content
    for part in way:
        target = target[part]
    if data.draw(st.booleans()):
        target[last] = data.draw(values)
    else:
        del target[last]
    read_or_refused(json.dumps(content))


@given(st.text() | values.map(json.dumps) | st.binary().map(lambda raw: raw.decode("latin-1")))
@settings(deadline=None)
def test_any_text_is_read_or_refused_in_one_sentence(text):
    read_or_refused(text)


def read_or_refused(text):
    try:
        recording = parse_recording(text, "a.json")
    except RecordingError as error:
        said = str(error)
    else:
        assert parse_recording(dump_recording(recording), "a.json") == recording
        return
    assert said.startswith("a.json: ")
    assert said.endswith((".", "?"))


@pytest.mark.parametrize("name", kit.ALL)
def test_the_recordings_of_these_tests_survive(name):
    recording = parse_recording(json.dumps(kit.ALL[name]), name)
    assert parse_recording(dump_recording(recording), name) == recording
