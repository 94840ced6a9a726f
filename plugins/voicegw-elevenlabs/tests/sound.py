"""What the cloud says: silence, in the format that was asked for, and when each letter is heard."""

import base64
import io

import av
import numpy as np

__all__ = ["RATE", "alignment", "encoded", "spoken"]

CHARACTERS_A_SECOND = 15
RATE = 16_000


def spoken(text, output_format):
    """Silence of about the length that the text would have, in the format that was asked for."""
    kind, rate = output_format.split("_")[:2]
    samples = int(int(rate) * len(text) / CHARACTERS_A_SECOND)
    return bytes(2 * samples) if kind == "pcm" else mp3(samples, int(rate))


def mp3(samples, rate):
    file = io.BytesIO()
    with av.open(file, "w", format="mp3") as container:
        stream = container.add_stream("mp3", rate=rate)
        silence = np.zeros((1, samples), dtype="int16")
        frame = av.AudioFrame.from_ndarray(silence, format="s16", layout="mono")
        frame.sample_rate = rate
        for given in (frame, None):
            container.mux(stream.encode(given))
    return file.getvalue()


def alignment(text, *names):
    chars, starts, durations = names
    width = 1000 // CHARACTERS_A_SECOND
    return {
        chars: list(text),
        starts: [width * i for i in range(len(text))],
        durations: [width] * len(text),
    }


def encoded(text, output_format):
    return base64.b64encode(spoken(text, output_format)).decode()
