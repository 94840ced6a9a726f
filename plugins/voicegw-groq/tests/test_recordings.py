"""Recorded streams, played to the plugin."""

from pathlib import Path

import pytest

import voicegw_groq
from voicegateway.testing import check_recording

RECORDINGS = sorted((Path(__file__).parent / "recordings").glob("*.json"))


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.stem)
async def test_a_recording_gives_the_row_it_says(path):
    await check_recording(path, voicegw_groq)


def test_there_is_one_of_each_modality():
    assert {path.stem.rsplit("_", 3)[1] for path in RECORDINGS} == {"stt", "llm", "tts"}
