"""Recorded streams: what a vendor sent for one call, kept in a file and played again.

    @pytest.mark.parametrize("path", sorted(FOLDER.glob("*.json")), ids=lambda path: path.stem)
    async def test_a_recorded_call(path):
        await check_recording(path, voicegw_acme)

The format is described in `docs/recorded-streams.md`."""

from voicegateway.testing.recordings.check import check_recording
from voicegateway.testing.recordings.model import Recording, RecordingError
from voicegateway.testing.recordings.reading import read_recording
from voicegateway.testing.recordings.replay import ReplayCloud
from voicegateway.testing.recordings.writing import write_recording

__all__ = [
    "Recording",
    "RecordingError",
    "ReplayCloud",
    "check_recording",
    "read_recording",
    "write_recording",
]
