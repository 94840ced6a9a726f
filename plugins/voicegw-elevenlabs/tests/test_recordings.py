"""Recorded streams: what ElevenLabs sent, played again to the vendor's own client."""

from pathlib import Path

import pytest

import voicegw_elevenlabs
from voicegateway.testing import check_recording

FOLDER = Path(__file__).parent / "recordings"
RECORDINGS = sorted(FOLDER.glob("*.json"))


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.stem)
async def test_recording(path):
    await check_recording(path, voicegw_elevenlabs)


def test_every_way_of_speaking_and_listening_is_there():
    ways = {tuple(path.stem.rsplit("_", 3)[1:3]) for path in RECORDINGS}
    assert ways == {("tts", "streaming"), ("tts", "batch"), ("stt", "streaming"), ("stt", "batch")}
