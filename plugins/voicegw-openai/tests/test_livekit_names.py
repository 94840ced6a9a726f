"""The private names of livekit-plugins-openai that the plugin leans on are where they were."""

import inspect
import logging

import openai
from livekit.plugins import openai as livekit_openai

from voicegw_openai import livekit_names


def test_realtime_transcription_opens_its_connection_where_we_look():
    connect = getattr(livekit_openai.STT, livekit_names.CONNECT, None)
    assert connect is not None, (
        f"livekit-plugins-openai has moved STT.{livekit_names.CONNECT}: realtime transcription has "
        "no usage until transcripts.py finds the new place"
    )
    assert list(inspect.signature(connect).parameters) == ["self", "timeout"], (
        f"STT.{livekit_names.CONNECT} takes other arguments now"
    )


async def test_the_responses_api_yields_its_events_where_we_look():
    made = livekit_openai.responses.LLM(api_key="k")
    socket = getattr(made, livekit_names.SOCKET, None)
    assert hasattr(socket, livekit_names.GENERATE), (
        f"livekit-plugins-openai has moved responses.LLM.{livekit_names.SOCKET}."
        f"{livekit_names.GENERATE}: failed and incomplete responses over WebSocket have no usage"
    )
    await made.aclose()


async def test_one_object_of_the_client_is_what_every_call_goes_through():
    """We shadow three calls on it: it must not make a new one each time."""
    client = openai.AsyncClient(api_key="k")
    for call in ("chat.completions", "responses", "audio.transcriptions"):
        first, second = (_found(client, call) for _ in range(2))
        assert first is second, f"openai.AsyncClient makes {call} anew at each use"
    await client.close()


def test_a_name_that_is_gone_is_said_and_breaks_nothing(caplog):
    with caplog.at_level(logging.WARNING):
        livekit_names.shadow_generate(object(), lambda original: original)
    assert "livekit-plugins-openai has moved responses.LLM._ws.generate_response" in caplog.text


def _found(client, call):
    for name in call.split("."):
        client = getattr(client, name)
    return client
