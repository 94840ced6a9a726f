"""Kokoro's model, and speech read back by Whisper."""

import pytest

from voicegateway import modelfiles
from voicegw_local.kokoro.bundles import BUNDLES
from voicegw_local.kokoro.factory import make_tts


@pytest.fixture(scope="session")
def model():
    """Fetched once into the user's cache."""
    return modelfiles.fetch("kokoro", BUNDLES[0])


@pytest.fixture
def make(model, settings, closing):
    """`make("am_adam", speed=2)`."""

    def kokoro(voice=None, **options):
        return closing(make_tts("v1.0", voice, settings("kokoro"), options))

    return kokoro
