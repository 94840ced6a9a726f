"""Recorded streams, played to the plugin."""

from __future__ import annotations

from pathlib import Path

import pytest

import voicegw_deepgram
from voicegateway.testing import check_recording

RECORDINGS = sorted((Path(__file__).parent / "recordings").glob("*.json"))


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.stem)
async def test_a_recording_gives_the_row_that_it_says(path):
    await check_recording(path, voicegw_deepgram)


def test_there_is_one_of_every_modality_and_mode():
    kinds = {"_".join(path.stem.split("_")[2:4]) for path in RECORDINGS}
    assert kinds == {"stt_streaming", "stt_batch", "tts_streaming", "tts_batch"}
