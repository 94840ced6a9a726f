"""The recorder as it is run: a process of its own, with the plugin as it is installed."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import acme_plugin
from acme_cloud import KEY
from acme_orders import KINDS

from voicegateway.testing import check_recording

MOODY = """
import itertools
from acme_plugin import *
from voicegateway import hookimpl
from voicegateway.types import StreamVerdict, Unit, Usage

moods = itertools.count(1)

@hookimpl
def validate_stream(report):
    return StreamVerdict(Usage({Unit.AUDIO_SECONDS: next(moods)}), "confirmed")
"""


async def run(site, *arguments, **environment):
    """Exit code and all that it says."""
    path = os.pathsep.join([str(site), str(Path(__file__).parent)])
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-W", "error", "-m", "voicegateway.testing.recorder", *arguments),
        env={**os.environ, "PYTHONPATH": path, **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    return process.returncode, said.decode()


async def test_one_call_is_recorded_and_played_again(tmp_path, installed, cloud):
    where = ("--upstream", f"{cloud.url.replace('http', 'ws', 1)}/api", "-o", str(tmp_path / "r"))
    code, said = await run(installed, *KINDS["websocket tts"], *where)
    assert (code, said.startswith("Recorded, and the same when played again: ")) == (0, True), said
    (path,) = (tmp_path / "r").iterdir()
    assert str(path) in said
    assert KEY not in said + path.read_text()
    await check_recording(path, acme_plugin, base_url=lambda cloud: f"{cloud.ws_url}/api")


async def test_without_a_key_it_refuses(tmp_path, installed, cloud):
    where = ("--upstream", f"{cloud.url}/api", "-o", str(tmp_path / "r"))
    code, said = await run(installed, *KINDS["http tts"], *where, ACME_API_KEY="")
    assert code == 2
    assert said == "Not recorded: ACME_API_KEY is not set: set it to a key of Acme.\n"


async def test_a_plugin_that_does_otherwise_when_played_again_is_told(tmp_path, installed, cloud):
    (installed / "moody_plugin.py").write_text(MOODY)
    entry_points = installed / "voicegw_acme-1.2.dist-info" / "entry_points.txt"
    entry_points.write_text("[voicegw.providers]\nacme = moody_plugin\n")
    where = ("--upstream", f"{cloud.url}/api", "-o", str(tmp_path / "r"))
    code, said = await run(installed, *KINDS["http stt"], *where)
    assert code == 1
    assert said.startswith("Recorded, and not the same when played again: acme_swift-1_stt_batch_")
    assert "units: expected" in said
