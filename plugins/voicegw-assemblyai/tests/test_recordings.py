"""Exchanges composed from AssemblyAI's documentation, played again."""

from pathlib import Path

import pytest

import voicegw_assemblyai
from voicegateway.testing import check_recording

FOLDER = Path(__file__).parent / "recordings"


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.json")), ids=lambda path: path.stem)
async def test_a_recorded_call(path):
    await check_recording(path, voicegw_assemblyai)


def test_there_is_one_of_each_kind():
    kinds = {tuple(path.stem.split("_")[2:4]) for path in FOLDER.glob("*.json")}
    assert kinds == {("stt", "streaming"), ("tts", "streaming"), ("tts", "batch")}
