"""Every recorded stream, played to the plugin."""

from pathlib import Path

import pytest

import voicegw_openai
from voicegateway.testing import check_recording

RECORDINGS = sorted(Path(__file__).with_name("recordings").glob("*.json"))


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.stem)
async def test_a_recording(path):
    await check_recording(path, voicegw_openai)


def test_there_is_one_of_every_way():
    assert len(RECORDINGS) == 9
